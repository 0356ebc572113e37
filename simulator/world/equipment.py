"""What a kiosk of the world is made of: a reader, perhaps a receipt printer, bins of some size."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cache
from typing import Final

from drivers.bibliotheca.reader import BibliothecaReader
from drivers.feig.reader import FeigReader
from drivers.interface import Reader
from drivers.rl866.reader import Rl866Reader
from kiosk.printer import EscPosPrinter
from kiosk.printing import Press
from kiosk.receipt import compose, escpos
from kiosk.screen.place import Place
from kiosk.screen.texts import Speak, load
from kiosk.session.effects import PrintReceipt
from kiosk.session.sorting import Bin, Sorting
from kiosk.session.states import ReceiptMode, Rules, Sets
from simulator.bibliotheca import BibliothecaFace
from simulator.cable import Cable, Faults, Line, WireFace
from simulator.devices.printer import Mood, PrinterFace, Roll
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.rl866 import Rl866Face
from simulator.world.plan import Equipment

READERS: Final[tuple[tuple[Callable[[Field], WireFace], Callable[..., Awaitable[Reader]]], ...]] = (
    (FeigFace, FeigReader.open),
    (BibliothecaFace, BibliothecaReader.open),
    (Rl866Face, Rl866Reader.open),
)
"""The families of readers: what one speaks on the line, and how its driver is opened."""

_LOOK = 6 * 3600.0
"""Seconds between two looks at the paper: few, for most of them would show nothing new."""

_PLACE = Place("Médiathèque")

_QUESTION, _WARNING = 6.0, 6.0
"""Seconds that a question stands, and is warned of: patrons of a world are not patient."""


class Printer:
    """A receipt printer and its cable."""

    def __init__(self) -> None:
        self.roll = Roll()
        self.cable = Cable(Line(PrinterFace(self.roll)))

    def press(self) -> Press:
        """Return it as a kiosk uses it."""
        return Press(EscPosPrinter(self.cable.connect), _composed, _LOOK)

    def mend(self) -> None:
        """Let it have paper and answer."""
        self.roll.meddle(Mood.PAPER_IN)
        self.cable.line.faults = Faults()

    def hang(self) -> None:
        """Let it answer nothing any more."""
        self.cable.line.faults = Faults(loss=1.0)


def rules_of(equipment: Equipment, sets: Sets) -> Rules:
    """Return the rules of a kiosk with this equipment, in a library with such sets."""
    bins = tuple(Bin(name, equipment.room) for name in ("1", "2", "3", "4"))
    return Rules(
        receipts=equipment.receipts,
        sorting=Sorting(bins),
        shape=equipment.shape,
        sets=sets,
        incomplete=equipment.incomplete,
        question=_QUESTION,
        warning=_WARNING,
    )


def printer_of(equipment: Equipment) -> Printer | None:
    """Return its printer, if it prints at all."""
    return None if equipment.receipts is ReceiptMode.NEVER else Printer()


@cache
def _speak() -> Speak:
    return load()


def _composed(effect: PrintReceipt, at: datetime) -> bytes:
    return escpos(compose(effect.code, effect.items, effect.language, at, _PLACE, _speak()))
