"""What happens to a kiosk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from catalogue_api.contract.kiosks import Paper
from catalogue_api.contract.returns import PartsCheck, Returned
from drivers.interface import Uid
from kiosk.decisions import Expected
from kiosk.session.contents import BinContent, Finding
from kiosk.session.sorting import Sorting
from kiosk.session.states import Aid, Fault, Language, Past
from kiosk.tagging import OurItem, Reading


@dataclass(frozen=True, slots=True)
class TagArrived:
    """A tag is seen on the antenna that was not there before."""

    uid: Uid


@dataclass(frozen=True, slots=True)
class TagLeft:
    """A tag is no longer on the antenna."""

    uid: Uid


@dataclass(frozen=True, slots=True)
class TagRead:
    """A tag was read. `return_id` and `at` are used if this turns out to be a new return."""

    uid: Uid
    reading: Reading
    past: Past | None
    return_id: UUID
    at: datetime
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class BarcodeGiven:
    """Somebody typed or scanned a barcode. The other fields are used as those of `TagRead`."""

    item: OurItem
    past: Past | None
    return_id: UUID
    at: datetime
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class PartsOverdue:
    """A set has waited for its parts for `Rules.parts`."""

    return_id: UUID


@dataclass(frozen=True, slots=True)
class PartsChecked:
    """Its reader has said whether all parts of an item are there, or has not answered."""

    return_id: UUID
    check: PartsCheck


@dataclass(frozen=True, slots=True)
class QuestionOver:
    """The question `turn` has stood for its time, and nobody has touched anything since."""

    turn: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """The journal holds the return, on disk."""

    return_id: UUID


@dataclass(frozen=True, slots=True)
class NotRecorded:
    """The journal could not take the return: nothing was promised, nothing will be asked."""

    return_id: UUID


@dataclass(frozen=True, slots=True)
class Answered:
    """The catalogue has answered."""

    return_id: UUID
    answer: Returned


@dataclass(frozen=True, slots=True)
class AnswerLate:
    """No answer in time, or none to be had now."""

    return_id: UUID


@dataclass(frozen=True, slots=True)
class Secured:
    """The tag's AFI was written and read back."""

    uid: Uid


@dataclass(frozen=True, slots=True)
class NotSecured:
    """The tag could not be secured; `for_good`: it never will be (locked, protected)."""

    uid: Uid
    for_good: bool


@dataclass(frozen=True, slots=True)
class Sorted:
    """The sorter has brought the item into a bin."""

    return_id: UUID
    bin: str


@dataclass(frozen=True, slots=True)
class NotSorted:
    """The sorter has not; `inside`: the item has passed the flap and lies behind it."""

    return_id: UUID
    inside: bool


@dataclass(frozen=True, slots=True)
class BinsFull:
    """The bins that are full now: all of them, none that is not named."""

    bins: frozenset[str]


@dataclass(frozen=True, slots=True)
class SortingChanged:
    """From now on items go into bins by another table."""

    sorting: Sorting


@dataclass(frozen=True, slots=True)
class Printed:
    """The receipt of this number is printed."""

    code: str


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """It is not: the printer has no paper (`no_paper`), or does not print for another reason."""

    code: str
    no_paper: bool = False


@dataclass(frozen=True, slots=True)
class QuietOver:
    """The antenna has been empty for `Rules.quiet`."""


@dataclass(frozen=True, slots=True)
class SummaryOver:
    """The summary has been shown for `Rules.summary`."""


@dataclass(frozen=True, slots=True)
class TimeIsShort:
    """A question has stood for `Rules.question`, and nobody has answered."""


@dataclass(frozen=True, slots=True)
class CatalogueAway:
    """The catalogue cannot be reached."""


@dataclass(frozen=True, slots=True)
class CatalogueBack:
    """The catalogue answers again."""


@dataclass(frozen=True, slots=True)
class FaultAppeared:
    """A part without which nothing can be taken has failed."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class FaultCleared:
    """That part works again."""

    fault: Fault


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """Somebody touched a language on the screen."""

    language: Language


@dataclass(frozen=True, slots=True)
class AidSwitched:
    """Somebody switched an aid on, or off again."""

    aid: Aid


@dataclass(frozen=True, slots=True)
class Touched:
    """Somebody touched the screen or a key: they are still there."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody pressed a button that was on the screen; `button`: its key."""

    button: str


@dataclass(frozen=True, slots=True)
class MenuOver:
    """Nobody has done anything in the menu of staff for `Rules.menu`, since its page `turn`."""

    turn: int


@dataclass(frozen=True, slots=True)
class BinsCounted:
    """How many things lie in each bin."""

    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class BinShown:
    """What lies in a bin."""

    content: BinContent


@dataclass(frozen=True, slots=True)
class BinEmptied:
    """A bin was emptied: what was in it."""

    content: BinContent


@dataclass(frozen=True, slots=True)
class PaperSeen:
    """How the printer's paper is."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of trying each part of the kiosk."""

    findings: tuple[Finding, ...]


TagEvent = TagArrived | TagLeft | TagRead | Secured | NotSecured
PartsEvent = PartsOverdue | PartsChecked
ReturnEvent = Recorded | NotRecorded | Answered | AnswerLate | Sorted | NotSorted | PartsEvent
HandEvent = BarcodeGiven
PaperEvent = Printed | NotPrinted
ClockEvent = QuietOver | SummaryOver | TimeIsShort
StaffEvent = MenuOver | BinsCounted | BinShown | BinEmptied | PaperSeen | Checked
DelayedEvent = PartsOverdue | MenuOver | QuestionOver
BinEvent = BinsFull | SortingChanged
WorldEvent = CatalogueAway | CatalogueBack | FaultAppeared | FaultCleared | BinEvent
PatronEvent = LanguageChosen | AidSwitched | Touched | Pressed
Event = (
    TagEvent
    | ReturnEvent
    | HandEvent
    | PaperEvent
    | StaffEvent
    | QuestionOver
    | ClockEvent
    | WorldEvent
    | PatronEvent
)
