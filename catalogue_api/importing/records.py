"""What is imported, as frozen values: between the reading of a file and the storing of it."""

from dataclasses import dataclass
from datetime import date, datetime

from catalogue_api.domain.collection import (
    Audience,
    ItemStatus,
    NumberKind,
    RecordFormat,
    TitleKind,
)
from catalogue_api.domain.patrons import BlockKind
from catalogue_api.importing.faults import Fault, Why
from catalogue_api.importing.marc_record import MarcRecord


class Unreadable(Exception):
    """A record, a line or a file cannot be read; `why` says so, for whoever sent it."""

    def __init__(self, text: str, fault: Fault = Fault.OTHER) -> None:
        super().__init__(text)
        self.why = Why(text, fault)


@dataclass(frozen=True, slots=True)
class ItemRecord:
    """A copy, by its barcode; `home` is the site it belongs to, `current` where it stands now.

    `contents` names what lies in its case, `parts_count` how many pieces that are; `category` is
    what the library that wrote the record calls this sort of copy.
    """

    barcode: str
    home: str
    current: str
    shelf_mark: str = ""
    status: ItemStatus = ItemStatus.AVAILABLE
    contents: str = ""
    parts_count: int = 1
    note: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """What a record says of its title, by the names of the columns of `titles`.

    Several contributors, other titles, subjects or series stand one a line.
    """

    title: str
    subtitle: str = ""
    volume: str = ""
    author: str = ""
    contributors: str = ""
    other_titles: str = ""
    publisher: str = ""
    year: int | None = None
    isbn: str = ""
    language: str = ""
    kind: TitleKind = TitleKind.OTHER
    audience: Audience = Audience.ANYONE
    subjects: str = ""
    series: str = ""
    summary: str = ""
    extent: str = ""
    contents: str = ""
    parts_count: int = 1
    pegi_age: int | None = None
    platform: str = ""


@dataclass(frozen=True, slots=True)
class TitleRecord:
    """A bibliographic record with its copies; one catalogue (`source`) numbers it once.

    `numbers` are all the ISBNs (of 13 digits), ISSNs and EANs by which it may be looked for.
    `left_out` says of each copy that could not be read why not. `deleted`: the sender has struck
    it from their catalogue.
    """

    source: str
    control_number: str
    description: Description
    format: RecordFormat
    record: MarcRecord
    numbers: tuple[tuple[NumberKind, str], ...] = ()
    items: tuple[ItemRecord, ...] = ()
    left_out: tuple[str, ...] = ()
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class SiteRow:
    """A line of a file of sites."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A line of a file of readers; `said`: the columns that the file has."""

    card: str
    family_name: str
    given_name: str = ""
    birth_year: int | None = None
    category: str = "adult"
    email: str = ""
    phone: str = ""
    language: str = "fr"
    home_site: str | None = None
    expires_on: date | None = None
    created_at: datetime | None = None
    note: str = ""
    keeps_history: bool = False
    said: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A line of a file of loans: open while `ended_at` is None; `renewals` None: not said."""

    barcode: str
    card: str
    started_at: datetime
    due_on: date
    ended_at: datetime | None = None
    renewals: int | None = None
    site: str = ""


@dataclass(frozen=True, slots=True)
class ReservationRow:
    """A line of a file of waiting reservations: any copy of the title that `barcode` is one of.

    `this_copy`: no other copy will do. Until `paused_until` it is passed over.
    """

    barcode: str
    card: str
    site: str
    placed_at: datetime
    this_copy: bool = False
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class BlockRow:
    """A line of a file of blocks: a reader may not borrow, until a day or until it is lifted."""

    card: str
    kind: BlockKind
    from_on: date
    until_on: date | None = None
    reason: str = ""
