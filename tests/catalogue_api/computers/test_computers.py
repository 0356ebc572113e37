"""Rooms, computers and their rules: kept by librarians and managers, and seen as they are now."""

import pytest
from slot_people import at, desk, furnish, reader, reasons

from catalogue_api.contract import computers, slot_rules, slots
from catalogue_api.contract.computers import (
    ComputerData,
    ComputerMark,
    RoomData,
    RoomsAsked,
    SeatState,
)
from catalogue_api.contract.slot_rules import SlotRulesData
from catalogue_api.domain.roles import Role


@pytest.fixture
def library(world):
    furnish(world)
    return world


async def test_a_librarian_keeps_rooms_and_computers(library) -> None:
    at_desk = desk(library)
    room = await at_desk.do(computers.ADD_ROOM, RoomData(site="arcueil", name="Salle"))
    data = ComputerData(name="PC 1", abilities=("scanner", "office"), least_age=11)
    added = await at_desk.do(computers.ADD_COMPUTER, data, room=room.room)
    assert added.abilities == ("office", "scanner")
    same = at_desk.do(computers.ADD_COMPUTER, data, room=room.room)
    assert await reasons(same) == {"conflict"}
    edited = await at_desk.do(
        computers.EDIT_COMPUTER, ComputerData(name="PC A"), added.version, computer=added.computer
    )
    assert (edited.name, edited.abilities, edited.least_age) == ("PC A", (), None)
    renamed = RoomData(site="arcueil", name="Grande salle", online=False)
    await at_desk.do(computers.EDIT_ROOM, renamed, room.version, room=room.room)
    moved = RoomData(site="cachan", name="Grande salle")
    edit = at_desk.do(computers.EDIT_ROOM, moved, room.version + 1, room=room.room)
    assert await reasons(edit) == {"invalid-request"}
    twin = at_desk.do(computers.ADD_ROOM, renamed)
    assert await reasons(twin) == {"conflict"}
    (listed,) = (await at_desk.do(computers.LIST_ROOMS, RoomsAsked(site="arcueil"))).rooms
    assert (listed.name, listed.online, listed.computers) == ("Grande salle", False, (edited,))


async def test_a_computer_is_withdrawn_when_nothing_is_booked_at_it(library) -> None:
    at_desk = desk(library)
    slot = await at_desk.book(at(14), computer=1)
    gone = ComputerData(name="PC 1", withdrawn=True)
    assert await reasons(at_desk.do(computers.EDIT_COMPUTER, gone, 1, computer=1)) == {"in_the_way"}
    await at_desk.act(slots.CANCEL_SLOT, slot)
    await at_desk.do(computers.EDIT_COMPUTER, gone, 1, computer=1)
    assert await reasons(at_desk.book(at(14), computer=1)) == {"not-found"}
    assert (await at_desk.show(slot)).computer_name == "PC 1"


async def test_the_plan_shows_each_computer_as_it_is(library) -> None:
    at_desk = desk(library)
    await at_desk.sit(computer=1)
    await reader(library, 2).book(at(10), computer=2)
    await at_desk.block(at(10), at(12), computers=(4,))
    plan = await at_desk.do(computers.SHOW_PLAN, site="cachan")
    assert plan.open_until == at(18)
    assert [(one.name, one.state, one.until) for one in plan.computers] == [
        ("PC 1", SeatState.IN_USE, at(11)),
        ("PC 2", SeatState.EXPECTED, at(11)),
        ("PC 3", SeatState.FREE, None),
        ("PC 4", SeatState.BLOCKED, at(12)),
    ]
    assert plan.computers[1].slots[0].reader == "Paul Personne"
    mark = ComputerMark(out_of_order=True, remark="écran noir")
    await at_desk.do(computers.MARK_COMPUTER, mark, 1, computer=3)
    library.now = at(10, 15)
    plan = await at_desk.do(computers.SHOW_PLAN, site="cachan")
    assert [one.state for one in plan.computers] == [
        SeatState.IN_USE, SeatState.FREE, SeatState.OUT_OF_ORDER, SeatState.BLOCKED,
    ]  # fmt: skip
    assert plan.computers[1].slots == ()
    assert await reasons(at_desk.book(at(15), computer=3)) == {"out_of_order"}
    library.now = at(20)
    assert (await at_desk.do(computers.SHOW_PLAN, site="cachan")).open_until is None


async def test_other_rules_hold_from_the_next_slot_on(library) -> None:
    manager, ida = library.desk(Role.MANAGER), reader(library)
    rules = await manager.call(slot_rules.SHOW_SLOT_RULES, slots.Nothing())
    changed = await manager.call(
        slot_rules.CHANGE_SLOT_RULES,
        SlotRulesData(grid=30, session=90, least=30, extension=30),
        version=rules.version,
    )
    assert changed.version > rules.version
    assert await reasons(ida.book(at(14, 15))) == {"not_on_grid"}
    assert (await ida.book(at(14, 30), 90)).ends_at == at(16)
    with pytest.raises(ValueError, match="whole steps"):
        SlotRulesData(grid=60, least=15)
    with pytest.raises(ValueError, match="not above session"):
        SlotRulesData(session=60, least=75)
    stale = manager.call(slot_rules.CHANGE_SLOT_RULES, SlotRulesData(), version=rules.version)
    assert await reasons(stale) == {"changed-meanwhile"}
