"""Everything that is on the screen, as data: what a page, a script or a voice is made from."""

from dataclasses import dataclass
from enum import StrEnum

from kiosk.session.states import Aid, Language


class State(StrEnum):
    """Which of the screens it is."""

    IDLE = "idle"
    READING = "reading"
    VISIT = "visit"
    SUMMARY = "summary"
    WARNING = "warning"
    GOODBYE = "goodbye"
    OUT_OF_SERVICE = "out_of_service"
    STAFF = "staff"


class Tone(StrEnum):
    """What a row asks of the patron: nothing, lay it again, take it back, wait."""

    DONE = "done"
    AGAIN = "again"
    BACK = "back"
    BUSY = "busy"


SYMBOLS = {Tone.DONE: "✓", Tone.AGAIN: "↺", Tone.BACK: "✕", Tone.BUSY: "…"}


@dataclass(frozen=True, slots=True)
class Said:
    """A headline and what to do, in one language."""

    language: Language
    headline: str
    action: str


@dataclass(frozen=True, slots=True)
class Button:
    """An answer to what is asked; `key` is what the session hears. `main`: the expected one."""

    key: str
    label: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Count:
    """A number, the largest thing on the screen, and the words of its sentence around it."""

    number: int
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """The whole sentence."""
        return f"{self.before}{self.number}{self.after}"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows have a tone."""

    tone: Tone
    symbol: str
    number: int
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One thing laid down. `number`: its place in the order of arrival, from 1.

    `key`: the verdict, or "reading". `title`, `shelf_mark` and `notes` are small: for reading
    distance only.
    """

    number: int
    key: str
    tone: Tone
    symbol: str
    headline: str
    action: str
    title: str = ""
    shelf_mark: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Screen:
    """The whole screen; `also`: the headline in the other languages, where nobody has chosen yet.

    `tone` colours a summary. `count` is `None` where nothing was laid. `banners`: what else holds
    now (off-line, out of service). `others`: the languages on offer beside `language`. `aids`:
    those that are switched on. `lines`: what staff are shown, line by line. `asks_barcode`: a
    barcode may be typed. `messages`: what the library wants to say, as plain text.
    """

    state: State
    language: Language
    others: tuple[Language, ...]
    library: str
    headline: str
    action: str
    also: tuple[Said, ...] = ()
    tone: Tone | None = None
    count: Count | None = None
    tally: tuple[Tally, ...] = ()
    rows: tuple[Row, ...] = ()
    rows_label: str = ""
    banners: tuple[Said, ...] = ()
    buttons: tuple[Button, ...] = ()
    lines: tuple[str, ...] = ()
    asks_barcode: bool = False
    aids: tuple[Aid, ...] = ()
    messages: tuple[Said, ...] = ()
