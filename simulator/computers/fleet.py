"""A room of simulated computers: the real program of each, with cables and power that fail."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Final

from catalogue_api.agent.asking import Asking
from catalogue_api.agent.running import Agent
from catalogue_api.agent.states import Ask, Deed, Face, Heard, Refused, SignIn, Unreachable, View
from simulator.computers.people import Habits, Person, next_deed

_MINUTE: Final = 60.0
_PROGRAM: Final = "simulated"
Tell = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class Computer:
    """A computer, and the token of its program."""

    number: int
    token: str


@dataclass(frozen=True, slots=True)
class Faults:
    """How likely each fault is in a minute of a computer; a pulled cable stays away for `away`."""

    power: float = 0.01
    cable: float = 0.01
    away: float = 3.0


@dataclass(frozen=True, slots=True)
class Room:
    """Where the catalogue is, who is there, and how fast time goes for people and faults.

    `pace`: so many of their minutes pass in one of ours. What a session may last is the
    catalogue's affair, and goes by its clock.
    """

    url: str
    computers: Sequence[Computer]
    people: Sequence[Person]
    folder: Path
    seed: int = 0
    pace: float = 1.0
    habits: Habits = field(default=Habits())
    faults: Faults = field(default=Faults())

    @property
    def minute(self) -> float:
        """Seconds of ours that a minute of theirs takes."""
        return _MINUTE / self.pace


async def use(room: Room, tell: Tell) -> None:
    """Let people use the computers until this is cancelled; `tell` hears of each change."""
    waiting = list(room.people)
    async with asyncio.TaskGroup() as tasks:
        for computer in room.computers:
            tasks.create_task(_Seat(room, computer, waiting, tell).run_for_ever())


class _Seat:
    """One computer, and whoever sits there; `waiting` are those who sit nowhere."""

    def __init__(self, room: Room, computer: Computer, waiting: list[Person], tell: Tell) -> None:
        self._room, self._computer, self._waiting, self._tell = room, computer, waiting, tell
        self.chance = Random(f"{room.seed} {computer.number}")  # noqa: S311 - to be played again
        self._person: Person | None = None
        self._shown = View(Face.STARTING)
        self.away = False

    async def run_for_ever(self) -> None:
        """Start the program again after each power cut."""
        async with _Cable(self, self._room.url, self._computer) as cable:
            while True:
                file = self._room.folder / f"{self._computer.number}.json"
                agent = Agent(cable, self, file, _PROGRAM, time.monotonic)
                life = asyncio.create_task(agent.run())
                try:
                    await self._until_power_fails()
                finally:
                    life.cancel()
                    with suppress(asyncio.CancelledError):
                        await life
                self._shown = View(Face.STARTING)
                self._tell(self._computer.number, "power cut")

    async def _until_power_fails(self) -> None:
        faults = self._room.faults
        while True:
            await asyncio.sleep(self._room.minute)
            if self.chance.random() < faults.cable:
                self.away = True
                self._tell(self._computer.number, "cable pulled")
                await asyncio.sleep(faults.away * self._room.minute)
                self.away = False
            if self.chance.random() < faults.power:
                return

    # -- what the program shows, and what is done about it

    def show(self, shown: View) -> None:
        """See what is new on the screen."""
        if shown.face is not self._shown.face:
            self._tell(self._computer.number, shown.face.value)
        self._shown = shown

    def warn(self, minutes: int) -> None:
        """Hear a warning."""
        self._tell(self._computer.number, f"{minutes} minutes left")

    async def deeds(self) -> AsyncIterator[Deed]:
        """Yield what is done there, a step for each minute."""
        while True:
            await asyncio.sleep(self._room.minute)
            self._change_places()
            if self._person is None:
                continue
            deed = next_deed(self._shown, self._person, self._room.habits, self.chance)
            if deed is not None:
                yield deed
            if isinstance(deed, SignIn) and self._shown.face not in {Face.IN_USE, Face.LOCKED}:
                # Whoever is refused may try another computer.
                await asyncio.sleep(self._room.minute)

    def _change_places(self) -> None:
        """Go when nobody can sit here, and come when somebody can."""
        sitting = self._shown.face in {Face.IN_USE, Face.LOCKED}
        if self._person is not None and not sitting:
            self._waiting.append(self._person)
            self._person = None
        if self._person is None and self._waiting and not sitting:
            self._person = self._waiting.pop(self.chance.randrange(len(self._waiting)))


class _Cable(Asking):
    """The way to the catalogue, which may be pulled."""

    def __init__(self, seat: _Seat, url: str, computer: Computer) -> None:
        super().__init__(url, computer.number, computer.token)
        self._seat = seat

    async def ask(self, ask: Ask) -> Heard | Refused | Unreachable:
        """Put a question, if the cable is in."""
        return Unreachable() if self._seat.away else await super().ask(ask)
