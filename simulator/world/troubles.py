"""Faults as they happen: each begins, lasts and ends."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from simulator.cable import Faults
from simulator.devices.mechanics import Hand
from simulator.devices.printer import Mood
from simulator.world import town
from simulator.world.machine import Machine
from simulator.world.plan import Kind, Trouble
from simulator.world.story import Story

_OF_NETWORK = {
    Kind.PARTITION,
    Kind.LOST_QUESTION,
    Kind.LOST_ANSWER,
    Kind.TWICE,
    Kind.REORDERED,
    Kind.SLOW,
    Kind.REFUSED,
}


class Troubles:
    """Brings faults over the machines and the catalogue of one world."""

    def __init__(
        self, catalogue: town.Catalogue, machines: Sequence[Machine], story: Story
    ) -> None:
        self._catalogue = catalogue
        self._machines = machines
        self._story = story

    async def bring(self, trouble: Trouble) -> None:
        """Let one fault begin and end."""
        machine = self._machines[trouble.kiosk]
        chance = random.Random(trouble.chance)  # noqa: S311 - worlds must repeat
        match trouble.kind:
            case kind if kind in _OF_NETWORK:
                machine.network.faults.add(kind)
                await asyncio.sleep(trouble.lasts)
                machine.network.faults.discard(kind)
            case Kind.CATALOGUE_CRASH | Kind.CATALOGUE_RESTORE:
                await self._catalogue_fails(trouble)
            case Kind.POWER_CUT | Kind.POWER_CUT_IN_WRITE | Kind.RESTART:
                await self._power_fails(machine, trouble, chance)
            case Kind.CABLE_PULLED | Kind.CABLE_NOISE:
                await self._cable_fails(machine, trouble, chance)
            case Kind.PAPER_OUT | Kind.PRINTER_HANGS:
                await self._printer_fails(machine, trouble)
            case Kind.FLAP_STICKS | Kind.LEFT_BEHIND_FLAP | Kind.SORTER_PULLED | Kind.SORTER_SILENT:
                await self._slot_fails(machine, trouble, chance)
            case Kind.JOURNAL_DAMAGED:
                self._story.tell(f"{machine.name}: the journal's file is damaged")
                await machine.restart(damaged=True)
            case Kind.DISK_FULL | Kind.DISK_READ_ONLY:
                await self._disk_fails(machine, trouble)
            case _:
                seconds = chance.choice((-1, 1)) * chance.choice((40, 3600, 86400, 40 * 86400))
                machine.clock_error += timedelta(seconds=seconds)
                machine.clock_jumped = True
                self._story.fault(Kind.CLOCK_JUMP, f"{machine.name}: {seconds:+} s")

    def calm(self) -> None:
        """End every fault that is still there."""
        self._catalogue.up = True
        for machine in self._machines:
            machine.network.faults.clear()
            machine.disk.full = machine.disk.read_only = False
            machine.disk.die_after = None
            if machine.printer is not None:
                machine.printer.mend()
            if machine.mouth is not None:
                machine.dies_at_the_flap = False
                machine.mouth.mend()
                machine.free_flap()
            machine.cable.line.faults = Faults()
            machine.cable.plug()
        self._story.tell("all faults are over")

    async def _catalogue_fails(self, trouble: Trouble) -> None:
        if trouble.kind is Kind.CATALOGUE_RESTORE:
            # The copy to go back to was made some time before.
            self._catalogue.back_up()
            self._story.tell("catalogue: backed up")
            await asyncio.sleep(trouble.lasts / 2)
        self._catalogue.up = False
        self._story.tell("catalogue: down")
        await asyncio.sleep(min(trouble.lasts / 2, 600.0))
        if trouble.kind is Kind.CATALOGUE_RESTORE:
            self._catalogue.restore()
            self._story.fault(Kind.CATALOGUE_RESTORE, "back to the last copy")
        self._catalogue.up = True
        self._story.tell("catalogue: up")

    async def _power_fails(self, machine: Machine, trouble: Trouble, chance: random.Random) -> None:
        if not machine.powered:
            return
        if trouble.kind is Kind.RESTART:
            self._story.fault(Kind.RESTART, machine.name)
            await machine.restart()
            return
        if trouble.kind is Kind.POWER_CUT_IN_WRITE:
            machine.disk.die_after = chance.randrange(30)
            try:
                await asyncio.wait_for(machine.died.wait(), trouble.lasts)
            except TimeoutError:
                machine.disk.die_after = None
                return
        self._story.fault(trouble.kind, machine.name)
        await self._stay_dark(machine, chance.choice((2.0, 30.0, trouble.lasts / 2)))

    async def _stay_dark(self, machine: Machine, seconds: float) -> None:
        """Leave a machine without power; where it has a flap, somebody looks at it afterwards."""
        await machine.cut()
        await asyncio.sleep(seconds)
        machine.switch_on()
        self._story.tell(f"{machine.name}: power is back")
        await asyncio.sleep(60.0)
        machine.free_flap()

    async def _slot_fails(self, machine: Machine, trouble: Trouble, chance: random.Random) -> None:
        mouth = machine.mouth
        if mouth is None:
            return
        match trouble.kind:
            case Kind.FLAP_STICKS:
                mouth.slot.meddle(Hand.STICK)
                await asyncio.sleep(trouble.lasts)
                if mouth.slot.stands_open:
                    self._story.fault(Kind.FLAP_STICKS, machine.name)
                machine.free_flap()
            case Kind.LEFT_BEHIND_FLAP:
                machine.dies_at_the_flap = True
                with suppress(TimeoutError):
                    await asyncio.wait_for(machine.died.wait(), trouble.lasts)
                if mouth.slot.behind:
                    self._story.fault(Kind.LEFT_BEHIND_FLAP, machine.name)
                    await self._stay_dark(machine, chance.choice((2.0, 30.0)))
                machine.dies_at_the_flap = False
            case Kind.SORTER_SILENT:
                mouth.falls_silent = True
                await asyncio.sleep(trouble.lasts)
                if mouth.silent:
                    self._story.fault(Kind.SORTER_SILENT, machine.name)
                mouth.mend()
            case _:
                self._story.fault(Kind.SORTER_PULLED, machine.name)
                await mouth.cable.pull()
                await asyncio.sleep(min(trouble.lasts, 60.0))
                mouth.cable.plug()

    async def _cable_fails(self, machine: Machine, trouble: Trouble, chance: random.Random) -> None:
        if trouble.kind is Kind.CABLE_PULLED:
            self._story.fault(Kind.CABLE_PULLED, machine.name)
            await machine.cable.pull()
            machine.look()
            await asyncio.sleep(min(trouble.lasts, 60.0))
            machine.cable.plug()
            return
        self._story.fault(Kind.CABLE_NOISE, machine.name)
        machine.cable.line.faults = Faults(
            pieces=True,
            loss=chance.choice((0.0, 0.05, 0.3)),
            late=chance.choice((0.0, 0.1)),
            noise=chance.choice((0.0, 0.001, 0.01)),
        )
        await asyncio.sleep(min(trouble.lasts, 120.0))
        machine.cable.line.faults = Faults()

    async def _printer_fails(self, machine: Machine, trouble: Trouble) -> None:
        """What patrons see of it is counted."""
        if machine.printer is None:
            return
        if trouble.kind is Kind.PAPER_OUT:
            machine.printer.roll.meddle(Mood.PAPER_OUT)
        else:
            machine.printer.hang()
        await asyncio.sleep(trouble.lasts)
        machine.printer.mend()

    async def _disk_fails(self, machine: Machine, trouble: Trouble) -> None:
        full = trouble.kind is Kind.DISK_FULL
        machine.disk.full, machine.disk.read_only = full, not full

        def felt() -> None:
            machine.disk.refused = lambda: None
            self._story.fault(trouble.kind, machine.name)

        machine.disk.refused = felt
        await asyncio.sleep(min(trouble.lasts, 900.0))
        machine.disk.full = machine.disk.read_only = False
