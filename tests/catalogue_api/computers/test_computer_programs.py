"""Whether the programs of the computers are heard of, and whether they should be."""

from datetime import UTC, datetime, timedelta

import pytest
from catalogue_world import World
from computer_asking import Program as Speaking
from slot_people import at, furnish

from catalogue_api.contract.computer_agents import LIST_PROGRAMS, ProgramsAsked
from catalogue_api.domain.calendar import Opening
from catalogue_api.domain.roles import Role
from catalogue_api.domain.seat_programs import (
    SILENT_AFTER,
    Program,
    ProgramState,
    state_of_program,
)
from catalogue_api.services.desk.today import today
from catalogue_api.storage.tables import Computer, OpeningHours

NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
DAY = Opening(NINE, NINE + timedelta(hours=9))
JUST, MOMENT = SILENT_AFTER, timedelta(seconds=1)


@pytest.mark.parametrize(
    ("program", "opening", "after_nine", "state"),
    [
        (None, DAY, JUST, ProgramState.NONE),
        (Program(True, NINE), DAY, timedelta(), ProgramState.REVOKED),
        (Program(False, None), DAY, timedelta(hours=3), ProgramState.AWAITED),
        (Program(False, NINE), DAY, JUST - MOMENT, ProgramState.RUNNING),
        (Program(False, NINE), DAY, JUST, ProgramState.SILENT),
        (Program(False, NINE), None, JUST, ProgramState.RESTING),
        (Program(False, NINE - timedelta(days=1)), DAY, JUST - MOMENT, ProgramState.RESTING),
        (Program(False, NINE - timedelta(days=1)), DAY, JUST, ProgramState.SILENT),
        (Program(False, NINE + 2 * JUST), DAY, JUST, ProgramState.RUNNING),
    ],
)
def test_a_program_is_silent_only_when_it_should_be_heard(
    program, opening, after_nine, state
) -> None:
    assert state_of_program(program, opening, NINE + after_nine) is state


@pytest.fixture
def library(world: World) -> World:
    furnish(world)
    return world


async def listed(library: World) -> dict[str, ProgramState]:
    way = library.desk(Role.TECHNICIAN)
    found = (await way.call(LIST_PROGRAMS, ProgramsAsked(site="cachan"))).programs
    return {one.name: one.state for one in found}


def silent(library: World) -> list[str]:
    def look(db):
        return today(db, "cachan", library.now, library.rules.current(db.connection())).computers

    return [one.name for one in library.database.read_now(look)]


async def test_a_computer_that_has_died_needs_a_hand_until_it_is_known_to_be_broken(library):
    await Speaking(library, 1).pulse()
    Speaking(library, 2)
    assert await listed(library) == {
        "PC 1": ProgramState.RUNNING,
        "PC 2": ProgramState.AWAITED,
        "PC 3": ProgramState.NONE,
        "PC 4": ProgramState.NONE,
    }
    assert silent(library) == []
    library.now = at(10, 5)
    assert silent(library) == ["PC 1"]
    library.now = at(18, 0)
    assert silent(library) == [], "the doors are closed"
    assert (await listed(library))["PC 1"] is ProgramState.RESTING
    library.now = at(9, 4, days=1)
    assert silent(library) == [], "somebody switches them on"
    library.now = at(9, 5, days=1)
    assert silent(library) == ["PC 1"]
    library.database.write_now(lambda db: setattr(db.get(Computer, 1), "out_of_order", True))
    assert silent(library) == []
    library.database.write_now(lambda db: setattr(db.get(Computer, 1), "out_of_order", False))
    await Speaking(library, 1).pulse()
    assert silent(library) == []


async def test_computers_of_other_sites_are_not_ours(library) -> None:
    await Speaking(library, 1).pulse()
    library.now = at(10, 5)
    library.add(OpeningHours(site="arcueil", weekday=0, opens=at(9).time(), closes=at(18).time()))
    way = library.desk(Role.TECHNICIAN)
    assert (await way.call(LIST_PROGRAMS, ProgramsAsked(site="arcueil"))).programs == ()
    everywhere = (await way.call(LIST_PROGRAMS, ProgramsAsked())).programs
    assert [one.site for one in everywhere] == ["cachan"] * 4
