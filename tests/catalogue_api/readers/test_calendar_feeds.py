"""A reader's calendar at a secret address: what is in it, and who may read it."""

from datetime import timedelta

import pytest
from agenda_world import START, Agenda
from catalogue_world import NOW, TODAY
from slot_people import furnish as furnish_rooms

from catalogue_api.contract.calendar_feeds import (
    DROP_CALENDAR,
    MAKE_CALENDAR,
    READ_CALENDAR,
    SHOW_CALENDAR,
    CalendarRead,
    EntryKind,
    NewCalendar,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Booking

FIRST, SECOND = "a" * 43, "b" * 43


@pytest.fixture
def ida(world):
    return world.embedded(world.signed_in(Role.PATRON))


async def read(world, secret: str):
    return await world.embedded("").call(READ_CALENDAR, CalendarRead(secret=secret))


async def test_what_is_due_and_what_is_ready_stand_in_it_by_day(world, ida) -> None:
    world.lend("1", due_in=5)
    world.lend("2", due_in=5)
    world.lend("3", due_in=2)
    world.lend("6", patron=2)
    ready = {"status": "ready", "item_id": 4, "ready_at": NOW, "expires_on": TODAY}
    world.hold(2, patron=1, **ready)
    world.hold(1, patron=1)
    await ida.call(MAKE_CALENDAR, NewCalendar(secret=FIRST))
    seen = await read(world, FIRST)
    assert [(one.kind, (one.on - TODAY).days, one.titles) for one in seen.entries] == [
        (EntryKind.READY, 0, ("Astérix, Tome 3",)),
        (EntryKind.DUE, 2, ("L’Été",)),
        (EntryKind.DUE, 5, ("L’Été", "L’Été")),
    ]
    assert seen.entries[0].place == "Cachan"
    assert (await read(world, FIRST)).entries == seen.entries


async def test_computers_and_events_stand_in_it_with_their_hours(world, ida) -> None:
    furnish_rooms(world)
    agenda = Agenda(world)
    await agenda.event(room="Salle bleue")
    await agenda.register(1)
    hour = timedelta(hours=1)
    world.add(
        Booking(computer_id=1, kind="reader", patron_id=1, starts_at=world.now, booked_at=world.now,
                ends_at=world.now + hour)
    )  # fmt: skip
    ida = world.embedded(world.signed_in(Role.PATRON))
    await ida.call(MAKE_CALENDAR, NewCalendar(secret=FIRST))
    slot, event = (await read(world, FIRST)).entries
    assert (slot.kind, slot.titles, slot.place) == (
        EntryKind.SLOT, ("PC 1",), "Cachan, Espace multimédia",
    )  # fmt: skip
    assert (slot.starts_at, slot.ends_at) == (world.now, world.now + hour)
    assert (event.kind, event.titles, event.place) == (
        EntryKind.EVENT, ("Souris",), "Cachan, Salle bleue",
    )  # fmt: skip
    assert event.starts_at == START


async def test_the_secret_is_stored_hashed_and_another_one_ends_it(world, ida) -> None:
    assert (await ida.call(SHOW_CALENDAR, Nothing())).made_at is None
    made = await ida.call(MAKE_CALENDAR, NewCalendar(secret=FIRST))
    assert FIRST not in str(world.rows("SELECT * FROM calendar_feeds"))
    world.now += timedelta(minutes=9)
    # The same form twice makes one address; it goes on as it was.
    assert await ida.call(MAKE_CALENDAR, NewCalendar(secret=FIRST)) == made
    await ida.call(MAKE_CALENDAR, NewCalendar(secret=SECOND))
    with pytest.raises(Refused) as refused:
        await read(world, FIRST)
    assert refused.value.type is ProblemType.NOT_FOUND
    await read(world, SECOND)
    assert (await ida.call(DROP_CALENDAR, Nothing())).made_at is None
    await ida.call(DROP_CALENDAR, Nothing())
    with pytest.raises(Refused):
        await read(world, SECOND)
    actions = [action for (action,) in world.rows("SELECT action FROM audit ORDER BY id")]
    assert actions == ["calendar_made", "calendar_made", "calendar_dropped"]


async def test_two_readers_cannot_have_one_address(world, ida) -> None:
    await ida.call(MAKE_CALENDAR, NewCalendar(secret=FIRST))
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql("UPDATE calendar_feeds SET patron_id = 2")
    )
    with pytest.raises(Refused) as refused:
        await ida.call(MAKE_CALENDAR, NewCalendar(secret=FIRST))
    assert refused.value.type is ProblemType.CONFLICT
