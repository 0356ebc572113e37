"""Patrons before a drop slot: they hold one thing before the flap and put it in once that opens."""

import asyncio
import random
from collections.abc import Sequence

from catalogue_api.contract.returns import Outcome
from kiosk.outcomes import KioskOutcome
from kiosk.session.states import Idle, Laid, Session, Stage
from simulator.world import town
from simulator.world.incomplete import Incomplete, is_given_back_incomplete
from simulator.world.machine import Machine
from simulator.world.plan import Kind, Manner
from simulator.world.slot import WatchedSlot
from simulator.world.story import Invariant, Story

_PATIENCE = 25.0
"""Seconds that a patron waits for the flap, and then for the screen."""

_ROUNDS = 3
"""So often a patron holds the same thing before the flap."""

_AGAIN = {KioskOutcome.LAY_AGAIN, KioskOutcome.LIFTED_EARLY, KioskOutcome.UNREADABLE}


class AtTheFlap:
    """One visit to a drop slot."""

    def __init__(
        self,
        machine: Machine,
        slot: WatchedSlot,
        manner: Manner,
        chance: random.Random,
        with_set: Incomplete,
        story: Story,
    ) -> None:
        self._machine = machine
        self._slot = slot
        self._manner = manner
        self._chance = chance
        self._with_set = with_set
        self._story = story

    async def bring(self, pile: Sequence[town.Thing]) -> None:
        """Hand in one thing after the other; some hold two at once before they read that."""
        for thing, following in zip(pile, (*pile[1:], None), strict=True):
            beside = following if self._manner is Manner.TOGETHER else None
            await self._hand_in(thing, beside)

    async def _hand_in(self, thing: town.Thing, beside: town.Thing | None) -> None:
        thing.place = f"on:{self._machine.name}"
        told = None
        for again in range(_ROUNDS):
            await self._hold(thing, beside if again == 0 else None)
            told = await self._put_in(thing, again=again > 0)
            if self._is_in(thing) or not self._machine.powered or not _is_to_be_held_again(told):
                break
            self._machine.lift(thing)
            await asyncio.sleep(1.0)
        if not self._is_in(thing) and is_given_back_incomplete(told) and self._machine.powered:
            told = await self._have_it_let_go(thing)
        if not self._is_in(thing):
            self._take_home(thing, told)
        elif told is not None and told.verdict is Outcome.PARTS_MISSING:
            self._story.fault(Kind.KEPT_INCOMPLETE, f"{self._machine.name}: {thing.barcode}")

    async def _have_it_let_go(self, thing: town.Thing) -> Laid | None:
        """Fetch staff: with their card they let it in as it is, and its patron pushes it in."""
        missing = Kind.PART_MISSING if len(thing.tags) > 1 else Kind.SAID_INCOMPLETE
        self._story.fault(missing, f"{self._machine.name}: {thing.barcode}")
        if not await self._with_set.let_go_by_staff(thing):
            return None
        told = await self._put_in(thing, again=True)
        if self._is_in(thing):
            self._story.fault(Kind.ACCEPTED_AT_SLOT, f"{self._machine.name}: {thing.barcode}")
        return told

    async def _hold(self, thing: town.Thing, beside: town.Thing | None) -> None:
        if self._manner is Manner.TEARING and self._chance.random() < 0.5:
            self._machine.field.tear(thing.uid, halfway=self._chance.random() < 0.5)
        self._machine.lay(thing)
        if beside is not None:
            await asyncio.sleep(self._chance.uniform(0.0, 1.0))
            self._machine.lay(beside)
            await asyncio.sleep(self._chance.uniform(0.5, 2.0))
            self._machine.lift(beside)
        await asyncio.sleep(1.0)

    async def _put_in(self, thing: town.Thing, *, again: bool) -> Laid | None:
        """Put a thing in once the flap opens for it; return what the screen says in the end.

        Some read that they may; others hold it against the flap and feel when that opens. A flap
        that stands open while the screen says "out of service" is left alone.
        """
        screen = self._machine.screen
        pushes = self._manner is Manner.ONE_BY_ONE and not self._slot.stands_open
        if pushes:
            self._slot.offer(thing)

        def is_awaited(session: Session) -> bool:
            laid = _shown(session, thing)
            return laid is not None and laid.stage in {Stage.SORTING, Stage.SETTLED}

        seen = await screen.seen(is_awaited, _PATIENCE)
        laid = None if seen is None else _shown(seen, thing)
        if laid is None or laid.stage is Stage.SETTLED:
            self._slot.take_back()
            return laid
        if self._manner is Manner.HASTY and not again:
            self._story.fault(Kind.NOT_PUT_IN, f"{self._machine.name}: {thing.barcode}")
            self._machine.lift(thing)
        elif not pushes:
            await asyncio.sleep(self._chance.uniform(0.0, 2.5))
            self._slot.offer(thing)
        told = await screen.until([thing.uid], _PATIENCE)
        self._slot.take_back()
        return told.get(thing.uid)

    def _is_in(self, thing: town.Thing) -> bool:
        """Say whether it has passed the flap, wherever it is by now."""
        return thing.place != f"on:{self._machine.name}"

    def _take_home(self, thing: town.Thing, told: Laid | None) -> None:
        name = self._machine.name
        self._machine.lift(thing)
        thing.place = town.HOME
        if told is not None and told.inside:
            what = f"{name}: {thing.barcode} is still in a hand, and should lie in {told.bin}"
            self._story.broke(Invariant.BINS, what)
        if told is not None and told.verdict is KioskOutcome.BIN_FULL:
            self._story.fault(Kind.BIN_FULL, f"{name}: {thing.barcode}")
        self._story.tell(f"{name}: {thing.barcode} is not put in, and goes home")


def _shown(session: Session, thing: town.Thing) -> Laid | None:
    if isinstance(session.phase, Idle):
        return None
    return next((laid for laid in session.phase.items if laid.has(thing.uid)), None)


def _is_to_be_held_again(told: Laid | None) -> bool:
    return told is None or told.verdict in _AGAIN
