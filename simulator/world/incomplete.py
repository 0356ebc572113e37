"""Patrons with a set of which a part is missing: it turns up, staff let the rest go, or neither."""

import asyncio
import random

from drivers.interface import Uid
from kiosk.session.staff import Act, Entry, entries
from kiosk.session.states import Laid, Session
from simulator.world import town
from simulator.world.machine import Machine
from simulator.world.plan import Kind
from simulator.world.story import Story
from simulator.world.watching import accepted

_PATIENCE = 10.0
"""Seconds that they wait for the screen."""


class Incomplete:
    """What becomes of one such set."""

    def __init__(self, machine: Machine, chance: random.Random, story: Story) -> None:
        self._machine = machine
        self._chance = chance
        self._story = story

    async def see_to(self, thing: town.Thing) -> dict[Uid, Laid]:
        """Do one of the three; return what the screen says of the set in the end."""
        self._story.fault(Kind.PART_MISSING, f"{self._machine.name}: {thing.barcode}")
        what = self._chance.choice((self._lay_the_part, self._fetch_staff, self._do_without))
        await what(thing)
        await asyncio.sleep(1.0)
        return await self._machine.screen.until([thing.uid], _PATIENCE)

    async def _lay_the_part(self, thing: town.Thing) -> None:
        self._story.fault(Kind.PART_LAID_LATER, f"{self._machine.name}: {thing.barcode}")
        thing.forgotten = frozenset()
        self._machine.lay(thing)

    async def _fetch_staff(self, thing: town.Thing) -> None:
        """Lay a staff card beside it, and let the set go as it is."""
        machine = self._machine
        machine.field.lay(machine.card.uid)
        shown = await machine.screen.seen(_offers_to_accept, _PATIENCE)
        machine.field.lift(machine.card.uid)
        if shown is None:
            return
        machine.press(Entry(Act.ACCEPT).key)
        await asyncio.sleep(1.0)
        told = (await machine.screen.until([thing.uid], _PATIENCE)).get(thing.uid)
        if told is not None and accepted(told):
            self._story.fault(Kind.SET_ACCEPTED, f"{machine.name}: {thing.barcode}")

    async def _do_without(self, thing: town.Thing) -> None:
        """Take it home again."""


def _offers_to_accept(session: Session) -> bool:
    return Entry(Act.ACCEPT) in entries(session)
