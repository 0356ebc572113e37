"""A day closed late: slots are moved within the day or cancelled, and every reader is told."""

from datetime import time

import pytest
from slot_people import SlotDesk, at, desk, furnish, overlapping, reader

from catalogue_api.contract.calendars import CHANGE_HOURS, SHOW_HOURS, Hours, SiteHoursChange
from catalogue_api.contract.closures import (
    ADD_EXCEPTION,
    LIST_EXCEPTIONS,
    MOVE_DUE_DATES,
    ExceptionsAsked,
    MoveDueDates,
    NewException,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.slots import BookingEnd, BookingStatus
from catalogue_api.domain.roles import Role


@pytest.fixture
def library(world):
    furnish(world)
    return world


async def close(world, hours: Hours | None = None, **values):
    body = NewException(
        site="cachan", first_on=at(9, days=1).date(), last_on=at(9, days=1).date(), hours=hours,
        **values,
    )  # fmt: skip
    return await world.desk(Role.MANAGER).call(ADD_EXCEPTION, body, key=f"c{values}{hours}")


async def move_all(world, **values):
    body = MoveDueDates(**values)
    return (await world.desk(Role.MANAGER).call(MOVE_DUE_DATES, body, key=f"m{values}")).days


async def test_a_closed_day_tells_how_many_slots_it_meets_and_cancels_them(library) -> None:
    slot = await reader(library).book(at(14, days=1))
    await reader(library, 2).book(at(14))
    assert (await close(library, dry_run=True)).slots_booked == 1
    assert (await close(library)).slots_booked == 1
    (rehearsed,) = await move_all(library, dry_run=True)
    assert (rehearsed.slots, rehearsed.slots_cancelled) == (0, 1)
    assert (await desk(library).show(slot)).status is BookingStatus.BOOKED
    assert await move_all(library) == (rehearsed,)
    gone = await SlotDesk(library).show(slot)
    assert (gone.status, gone.end_reason) == (BookingStatus.CANCELLED, BookingEnd.CLOSED)
    assert library.rows("SELECT patron_id FROM notices WHERE kind = 'slot_cancelled'") == [(1,)]
    assert await move_all(library, dry_run=True) == ()


async def test_shorter_hours_move_a_slot_to_the_nearest_time_of_its_day(library) -> None:
    early = await reader(library).book(at(16, 30, days=1), computer=1)
    other = await reader(library, 2).book(at(17, days=1), computer=2)
    hours = Hours(opens=time(9), closes=time(17))
    assert (await close(library, hours)).slots_booked == 2
    (day,) = await move_all(library)
    assert (day.slots, day.slots_cancelled) == (2, 0)
    at_desk = desk(library)
    moved = [await at_desk.show(one) for one in (early, other)]
    assert [(one.starts_at, one.computer) for one in moved] == [
        (at(16, days=1), 1), (at(16, days=1), 2),
    ]  # fmt: skip
    assert library.row("SELECT count(*) FROM notices WHERE kind = 'slot_moved'") == (2,)
    assert overlapping(library) == []
    listed = await at_desk.do(LIST_EXCEPTIONS, ExceptionsAsked())
    assert listed.exceptions[0].slots_booked == 0


async def test_another_week_tells_what_it_meets_too(library) -> None:
    await reader(library).book(at(14, days=1))
    manager = library.desk(Role.MANAGER)
    hours = await manager.call(SHOW_HOURS, Nothing(), site="cachan")
    week = tuple(one for one in hours.term if one.weekday != 1)
    told = await manager.call(
        CHANGE_HOURS,
        SiteHoursChange(term=week, dry_run=True),
        version=hours.version,
        site="cachan",
    )
    assert told.slots_booked == 1
