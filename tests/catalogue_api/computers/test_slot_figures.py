"""How the computers are used, counted; and who used them, forgotten."""

from datetime import date, timedelta

import pytest
from desk_world import Visitor, hire
from slot_people import at, desk, furnish, reader, tick

from catalogue_api.contract import slots
from catalogue_api.contract.slot_figures import COUNT_SLOTS, CountSlots
from catalogue_api.jobs.running import JOBS, run


@pytest.fixture
async def used(world):
    """A session that ended early, one that nobody came for, one given up, and a class."""
    furnish(world)
    at_desk, ida = desk(world), reader(world)
    session = await at_desk.sit(card="P2", computer=1)
    await ida.book(at(11), computer=2)
    await ida.cancel(await ida.book(at(14)))
    await at_desk.block(at(16), at(17))
    world.now = at(10, 40)
    await at_desk.act(slots.END_SLOT, session)
    world.now = at(12)
    tick(world)
    return at_desk


async def test_sessions_are_counted_by_the_hour_in_which_they_began(world, used) -> None:
    day = date(2026, 11, 23)
    told = await used.do(COUNT_SLOTS, CountSlots(first=day, last=day, site="cachan"))
    assert (told.sessions, told.minutes, told.no_shows, told.cancelled) == (1, 40, 1, 1)
    assert [hour for hour, number in enumerate(told.by_hour) if number] == [10]
    other = await used.do(COUNT_SLOTS, CountSlots(first=day, last=day, site="arcueil"))
    assert (other.sessions, other.minutes, other.no_shows) == (0, 0, 0)
    before = day - timedelta(days=1)
    assert (await used.do(COUNT_SLOTS, CountSlots(first=before, last=before))).sessions == 0


async def test_the_page_of_figures_tells_of_the_computers(world, client, used) -> None:
    hire(world, "bea")
    visitor = Visitor(client)
    await visitor.sign_in("bea")
    page = await visitor.open("/desk/figures?first=2026-11-23&last=2026-11-23")
    assert (
        "Séances : 1, soit 0,7 h en tout. Créneaux où personne n’est venu : 1 ; annulés : 1."
        in page.said
    )
    file = await visitor.open("/desk/figures/slots.csv?first=2026-11-23&last=2026-11-23")
    assert "10:00;1" in file.text


@pytest.mark.usefixtures("used")
async def test_after_eight_days_nobody_knows_who_sat_there(world) -> None:
    who = "SELECT count(*) FROM bookings WHERE patron_id IS NOT NULL"
    forget, prune = (next(one for one in JOBS if one.name == name) for name in ("forget", "prune"))
    for days, left in ((8, 3), (9, 0)):
        now = at(12, days=days)
        run(world.database, forget, now, world.rules, dry_run=False)
        assert world.row(who) == (left,)
    run(world.database, prune, at(12, days=9), world.rules, dry_run=False)
    assert world.row("SELECT count(*) FROM booking_quarters") == (0,)
    assert world.row("SELECT count(*) FROM bookings WHERE kind = 'reader'") == (3,)
