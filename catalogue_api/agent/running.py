"""The shell around the machine: a clock, one question after the other, and somebody at the keys."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, assert_never

from catalogue_api.agent.asking import Asking
from catalogue_api.agent.keeping import read_kept, write_kept
from catalogue_api.agent.machine import advance, view
from catalogue_api.agent.states import Ask, Deed, Event, Keep, State, Tick, View, Warn

_TICK = 1.0  # seconds


class Panel(Protocol):
    """How the program speaks with whoever is there."""

    def show(self, shown: View) -> None:
        """Show how things stand; it is called for each change."""

    def warn(self, minutes: int) -> None:
        """Tell that so many minutes are left."""

    def deeds(self) -> AsyncIterator[Deed]:
        """Yield what is done; it ends when nobody can do anything any more."""


class Agent:
    """One run of the program. `clock` goes forward only, in seconds."""

    def __init__(
        self, asking: Asking, panel: Panel, file: Path, program: str, clock: Callable[[], float]
    ) -> None:
        self._asking = asking
        self._panel = panel
        self._file = file
        self._clock = clock
        self._state = State(uuid.uuid4().hex[:16], program, read_kept(file))
        self._questions: asyncio.Queue[Ask] = asyncio.Queue()
        self._shown: View | None = None

    async def run(self) -> None:
        """Work until whoever drives it is gone, or until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            others = [tasks.create_task(self._ask_for_ever()), tasks.create_task(self._tick())]
            self._show()
            async for deed in self._panel.deeds():
                self._take(deed)
            for task in others:
                task.cancel()

    async def _ask_for_ever(self) -> None:
        while True:
            self._take(await self._asking.ask(await self._questions.get()))

    async def _tick(self) -> None:
        while True:
            self._take(Tick())
            await asyncio.sleep(_TICK)

    def _take(self, event: Event) -> None:
        self._state, effects = advance(self._state, event, self._clock())
        for effect in effects:
            match effect:
                case Ask():
                    self._questions.put_nowait(effect)
                case Warn(minutes):
                    self._show()
                    self._panel.warn(minutes)
                case Keep(kept):
                    # A disk that is full or read-only must not end the program: all that is lost is
                    # what the next start would have known.
                    with suppress(OSError):
                        write_kept(self._file, kept)
                case _ as never:
                    assert_never(never)
        self._show()

    def _show(self) -> None:
        shown = view(self._state, self._clock())
        if shown != self._shown:
            self._shown = shown
            self._panel.show(shown)
