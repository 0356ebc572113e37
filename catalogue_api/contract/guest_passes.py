"""Codes of guests: by one somebody without a card sits down once, at a computer of a room."""

from datetime import datetime

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope, Secret
from catalogue_api.domain.seat_access import PassState

__all__ = [
    "ENDPOINTS",
    "LIST_GUEST_PASSES",
    "MAKE_GUEST_PASS",
    "REVOKE_GUEST_PASS",
    "GuestPassInfo",
    "GuestPassList",
    "GuestPassMade",
    "NewGuestPass",
    "PassState",
]


class NewGuestPass(Message):
    """A code for a guest. `made_of`: chance of the caller's, which makes a repeated call harmless.

    The same chance gives the same code, as long as that is good; without it, each call gives
    another.
    """

    made_of: str = Field(default="", pattern=r"^([\x21-\x7e]{20,128})?$", repr=False)


class GuestPassMade(Message):
    """A code, told once: whoever has it sits down once, at any computer of the room.

    `number` is under what it is listed.
    """

    number: int
    code: Secret
    room_name: str
    expires_at: datetime


class GuestPassInfo(Message):
    """What is known of a code, which is not told again; `computer_name`: where it was used."""

    number: int
    room: int
    room_name: str
    made_at: datetime
    made_by: str
    expires_at: datetime
    state: PassState
    computer_name: str = ""


class GuestPassList(Message):
    """The codes of a site that are not forgotten yet, the newest first."""

    passes: tuple[GuestPassInfo, ...]


MAKE_GUEST_PASS = Endpoint(
    "POST",
    "/v1/rooms/{room}/guest-passes",
    NewGuestPass,
    GuestPassMade,
    Scope.CIRCULATION,
    "Let somebody without a card sit down once",
    keyed=Keyed.BODY,
)
LIST_GUEST_PASSES = Endpoint(
    "GET",
    "/v1/sites/{site}/guest-passes",
    Nothing,
    GuestPassList,
    Scope.CIRCULATION,
    "List the codes of guests at a site",
)
REVOKE_GUEST_PASS = Endpoint(
    "DELETE",
    "/v1/guest-passes/{guest_pass}",
    Nothing,
    GuestPassInfo,
    Scope.CIRCULATION,
    "Make the code of a guest worthless",
)

ENDPOINTS = (MAKE_GUEST_PASS, LIST_GUEST_PASSES, REVOKE_GUEST_PASS)
