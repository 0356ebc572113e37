"""An ESC/POS receipt printer, as its host sees it: paper that can be read, and its moods.

Source of the commands: Epson's ESC/POS reference. What it does not know it prints nothing for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from simulator.cable import Exchange
from simulator.field import Field

_DLE, _ESC, _GS = 0x10, 0x1B, 0x1D
_EOT: Final = 0x04
CODE_PAGES: Final = {0: "cp437", 2: "cp850", 16: "cp1252", 19: "cp858"}
_FIXED: Final = 0b0001_0010


class Mood(StrEnum):
    """What a person, or use, can do to it."""

    PAPER_OUT = "paper-out"
    PAPER_LOW = "paper-low"
    PAPER_IN = "paper-in"
    COVER_OPEN = "cover-open"
    COVER_SHUT = "cover-shut"
    OFFLINE = "offline"
    ONLINE = "online"


@dataclass(slots=True)
class Roll:
    """The printer as it stands now. `receipts`: the text of each, as it was cut off."""

    paper: Mood = Mood.PAPER_IN
    cover_open: bool = False
    offline: bool = False
    receipts: list[str] = field(default_factory=list)
    lines_left: int | None = None
    """After so many more lines the paper ends; None: it does not."""

    def meddle(self, mood: Mood) -> None:
        """Do what a person does."""
        match mood:
            case Mood.PAPER_OUT | Mood.PAPER_LOW | Mood.PAPER_IN:
                self.paper, self.lines_left = mood, None
            case Mood.COVER_OPEN | Mood.COVER_SHUT:
                self.cover_open = mood is Mood.COVER_OPEN
            case Mood.OFFLINE | Mood.ONLINE:
                self.offline = mood is Mood.OFFLINE

    @property
    def prints(self) -> bool:
        """Whether text reaches the paper."""
        return not (self.paper is Mood.PAPER_OUT or self.cover_open or self.offline)

    def status(self, question: int) -> int:
        """The byte that answers `DLE EOT question`."""
        bits = {
            1: 0b0000_1000 if not self.prints else 0,
            2: (0b0000_0100 if self.cover_open else 0)
            | (0b0010_0000 if self.paper is Mood.PAPER_OUT else 0),
            4: {Mood.PAPER_OUT: 0b0110_1100, Mood.PAPER_LOW: 0b0000_1100}.get(self.paper, 0),
        }
        return _FIXED | bits.get(question, 0)

    def line_ended(self) -> None:
        """A line of paper is used."""
        if self.lines_left is not None:
            self.lines_left -= 1
            if self.lines_left <= 0:
                self.meddle(Mood.PAPER_OUT)


# How many bytes follow the two of each command that a receipt uses.
_ARGUMENTS: Final = {
    (_ESC, ord("@")): 0,
    (_ESC, ord("t")): 1,
    (_ESC, ord("E")): 1,
    (_ESC, ord("a")): 1,
    (_ESC, ord("d")): 1,
    (_ESC, ord("-")): 1,
    (_ESC, ord("M")): 1,
    (_GS, ord("V")): 1,
    (_GS, ord("!")): 1,
    (_GS, ord("B")): 1,
    (_DLE, _EOT): 1,
}


class PrinterFace:
    """The wire face of a printer with a `Roll` in it."""

    def __init__(self, roll: Roll) -> None:
        self.roll = roll
        self.field = Field((), ())
        self._bytes = bytearray()
        self._text = ""
        self._page = CODE_PAGES[0]

    @property
    def unfinished(self) -> bool:
        """Never: a printer waits for the rest of a command as long as it takes."""
        return False

    def receive(self, data: bytes) -> Sequence[Exchange]:
        """Take bytes: print, obey, answer."""
        self._bytes += data
        answers = bytearray()
        while (size := self._next_size()) is not None:
            piece = bytes(self._bytes[:size])
            del self._bytes[:size]
            answers += self._do(piece)
        return [Exchange(bytes(answers))] if answers else []

    def silence(self) -> Sequence[Exchange]:
        """A host that has gone leaves no half command behind."""
        self._bytes.clear()
        return ()

    def _next_size(self) -> int | None:
        """How long the next command or run of text is; None if it is not all there."""
        if not self._bytes:
            return None
        if self._bytes[0] not in {_DLE, _ESC, _GS}:
            ends = [self._bytes.find(code) for code in (_DLE, _ESC, _GS)]
            return min((end for end in ends if end > 0), default=len(self._bytes))
        if len(self._bytes) < 2:
            return None
        size = 2 + _ARGUMENTS.get((self._bytes[0], self._bytes[1]), 0)
        return size if len(self._bytes) >= size else None

    def _do(self, piece: bytes) -> bytes:
        match piece[0], piece[1:2]:
            case (0x10, b"\x04"):
                return bytes([self.roll.status(piece[2])])
            case (0x1B, b"t"):
                self._page = CODE_PAGES.get(piece[2], "cp437")
            case (0x1B, b"@"):
                self._page = CODE_PAGES[0]
            case (0x1D, b"V"):
                self._cut()
            case (0x10 | 0x1B | 0x1D, _):
                pass
            case _:
                self._print(piece.decode(self._page, errors="replace"))
        return b""

    def _print(self, text: str) -> None:
        for letter in text:
            if not self.roll.prints:
                return
            self._text += letter
            if letter == "\n":
                self.roll.line_ended()

    def _cut(self) -> None:
        if self._text and self.roll.prints:
            self.roll.receipts.append(self._text)
            self._text = ""
