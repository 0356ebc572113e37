"""Copies as the desk sees them: all of a title's, where each is now, and what happened to one."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.contract.returns import Outcome
from catalogue_api.domain.collection import ItemStatus


class CopyPlace(StrEnum):
    """Where a copy is now, the first that is true. Closed."""

    ON_LOAN = "on_loan"
    HOLD_SHELF = "hold_shelf"
    """It waits for its reader on the reservation shelf of `current_site`."""
    CAUGHT = "caught"
    """It is put aside for a reader, and not yet on the reservation shelf."""
    ON_ITS_WAY = "on_its_way"
    TO_SEND = "to_send"
    TO_SHELVE = "to_shelve"
    """It was returned, and is not back on its shelf."""
    ON_SHELF = "on_shelf"
    NOWHERE = "nowhere"
    """It is lost, missing or withdrawn, or its reader says that it is back."""


class CopyNow(Message):
    """A copy, whatever its status, and where it is now; it names no reader.

    `due_on` while it is on loan; `shelf_number` on the reservation shelf; `destination` where it
    has to travel; `kiosk` and `bin` of its last return while it is not back on its shelf.
    """

    barcode: str
    status: ItemStatus
    place: CopyPlace
    home_site: str
    current_site: str
    destination: str
    shelf_mark: str
    category: str
    due_on: date | None
    shelf_number: int | None
    kiosk: str
    bin: str
    since: datetime | None


class CopiesOfTitle(Message):
    """All copies of a title, by site and shelf mark; `waiting`: open reservations of the title."""

    title_id: int
    copies: tuple[CopyNow, ...]
    waiting: int


class HistoryKind(StrEnum):
    """What happened to a copy. Closed."""

    LENT = "lent"
    RETURNED = "returned"
    UNDONE = "undone"
    """A return was taken back."""
    WRITTEN_OFF = "written_off"
    """Its loan ended without a return."""
    READY = "ready"
    """It was put on the reservation shelf."""
    MARKED = "marked"
    MOVED = "moved"
    """It was given a site to travel to."""
    SENT = "sent"
    DESCRIBED = "described"
    TAKEN_IN = "taken_in"


class HistoryEntry(Message):
    """One thing that happened.

    `by`: who did it, as ROLE:NAME or the name of staff, "" if it is not known any more. `patron`:
    the number of the reader of a loan that is open, or that ended so recently that it is kept.
    `due_on` and `renewals` of a loan; `outcome`, `kiosk` and `bin` of a return; `mark` is what was
    said of it, with its `remark`; `destination` of a journey.
    """

    at: datetime
    kind: HistoryKind
    by: str = ""
    site: str = ""
    patron: int | None = None
    due_on: date | None = None
    renewals: int = 0
    outcome: Outcome | None = None
    kiosk: str = ""
    bin: str = ""
    mark: str = ""
    remark: str = ""
    destination: str = ""


class ReadHistory(Message):
    """How much of it: the newest first."""

    limit: int = Field(default=100, ge=1, le=500)


class ItemHistory(Message):
    """What is known of a copy's life, the newest first; `more`: there is more."""

    barcode: str
    entries: tuple[HistoryEntry, ...]
    more: bool


LIST_COPIES = Endpoint(
    "GET",
    "/v1/titles/{title}/items",
    Nothing,
    CopiesOfTitle,
    Scope.COLLECTION,
    "List all copies of a title and where they are",
)
READ_HISTORY = Endpoint(
    "GET",
    "/v1/items/{barcode}/history",
    ReadHistory,
    ItemHistory,
    Scope.CIRCULATION,
    "Read what happened to a copy",
)

ENDPOINTS = (LIST_COPIES, READ_HISTORY)
