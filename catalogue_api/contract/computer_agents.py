"""What the program of a library computer asks: how things stand, and to let somebody in or out.

Each computer has a token of its own and speaks for itself only. Its program asks every
`ask_again_in` seconds and shows what it is told; nothing that it keeps for itself is needed after a
restart. All of these may be said twice: what is so already stays so.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope, Secret
from catalogue_api.contract.holds import RowNumber
from catalogue_api.contract.machinery import TokenGiven, TokenRevoked
from catalogue_api.contract.slots import BookingEnd, Instant, SlotRefusal
from catalogue_api.domain.seat_access import WARN_MINUTES, SeatRefusal
from catalogue_api.domain.seat_programs import ProgramState
from catalogue_api.domain.seat_states import SeatState

__all__ = [
    "ENDPOINTS",
    "END_SESSION_HERE",
    "EXTEND_HERE",
    "GIVE_COMPUTER_TOKEN",
    "LIST_PROGRAMS",
    "LOCK_HERE",
    "PULSE",
    "REVOKE_COMPUTER_TOKEN",
    "SIGN_IN_HERE",
    "UNLOCK_HERE",
    "Extend",
    "OfSession",
    "ProgramInfo",
    "ProgramList",
    "ProgramState",
    "ProgramsAsked",
    "Pulse",
    "SeatNow",
    "SeatRefusal",
    "SeatSession",
    "SignInHere",
    "UnlockHere",
]

_Word = Annotated[str, Field(max_length=64, pattern=r"^[\x20-\x7e]*$")]


class Pulse(Message):
    """What a program tells of itself; `boot` is another whenever it starts anew.

    `session` is the slot that it takes for the one in use, None for none.
    """

    program: _Word = ""
    boot: _Word = ""
    session: RowNumber | None = None


class SignInHere(Message):
    """A card and its PIN; or, without a card, the code of a guest."""

    card: Annotated[str, Field(max_length=64)] = ""
    secret: Annotated[Secret, Field(min_length=1, max_length=64)]


class OfSession(Message):
    """The session that is spoken of: its slot."""

    session: RowNumber


class UnlockHere(OfSession):
    """The PIN of whoever sits there, or their code as a guest."""

    secret: Annotated[Secret, Field(min_length=1, max_length=64)]


class Extend(OfSession):
    """To let it go on beyond `until`, as the program knows it: what is longer already stays."""

    until: Instant


class SeatSession(Message):
    """Who sits there, as far as a screen needs it: never a name.

    It is over at `usable_until`. `may_extend` now, or (`against`) why not; too early is no reason.
    `locked`: the screen is to ask for the PIN.
    """

    session: RowNumber
    guest: bool
    language: str
    started_at: Instant
    ends_at: Instant
    usable_until: Instant
    may_extend: bool = False
    against: tuple[SlotRefusal, ...] = ()
    locked: bool = False


class SeatNow(Message):
    """A computer as it is at `now`, by the catalogue’s clock.

    `until`: how long it stays as it is, None where nobody knows. `open_until` is None while the
    library is closed. `ended` is set where the session that the program spoke of is over.
    """

    computer: int
    name: str
    room_name: str
    site_name: str
    now: Instant
    open_until: Instant | None
    state: SeatState
    until: Instant | None = None
    session: SeatSession | None = None
    ended: BookingEnd | None = None
    warn_minutes: tuple[int, ...] = WARN_MINUTES
    ask_again_in: Annotated[int, Field(ge=1, le=3600)]


class ProgramsAsked(Message):
    """The computers of a site, or of all sites."""

    site: str = Field(default="", max_length=32)


class ProgramInfo(Message):
    """A computer and what is known of its program.

    `token_since`: when it was given the token that it has, None where it has none; `seen_at`: when
    it was heard of last; `program`: what it calls itself.
    """

    computer: int
    name: str
    room: int
    room_name: str
    site: str
    out_of_order: bool
    state: ProgramState
    token_since: datetime | None = None
    seen_at: datetime | None = None
    program: str = ""


class ProgramList(Message):
    """The computers that are not withdrawn, by room and name."""

    programs: tuple[ProgramInfo, ...]


GIVE_COMPUTER_TOKEN = Endpoint(
    "PUT",
    "/v1/computers/{computer}/token",
    Nothing,
    TokenGiven,
    Scope.MACHINERY,
    "Give the program of a computer a token; the one before is worthless",
)
REVOKE_COMPUTER_TOKEN = Endpoint(
    "DELETE",
    "/v1/computers/{computer}/token",
    Nothing,
    TokenRevoked,
    Scope.MACHINERY,
    "Revoke the token of a computer’s program",
)
LIST_PROGRAMS = Endpoint(
    "GET",
    "/v1/computer-programs",
    ProgramsAsked,
    ProgramList,
    Scope.STAFF,
    "List the computers with what is known of their programs",
)
PULSE = Endpoint(
    "PUT",
    "/v1/computers/{computer}/pulse",
    Pulse,
    SeatNow,
    Scope.COMPUTER,
    "Hear how a computer stands",
    example=Pulse(program="agent 0.1.0", boot="6f1c", session=12),
)
SIGN_IN_HERE = Endpoint(
    "PUT",
    "/v1/computers/{computer}/session",
    SignInHere,
    SeatNow,
    Scope.COMPUTER,
    "Let a reader or a guest sit down at a computer",
    example=SignInHere.model_validate({"card": "29416000000017", "secret": "4821"}),
)
LOCK_HERE = Endpoint(
    "PUT",
    "/v1/computers/{computer}/lock",
    OfSession,
    SeatNow,
    Scope.COMPUTER,
    "Note that whoever sits there has gone for a moment",
)
UNLOCK_HERE = Endpoint(
    "PUT",
    "/v1/computers/{computer}/unlock",
    UnlockHere,
    SeatNow,
    Scope.COMPUTER,
    "Let whoever sits there come back",
)
EXTEND_HERE = Endpoint(
    "PUT",
    "/v1/computers/{computer}/extension",
    Extend,
    SeatNow,
    Scope.COMPUTER,
    "Let the session at a computer go on for longer",
)
END_SESSION_HERE = Endpoint(
    "PUT",
    "/v1/computers/{computer}/end",
    OfSession,
    SeatNow,
    Scope.COMPUTER,
    "End the session at a computer",
)

ENDPOINTS = (
    GIVE_COMPUTER_TOKEN,
    REVOKE_COMPUTER_TOKEN,
    LIST_PROGRAMS,
    PULSE,
    SIGN_IN_HERE,
    LOCK_HERE,
    UNLOCK_HERE,
    EXTEND_HERE,
    END_SESSION_HERE,
)
