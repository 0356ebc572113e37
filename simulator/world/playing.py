"""Plays a plan: builds the world, lets everything happen, and looks at what is left."""

import asyncio
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk.journal import Access, Journal
from simulator.world import town
from simulator.world.desk import Desk
from simulator.world.invariants import Facts, KioskFacts, check
from simulator.world.loop import run
from simulator.world.machine import Machine, Surroundings
from simulator.world.people import Patron
from simulator.world.plan import HOUR, Errand, Event, Kind, Plan, Round, Visit
from simulator.world.staff import Librarian
from simulator.world.story import Story
from simulator.world.troubles import Troubles

_CALM = 2 * HOUR
"""How long a world goes on without faults before its queues must be empty."""


@dataclass(frozen=True, slots=True)
class Played:
    """A world that was played to its end."""

    plan: Plan
    story: Story
    returns: int

    @property
    def kiosk_hours(self) -> float:
        """Virtual hours, for each kiosk by itself."""
        return self.plan.kiosks * (self.plan.calm + _CALM) / HOUR


def quick_folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder in memory where there is one: nothing in it need outlive the process."""
    fast = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    return tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None)


class Stage:
    """Where worlds are played, one after the other: a folder, and the catalogue's machine."""

    def __init__(
        self, template: Path | None = None, machine: Callable[..., Machine] = Machine
    ) -> None:
        """Begin each world with a copy of `template` (see `town.furnish`), or of one made here.

        `machine` makes its kiosks.
        """
        self.machine = machine
        self._folder = quick_folder()
        self.path = Path(self._folder.name)
        if template is None:
            template = self.path / "template.db"
            town.furnish(template)
        self.catalogue = town.Catalogue(self.path, template)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.catalogue.library.close()
        self._folder.cleanup()

    def play(self, plan: Plan) -> Played:
        """Play one world."""
        return run(_World(plan, self).play())


class _World:
    """One world while it is played."""

    def __init__(self, plan: Plan, stage: Stage) -> None:
        self._plan = plan
        self._stage = stage

    async def play(self) -> Played:
        loop = asyncio.get_running_loop()
        self.story = Story(loop.time)
        catalogue = self._stage.catalogue
        catalogue.begin(lambda: town.at(loop.time()))
        for old in self._stage.path.glob("kiosk-*"):
            old.unlink()
        self.things = town.things(self._plan.sets)
        around = Surroundings(self.story, catalogue, self.things, self._stage.path, self._plan.sets)
        self.machines = [
            self._stage.machine(number, *has, around, self._plan.seed)
            for number, has in enumerate(zip(self._plan.readers, self._plan.equipment, strict=True))
        ]
        self.desk = Desk(catalogue, self.things, self.machines, self.story)
        self.troubles = Troubles(catalogue, self.machines, self.story)
        try:
            await self._happen()
            facts = self._facts()
        finally:
            for machine in self.machines:
                machine.take_down()
        for violation in check(facts):
            self.story.broke(violation.invariant, violation.detail)
        return Played(self._plan, self.story, len(facts.returns))

    async def _happen(self) -> None:
        for machine in self.machines:
            machine.switch_on()
        async with asyncio.TaskGroup() as tasks:
            for event in self._plan.events:
                tasks.create_task(self._at(event))
        await _until(self._plan.calm)
        self.troubles.calm()
        for machine in self.machines:
            machine.switch_on()
        await _until(self._plan.calm + _CALM)
        for machine in self.machines:
            await machine.stop()
            await machine.network.settle()

    async def _at(self, event: Event) -> None:
        await _until(event.at)
        match event:
            case Visit():
                await Patron(self.machines[event.kiosk], event, self.story).come(self.things)
            case Errand():
                await self.desk.run(event)
            case Round():
                await Librarian(self.machines[event.kiosk], event, self.story).come(self.things)
            case _:
                await self.troubles.bring(event)

    def _facts(self) -> Facts:
        for machine in self.machines:
            losses = machine.disk.losses
            if losses.lost:
                self.story.faults[Kind.UNSYNCED_LOST] += losses.lost
            if losses.torn:
                self.story.faults[Kind.TORN_JOURNAL_WRITE] += losses.torn
            if aside := Journal(machine.path).set_aside():
                self.story.faults[Kind.JOURNAL_DAMAGED] += len(aside)
        library = self._stage.catalogue.library
        return Facts(
            [_kiosk_facts(machine) for machine in self.machines],
            library.returns(),
            library.captures(),
            self.things,
            self.desk.lent_at,
        )


def _kiosk_facts(machine: Machine) -> KioskFacts:
    journal = Journal(machine.path, vfs=machine.disk.vfs_name, access=Access.WATCHER)
    try:
        entries = {return_id: journal.entry(return_id) for return_id in machine.born}
        return KioskFacts(
            machine.name,
            machine.screen.promises,
            {return_id: entry for return_id, entry in entries.items() if entry is not None},
            journal.counts(),
            machine.born,
            machine.clock_jumped,
            machine.mouth is not None,
            machine.answers,
        )
    finally:
        journal.close()


async def _until(at: float) -> None:
    await asyncio.sleep(at - asyncio.get_running_loop().time())
