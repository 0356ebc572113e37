"""Whatever people do with computers, in any order, over days: what must hold, holds."""

import os
from collections import Counter
from datetime import datetime, timedelta
from random import Random

import pytest
from catalogue_world import World
from invariants import broken
from slot_people import SlotDesk, SlotReader, at, desk, furnish, reader, tick
from sqlalchemy import select

from catalogue_api.contract import my_slots, slot_blocks, slot_wishes, slots, walk_ins
from catalogue_api.contract.computers import MARK_COMPUTER, SHOW_PLAN, ComputerMark
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.slot_blocks import BlocksAsked, Settle
from catalogue_api.contract.slots import MoveSlot, SlotInfo
from catalogue_api.contract.walk_ins import GiveNumber
from catalogue_api.domain.slots import COUNTED, LIVE, Settlement, Slot
from catalogue_api.storage.tables import Booking, BookingQuarter, Patron

STEPS = int(os.environ.get("RITOURNELLE_OPERATIONS", "600")) // 5
KNOWN = {ProblemType.REFUSED_BY_RULE, ProblemType.NOT_FOUND, ProblemType.CHANGED_MEANWHILE}
MINUTES = timedelta(minutes=1)


class Days:
    """Some days in a room, by a seed; nobody lets anything pass, so allowances must hold."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.random, self.done = world, Random(seed), Counter[str]()
        furnish(world)
        numbers = range(11, 17)
        world.add(*(Patron(id=one, card=f"P{one}", family_name=f"N{one}") for one in numbers))
        self.readers: list[SlotReader] = [reader(world, one) for one in numbers]
        self.desk: SlotDesk = desk(world)

    async def live(self) -> None:
        """Do anything, and look at everything after each act."""
        acts = [self.book] * 6 + [self.use] * 6 + [self.wait_for_slot, self.answer] * 2
        acts += [self.pass_time] * 3 + [self.sit, self.number, self.called, self.move, self.cancel]
        acts += [self.block, self.unblock, self.mark]
        for _ in range(STEPS):
            act = self.random.choice(acts)
            try:
                await act()
                self.done[act.__name__] += 1
            except Refused as refused:
                if refused.type not in KNOWN:
                    raise
                self.done[f"{act.__name__}: {next(iter(refused.reasons), '')}"] += 1
            self.look(act.__name__)

    def look(self, act: str) -> None:
        """Fail if a rule is broken."""
        assert broken(self.world.database, 100, 100) == [], (act, self.done)
        rows = self.world.database.read_now(_bookings)
        held: Counter[tuple[int, str]] = Counter()
        quarters = set()
        for computer, patron, status, starts, ends in rows:
            slot = Slot(starts, ends)
            if patron is not None and status in {one.value for one in COUNTED}:
                held[patron, f"{starts.astimezone(self.world.zone):%Y-%m-%d}"] += slot.minutes
            if status in {one.value for one in LIVE}:
                quarters |= {(computer, one, patron) for one in slot.quarters()}
        assert max(held.values(), default=0) <= 120, (act, held)
        if self.world.database.dialect == "sqlite":
            assert set(self.world.database.read_now(_quarters)) == quarters, act

    def somebody(self) -> SlotReader:
        return self.random.choice(self.readers)

    def sometime(self) -> datetime:
        day = self.random.randint(0, 2)
        return at(self.random.randint(9, 17), 15 * self.random.randint(0, 3), days=day)

    async def any_slot(self) -> SlotInfo:
        plan = await self.desk.do(SHOW_PLAN, site="cachan")
        found = [slot for one in plan.computers for slot in one.slots]
        if not found:
            raise Refused(ProblemType.NOT_FOUND)
        return self.random.choice(found)

    async def book(self) -> None:
        minutes = 15 * self.random.randint(1, 4)
        await self.somebody().book(self.sometime(), minutes)

    async def sit(self) -> None:
        await self.desk.sit(card=f"P{self.random.randint(11, 16)}")

    async def use(self) -> None:
        acts = [slots.CLAIM_SLOT] * 3 + [slots.EXTEND_SLOT] * 2 + [slots.END_SLOT]
        await self.desk.act(self.random.choice(acts), await self.any_slot())

    async def move(self) -> None:
        computer = self.random.choice([None, 1, 2, 3, 4])
        body = MoveSlot(starts_at=self.sometime(), computer=computer)
        await self.desk.act(slots.MOVE_SLOT, await self.any_slot(), body)

    async def cancel(self) -> None:
        person = self.somebody()
        mine = await person.mine()
        if mine:
            await person.call(my_slots.CANCEL_MY_SLOT, version=mine[0].version, slot=mine[0].slot)

    async def wait_for_slot(self) -> None:
        first = self.sometime()
        hours = timedelta(hours=self.random.randint(1, 4))
        await self.somebody().wait(first, first + hours, 15 * self.random.randint(1, 4))

    async def answer(self) -> None:
        person = self.somebody()
        for wish in await person.wishes():
            if self.random.random() < 0.2:
                path = {"version": wish.version, "wish": wish.wish}
                await person.call(slot_wishes.CANCEL_WISH, **path)
            else:
                await person.answer(wish, accept=self.random.random() < 0.7)

    async def number(self) -> None:
        card = self.random.choice(["", f"P{self.random.randint(11, 16)}"])
        await self.desk.do(walk_ins.GIVE_NUMBER, GiveNumber(card=card), room=1)

    async def called(self) -> None:
        here = (await self.desk.do(walk_ins.LIST_WALK_INS, room=1)).walk_ins
        if here:
            act = self.random.choice([walk_ins.SEAT_WALK_IN, walk_ins.TAKE_NUMBER_BACK])
            await self.desk.do(act, walk_in=self.random.choice(here).walk_in)

    async def block(self) -> None:
        computers = tuple(self.random.sample([1, 2, 3, 4], self.random.randint(1, 3)))
        starts = self.sometime()
        ends = starts + timedelta(hours=self.random.randint(1, 2))
        seen = await self.desk.block(starts, ends, computers, dry_run=True)
        settle = [
            Settle(
                slot=one.slot.slot,
                version=one.slot.version,
                how=one.how if self.random.random() < 0.7 else Settlement.CANCEL,
            )
            for one in seen.in_the_way
        ]
        await self.desk.block(starts, ends, computers, settle)

    async def unblock(self) -> None:
        listed = (await self.desk.do(slot_blocks.LIST_BLOCKS, BlocksAsked())).blocks
        if listed:
            one = self.random.choice(listed)
            await self.desk.do(slot_blocks.REMOVE_BLOCK, version=one.version, slot_block=one.block)

    async def mark(self) -> None:
        computer = self.random.randint(1, 4)
        version = self.world.row(f"SELECT version FROM computers WHERE id = {computer}")[0]
        body = ComputerMark(out_of_order=self.random.random() < 0.4)
        await self.desk.do(MARK_COMPUTER, body, version, computer=computer)

    async def pass_time(self) -> None:
        self.world.now += self.random.choice([3, 7, 15, 40, 180]) * MINUTES
        if self.random.random() < 0.7:
            tick(self.world)
            assert tick(self.world) == {}


def _bookings(session) -> list[tuple]:
    columns = (Booking.computer_id, Booking.patron_id, Booking.status)
    query = select(*columns, Booking.starts_at, Booking.ends_at)
    return session.connection().execute(query).all()


def _quarters(session) -> list[tuple]:
    query = select(BookingQuarter.computer_id, BookingQuarter.quarter, BookingQuarter.patron_id)
    return [tuple(row) for row in session.connection().execute(query)]


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.server)])
async def test_whatever_people_do_with_computers(world, seed) -> None:
    days = Days(world, seed)
    await days.live()
    assert days.done["book"] > 3, days.done
