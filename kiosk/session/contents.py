"""What staff are shown: what lies in a bin, and what came of trying the parts of a kiosk."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InBin:
    """One thing in a bin: a returned item, or (no `barcode`) something that staff must look at.

    `outcome`: what the catalogue said, empty where it has not yet. `why`: why it was refused.
    """

    barcode: str
    occurred_at: datetime
    outcome: str = ""
    title: str = ""
    shelf_mark: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class BinContent:
    """A bin with what is in it, in the order of arrival."""

    bin: str
    things: tuple[InBin, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of trying one part."""

    part: str
    well: bool
    detail: str
