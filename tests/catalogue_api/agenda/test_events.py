"""Events at the desk: made, changed, moved, called off; told before it is done. Both databases."""

from datetime import timedelta

import pytest
from agenda_world import DAY, HOUR, START, Agenda, readers
from catalogue_world import NOW
from pydantic import ValidationError

from catalogue_api.contract.agenda import LIST_AGENDA, SHOW_EVENT, AgendaAsked
from catalogue_api.contract.closures import ADD_EXCEPTION, NewException
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.event_sessions import CALL_OFF_SESSION, MOVE_SESSION, MoveSession
from catalogue_api.contract.events import (
    ADD_EVENT,
    ADD_SESSIONS,
    CALL_OFF_EVENT,
    CHANGE_EVENT,
    FIND_SESSIONS,
    OPEN_EVENT,
    CallOff,
    EventChange,
    EventData,
    MoreSessions,
    NewEvent,
)
from catalogue_api.contract.registrations import CANCEL_REGISTRATION
from catalogue_api.domain.roles import Role


@pytest.fixture
def agenda(world) -> Agenda:
    return Agenda(world)


async def refusal(doing) -> tuple[str, ...]:
    with pytest.raises(Refused) as refused:
        await doing
    return refused.value.reasons


async def changed(agenda, version: int = 1, *, dry_run: bool = False, **values):
    told = await agenda.desk.call(OPEN_EVENT, Nothing(), event="1")
    said = told.model_dump(include=set(EventData.model_fields)) | values
    body = EventChange.model_validate(said | {"dry_run": dry_run})
    return await agenda.desk.call(CHANGE_EVENT, body, version=version, event="1")


async def test_everybody_sees_what_is_published(world, agenda) -> None:
    await agenda.event(title="Souris", about="Prendre en main.\nSans jargon.")
    await agenda.event(START + DAY, title="Brouillon", published=False)
    await agenda.event(START + 2 * DAY, kind="talk", places=None, site="arcueil", title="Camus")
    anybody = world.embedded("")
    asked = AgendaAsked.model_validate({"first": "2026-12-01", "last": "2026-12-31"})
    seen = await anybody.call(LIST_AGENDA, asked)
    assert [(one.title, one.places, one.free) for one in seen.entries] == [
        ("Souris", 5, 5), ("Camus", None, None),
    ]  # fmt: skip
    there = asked.model_copy(update={"site": "arcueil"})
    assert [one.title for one in (await anybody.call(LIST_AGENDA, there)).entries] == ["Camus"]
    shown = await anybody.call(SHOW_EVENT, Nothing(), event="1")
    assert (shown.site_name, len(shown.sessions)) == ("Cachan", 1)
    with pytest.raises(Refused) as refused:
        await anybody.call(SHOW_EVENT, Nothing(), event="2")
    assert refused.value.type is ProblemType.NOT_FOUND
    desk = await agenda.desk.call(FIND_SESSIONS, asked)
    assert [one.published for one in desk.entries] == [True, False, True]


async def test_days_are_the_librarys_own(world, agenda) -> None:
    """Half past midnight in Paris is still the day before in UTC."""
    await agenda.event(START.replace(hour=0, minute=30))
    for day, found in (("2026-12-09", 0), ("2026-12-10", 1)):
        asked = AgendaAsked.model_validate({"first": day, "last": day})
        assert len((await world.embedded("").call(LIST_AGENDA, asked)).entries) == found
    wide = AgendaAsked.model_validate({"first": "2026-12-09", "last": "2027-12-09"})
    with pytest.raises(Refused, match="at most"):
        await world.embedded("").call(LIST_AGENDA, wide)
    for day in ("0001-01-01", "9999-12-31", "2101-01-01"):
        with pytest.raises(ValidationError):
            AgendaAsked.model_validate({"first": day})


