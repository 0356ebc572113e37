"""A workshop takes computers of its room: no slot beside it, and whoever was there is told."""

import pytest
from agenda_world import Agenda
from slot_people import at, desk, furnish, reader

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.event_sessions import CALL_OFF_SESSION, MOVE_SESSION, MoveSession
from catalogue_api.contract.events import (
    ADD_EVENT,
    CHANGE_EVENT,
    OPEN_EVENT,
    CallOff,
    EventChange,
    EventData,
    NewEvent,
)


@pytest.fixture
def agenda(world) -> Agenda:
    """Cachan, with two rooms of two computers each."""
    furnish(world)
    return Agenda(world)


async def refusal(doing) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.reasons


def taken(world) -> list[tuple]:
    return world.rows(
        "SELECT computer_id FROM bookings WHERE kind = 'workshop' AND ended_at IS NULL"
        " ORDER BY computer_id"
    )


def told_of_slots(agenda) -> list[str]:
    kinds = {kind for kind, _ in agenda.notices()}
    return sorted(kinds & {"slot_cancelled", "slot_moved"})


async def test_its_computers_are_nobody_elses_at_that_time(world, agenda) -> None:
    await agenda.event(at(14), computers=2, room="espace multimédia")
    assert taken(world) == [(1,), (2,)]
    ida = reader(world)
    with pytest.raises(Refused):
        await ida.book(at(14), computer=1)
    assert (await ida.book(at(15), computer=1)).computer == 1


async def test_what_is_in_the_way_is_told_then_moved_or_cancelled(world, agenda) -> None:
    await reader(world).book(at(14), computer=1)
    await reader(world, 2).book(at(14), computer=2)
    body = NewEvent.model_validate(
        {"kind": "workshop", "title": "Souris", "site": "cachan", "places": 5, "computers": 2,
         "room": "Espace multimédia", "sessions": [{"starts_at": at(14)}]}
    )  # fmt: skip
    dry = body.model_copy(update={"dry_run": True})
    told = await agenda.desk.call(ADD_EVENT, dry, key=agenda.key())
    assert (told.slots_moved, told.slots_cancelled) == (1, 1)
    assert taken(world) == []
    assert told_of_slots(agenda) == []
    await agenda.desk.call(ADD_EVENT, body, key=agenda.key())
    assert taken(world) == [(1,), (2,)]
    assert told_of_slots(agenda) == ["slot_cancelled", "slot_moved"]


async def test_free_computers_are_taken_first(world, agenda) -> None:
    await reader(world).book(at(14), computer=1)
    told = await agenda.event(at(14), computers=1, room="Espace multimédia")
    assert (told.slots_moved, taken(world)) == (0, [(2,)])


async def test_a_computer_of_a_class_is_not_taken_though_a_reader_comes_after_it(
    world, agenda
) -> None:
    await desk(world).block(at(14), at(15), computers=(1,))
    await reader(world).book(at(15), computer=1)
    await reader(world, 2).book(at(14), computer=2)
    await agenda.event(at(14), minutes=120, computers=1, room="Espace multimédia")
    assert taken(world) == [(2,)]


async def test_they_follow_the_session_and_are_given_back(world, agenda) -> None:
    await agenda.event(at(14), computers=2)
    moved = MoveSession(starts_at=at(16))
    await agenda.desk.call(MOVE_SESSION, moved, version=1, event_session="1")
    assert world.rows(
        "SELECT DISTINCT starts_at FROM bookings WHERE kind = 'workshop' AND ended_at IS NULL"
    ) == [(f"{at(16):%Y-%m-%d %H:%M:%S.%f}",)]
    assert (await reader(world).book(at(14), computer=1)).computer == 1
    told = await agenda.desk.call(OPEN_EVENT, Nothing(), event="1")
    said = told.model_dump(include=set(EventData.model_fields)) | {"computers": 1}
    body = EventChange.model_validate(said)
    await agenda.desk.call(CHANGE_EVENT, body, version=told.version, event="1")
    assert len(taken(world)) == 1
    await agenda.desk.call(CALL_OFF_SESSION, CallOff(), version=2, event_session="1")
    assert taken(world) == []


async def test_more_than_there_are_is_refused_and_nothing_is_kept(world, agenda) -> None:
    assert await refusal(agenda.event(at(14), computers=5)) == ("too_few_computers",)
    await agenda.event(at(14), computers=3)
    assert await refusal(agenda.event(at(14), computers=2)) == ("too_few_computers",)
    assert world.row("SELECT count(*) FROM events") == (1,)
    far = agenda.event(at(14, days=1), computers=1, site="arcueil")
    assert await refusal(far) == ("too_few_computers",)
