"""The exact history of a world: what happened when, which faults really occurred, what broke."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from simulator.world.plan import Kind


class Invariant(StrEnum):
    """What must hold in every world."""

    ONCE = "every promised item reaches the catalogue exactly once"
    NEWER_LOAN = "no loan is closed that began after the drop"
    RECORDED_FIRST = "no item is secured that is not in the journal"
    SWALLOWED = "nothing falls in at a slot that is not in the journal"
    WHOLE = "no set is returned without a part that nobody named"
    CHECKED = "what was said of the parts of an item is what the catalogue holds, and counts"
    SECURED = "every accepted item ends secured or on the list of those to secure"
    HOLD_ONCE = "no hold is given twice"
    BINS = "bins hold what the journal says"
    PROMISE = "the screen never promises more than the journal holds"
    DRAINED = "all queues drain once the faults stop"
    RECEIPT = "the journal holds the number of every receipt"
    ALIVE = "a kiosk never ends by itself"


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold."""

    invariant: Invariant
    detail: str


@dataclass(slots=True)
class Story:
    """What is told of one world; `clock` gives its seconds."""

    clock: Callable[[], float]
    lines: list[str] = field(default_factory=list)
    faults: Counter[Kind] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)

    def tell(self, text: str) -> None:
        """Add a line to the history."""
        minutes, seconds = divmod(self.clock(), 60)
        hours, minutes = divmod(int(minutes), 60)
        self.lines.append(f"{hours:02}:{minutes:02}:{seconds:06.3f}  {text}")

    def fault(self, kind: Kind, text: str) -> None:
        """Note a fault that really occurred."""
        self.faults[kind] += 1
        self.tell(f"! {kind.value}: {text}")

    def broke(self, invariant: Invariant, detail: str) -> None:
        """Note that an invariant does not hold."""
        self.tell(f"VIOLATION {invariant.value}: {detail}")
        self.violations.append(Violation(invariant, detail))

    def digest(self) -> str:
        """Return what two runs of the same seed have in common."""
        return sha256("\n".join(self.lines).encode()).hexdigest()
