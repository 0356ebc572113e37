"""What a session wants done outside."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalogue_api.contract.returns import PartsCheck, Security
from drivers.interface import Uid
from kiosk.session.events import ClockEvent, DelayedEvent
from kiosk.session.states import Laid, Language
from kiosk.tagging import OurItem


class Sound(StrEnum):
    """What the patron hears beside the text and the shape."""

    DONE = "done"
    AGAIN = "again"
    BACK = "back"
    ASK = "ask"


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
    check: PartsCheck = PartsCheck.NONE


@dataclass(frozen=True, slots=True)
class KeepUnread:
    """Write to the journal a thing taken without a barcode: answered like `Record`."""

    return_id: UUID
    uid: Uid
    why: str
    at: datetime
    bin: str


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
class Sort:
    """Let an item in and bring it into a bin: answered by `Sorted` or `NotSorted`."""

    return_id: UUID
    bin: str


@dataclass(frozen=True, slots=True)
class CloseFlap:
    """Close the flap at once: something else has come before it."""


@dataclass(frozen=True, slots=True)
class PrintReceipt:
    """Note the number with the returns that are named, then print: `Printed` or `NotPrinted`."""

    code: str
    items: tuple[Laid, ...]
    language: Language


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


@dataclass(frozen=True, slots=True)
class Later:
    """Send `event` after `seconds`, whatever else happens; several may be under way."""

    event: DelayedEvent
    seconds: float


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Let everything on the antenna arrive anew."""


@dataclass(frozen=True, slots=True)
class ShowBins:
    """Count what lies in the bins: answered by `BinsCounted`."""


@dataclass(frozen=True, slots=True)
class ShowBin:
    """List what lies in a bin: answered by `BinShown`."""

    bin: str


@dataclass(frozen=True, slots=True)
class EmptyBin:
    """Note that a bin was emptied: answered by `BinEmptied`."""

    bin: str


@dataclass(frozen=True, slots=True)
class LookAtPaper:
    """Ask the printer how its paper is: answered by `PaperSeen`."""


@dataclass(frozen=True, slots=True)
class RunCheck:
    """Try every part: answered by `Checked`."""


@dataclass(frozen=True, slots=True)
class KeepClosed:
    """Put the kiosk out of service, or into it again, until the contrary is said."""

    closed: bool


@dataclass(frozen=True, slots=True)
class Restart:
    """End the program: whoever started it starts it again."""


StaffEffect = ShowBins | ShowBin | EmptyBin | LookAtPaper | RunCheck | KeepClosed | Restart
JournalEffect = Record | KeepUnread | Ask | Settle
TagEffect = ReadTag | Secure | LookAgain
SorterEffect = Sort | CloseFlap
ClockEffect = StartTimer | StopTimer | Later
Effect = JournalEffect | TagEffect | SorterEffect | ClockEffect | StaffEffect | PrintReceipt | Play
Effects = tuple[Effect, ...]
