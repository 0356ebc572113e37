"""Patrons with a set of which a part is missing: it turns up, staff let the rest go, or neither."""

import asyncio
import random

from catalogue_api.contract.returns import Outcome
from drivers.interface import Uid
from kiosk.session.staff import Act, Entry, entries
from kiosk.session.states import Laid, Session
from simulator.world import town
from simulator.world.answering import Answering, Mind
from simulator.world.machine import Machine
from simulator.world.plan import Kind
from simulator.world.story import Story
from simulator.world.watching import accepted

_PATIENCE = 10.0
"""Seconds that they wait for the screen."""


class Incomplete:
    """What becomes of one such set."""

    def __init__(
        self, machine: Machine, chance: random.Random, answering: Answering, story: Story
    ) -> None:
        self._machine = machine
        self._chance = chance
        self._answering = answering
        self._story = story

    async def see_to(self, thing: town.Thing) -> dict[Uid, Laid]:
        """Do one of the three; return what the screen says of the set in the end."""
        missing = Kind.PART_MISSING if len(thing.tags) > 1 else Kind.SAID_INCOMPLETE
        self._story.fault(missing, f"{self._machine.name}: {thing.barcode}")
        what = self._chance.choice((self._lay_the_part, self._fetch_staff, self._do_without))
        await what(thing)
        await asyncio.sleep(1.0)
        return await self._machine.screen.until([thing.uid], _PATIENCE)

    async def _lay_the_part(self, thing: town.Thing) -> None:
        self._story.fault(Kind.PART_LAID_LATER, f"{self._machine.name}: {thing.barcode}")
        thing.forgotten = frozenset()
        if len(thing.tags) == 1:
            await self._lay_anew(thing, Mind.YES)
        else:
            self._machine.lay(thing)

    async def _lay_anew(self, thing: town.Thing, mind: Mind) -> None:
        """Have the question about it asked again, with an answer in mind."""
        self._answering.will(thing, mind)
        self._machine.lift(thing)
        await asyncio.sleep(1.0)
        self._machine.lay(thing)

    async def _fetch_staff(self, thing: town.Thing) -> None:
        """Have the set let go as it is, and wait for what the screen says."""
        machine = self._machine
        if not await self.let_go_by_staff(thing):
            return
        await asyncio.sleep(1.0)
        told = (await machine.screen.until([thing.uid], _PATIENCE)).get(thing.uid)
        if told is not None and accepted(told):
            self._story.fault(Kind.SET_ACCEPTED, f"{machine.name}: {thing.barcode}")

    async def let_go_by_staff(self, thing: town.Thing) -> bool:
        """Lay a staff card beside it, and choose to let it go; tell whether that was offered."""
        machine = self._machine
        if len(thing.tags) == 1:
            await self._lay_anew(thing, Mind.SILENT)
            await asyncio.sleep(1.0)
        machine.field.lay(machine.card.uid)
        shown = await machine.screen.seen(_offers_to_accept, _PATIENCE)
        machine.field.lift(machine.card.uid)
        if shown is None:
            return False
        if self._chance.random() < 0.5:
            await asyncio.sleep(2.0)  # by now the kiosk has seen that the card is gone
        machine.press(Entry(Act.ACCEPT).key)
        await asyncio.sleep(0.1)  # as long as anybody needs to see that the menu is gone
        return True

    async def _do_without(self, thing: town.Thing) -> None:
        """Take it home again."""


def is_given_back_incomplete(told: Laid | None) -> bool:
    """Say whether a screen has given something back because a part is missing."""
    return told is not None and told.verdict is Outcome.PARTS_MISSING and not told.bin


def _offers_to_accept(session: Session) -> bool:
    return Entry(Act.ACCEPT) in entries(session)
