"""Rooms and computers: kept by librarians, and looked at as they are at this moment."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.lines import PLAIN_AND_SOME, SiteCode
from catalogue_api.contract.slots import Abilities, SlotInfo
from catalogue_api.domain.seat_states import SeatState
from catalogue_api.domain.slots import Ability

__all__ = [
    "ADD_COMPUTER",
    "ADD_ROOM",
    "EDIT_COMPUTER",
    "EDIT_ROOM",
    "ENDPOINTS",
    "LIST_ROOMS",
    "MARK_COMPUTER",
    "SHOW_PLAN",
    "Ability",
    "ComputerData",
    "ComputerInfo",
    "ComputerMark",
    "ComputerNow",
    "Plan",
    "RoomData",
    "RoomInfo",
    "RoomList",
    "RoomsAsked",
    "SeatState",
]

Name = Annotated[str, Field(min_length=1, max_length=64, pattern=PLAIN_AND_SOME)]
Age = Annotated[int | None, Field(ge=0, le=120)]


class RoomData(Message):
    """A room with computers; `online`: readers may book them themselves."""

    site: SiteCode
    name: Name
    online: bool = True


class ComputerData(Message):
    """A computer, what it has, and the ages (reached in the year) of those who may sit there.

    `withdrawn`: it is not there any more; what was booked at it has to be settled before.
    """

    name: Name
    abilities: Abilities = ()
    least_age: Age = None
    most_age: Age = None
    withdrawn: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        least, most = self.least_age, self.most_age
        if least is not None and most is not None and least > most:
            raise ValueError("most_age: not below least_age")
        return self


class ComputerMark(Message):
    """Whether a computer works, and what a librarian has to know of it."""

    out_of_order: bool
    remark: str = Field(default="", max_length=200)


class ComputerInfo(ComputerData):
    """A computer of a room."""

    computer: int
    room: int
    out_of_order: bool = False
    remark: str = ""
    version: int


class RoomInfo(RoomData):
    """A room with its computers, by name; those that are withdrawn too."""

    room: int
    computers: tuple[ComputerInfo, ...]
    version: int


class RoomsAsked(Message):
    """The rooms of a site, or of all sites."""

    site: str = Field(default="", max_length=32)


class RoomList(Message):
    """Rooms by site and name."""

    rooms: tuple[RoomInfo, ...]


class ComputerNow(Message):
    """A computer at this moment, and its slots that are not over, the next first.

    `until`: how long it stays as it is (None: nobody knows).
    """

    computer: int
    name: str
    room: int
    room_name: str
    abilities: tuple[Ability, ...]
    state: SeatState
    until: datetime | None = None
    remark: str = ""
    slots: tuple[SlotInfo, ...]


class Plan(Message):
    """The computers of a site at an instant, by room and name; `open_until`: None while closed."""

    site: str
    site_name: str
    at: datetime
    open_until: datetime | None
    computers: tuple[ComputerNow, ...]


LIST_ROOMS = Endpoint(
    "GET", "/v1/rooms", RoomsAsked, RoomList, Scope.STAFF, "List rooms and their computers"
)
ADD_ROOM = Endpoint(
    "POST",
    "/v1/rooms",
    RoomData,
    RoomInfo,
    Scope.COLLECTION,
    "Add a room with computers",
    keyed=Keyed.HEADER,
)
EDIT_ROOM = Endpoint(
    "PUT", "/v1/rooms/{room}", RoomData, RoomInfo, Scope.COLLECTION, "Change a room", match=True
)
ADD_COMPUTER = Endpoint(
    "POST",
    "/v1/rooms/{room}/computers",
    ComputerData,
    ComputerInfo,
    Scope.COLLECTION,
    "Add a computer to a room",
    keyed=Keyed.HEADER,
    example=ComputerData(name="PC 3", abilities=(Ability.OFFICE, Ability.SCANNER)),
)
EDIT_COMPUTER = Endpoint(
    "PUT",
    "/v1/computers/{computer}",
    ComputerData,
    ComputerInfo,
    Scope.COLLECTION,
    "Change a computer",
    match=True,
    example=ComputerData(name="PC 3", abilities=(Ability.VIDEO_GAMES,), most_age=17),
)
MARK_COMPUTER = Endpoint(
    "PUT",
    "/v1/computers/{computer}/mark",
    ComputerMark,
    ComputerInfo,
    Scope.CIRCULATION,
    "Say that a computer is out of order, or works again",
    match=True,
)
SHOW_PLAN = Endpoint(
    "GET",
    "/v1/sites/{site}/computers",
    Nothing,
    Plan,
    Scope.CIRCULATION,
    "Show the computers of a site as they are now",
)

ENDPOINTS = (
    LIST_ROOMS,
    ADD_ROOM,
    EDIT_ROOM,
    ADD_COMPUTER,
    EDIT_COMPUTER,
    MARK_COMPUTER,
    SHOW_PLAN,
)
