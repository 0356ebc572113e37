"""What the kiosk keeps in its head. What must survive a power cut is in the journal, not here."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from catalogue_api.contract.returns import PartsCheck, Returned, Security
from drivers.interface import Uid
from kiosk.decisions import Expected
from kiosk.outcomes import Verdict
from kiosk.session.pages import Menu
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


class Incomplete(StrEnum):
    """What is done with an item of which its reader says that a part is missing."""

    GIVE_BACK = "give_back"
    KEEP = "keep"


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

    `GATHERING`: the other parts of its set are awaited. `UNCHECKED`: whoever brings it is still to
    be asked whether all its untagged parts are there. `CHECKING`: and is being asked. `WAITING`:
    at a slot, until it is there alone. `AT_FLAP`: returned, and to be let in. `SORTING`: the flap
    is open for it.
    """

    READING = "reading"
    GATHERING = "gathering"
    UNCHECKED = "unchecked"
    CHECKING = "checking"
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

    `parts`: how long a set waits for its parts. `incomplete`: what becomes of an item that is said
    to lack a part. `question`: how long a question stands, or a number
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
    incomplete: Incomplete = Incomplete.GIVE_BACK
    typed_barcodes: TypedBarcodes = TypedBarcodes.STAFF
    take_after: int = 0
    receipts: ReceiptMode = ReceiptMode.NEVER
    sorting: Sorting = field(default_factory=Sorting)
    language: Language = Language.FRENCH


@dataclass(frozen=True, slots=True)
class Past:
    """What the journal already holds of this very item, recently laid here.

    `bin` is empty where the item was not seen to reach one. `missing`: the parts without which
    staff accepted a set. `check`: who has looked at its parts.
    """

    return_id: UUID
    occurred_at: datetime
    answer: Returned | None
    bin: str
    security: Security
    missing: tuple[int, ...] = ()
    check: PartsCheck = PartsCheck.NONE


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
    what the snapshot says of it, used while the catalogue does not answer. `check`: what is known
    of its parts, and from whom.
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
    check: PartsCheck = PartsCheck.NONE

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
class Question:
    """What is asked of the item that is being checked; `turn`: another one when it is prolonged."""

    turn: int
    warned: bool = False


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
    question: Question | None = None
    question_turn: int = 0
