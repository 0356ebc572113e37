"""Hours, holidays and closures that change tell which sessions of the agenda they meet."""

from datetime import date, time, timedelta

import pytest
from agenda_world import Agenda
from desk_world import Visitor, hire
from slot_people import at, furnish

from catalogue_api.contract.calendars import CHANGE_HOURS, SHOW_HOURS, Hours, SiteHoursChange
from catalogue_api.contract.closures import (
    ADD_EXCEPTION,
    MOVE_DUE_DATES,
    MoveDueDates,
    NewException,
)
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.event_sessions import (
    CALL_OFF_SESSION,
    MEAN_SO,
    MOVE_SESSION,
    MeantSo,
    MoveSession,
)
from catalogue_api.contract.events import CallOff
from catalogue_api.contract.holidays import CHANGE_HOLIDAYS, SHOW_HOLIDAYS, HolidaysChange
from catalogue_api.domain.roles import Role

HOURS = "/desk/settings/hours"
TUESDAY = 1


@pytest.fixture
async def agenda(world):
    """Cachan, open from 9 to 18 but on Sundays; a workshop on Tuesday, a talk in the evening."""
    furnish(world)
    found = Agenda(world)
    await found.event(at(14, days=1))
    await found.event(at(18, 30, days=1), kind="talk", title="Le soir", places=None)
    await found.event(at(14, days=1), site="arcueil")
    return found


async def change_hours(world, *, without: int = -1, dry_run: bool = True, **opens: time):
    manager = world.desk(Role.MANAGER)
    found = await manager.call(SHOW_HOURS, Nothing(), site="cachan")
    week = tuple(one.model_copy(update=opens) for one in found.term if one.weekday != without)
    body = SiteHoursChange(term=week, dry_run=dry_run)
    return await manager.call(CHANGE_HOURS, body, version=found.version, site="cachan")


async def left(world) -> list[str]:
    body = MoveDueDates(dry_run=True)
    found = await world.desk(Role.MANAGER).call(MOVE_DUE_DATES, body, key=f"{world.now}")
    return [one.title for one in found.sessions]


async def test_another_week_meets_what_was_within_its_hours_and_is_not_any_more(
    world, agenda
) -> None:
    assert (await change_hours(world, without=TUESDAY)).sessions == 1
    assert (await change_hours(world, opens=time(14, 30))).sessions == 1
    assert (await change_hours(world, closes=time(14, 30))).sessions == 1, "it is over too late"
    assert (await change_hours(world, closes=time(15))).sessions == 0
    assert (await change_hours(world, closes=time(19))).sessions == 0, "nobody minds the evening"
    assert (await change_hours(world, without=2)).sessions == 0


async def test_school_holidays_and_a_public_holiday_meet_sessions_too(world, agenda) -> None:
    eleventh = at(14) + timedelta(days=(date(2027, 5, 1) - at(14).date()).days, hours=-1)
    await agenda.event(eleventh, title="Premier mai")
    manager = world.desk(Role.MANAGER)
    found = await manager.call(SHOW_HOLIDAYS, Nothing())
    opened = HolidaysChange.model_validate({"opens_on": ["labour_day"]})
    found = await manager.call(CHANGE_HOLIDAYS, opened, version=found.version)
    assert found.sessions == 0
    closed = HolidaysChange.model_validate({"dry_run": True})
    assert (await manager.call(CHANGE_HOLIDAYS, closed, version=found.version)).sessions == 1


async def test_a_day_with_other_hours_tells_of_what_lies_outside_them(world, agenda) -> None:
    day = at(9, days=1).date()
    body = NewException(
        site="cachan", first_on=day, last_on=day, hours=Hours(opens=time(9), closes=time(14)),
        dry_run=True,
    )  # fmt: skip
    manager = world.desk(Role.MANAGER)
    assert (await manager.call(ADD_EXCEPTION, body, key="a")).sessions == 2
    world.now = at(13, 30, days=1)
    world.signed_in(Role.MANAGER)
    assert (await manager.call(ADD_EXCEPTION, body, key="b")).sessions == 2
    world.now = at(14, 30, days=1)
    world.signed_in(Role.MANAGER)
    assert (await manager.call(ADD_EXCEPTION, body, key="c")).sessions == 1, "one has begun"


async def test_what_is_left_is_listed_until_somebody_has_settled_it(world, agenda) -> None:
    assert await left(world) == ["Le soir"]
    await change_hours(world, without=TUESDAY, dry_run=False)
    assert await left(world) == ["Souris", "Le soir"]
    off = CallOff(reason="Fermé")
    (version,) = world.row("SELECT version FROM event_sessions WHERE id = 1")
    await agenda.desk.call(CALL_OFF_SESSION, off, version=version, event_session="1")
    assert await left(world) == ["Le soir"]


async def test_what_is_meant_so_is_listed_no_more_until_it_is_moved(world, agenda) -> None:
    assert await left(world) == ["Le soir"]
    await agenda.desk.call(MEAN_SO, MeantSo(), event_session="2")
    await agenda.desk.call(MEAN_SO, MeantSo(), event_session="2")
    assert await left(world) == []
    assert world.rows("SELECT action FROM audit WHERE action = 'session_meant_so'") == [
        ("session_meant_so",)
    ]
    moved = MoveSession(starts_at=at(19, days=1))
    await agenda.desk.call(MOVE_SESSION, moved, version=1, event_session="2")
    assert await left(world) == ["Le soir"]
    world.now = at(20, days=1)
    world.signed_in(Role.LIBRARIAN)
    with pytest.raises(Refused, match="refused-by-rule"):
        await agenda.desk.call(MEAN_SO, MeantSo(), event_session="2")


async def test_the_desk_says_that_it_is_meant_so_and_takes_that_back(world, agenda, client) -> None:
    hire(world, "max", Role.MANAGER)
    visitor = Visitor(client)
    await visitor.sign_in("max")
    page = await visitor.open("/desk/settings/moves")
    noted = await visitor.send(page, "/desk/agenda/sessions/2/meant-so")
    assert "C’est noté : « Le soir » a lieu hors des heures d’ouverture." in noted.said
    assert "Déplacer : Le soir" not in noted.text
    back = await visitor.send(noted, "/desk/agenda/sessions/2/meant-so", meant="no")
    assert "« Le soir » est de nouveau dans la liste." in back.said
    assert "Déplacer : Le soir" in back.text


async def test_the_desk_says_it_before_and_leads_to_where_it_is_settled(
    world, agenda, client
) -> None:
    hire(world, "max", Role.MANAGER)
    visitor = Visitor(client)
    await visitor.sign_in("max")
    form = await visitor.open(HOURS)
    seen = await visitor.send(form, HOURS, **{"term.1": ""}, do="look")
    assert "1 séance de l’agenda tombe hors des heures d’ouverture" in seen.said
    assert world.row("SELECT count(*) FROM opening_hours WHERE weekday = 1") == (1,)
    page = await visitor.send(seen, HOURS, do="save")
    assert page.path == "/desk/settings/moves"
    assert "Les horaires de Cachan sont enregistrés." in page.said
    assert "Souris" in page.said
    assert "/desk/agenda/sessions/1/move" in page.text
    assert (await visitor.open("/desk/agenda/sessions/1/move")).status == 200
    assert (await visitor.open("/desk/agenda/sessions/1/call-off")).status == 200
