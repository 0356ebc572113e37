"""What happened when: spans of time, noted by instruments around the parts of a kiosk."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum


class Stage(StrEnum):
    """What is being done. The first four are questions to the reader."""

    INVENTORY = "inventory"
    READ = "read"
    WRITE = "write"
    VERIFY = "verify"
    LOOK_UP = "look_up"
    RECORD = "record"
    ASK = "ask"
    ANSWERED = "answered"
    SETTLE = "settle"
    PLACE = "place"
    SHOW = "show"


@dataclass(frozen=True, slots=True)
class Span:
    """One piece of work; `about` is a UID or a barcode. Times are monotonic seconds."""

    stage: Stage
    about: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.ended - self.began


class Stopwatch:
    """Collects spans, from any thread."""

    def __init__(self) -> None:
        self.spans: list[Span] = []

    @contextmanager
    def measure(self, stage: Stage, about: str = "") -> Iterator[None]:
        """Note how long the block takes, unless it raises."""
        began = now()
        yield
        self.note(stage, about, began)

    def note(self, stage: Stage, about: str, began: float) -> None:
        """Note what began then and ends now."""
        self.spans.append(Span(stage, about, began, now()))


def now() -> float:
    """The clock of all measurements, in seconds."""
    return time.perf_counter()
