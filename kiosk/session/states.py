"""What the kiosk keeps in its head. What must survive a power cut is in the journal, not here."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalogue_api.contract.kiosks import Paper
from catalogue_api.contract.returns import Returned, Security
from drivers.interface import Uid
from kiosk.decisions import Expected
from kiosk.outcomes import Verdict
from kiosk.session.contents import BinContent, Finding
from kiosk.session.sorting import Sorting
from kiosk.tagging import OurItem

NO_TAG = Uid("")
"""The tag of an item whose barcode was typed or scanned because its tag is dead."""


class Language(StrEnum):
    """What the screen speaks."""

    FRENCH = "fr"
    ENGLISH = "en"
    SPANISH = "es"
    PORTUGUESE = "pt"
    ARABIC = "ar"


class Aid(StrEnum):
    """What somebody at the screen may switch on for one visit."""

    CONTRAST = "contrast"
    LARGE = "large"
    SPEECH = "speech"


class Fault(StrEnum):
    """Why the kiosk takes nothing."""

    READER = "reader"
    JOURNAL = "journal"
    SORTER = "sorter"
    STAFF = "staff"


class Shape(StrEnum):
    """How items are handed in: laid on a pad, or one by one into a slot with flap and belt."""

    PAD = "pad"
    SLOT = "slot"


class Sets(StrEnum):
    """Which parts of a set have a tag of their own in this library."""

    EVERY_PART = "every_part"
    MAIN_PART = "main_part"


class TypedBarcodes(StrEnum):
    """Who may type or scan the barcode of an item whose tag is dead."""

    NEVER = "never"
    STAFF = "staff"
    EVERYBODY = "everybody"


class ReceiptMode(StrEnum):
    """Whether a visit ends with a receipt."""

    NEVER = "never"
    ASK = "ask"
    ALWAYS = "always"


class ReceiptState(StrEnum):
    """How far a receipt has come. Without paper, or without a printer, its number holds."""

    ASKED = "asked"
    PRINTING = "printing"
    PRINTED = "printed"
    NO_PAPER = "no_paper"
    NOT_PRINTED = "not_printed"


class Closing(StrEnum):
    """How near the end of a summary is: only a question that stays open is warned of it."""

    NOT_YET = "not_yet"
    WARNED = "warned"
    OVER = "over"


class Stage(StrEnum):
    """How far an item has come. `SETTLED`: nothing more will be done unless it moves.

    `GATHERING`: the other parts of its set are awaited. `WAITING`: at a slot, until it is there
    alone. `AT_FLAP`: returned, and to be let in. `SORTING`: the flap is open for it.
    """

    READING = "reading"
    GATHERING = "gathering"
    WAITING = "waiting"
    RECORDING = "recording"
    ASKING = "asking"
    SECURING = "securing"
    AT_FLAP = "at_flap"
    SORTING = "sorting"
    SETTLED = "settled"


@dataclass(frozen=True, slots=True)
class Rules:
    """What a site may set. Times in seconds.

    `parts`: how long a set waits for its parts. `question`: how long a question stands, or a number
    that is to be written down; then a question is warned of for `warning`, in which a touch
    prolongs it (WCAG 2.2.1). `menu`: how long the menu of staff stays. `take_after`: so many
    refusals in one visit, and a thing is taken all the same for staff to look at (0: never).
    `language`: the one that each visit begins in.
    """

    quiet: float = 8.0
    summary: float = 10.0
    answer: float = 2.0
    parts: float = 20.0
    question: float = 20.0
    menu: float = 60.0
    warning: float = 20.0
    shape: Shape = Shape.PAD
    sets: Sets = Sets.EVERY_PART
    typed_barcodes: TypedBarcodes = TypedBarcodes.STAFF
    take_after: int = 0
    receipts: ReceiptMode = ReceiptMode.NEVER
    sorting: Sorting = field(default_factory=Sorting)
    language: Language = Language.FRENCH


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal already holds of this very item, recently laid here.

    `bin` is empty where the item was not seen to reach one. `missing`: the parts without which
    staff accepted a set.
    """

    return_id: UUID
    occurred_at: datetime
    answer: Returned | None
    bin: str
    security: Security
    missing: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One tagged part of a set; `ordinal` counts from 1. `failed`: it can never be secured."""

    uid: Uid
    ordinal: int
    present: bool = True
    secured: bool = False
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Laid:
    """One thing that was handed in during this visit.

    `uid`: its tag, the first that arrived of a set, or `NO_TAG`. `parts`: all tags of a set of
    which every part is tagged, in the order of their arrival; empty for everything else.
    `missing`: parts without which staff accepted it. `recorded`: the journal holds its return.
    `inside`: it was seen to reach its bin. `refusals`: how often it was given back. `expected`:
    what the snapshot says of it, used while the catalogue does not answer.
    """

    uid: Uid
    stage: Stage = Stage.READING
    present: bool = True
    item: OurItem | None = None
    return_id: UUID | None = None
    occurred_at: datetime | None = None
    verdict: Verdict | None = None
    outcome: Verdict | None = None
    answer: Returned | None = None
    bin: str = ""
    security: Security = Security.NOT_WANTED
    parts: tuple[Part, ...] = ()
    missing: tuple[int, ...] = ()
    recorded: bool = False
    inside: bool = False
    refusals: int = 0
    expected: Expected | None = None

    def has(self, uid: Uid) -> bool:
        """Say whether a tag is this thing's."""
        return uid == self.uid or any(part.uid == uid for part in self.parts)


@dataclass(frozen=True, slots=True)
class Idle:
    """Nobody is there."""


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody lays items down; `items` in the order of their first arrival."""

    items: tuple[Laid, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The receipt of a visit; `code` is its number."""

    code: str
    state: ReceiptState = ReceiptState.ASKED


@dataclass(frozen=True, slots=True)
class Summary:
    """The antenna has been empty for a while: what happened, all in one view."""

    items: tuple[Laid, ...]
    receipt: Receipt | None = None
    closing: Closing = Closing.NOT_YET


@dataclass(frozen=True, slots=True)
class Stopped:
    """Out of service; `items` are those that a running visit had."""

    items: tuple[Laid, ...] = ()


@dataclass(frozen=True, slots=True)
class MainPage:
    """What staff can do."""


@dataclass(frozen=True, slots=True)
class BinsPage:
    """How many things lie in each bin."""

    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class BinPage:
    """What lies in a bin; `emptied`: what lay in it until now."""

    content: BinContent
    emptied: bool


@dataclass(frozen=True, slots=True)
class PaperPage:
    """How the printer's paper is."""

    paper: Paper


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What came of trying each part."""

    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class WaitPage:
    """What was asked for is being done."""


@dataclass(frozen=True, slots=True)
class Menu:
    """The menu of staff, over whatever else goes on; `turn` counts its pages."""

    page: MainPage | BinsPage | BinPage | PaperPage | CheckPage | WaitPage
    turn: int


Phase = Idle | Visit | Summary | Stopped


@dataclass(frozen=True, slots=True)
class Session:
    """All that the kiosk keeps in its head. What must survive is in the journal, not here."""

    rules: Rules = field(default_factory=Rules)
    phase: Phase = Idle()
    online: bool = True
    language: Language = Language.FRENCH
    aids: frozenset[Aid] = frozenset()
    faults: frozenset[Fault] = frozenset()
    full: frozenset[str] = frozenset()
    menu: Menu | None = None
    menu_turn: int = 0
