"""The queue of a title, as a desk sees and changes it."""

from datetime import datetime

from pydantic import Field

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, PageSize, Scope
from catalogue_api.contract.holds import HoldInfo, MoveReason
from catalogue_api.contract.returns import Barcode


class MoveHold(Message):
    """Where it stands in the queue: the higher number goes first, 0 is everybody's.

    `reason` is told to the readers who have to wait longer for it; `note` stays with the staff.
    `position` is where it is meant to stand then, and `ahead_of` the reservation that is meant to
    come directly behind it (0: none): where the queue has changed meanwhile, so that it would stand
    elsewhere, the call is refused as `changed-meanwhile` and nothing is moved.
    """

    priority: int = Field(ge=-100, le=100)
    reason: MoveReason
    note: str = Field(default="", max_length=200)
    position: int | None = Field(default=None, ge=1)
    ahead_of: int | None = Field(default=None, ge=0)


class GiveCopy(Message):
    """A copy in the librarian's hand, given to this reservation out of turn."""

    barcode: Barcode
    reason: MoveReason
    note: str = Field(default="", max_length=200)


class QueuePage(Message):
    """What a page of a queue shows."""

    cursor: Cursor
    limit: PageSize


class Queue(Message):
    """The waiting reservations of a title in their turn; `next` is "" on the last page."""

    holds: tuple[HoldInfo, ...]
    next: str


class Moved(Message):
    """One change of a queue by the staff: who was moved (`reader` is "" for none), and why.

    `given` is the barcode of a copy that was given out of turn; else `priority` is the new one.
    """

    hold: int
    reader: str
    at: datetime
    by: str
    reason: MoveReason
    note: str
    priority: int | None = None
    given: str = ""


class QueueHistory(Message):
    """Every change of the order of a queue, the newest first; `next` is "" on the last page."""

    moves: tuple[Moved, ...]
    next: str


LIST_TITLE_HOLDS = Endpoint(
    "GET",
    "/v1/titles/{title}/holds",
    QueuePage,
    Queue,
    Scope.CIRCULATION,
    "List the queue of a title",
)
QUEUE_HISTORY = Endpoint(
    "GET",
    "/v1/titles/{title}/holds/moves",
    QueuePage,
    QueueHistory,
    Scope.CIRCULATION,
    "Tell how the order of a queue was changed",
)
MOVE_HOLD = Endpoint(
    "PUT",
    "/v1/holds/{hold}/priority",
    MoveHold,
    HoldInfo,
    Scope.CIRCULATION,
    "Move a reservation in its queue",
    match=True,
    example=MoveHold(priority=1, reason=MoveReason.OUR_MISTAKE),
)
GIVE_COPY = Endpoint(
    "PUT",
    "/v1/holds/{hold}/copy",
    GiveCopy,
    HoldInfo,
    Scope.CIRCULATION,
    "Give a copy to a reservation by hand",
    match=True,
)
ENDPOINTS = (LIST_TITLE_HOLDS, QUEUE_HISTORY, MOVE_HOLD, GIVE_COPY)
