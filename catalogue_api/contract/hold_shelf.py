"""The reservation shelf of a site: what to fetch, what to put there, what to take down."""

from datetime import date, datetime

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.domain.holds import HoldEventKind, Scan

__all__ = [
    "CLEAR_COPY",
    "ENDPOINTS",
    "LIST_TO_CLEAR",
    "LIST_TO_PICK",
    "NOT_FOUND_ON_SHELF",
    "SCAN_ONTO_SHELF",
    "CopyScanned",
    "CopyToClear",
    "CopyToPick",
    "HoldEventKind",
    "Scan",
    "ToClear",
    "ToPick",
]


class CopyScanned(Message):
    """What scanning a copy onto the shelf came to.

    `pickup_name` is the site at which it is wanted; `shelf_number` is for its slip; `expires_on`
    is the last day on which it waits. `deed`: it was made ready by this, which may be taken back.
    """

    barcode: str
    result: Scan
    full_title: str = ""
    pickup_name: str = ""
    shelf_number: int | None = None
    expires_on: date | None = None
    deed: int | None = None


class CopyToPick(Message):
    """A copy that stands here and that somebody waits for.

    `to_shelve`: it was returned and may not be back on its shelf yet. `for_this_copy`: no other
    will do. `pickup_site` is where its first reader wants to fetch it.
    """

    barcode: str
    full_title: str
    author: str
    shelf_mark: str
    to_shelve: bool
    for_this_copy: bool
    pickup_site: str
    pickup_name: str


class ToPick(Message):
    """What to fetch from the shelves of a site, by shelf mark."""

    copies: tuple[CopyToPick, ...]


class CopyToClear(Message):
    """A copy that still stands on the reservation shelf although its reader's turn is over.

    `why` is what ended it. `for_another`: somebody else waits for it, scan it; otherwise
    `destination` is the site to send it to, "" if it goes back to its shelf here.
    """

    barcode: str
    full_title: str
    shelf_mark: str
    shelf_number: int
    since: datetime
    why: HoldEventKind
    for_another: bool
    destination: str


class ToClear(Message):
    """What to take down from the reservation shelf, by the number on the slip.

    `deed`: a copy was taken down by this, which may be taken back.
    """

    copies: tuple[CopyToClear, ...]
    deed: int | None = None


SCAN_ONTO_SHELF = Endpoint(
    "PUT",
    "/v1/sites/{site}/hold-shelf/{barcode}",
    Nothing,
    CopyScanned,
    Scope.CIRCULATION,
    "Put a copy on the reservation shelf",
)
LIST_TO_PICK = Endpoint(
    "GET",
    "/v1/sites/{site}/pick-list",
    Nothing,
    ToPick,
    Scope.CIRCULATION,
    "List the copies to fetch for reservations",
)
NOT_FOUND_ON_SHELF = Endpoint(
    "PUT",
    "/v1/sites/{site}/pick-list/{barcode}/not-found",
    Nothing,
    ToPick,
    Scope.CIRCULATION,
    "Note that a copy is not on its shelf",
)
LIST_TO_CLEAR = Endpoint(
    "GET",
    "/v1/sites/{site}/to-clear",
    Nothing,
    ToClear,
    Scope.CIRCULATION,
    "List the copies to take down from the reservation shelf",
)
CLEAR_COPY = Endpoint(
    "DELETE",
    "/v1/sites/{site}/to-clear/{barcode}",
    Nothing,
    ToClear,
    Scope.CIRCULATION,
    "Note that a copy was taken down from the reservation shelf",
)

ENDPOINTS = (
    SCAN_ONTO_SHELF,
    LIST_TO_PICK,
    NOT_FOUND_ON_SHELF,
    LIST_TO_CLEAR,
    CLEAR_COPY,
)
