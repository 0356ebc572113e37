"""A month at the library's computers, by the minute hand: people, classes, workshops, faults.

The real services, jobs and programs of the computers, under one clock that jumps five minutes at a
time. What must hold is looked at every quarter of an hour. On PostgreSQL, where all of it takes
several times as long, it is a few days and every hour.
"""

import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

import pytest
from agenda_world import Agenda
from catalogue_world import World
from computer_asking import PIN, QUICK
from computer_asking import Program as Way
from invariants import broken
from slot_people import SlotReader, at, desk, furnish, reader

from catalogue_api.agent.machine import advance, session_of, view
from catalogue_api.agent.states import (
    Ask,
    Extend,
    Face,
    Heard,
    Keep,
    Kept,
    Lock,
    SignIn,
    SignOut,
    State,
    Tick,
    Unlock,
    Unreachable,
)
from catalogue_api.agent.states import Refused as RefusedThere
from catalogue_api.contract import my_slots
from catalogue_api.contract.closures import (
    ADD_EXCEPTION,
    MOVE_DUE_DATES,
    MoveDueDates,
    NewException,
)
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.registrations import (
    ACCEPT_MY_OFFER,
    CANCEL_MY_REGISTRATION,
    LIST_MY_REGISTRATIONS,
    Nothing,
)
from catalogue_api.contract.slot_blocks import Settle
from catalogue_api.contract.slots import BookingStatus, SlotInfo
from catalogue_api.domain.roles import Role
from catalogue_api.domain.slots import COUNTED
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import Patron, PatronSession, StaffSession

STEP = timedelta(minutes=5)
READERS = range(11, 31)
DAYS = {"sqlite": 30, "postgresql": 3}
LOOKS_EVERY = {"sqlite": 15, "postgresql": 60}
IN_DAYS = (
    "book", "sat down", "could not", "extended", "signed out", "locked", "came back", "power cut",
    "cable pulled", "take_a_class", "in the way of a class", "plan_workshop", "walk_in",
)  # fmt: skip
IN_A_MONTH = (*IN_DAYS, "register", "close_tomorrow", "offer answered", "seat accepted")
EXPECTED = {ProblemType.REFUSED_BY_RULE, ProblemType.NOT_FOUND, ProblemType.CHANGED_MEANWHILE}
ALLOWANCE = timedelta(minutes=120)


