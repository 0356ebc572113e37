"""What is imported, as frozen values: between the reading of a file and the storing of it."""

from dataclasses import dataclass
from datetime import date, datetime

from catalogue_api.domain.collection import Audience, ItemStatus, TitleKind


class Unreadable(Exception):
    """A record, a line or a file cannot be read; the text says why, for whoever sent it."""


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A copy, by its barcode; `home` is the site it belongs to, `current` where it stands now."""

    barcode: str
    home: str
    current: str
    shelf_mark: str = ""
    status: ItemStatus = ItemStatus.AVAILABLE


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A bibliographic record with its copies; one catalogue (`source`) numbers it once.

    `left_out` says of each copy that could not be read why not.
    """

    source: str
    control_number: str
    title: str
    subtitle: str = ""
    volume: str = ""
    author: str = ""
    publisher: str = ""
    year: int | None = None
    isbn: str = ""
    language: str = ""
    kind: TitleKind = TitleKind.OTHER
    audience: Audience = Audience.ANYONE
    items: tuple[ItemRecord, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A line of a file of sites."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A line of a file of readers."""

    card: str
    family_name: str
    given_name: str = ""
    birth_year: int | None = None
    category: str = "adult"
    email: str = ""


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A line of a file of loans: open while `ended_at` is None."""

    barcode: str
    card: str
    started_at: datetime
    due_on: date
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """A line of a file of waiting reservations: any copy of the title that `barcode` is one of."""

    barcode: str
    card: str
    site: str
    placed_at: datetime
