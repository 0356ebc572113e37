"""Where blocking work runs."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")


class Run(Protocol):
    """A thread, or inline in a simulated world."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """Do `work` and hand back what it returns or raises."""