class Seat:
    """A computer with its real program; its cable and its power may fail."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.way = world, Way(world, number)
        self.number, self.boots, self.away_until = number, 0, world.now
        self.kept = Kept()
        self.state = State(f"{number}-0")

    @property
    def clock(self) -> float:
        """A clock that goes forward only: that of the world."""
        return (self.world.now - at(0)).total_seconds()

    @property
    def face(self) -> Face:
        return view(self.state, self.clock).face

    def restart(self) -> None:
        """Lose the power and come back: what was written down is all that is left."""
        self.boots += 1
        self.state = State(f"{self.number}-{self.boots}", kept=self.kept)

    async def happen(self, event) -> None:
        """Let something happen, and the catalogue answer at once, or not at all."""
        events = [event]
        while events:
            self.state, effects = advance(self.state, events.pop(0), self.clock)
            for effect in effects:
                if isinstance(effect, Keep):
                    self.kept = effect.kept
                elif isinstance(effect, Ask):
                    events.append(await self._answer(effect))

    async def _answer(self, ask: Ask):
        if self.world.now < self.away_until:
            return Unreachable()
        try:
            return Heard(ask.endpoint, await self.way.ask(ask.endpoint, ask.body))
        except Refused as refused:
            return RefusedThere(refused.type, refused.reasons)


@dataclass
class Coming:
    """A reader who has booked, and when they will come to the computer (None: never)."""

    card: str
    slot: SlotInfo
    at: datetime | None


@dataclass
class Month:
    """People, and what they have done; one seed is one month."""

    world: World
    random: Random
    done: Counter[str] = field(default_factory=Counter)
    coming: list[Coming] = field(default_factory=list)

    def __post_init__(self) -> None:
        furnish(self.world)
        pin = QUICK.hash(PIN)
        self.world.add(
            *(
                Patron(id=one, card=f"P{one}", family_name=f"N{one}", pin_hash=pin, birth_year=2012)
                for one in READERS
            )
        )
        self.readers: list[SlotReader] = [reader(self.world, one) for one in READERS]
        self.desk = desk(self.world)
        self.agenda = Agenda(self.world)
        self.seats = [Seat(self.world, number) for number in (1, 2, 3, 4)]
        self.events: list[int] = []

    async def live(self, days: int) -> None:
        """Play the days of the month, with their nights."""
        for day in range(days):
            await self.day(day)
            self.world.now = at(27, days=day)  # three in the morning
            for job in JOBS:
                run(self.world.database, job, self.world.now, self.world.rules, dry_run=False)
            await self.look()

    async def day(self, day: int) -> None:
        self.world.now = at(8, 45, days=day)
        self.world.database.write_now(self.sign_in_anew)
        if day % 7 == 1:
            await self.dare(self.plan_workshop)
        if day % 5 == 2:
            await self.dare(self.take_a_class)
        if day in {9, 17}:
            await self.dare(self.close_tomorrow)
        while self.world.now <= at(18, 15, days=day):
            await self.step()
            if self.world.now.minute % LOOKS_EVERY[self.world.database.dialect] == 0:
                self.minute()
                await self.look()
            self.world.now += STEP

    def sign_in_anew(self, db) -> None:
        """Open the sessions that the night has ended."""
        times = {"created_at": self.world.now, "last_seen_at": self.world.now, "csrf": ""}
        times["expires_at"] = self.world.now + timedelta(days=2)
        db.merge(StaffSession(token_hash=hashed("ana"), staff="ana", **times))
        for one in READERS:
            db.merge(PatronSession(token_hash=hashed(f"reader{one}"), patron_id=one, **times))

    async def step(self) -> None:
        self.minute()
        for seat in self.seats:
            await self.fail(seat)
            await seat.happen(Tick())
        for one in [one for one in self.coming if one.at and one.at <= self.world.now]:
            self.coming.remove(one)
            await self.come(one)
        for seat in self.seats:
            await self.use(seat)
        acts = {self.book: 0.3, self.register: 0.1, self.withdraw: 0.02, self.walk_in: 0.08}
        for act, chance in acts.items():
            if self.random.random() < chance:
                await self.dare(act)

    def minute(self) -> None:
        """Do what the server does every minute."""
        for job in JOBS:
            if job.each_minute:
                run(self.world.database, job, self.world.now, self.world.rules, dry_run=False,
                    quiet=True)  # fmt: skip

    async def dare(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await act()
            self.done[act.__name__] += 1
        except Refused as refused:
            if refused.type not in EXPECTED:
                raise
            self.done[f"{act.__name__}: {next(iter(refused.reasons), refused.type)}"] += 1

    async def fail(self, seat: Seat) -> None:
        if self.random.random() < 0.004:
            self.done["power cut"] += 1
            seat.restart()
        if self.random.random() < 0.004:
            self.done["cable pulled"] += 1
            seat.away_until = self.world.now + self.random.randint(1, 12) * STEP

    # -- readers

    async def book(self) -> None:
        person = self.random.choice(self.readers)
        for wish in await person.wishes():
            if wish.offer is not None:
                await person.answer(wish, accept=self.random.random() < 0.8)
                self.done["offer answered"] += 1
        day = (self.world.now - at(0)).days + self.random.randint(0, 3)
        starts = at(self.random.randint(9, 17), 15 * self.random.randint(0, 3), days=day)
        try:
            slot = await person.book(starts, 15 * self.random.randint(1, 4))
        except Refused as refused:
            if "none_free" not in refused.reasons:
                raise
            await person.wait(starts, starts + timedelta(hours=2), 30)
            return
        fate = self.random.random()
        late = timedelta(minutes=self.random.choice([-5, 0, 5, 10, 20]))
        comes = None if fate < 0.15 else slot.starts_at + late
        self.coming.append(Coming(f"P{person.patron}", slot, comes))
        if fate > 0.92:
            path = {"version": slot.version, "slot": slot.slot}
            await person.call(my_slots.CANCEL_MY_SLOT, **path)

    async def come(self, one: Coming) -> None:
        seat = self.seats[one.slot.computer - 1]
        await seat.happen(SignIn(one.card, PIN))
        self.done["sat down" if seat.face is Face.IN_USE else "could not"] += 1

    async def walk_in(self) -> None:
        seat = self.random.choice(self.seats)
        if seat.face is Face.FREE:
            await seat.happen(SignIn(f"P{self.random.choice(READERS)}", PIN))

    async def use(self, seat: Seat) -> None:
        shown, chance = view(seat.state, seat.clock), self.random.random()
        if shown.face is Face.LOCKED:
            await self.come_back(seat)
        if shown.face is not Face.IN_USE:
            return
        if shown.may_extend and chance < 0.7:
            await seat.happen(Extend())
            after = view(seat.state, seat.clock).minutes_left or 0
            self.done["extended"] += after > (shown.minutes_left or 0)
        elif chance < 0.03:
            await seat.happen(SignOut())
            self.done["signed out"] += 1
        elif chance < 0.05:
            await seat.happen(Lock())
            self.done["locked"] += 1

    async def come_back(self, seat: Seat) -> None:
        await seat.happen(Unlock(PIN))
        self.done["came back"] += seat.face is Face.IN_USE

    async def register(self) -> None:
        person = self.random.choice(list(READERS))
        mine = await self.agenda.as_reader(person).call(LIST_MY_REGISTRATIONS, Nothing())
        for one in mine.registrations:
            if one.offer_until is not None:
                path = {"version": one.version, "registration": str(one.registration)}
                await self.agenda.as_reader(person).call(ACCEPT_MY_OFFER, Nothing(), **path)
                self.done["seat accepted"] += 1
        if self.events:
            await self.agenda.register(person, self.random.choice(self.events[-2:]))

    async def withdraw(self) -> None:
        person = self.random.choice(list(READERS))
        mine = await self.agenda.as_reader(person).call(LIST_MY_REGISTRATIONS, Nothing())
        for one in mine.registrations[:1]:
            path = {"version": one.version, "registration": str(one.registration)}
            await self.agenda.as_reader(person).call(CANCEL_MY_REGISTRATION, Nothing(), **path)

    # -- librarians

    async def plan_workshop(self) -> None:
        day = (self.world.now - at(0)).days + 9
        added = await self.agenda.event(at(14, days=day))
        self.events.append(added.event)

    async def take_a_class(self) -> None:
        day = (self.world.now - at(0)).days + 1
        starts, ends = at(10, days=day), at(12, days=day)
        seen = await self.desk.block(starts, ends, (1, 2, 3), dry_run=True)
        settle = [
            Settle(slot=one.slot.slot, version=one.slot.version, how=one.how)
            for one in seen.in_the_way
        ]
        self.done["in the way of a class"] += len(settle)
        await self.desk.block(starts, ends, (1, 2, 3), settle)

    async def close_tomorrow(self) -> None:
        tomorrow: date = self.world.now.date() + timedelta(days=1)
        manager = self.world.desk(Role.MANAGER)
        closure = NewException(site="cachan", first_on=tomorrow, last_on=tomorrow, label="Dégât")
        await manager.call(ADD_EXCEPTION, closure, key=f"closed-{tomorrow}")
        moved = MoveDueDates()
        await manager.call(MOVE_DUE_DATES, moved, key=f"moved-{tomorrow}")

    # -- what must hold

    async def look(self) -> None:
        """Fail if a rule of the database or of a screen is broken."""
        assert broken(self.world.database, 100, 100) == [], self.done
        assert self.agenda.waiting_beside_free_seats() == [], self.done
        self.look_at_allowances()
        for seat in self.seats:
            self.look_at(seat)

    def look_at_allowances(self) -> None:
        counted = ", ".join(f"'{one.value}'" for one in COUNTED)
        rows = self.world.rows(
            "SELECT patron_id, starts_at, ends_at FROM bookings WHERE patron_id IS NOT NULL"
            f" AND status IN ({counted})"
        )
        held: Counter[tuple[int, str]] = Counter()
        for patron, starts, ends in rows:
            began, over = (datetime.fromisoformat(f"{one}+00:00") for one in (starts, ends))
            day = f"{began.astimezone(self.world.zone):%Y-%m-%d}"
            held[patron, day] += (over - began).total_seconds()
        assert max(held.values(), default=0) <= ALLOWANCE.total_seconds() + 60, held

    def look_at(self, seat: Seat) -> None:
        """Whoever sits somewhere sits there for the catalogue too, as far as it could be told."""
        session = session_of(seat.state, seat.clock)
        if session is None:
            return
        assert self.world.now < session.usable_until, self.done
        (row,) = self.world.rows(
            f"SELECT computer_id, status, ends_at FROM bookings WHERE id = {session.session}"
        )
        assert row[0] == seat.number
        if seat.state.online:
            assert row[1] == BookingStatus.IN_USE.value, (row, seat.state, self.done)


@pytest.mark.server
@pytest.mark.parametrize("seed", [1])
async def test_a_month_at_the_computers(world, seed) -> None:
    month, usual = Month(world, Random(seed)), DAYS[world.database.dialect]
    days = int(os.environ.get("RITOURNELLE_DAYS", usual))
    await month.live(days)
    statuses = Counter(status for (status,) in world.rows("SELECT status FROM bookings"))
    if days < usual:
        return
    for what in IN_A_MONTH if days >= 30 else IN_DAYS:
        assert month.done[what] > 0, (what, month.done)
    assert statuses["no_show"] > days // 6, statuses
    assert statuses["ended"] > 5 * days // 3, statuses