async def test_what_no_event_can_be(agenda) -> None:
    said = {"kind": "workshop", "title": "x", "site": "cachan", "places": 5,
            "sessions": ({"starts_at": START},)}  # fmt: skip
    for values, reason in [
        ({"places": 4}, "workshop_needs_places"), ({"places": None}, "workshop_needs_places"),
        ({"kind": "drop_in"}, "drop_in_has_no_places"),
        ({"least_age": 9, "most_age": 8}, "ages_reversed"),
        ({"site": "nowhere"}, "unknown_site"), ({"scheme": 7}, "unknown_scheme"),
        ({"sessions": ()}, "no_session"),
        ({"sessions": ({"starts_at": NOW},)}, "in_the_past"),
        ({"sessions": ({"starts_at": START},) * 2}, "same_time_twice"),
    ]:  # fmt: skip
        body = NewEvent.model_validate(said | values)
        assert await refusal(agenda.desk.call(ADD_EVENT, body, key=agenda.key())) == (reason,)


async def test_a_dry_run_tells_of_closed_days_and_taken_rooms_and_adds_nothing(
    world, agenda
) -> None:
    await agenda.event(room="Salle bleue")
    manager = world.embedded(world.signed_in(Role.MANAGER))
    closed = NewException.model_validate({"first_on": "2026-12-17", "last_on": "2026-12-17"})
    await manager.call(ADD_EXCEPTION, closed, key="c")
    clash = {"kind": "talk", "title": "x", "site": "cachan", "room": "salle bleue",
             "sessions": [{"starts_at": START + 30 * timedelta(minutes=1)},
                          {"starts_at": START + 7 * DAY}], "dry_run": True}  # fmt: skip
    told = await agenda.desk.call(ADD_EVENT, NewEvent.model_validate(clash), key=agenda.key())
    assert [one.warnings for one in told.sessions] == [("room_taken",), ("closed",)]
    assert world.row("SELECT count(*) FROM events") == (1,)


async def test_more_places_are_offered_and_fewer_than_seated_refused(world, agenda) -> None:
    await agenda.event()
    for one in readers(world, 7):
        await agenda.register(one)
    assert (await changed(agenda, places=6, dry_run=True)).offered == 1
    assert agenda.statuses().count("offered") == 0
    assert (await changed(agenda, places=7)).offered == 2
    assert await refusal(changed(agenda, 2, places=6)) == ("fewer_than_seated",)
    assert await refusal(changed(agenda, 2, series=True)) == ("has_registrations",)
    with pytest.raises(Refused) as refused:
        await changed(agenda, 1, places=8)
    assert refused.value.type is ProblemType.CHANGED_MEANWHILE


@pytest.mark.server
async def test_seats_close_up_when_there_are_fewer(world, agenda) -> None:
    await agenda.event(places=12)
    for one in readers(world, 12):
        await agenda.register(one)
    for number in range(1, 8):
        await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration=str(number))
    await changed(agenda, places=5)
    assert world.rows("SELECT number FROM seats ORDER BY number") == [(n,) for n in range(1, 6)]


@pytest.mark.server
async def test_another_room_is_told_to_who_comes(world, agenda) -> None:
    await agenda.event()
    readers(world, 1)
    await agenda.register(200)
    await agenda.by_staff(name="Ahmed")
    told = await changed(agenda, room="Salle rouge")
    assert (told.told, told.to_call) == (1, 1)
    assert agenda.notices()[-1] == ("workshop_moved", 200)
    assert (await changed(agenda, 2, title="Souris et clavier")).told == 0


@pytest.mark.server
async def test_a_moved_session_is_told_and_asked_about_anew(world, agenda) -> None:
    await agenda.event(must_confirm=True)
    people = readers(world, 6)
    for one in people:
        await agenda.register(one)
    agenda.settle(START - 7 * DAY)
    body = MoveSession(starts_at=START + 14 * DAY)
    dry = body.model_copy(update={"dry_run": True})
    told = await agenda.desk.call(MOVE_SESSION, dry, version=1, event_session="1")
    assert (told.told, told.to_call) == (6, 0)
    assert world.row("SELECT count(*) FROM notices WHERE kind = 'workshop_moved'") == (0,)
    await agenda.desk.call(MOVE_SESSION, body, version=1, event_session="1")
    assert world.row("SELECT count(*) FROM notices WHERE kind = 'workshop_moved'") == (6,)
    assert world.row("SELECT count(*) FROM registrations WHERE asked_at IS NULL") == (6,)
    assert agenda.settle(START + 7 * DAY) == {"ask": 5}
    past = MoveSession(starts_at=START)
    assert await refusal(agenda.desk.call(MOVE_SESSION, past, version=2, event_session="1")) == (
        "in_the_past",
    )


