"""What the program of a computer knows, hears, does and shows."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

from catalogue_api.contract.computer_agents import SeatNow
from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType
from catalogue_api.contract.slots import BookingEnd


class Face(StrEnum):
    """What the screen of a computer shows. Closed."""

    STARTING = "starting"
    AWAY = "away"
    """The catalogue does not answer, and nobody sits here."""
    REVOKED = "revoked"
    """The catalogue does not take this computer’s token: a technician is wanted."""
    CLOSED = "closed"
    OUT_OF_ORDER = "out_of_order"
    BLOCKED = "blocked"
    EXPECTED = "expected"
    """It is kept for somebody, who may sit down."""
    FREE = "free"
    IN_USE = "in_use"
    LOCKED = "locked"


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody sits down, with card and PIN, or without a card by the code of a guest."""

    card: str
    secret: str


@dataclass(frozen=True, slots=True)
class Lock:
    """Whoever sits there goes for a moment."""


@dataclass(frozen=True, slots=True)
class Unlock:
    """They are back."""

    secret: str


@dataclass(frozen=True, slots=True)
class Extend:
    """They want to stay for longer."""


@dataclass(frozen=True, slots=True)
class SignOut:
    """They have done."""


Deed: TypeAlias = SignIn | Lock | Unlock | Extend | SignOut
"""What a person does."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The catalogue answered a question."""

    to: Endpoint[Any, SeatNow]
    seat: SeatNow


@dataclass(frozen=True, slots=True)
class Refused:
    """The catalogue refused something."""

    type: ProblemType
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The catalogue did not answer, or not as it should."""


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed."""


Event: TypeAlias = Heard | Refused | Unreachable | Tick | Deed


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept over a restart: the last session, and whether it is still to be ended."""

    session: int | None = None
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """Put a question to the catalogue, one after the other."""

    endpoint: Endpoint[Any, SeatNow]
    body: Message


@dataclass(frozen=True, slots=True)
class Warn:
    """Tell whoever sits there that so many minutes are left."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Keep:
    """Write down what is kept, before anything else is done."""

    kept: Kept


Effect: TypeAlias = Ask | Warn | Keep


@dataclass(frozen=True, slots=True)
class State:
    """All that the program knows.

    `seat` is what was heard last, at `heard_at` of the forward clock. `open` counts the questions
    on their way. `locked` and `kept.leaving` are what a person has done here, whether or not the
    catalogue knows it yet. `said`: why something was refused, as keys of texts.
    """

    boot: str
    program: str = ""
    kept: Kept = Kept()
    seat: SeatNow | None = None
    heard_at: float = 0.0
    online: bool = False
    revoked: bool = False
    failures: int = 0
    open: int = 0
    next_at: float = 0.0
    locked: bool = False
    warned: frozenset[int] = frozenset()
    said: tuple[str, ...] = ()
    ended: BookingEnd | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What a screen shows. `minutes_left` are begun ones, while somebody sits there."""

    face: Face
    name: str = ""
    minutes_left: int | None = None
    until: datetime | None = None
    may_extend: bool = False
    said: tuple[str, ...] = ()
    ended: BookingEnd | None = None
    language: str = "fr"
    online: bool = False
