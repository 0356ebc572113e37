"""Patrons at the kiosks: they lay what they brought, read the screen, and do what it says."""

import asyncio
import random
from collections.abc import Sequence

from catalogue_api.contract.returns import Outcome
from drivers.interface import Uid
from kiosk.outcomes import KioskOutcome
from kiosk.session.receipts import YES, named
from kiosk.session.states import Laid, ReceiptState, Session, Summary
from simulator.world import town
from simulator.world.answering import Answering
from simulator.world.handing_in import AtTheFlap
from simulator.world.incomplete import Incomplete, is_given_back_incomplete
from simulator.world.machine import Machine
from simulator.world.plan import Kind, Manner, Visit
from simulator.world.story import Invariant, Story
from simulator.world.watching import accepted

_PATIENCE = 30.0
"""Seconds that a patron waits for the screen to speak of everything laid down."""

_ROUNDS = 3
"""So often a patron lays the same thing again."""

_WITHOUT_PAPER = {
    ReceiptState.NO_PAPER: Kind.PAPER_OUT,
    ReceiptState.NOT_PRINTED: Kind.PRINTER_HANGS,
}

_AGAIN = {KioskOutcome.LAY_AGAIN, KioskOutcome.LIFTED_EARLY, KioskOutcome.UNREADABLE}


