"""What a session wants done outside."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalogue_api.contract.returns import Security
from drivers.interface import Uid
from kiosk.session.events import ClockEvent
from kiosk.tagging import OurItem


class Sound(StrEnum):
    """What the patron hears beside the text and the shape."""

    DONE = "done"
    AGAIN = "again"
    BACK = "back"


@dataclass(frozen=True, slots=True)
class ReadTag:
    """Read what the tag says: answered by `TagRead`."""

    uid: Uid


@dataclass(frozen=True, slots=True)
class Record:
    """Write the return to the journal: answered by `Recorded` or `NotRecorded`."""

    return_id: UUID
    uid: Uid
    item: OurItem
    at: datetime


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the catalogue: answered by `Answered`, or by `AnswerLate` after `within` seconds."""

    return_id: UUID
    within: float


@dataclass(frozen=True, slots=True)
class Secure:
    """Write the AFI and read it back: answered by `Secured` or `NotSecured`."""

    uid: Uid


@dataclass(frozen=True, slots=True)
class Settle:
    """Write to the journal where the item went and how its tag is: the catalogue is told."""

    return_id: UUID
    bin: str
    security: Security


@dataclass(frozen=True, slots=True)
class Play:
    """Let a sound be heard."""

    sound: Sound


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Send `event` after `seconds`, in place of any timer that runs."""

    event: ClockEvent
    seconds: float


@dataclass(frozen=True, slots=True)
class StopTimer:
    """Let no timer go off."""


Effect = ReadTag | Record | Ask | Secure | Settle | Play | StartTimer | StopTimer
Effects = tuple[Effect, ...]
