"""A reader's own slots: the twins of what a desk may do, without `card` and without overriding."""

from catalogue_api.contract.endpoint import Endpoint, Keyed, Nothing, Scope
from catalogue_api.contract.slots import BookMySlot, MoveMySlot, SlotInfo, SlotList

__all__ = [
    "BOOK_MY_SLOT",
    "CANCEL_MY_SLOT",
    "ENDPOINTS",
    "LIST_MY_SLOTS",
    "MOVE_MY_SLOT",
    "SHOW_MY_SLOT",
]

BOOK_MY_SLOT = Endpoint(
    "POST",
    "/v1/me/slots",
    BookMySlot,
    SlotInfo,
    Scope.OWN,
    "Book a computer",
    keyed=Keyed.HEADER,
)
LIST_MY_SLOTS = Endpoint(
    "GET", "/v1/me/slots", Nothing, SlotList, Scope.OWN, "List one’s own slots"
)
SHOW_MY_SLOT = Endpoint(
    "GET", "/v1/me/slots/{slot}", Nothing, SlotInfo, Scope.OWN, "Show one’s own slot"
)
MOVE_MY_SLOT = Endpoint(
    "PUT",
    "/v1/me/slots/{slot}/time",
    MoveMySlot,
    SlotInfo,
    Scope.OWN,
    "Give one’s own slot another time or computer",
    match=True,
)
CANCEL_MY_SLOT = Endpoint(
    "DELETE",
    "/v1/me/slots/{slot}",
    Nothing,
    SlotInfo,
    Scope.OWN,
    "Cancel one’s own slot",
    match=True,
)

ENDPOINTS = (BOOK_MY_SLOT, LIST_MY_SLOTS, SHOW_MY_SLOT, MOVE_MY_SLOT, CANCEL_MY_SLOT)
