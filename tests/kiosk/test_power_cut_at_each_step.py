"""The power fails at every step of a return, on a disk that loses and tears what was not synced.

One kiosk of the simulated world, with a slot and a printer, lives through a day that has every
step in it; at one of them its power fails, and comes back. What must hold in every world must hold
in these.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
import structlog
from deadly import JOURNAL, READER, STEPS, Deadly, DeadlyBoard, DeadlyCatalogue, Fate

from drivers.errors import ReaderLost
from drivers.interface import Reader
from kiosk.journal import Journal
from kiosk.journal_file import JournalFile
from kiosk.relays import RelayBoard
from kiosk.session.states import ReceiptMode, Shape
from kiosk.sorter import RelaySorter, Sorter, SorterLost
from kiosk.world import World
from simulator.world.fuzzing import be_quiet
from simulator.world.machine import Machine
from simulator.world.plan import (
    HOUR,
    Choice,
    Equipment,
    Kind,
    Manner,
    Plan,
    Round,
    Trouble,
    Visit,
)
from simulator.world.playing import Played, Stage
from simulator.world.slot import WIRING

DARK = 30.0
"""Seconds until the power is back."""

DAY = (
    # Alone from the start, the kiosk knows no date; its first returns wait and go in one batch.
    Trouble(0.0, Kind.PARTITION, 0, HOUR, 1),
    Visit(600.0, 0, 3, Manner.ONE_BY_ONE, 2),
    Visit(2 * HOUR, 0, 2, Manner.ONE_BY_ONE, 3),
    Visit(2.5 * HOUR, 0, 2, Manner.TEARING, 4),
    Round(3 * HOUR, Choice.EMPTY, 0, 5),
    Trouble(3.5 * HOUR, Kind.RESTART, 0, 60.0, 7),
    Visit(4 * HOUR, 0, 2, Manner.ONE_BY_ONE, 6),
)
EQUIPMENT = Equipment(ReceiptMode.ALWAYS, shape=Shape.SLOT)


class Doomed(Machine):
    """A kiosk that loses its power once, at a step."""

    step = ""
    ended = False

    def _surroundings(self, journal: Journal) -> World:
        world = super()._surroundings(journal)
        fate = Fate("" if self.ended else self.step, self._end)

        async def open_reader() -> Reader:
            return Deadly(await world.open_reader(), fate, READER)

        async def open_sorter() -> Sorter:
            try:
                board = RelayBoard(await self.mouth.cable.connect())
            except ReaderLost as error:
                raise SorterLost(str(error)) from error
            sorter = await RelaySorter.start(DeadlyBoard(board, fate), WIRING)
            return Deadly(sorter, fate, {"take": "let-in"})

        printer = Deadly(world.press.printer, fate, {"print": "print"})
        return replace(
            world,
            open_reader=open_reader,
            journal=Deadly(journal, fate, JOURNAL),
            catalogue=DeadlyCatalogue(world.catalogue, fate),
            open_sorter=open_sorter,
            press=replace(world.press, printer=printer),
        )

    def _end(self) -> None:
        self.ended = True
        self.story.tell(f"{self.name}: the power fails {self.step}")
        self.lose_power()
        self._coming_back = asyncio.create_task(self._come_back())

    async def _come_back(self) -> None:
        await self.cut()
        await asyncio.sleep(DARK)
        self.switch_on()
        await asyncio.sleep(DARK)
        self.free_flap()


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    be_quiet()
    with Stage() as stage:
        yield stage
    structlog.reset_defaults()


def play(stage: Stage, step: str, seed: int) -> tuple[Played, bool]:
    """Play the day with its power cut; say whether that came."""
    made = []

    def build(*parts) -> Doomed:
        machine = Doomed(*parts)
        machine.step = step
        made.append(machine)
        return machine

    stage.machine = build
    played = stage.play(Plan(seed, 1, (0,), 5 * HOUR, DAY, (EQUIPMENT,)))
    return played, made[0].ended


@pytest.mark.fuzz
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
def test_a_power_cut_at_any_step_loses_nothing_and_doubles_nothing(
    stage: Stage, steps: tuple[str, ...], when: str, seed: int
):
    for step in steps:
        played, came = play(stage, f"{when} {step}", seed)
        assert came, step
        assert played.story.violations == [], f"{when} {step}: {played.story.lines}"
        assert played.returns > 3


@pytest.mark.fuzz
def test_a_power_cut_at_a_step_is_the_same_history_each_time(stage: Stage):
    first, again = (play(stage, "after settle", 1)[0].story.lines for _ in range(2))
    assert first == again


@pytest.mark.fuzz
def test_a_journal_that_does_not_sync_is_found_out(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    def settle(self, db):
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=OFF")
        return db

    monkeypatch.setattr(JournalFile, "_settle", settle)
    worlds = [play(stage, "before placed", seed)[0].story for seed in range(5)]
    assert any(story.violations for story in worlds)