class Patron:
    """One visit to a kiosk."""

    def __init__(self, machine: Machine, visit: Visit, story: Story) -> None:
        self._machine = machine
        self._manner = visit.manner
        self._chance = random.Random(visit.chance)  # noqa: S311 - worlds must repeat
        self._count = visit.count
        self._minds = random.Random(f"minds {visit.chance}")  # noqa: S311 - worlds must repeat
        self._story = story

    async def come(self, things: Sequence[town.Thing]) -> None:
        """Bring some of the things that lie at home."""
        async with self._machine.in_use:
            at_home = [thing for thing in things if thing.place == town.HOME]
            pile = self._chance.sample(at_home, min(self._count, len(at_home)))
            if not await self._is_open() or not pile:
                return
            for thing in pile:
                self._forget(thing)
            names = " ".join(thing.barcode for thing in pile)
            self._story.tell(f"{self._machine.name}: visit, {self._manner.value}: {names}")
            async with Answering(self._machine, pile, self._minds, self._story) as answering:
                with_set = Incomplete(self._machine, self._minds, answering, self._story)
                await self._hand_in(pile, with_set)
            self._machine.field.lift_all()
            await self._take_receipt()

    async def _hand_in(self, pile: Sequence[town.Thing], with_set: Incomplete) -> None:
        machine, mouth = self._machine, self._machine.mouth
        if mouth is not None:
            at = AtTheFlap(machine, mouth.slot, self._manner, self._chance, with_set, self._story)
            await at.bring(pile)
        elif self._manner is Manner.ONE_BY_ONE:
            for thing in pile:
                await self._bring([thing], with_set)
        else:
            await self._bring(pile, with_set)

    def _forget(self, thing: town.Thing) -> None:
        """Leave a part of a set at home, as happens."""
        thing.since = asyncio.get_running_loop().time()
        parts = range(1, len(thing.tags) + 1)
        forgets = len(parts) > 1 and self._chance.random() < 0.5
        thing.forgotten = frozenset({self._chance.choice(parts)} if forgets else ())

    async def _take_receipt(self) -> None:
        """Wait for the end of the visit where there are receipts; want one, or go."""
        machine = self._machine
        if machine.printer is None:
            return
        shown = await machine.screen.seen(_ends_with_receipt, _PATIENCE)
        if shown is not None and self._chance.random() < 0.8:
            machine.press(YES)
            shown = await machine.screen.seen(_is_printed, _PATIENCE)
        phase = shown.phase if shown is not None else None
        if not isinstance(phase, Summary) or phase.receipt is None:
            return
        kind = _WITHOUT_PAPER.get(phase.receipt.state)
        if kind is not None:
            self._story.fault(kind, machine.name)
        if phase.receipt.state is ReceiptState.PRINTED:
            self._look_at(phase.receipt.code, phase.items)

    def _look_at(self, code: str, items: Sequence[Laid]) -> None:
        """Find the number of a receipt in the journal, with each return that it names."""
        journal = self._machine.journal
        for laid in named(items) if journal is not None else ():
            entry = journal.entry(laid.return_id) if journal and laid.return_id else None
            if entry is None or entry.placement.receipt != code:
                what = f"{self._machine.name}: {code} names {laid.return_id}"
                self._story.broke(Invariant.RECEIPT, what)

    async def _is_open(self) -> bool:
        """Wait a little before a kiosk that is out of service."""
        for _ in range(10):
            if self._machine.screen.open:
                return True
            await asyncio.sleep(2.0)
        return False

    async def _bring(self, pile: Sequence[town.Thing], with_set: Incomplete) -> None:
        for thing in pile:
            thing.place = f"on:{self._machine.name}"
        await self._lay_carelessly(pile)
        told = await self._machine.screen.until((thing.uid for thing in pile), _PATIENCE)
        for _ in range(_ROUNDS):
            again = [thing for thing in pile if _is_to_lay_again(told.get(thing.uid))]
            if not again or not self._machine.powered:
                break
            told |= await self._lay_again(again)
        for thing in pile:
            if is_given_back_incomplete(told.get(thing.uid)):
                told |= await with_set.see_to(thing)
        for thing in pile:
            self._put_away(thing, told.get(thing.uid))

    async def _lay_carelessly(self, pile: Sequence[town.Thing]) -> None:
        field = self._machine.field
        for thing in pile:
            if len(thing.tags) == 1 and town.is_set(thing.barcode):
                self._story.fault(Kind.PARTS_UNTAGGED, f"{self._machine.name}: {thing.barcode}")
            if self._manner is Manner.TEARING and self._chance.random() < 0.7:
                half = self._chance.random() < 0.5
                field.tear(thing.uid, after=self._chance.randrange(2), halfway=half)
            self._machine.lay(thing)
            await asyncio.sleep(self._chance.uniform(0, 0.3))
        if self._manner is Manner.HASTY:
            await asyncio.sleep(self._chance.uniform(0.0, 0.6))
            for thing in pile:
                self._machine.lift(thing)
            await asyncio.sleep(self._chance.uniform(0.1, 1.5))
            for thing in pile:
                self._machine.lay(thing)

    async def _lay_again(self, things: Sequence[town.Thing]) -> dict[Uid, Laid]:
        for thing in things:
            self._machine.lift(thing)
        await asyncio.sleep(1.0)
        for thing in things:
            self._machine.lay(thing)
        await asyncio.sleep(1.0)
        return await self._machine.screen.until((thing.uid for thing in things), _PATIENCE / 2)

    def _put_away(self, thing: town.Thing, told: Laid | None) -> None:
        """Leave what the screen took; take home what it gave back or never spoke of."""
        self._machine.lift(thing)
        promised = self._machine.screen.bin_of(thing.barcode)
        if told is not None and accepted(told):
            thing.place = f"{self._machine.name}/{told.bin}"
        elif told is not None and told.verdict is Outcome.PARTS_MISSING and told.bin:
            self._story.fault(Kind.KEPT_INCOMPLETE, f"{self._machine.name}: {thing.barcode}")
            thing.place = f"{self._machine.name}/{told.bin}"
        elif told is not None and told.verdict is KioskOutcome.BIN_FULL:
            self._story.fault(Kind.BIN_FULL, f"{self._machine.name}: {thing.barcode}")
            thing.place = town.HOME
        elif told is None and promised is not None:
            thing.place = f"{self._machine.name}/{promised}"
        else:
            thing.place = town.HOME
        self._story.tell(f"{self._machine.name}: {thing.barcode} goes to {thing.place}")


def _ends_with_receipt(session: Session) -> bool:
    return isinstance(session.phase, Summary) and session.phase.receipt is not None


def _is_printed(session: Session) -> bool:
    phase = session.phase
    receipt = phase.receipt if isinstance(phase, Summary) else None
    return receipt is not None and receipt.state in {ReceiptState.PRINTED, *_WITHOUT_PAPER}


def _is_to_lay_again(told: Laid | None) -> bool:
    return told is None or told.verdict in _AGAIN
