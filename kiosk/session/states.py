"""What the kiosk keeps in its head. What must survive a power cut is in the journal, not here."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalogue_api.contract.returns import Returned, Security, SortHint
from drivers.interface import Uid
from kiosk.outcomes import Verdict
from kiosk.tagging import OurItem


class Language(StrEnum):
    """What the screen speaks."""

    FRENCH = "fr"
    ENGLISH = "en"


class Fault(StrEnum):
    """Why the kiosk takes nothing."""

    READER = "reader"
    JOURNAL = "journal"


class Stage(StrEnum):
    """How far an item has come. `SETTLED`: nothing more will be done unless it moves."""

    READING = "reading"
    RECORDING = "recording"
    ASKING = "asking"
    SECURING = "securing"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site may set. Times in seconds; `bins` from sort hint to the name of a bin."""

    quiet: float = 8.0
    summary: float = 10.0
    answer: float = 2.0
    bins: tuple[tuple[SortHint, str], ...] = (
        (SortHint.SHELVE, "1"),
        (SortHint.HOLD, "2"),
        (SortHint.TRANSFER, "3"),
        (SortHint.STAFF, "4"),
    )

    def bin(self, hint: SortHint) -> str:
        """Return the bin for a hint."""
        return dict(self.bins)[hint]


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal already holds of this very item, recently laid here."""

    return_id: UUID
    occurred_at: datetime
    answer: Returned | None
    bin: str
    security: Security


@dataclass(frozen=True, slots=True)
class Laid:
    """One thing that was laid on the antenna during this visit."""

    uid: Uid
    stage: Stage = Stage.READING
    present: bool = True
    item: OurItem | None = None
    return_id: UUID | None = None
    occurred_at: datetime | None = None
    verdict: Verdict | None = None
    outcome: Verdict | None = None
    answer: Returned | None = None
    bin: str = ""
    security: Security = Security.NOT_WANTED


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is there."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody lays items down; `items` in the order of their first arrival."""

    items: tuple[Laid, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """The antenna has been empty for a while: what happened, all in one view."""

    items: tuple[Laid, ...]


@dataclass(frozen=True, slots=True)
class Stopped:
    """Out of service; `items` are those that a running visit had."""

    items: tuple[Laid, ...] = ()


Phase = Idle | Visit | Summary | Stopped


@dataclass(frozen=True, slots=True)
class Session:
    """All that the kiosk keeps in its head. What must survive is in the journal, not here."""

    rules: Rules = field(default_factory=Rules)
    phase: Phase = Idle()
    online: bool = True
    language: Language = Language.FRENCH
    faults: frozenset[Fault] = frozenset()
