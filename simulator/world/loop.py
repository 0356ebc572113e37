"""Virtual time: an event loop whose clock jumps to the next timer when nothing is ready.

Nothing ever sleeps for real, and nothing else runs beside it: the same coroutines give the same
order of events in every run.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class NothingToWaitFor(Exception):
    """Every task waits, and no timer will ever wake one: the world has come to a stop."""


class _Jump(selectors.SelectSelector):
    """Waits for no file: whatever time it is given to wait has passed at once."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Let the time pass."""
        if timeout is None:
            raise NothingToWaitFor
        self.now += max(timeout, 0.0)
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop that begins at second 0; threads and sockets have no place in it."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        # asyncio compares times within this; a float of some months is coarser than its default.
        self._clock_resolution = 1e-6

    def time(self) -> float:
        """Seconds since this loop was made."""
        return self._jump.now


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end in a virtual time of its own."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)
