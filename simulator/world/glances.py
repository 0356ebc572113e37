"""How often a simulated kiosk looks at its antenna: while somebody is there, and no longer."""

import asyncio
from collections.abc import Callable

_GLANCE, _ALERT, _LONGEST = 0.25, 1.5, 30.0
"""Seconds: between looks while somebody is there; after the last move; with things lying there."""


class Glances:
    """Looks at an antenna for a while after each move; production looks five times a second."""

    def __init__(self, look: Callable[[], None], lies_there: Callable[[], bool]) -> None:
        """`look` looks once; `lies_there` says whether anything is on the antenna."""
        self._look_once = look
        self._lies_there = lies_there
        self._moved_at = 0.0
        self._looking: asyncio.TimerHandle | None = None

    def moved(self) -> None:
        """Look at once, and from now on for a while: something has moved."""
        self._moved_at = asyncio.get_running_loop().time()
        if self._looking is None:
            self._look()

    def stop(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()

    def _look(self) -> None:
        self._look_once()
        loop = asyncio.get_running_loop()
        since = loop.time() - self._moved_at
        going_on = since < (_LONGEST if self._lies_there() else _ALERT)
        self._looking = loop.call_later(_GLANCE, self._look) if going_on else None