@pytest.mark.server
async def test_an_offer_moves_with_its_session(world, agenda) -> None:
    await agenda.event()
    for one in readers(world, 6):
        await agenda.register(one)
    world.now = START - 2 * DAY
    await agenda.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="1")
    body = MoveSession(starts_at=START - 2 * DAY + 3 * HOUR)
    await agenda.desk.call(MOVE_SESSION, body, version=1, event_session="1")
    assert world.row("SELECT offer_until FROM registrations WHERE id = 6") == (
        f"{START - 2 * DAY + HOUR:%Y-%m-%d %H:%M:%S.%f}",
    )  # two hours, written in UTC


async def test_a_session_called_off_frees_and_tells_everybody(world, agenda) -> None:
    await agenda.event()
    for one in readers(world, 6):
        await agenda.register(one)
    await agenda.by_staff(name="Ahmed")
    off = CallOff(reason="Dégât des eaux")
    told = await agenda.desk.call(CALL_OFF_SESSION, off, version=1, event_session="1")
    assert (told.told, told.to_call, told.seated) == (6, 1, 0)
    assert agenda.statuses() == ["called_off"] * 7
    again = await agenda.desk.call(CALL_OFF_SESSION, off, version=2, event_session="1")
    assert again.told == 0
    seen = await world.embedded("").call(SHOW_EVENT, Nothing(), event="1")
    assert (seen.sessions[0].cancelled, seen.sessions[0].reason) == (True, "Dégât des eaux")
    readers(world, 1, first=300)
    assert await refusal(agenda.register(300)) == ("called_off",)


@pytest.mark.server
async def test_a_series_goes_on_without_one_of_its_dates(world, agenda) -> None:
    await agenda.event(START, START + 7 * DAY, series=True)
    readers(world, 1)
    await agenda.register(200)
    await agenda.desk.call(CALL_OFF_SESSION, CallOff(), version=1, event_session="1")
    assert agenda.statuses() == ["registered"]
    told = await agenda.desk.call(CALL_OFF_EVENT, CallOff(), version=1, event="1")
    assert (told.told, agenda.statuses()) == (1, ["called_off"])


async def test_a_further_date_of_a_series_has_a_seat_for_each(world, agenda) -> None:
    await agenda.event(START, series=True)
    readers(world, 1)
    await agenda.register(200)
    more = MoreSessions.model_validate({"sessions": [{"starts_at": START + 7 * DAY}]})
    await agenda.desk.call(ADD_SESSIONS, more, key=agenda.key(), event="1")
    assert world.rows("SELECT session_id, number FROM seats ORDER BY session_id") == [
        (1, 1), (2, 1),
    ]  # fmt: skip
    twice = agenda.desk.call(ADD_SESSIONS, more, key=agenda.key(), event="1")
    assert await refusal(twice) == ("same_time_twice",)


async def test_a_closure_declared_late_tells_of_the_workshops_it_meets(world, agenda) -> None:
    await agenda.event()
    await agenda.event(START, site="arcueil")
    await agenda.event(START + DAY)
    manager = world.embedded(world.signed_in(Role.MANAGER))
    closed = {"first_on": "2026-12-10", "last_on": "2026-12-10", "dry_run": True}
    told = await manager.call(ADD_EXCEPTION, NewException.model_validate(closed), key="a")
    assert told.sessions == 2
    here = NewException.model_validate(closed | {"site": "cachan", "dry_run": False})
    assert (await manager.call(ADD_EXCEPTION, here, key="b")).sessions == 1
    found = await agenda.desk.call(FIND_SESSIONS, AgendaAsked())
    assert [one.warnings for one in found.entries] == [("closed",), (), ()]
