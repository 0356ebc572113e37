"""Whatever people do with workshops, in any order, across weeks: what must hold, holds."""

import os
from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from agenda_world import DAY, HOUR, MINUTE, START, Agenda, readers
from catalogue_world import NOW
from invariants import broken

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.event_sessions import CALL_OFF_SESSION, MOVE_SESSION, MoveSession
from catalogue_api.contract.events import CHANGE_EVENT, OPEN_EVENT, CallOff, EventChange, EventData
from catalogue_api.contract.registrations import (
    ACCEPT_OFFER,
    CANCEL_REGISTRATION,
    CONFIRM_SEAT,
    NOTE_ATTENDANCE,
    SHOW_REGISTRATION,
    SHOW_SHEET,
    AttendanceSheet,
)

STEPS = int(os.environ.get("RITOURNELLE_OPERATIONS", "600")) // 6
KNOWN = {ProblemType.REFUSED_BY_RULE, ProblemType.NOT_FOUND, ProblemType.CHANGED_MEANWHILE}


class Weeks:
    """Some weeks of a library, by a seed."""

    def __init__(self, world, agenda: Agenda, seed: int) -> None:
        self.world, self.agenda, self.random = world, agenda, Random(seed)
        self.people = readers(world, 14)
        self.done: Counter[str] = Counter()

    async def live(self) -> None:
        """Plan three workshops, one of them a series, then do anything."""
        await self.agenda.event()
        await self.agenda.event(START + DAY, START + 8 * DAY, series=True, must_confirm=True)
        await self.agenda.event(START + 2 * DAY, must_confirm=True, places=6)
        acts = [self.register] * 6 + [self.answer] * 5 + [self.wait] * 2
        acts += [self.change, self.move, self.call_off, self.note]
        for _ in range(STEPS):
            act = self.random.choice(acts)
            try:
                await act()
                self.done[act.__name__] += 1
            except Refused as refused:
                if refused.type not in KNOWN:
                    raise
                self.done[f"{act.__name__}: {next(iter(refused.reasons), '')}"] += 1
            assert broken(self.world.database, 100, 100) == [], (act.__name__, self.done)
            assert self.agenda.waiting_beside_free_seats() == [], (act.__name__, self.done)

    async def register(self) -> None:
        event = self.random.randint(1, 3)
        if self.random.random() < 0.2:
            name = f"Person {self.random.randint(1, 9)}"
            await self.agenda.by_staff(event, name=name)
        else:
            await self.agenda.register(self.random.choice(self.people), event)

    async def answer(self) -> None:
        number = str(self.random.randint(1, max(1, len(self.agenda.statuses()))))
        endpoint = self.random.choice([ACCEPT_OFFER, CONFIRM_SEAT, CANCEL_REGISTRATION])
        desk = self.agenda.desk
        seen = await desk.call(SHOW_REGISTRATION, Nothing(), registration=number)
        await desk.call(endpoint, Nothing(), version=seen.version, registration=number)

    async def wait(self) -> None:
        steps = [20 * MINUTE, 3 * HOUR, 26 * HOUR, 3 * DAY]
        self.world.now += self.random.choice(steps)
        self.agenda.settle()
        assert self.agenda.settle() == {}

    async def change(self) -> None:
        number = str(self.random.randint(1, 3))
        told = await self.agenda.desk.call(OPEN_EVENT, Nothing(), event=number)
        said = told.model_dump(include=set(EventData.model_fields))
        body = EventChange.model_validate(said | {"places": self.random.randint(5, 12)})
        await self.agenda.desk.call(CHANGE_EVENT, body, version=told.version, event=number)

    async def move(self) -> None:
        session = str(self.random.randint(1, 4))
        sheet = await self.agenda.desk.call(SHOW_SHEET, Nothing(), event_session=session)
        later = timedelta(hours=self.random.randint(-200, 200))
        body = MoveSession(starts_at=sheet.session.starts_at + later)
        version = sheet.session.version
        await self.agenda.desk.call(MOVE_SESSION, body, version=version, event_session=session)

    async def call_off(self) -> None:
        if self.random.random() < 0.85:
            return
        session = str(self.random.randint(1, 4))
        sheet = await self.agenda.desk.call(SHOW_SHEET, Nothing(), event_session=session)
        version = sheet.session.version
        await self.agenda.desk.call(
            CALL_OFF_SESSION, CallOff(), version=version, event_session=session
        )

    async def note(self) -> None:
        session = str(self.random.randint(1, 4))
        sheet = await self.agenda.desk.call(SHOW_SHEET, Nothing(), event_session=session)
        lines = [*sheet.seated, *sheet.waiting]
        if lines:
            marks = [{"registration": self.random.choice(lines).registration,
                      "attendance": self.random.choice(["came", "absent", "unknown"])}]  # fmt: skip
            body = AttendanceSheet.model_validate({"marks": marks})
            await self.agenda.desk.call(NOTE_ATTENDANCE, body, event_session=session)


@pytest.mark.server
@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_whatever_is_done_what_must_hold_holds(world, seed) -> None:
    weeks = Weeks(world, Agenda(world), seed)
    await weeks.live()
    assert weeks.world.now > NOW
    assert weeks.done["register"] > 5
