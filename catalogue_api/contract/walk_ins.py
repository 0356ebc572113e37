"""Who comes without a slot: numbers of a room, called in turn; and the screen of the room."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.slots import Abilities
from catalogue_api.domain.seat_states import SeatState
from catalogue_api.domain.walk_ins import WalkInStatus

__all__ = [
    "ENDPOINTS",
    "GIVE_NUMBER",
    "LIST_WALK_INS",
    "SEAT_WALK_IN",
    "SHOW_BOARD",
    "TAKE_NUMBER_BACK",
    "Board",
    "BoardCall",
    "BoardSeat",
    "GiveNumber",
    "WalkInInfo",
    "WalkInList",
    "WalkInStatus",
]


class GiveNumber(Message):
    """A number for whoever comes, with their card or (none) as a guest."""

    card: Annotated[str, Field(max_length=64)] = ""
    abilities: Abilities = ()


class WalkInInfo(Message):
    """A number. `computer` and `until`: where they were called to, and how long that is kept.

    `slot` is what was kept for them then. `reader` is their name, "" for a guest.
    """

    walk_in: int
    room: int
    number: int
    status: WalkInStatus
    joined_at: datetime
    computer_name: str = ""
    until: datetime | None = None
    slot: int | None = None
    reader: str = ""


class WalkInList(Message):
    """The numbers of today that wait or were called, the lowest first."""

    walk_ins: tuple[WalkInInfo, ...]


class BoardSeat(Message):
    """A computer of the room as everybody may see it."""

    name: str
    state: SeatState
    until: datetime | None = None


class BoardCall(Message):
    """A number that is called, and where to."""

    number: int
    computer_name: str
    until: datetime


class Board(Message):
    """The screen of a room: computers, numbers that are called, numbers that wait. No names."""

    room: int
    room_name: str
    site_name: str
    at: datetime
    open_until: datetime | None
    computers: tuple[BoardSeat, ...]
    called: tuple[BoardCall, ...]
    waiting: tuple[int, ...]


GIVE_NUMBER = Endpoint(
    "POST",
    "/v1/rooms/{room}/walk-ins",
    GiveNumber,
    WalkInInfo,
    Scope.CIRCULATION,
    "Give a number to who waits for a computer",
    keyed=Keyed.HEADER,
)
LIST_WALK_INS = Endpoint(
    "GET",
    "/v1/rooms/{room}/walk-ins",
    Nothing,
    WalkInList,
    Scope.CIRCULATION,
    "List who waits in a room",
)
SEAT_WALK_IN = Endpoint(
    "PUT",
    "/v1/walk-ins/{walk_in}/seat",
    Nothing,
    WalkInInfo,
    Scope.CIRCULATION,
    "Say that a called number has sat down",
)
TAKE_NUMBER_BACK = Endpoint(
    "DELETE",
    "/v1/walk-ins/{walk_in}",
    Nothing,
    WalkInInfo,
    Scope.CIRCULATION,
    "Take a number back: they have left",
)
SHOW_BOARD = Endpoint(
    "GET", "/v1/rooms/{room}/board", Nothing, Board, Scope.ANYONE, "Show the screen of a room"
)

ENDPOINTS = (GIVE_NUMBER, LIST_WALK_INS, SEAT_WALK_IN, TAKE_NUMBER_BACK, SHOW_BOARD)
