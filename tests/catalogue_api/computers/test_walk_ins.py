"""Who comes without a slot: a number, a turn, and a screen that names nobody."""

import pytest
from slot_people import at, desk, furnish, overlapping, reader, reasons, tick

from catalogue_api.contract import slots
from catalogue_api.contract import walk_ins as numbers
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.slots import BookingKind, BookingStatus
from catalogue_api.contract.walk_ins import GiveNumber
from catalogue_api.domain.seat_states import SeatState
from catalogue_api.domain.walk_ins import WalkInStatus
from catalogue_api.storage.tables import Patron


@pytest.fixture
def library(world):
    furnish(world)
    world.add(*(Patron(id=one, card=f"P{one}", family_name=f"N{one}") for one in (11, 12)))
    return world


async def board(world):
    return await world.embedded("").call(numbers.SHOW_BOARD, Nothing(), room="1")


async def give(at_desk, card: str = "", **values):
    return await at_desk.do(numbers.GIVE_NUMBER, GiveNumber(card=card, **values), room=1)


async def fill_room(at_desk) -> list:
    return [
        await at_desk.sit(card=card, computer=computer)
        for card, computer in (("P11", 1), ("P12", 2))
    ]


async def test_numbers_are_called_in_turn_as_computers_become_free(library) -> None:
    at_desk = desk(library)
    used, _ = await fill_room(at_desk)
    first, second = await give(at_desk), await give(at_desk, "P1")
    assert [(one.number, one.status) for one in (first, second)] == [
        (1, WalkInStatus.WAITING), (2, WalkInStatus.WAITING),
    ]  # fmt: skip
    assert await reasons(give(at_desk, "P1")) == {"already_waits"}
    shown = await board(library)
    assert (shown.called, shown.waiting) == ((), (1, 2))
    assert [one.state for one in shown.computers] == [SeatState.IN_USE, SeatState.IN_USE]
    library.now = at(10, 20)
    assert await reasons(at_desk.act(slots.EXTEND_SLOT, used)) == {"too_early_to_extend"}
    await at_desk.act(slots.END_SLOT, used)
    shown = await board(library)
    (call,) = shown.called
    assert (call.number, call.computer_name, call.until) == (1, "PC 1", at(10, 25))
    assert shown.waiting == (2,)
    seated = await at_desk.do(numbers.SEAT_WALK_IN, walk_in=first.walk_in)
    assert seated.status is WalkInStatus.SEATED
    assert await at_desk.do(numbers.SEAT_WALK_IN, walk_in=first.walk_in) == seated
    kept = await at_desk.do(slots.SHOW_SLOT, slot=seated.slot)
    assert (kept.kind, kept.status, kept.ends_at) == (
        BookingKind.GUEST, BookingStatus.IN_USE, at(11, 15),
    )  # fmt: skip
    assert overlapping(library) == []


async def test_who_does_not_come_when_called_has_left(library) -> None:
    at_desk = desk(library)
    used, _ = await fill_room(at_desk)
    first, second = await give(at_desk), await give(at_desk, "P1")
    await at_desk.act(slots.END_SLOT, used)
    library.now = at(10, 5)
    assert await reasons(at_desk.do(numbers.SEAT_WALK_IN, walk_in=first.walk_in)) == {"not_offered"}
    assert tick(library) == {"offered": 1, "offers": 1}
    (here,) = (await at_desk.do(numbers.LIST_WALK_INS, room=1)).walk_ins
    assert (here.walk_in, here.status, here.reader) == (
        second.walk_in, WalkInStatus.CALLED, "Ida Inconnue",
    )  # fmt: skip
    left = await at_desk.do(numbers.TAKE_NUMBER_BACK, walk_in=second.walk_in)
    assert left.status is WalkInStatus.LEFT
    assert await at_desk.do(numbers.TAKE_NUMBER_BACK, walk_in=second.walk_in) == left
    assert (await at_desk.sit(card="P1", computer=1)).computer == 1


async def test_a_free_computer_is_given_at_once_and_one_who_has_no_time_is_passed(library) -> None:
    at_desk = desk(library)
    called = await give(at_desk, abilities=("scanner",))
    assert (called.status, called.computer_name) == (WalkInStatus.CALLED, "PC 2")
    assert await reasons(give(at_desk, abilities=("big_print",))) == {"lacks_ability"}
    assert await reasons(give(at_desk, "X")) == {"not-found"}
    ida = reader(library)
    for hour in (11, 13):
        await ida.book(at(hour))
    passed = await give(at_desk, "P1")  # both hours of the day are booked for later
    assert passed.status is WalkInStatus.WAITING
    assert (await give(at_desk)).status is WalkInStatus.CALLED


async def test_numbers_begin_anew_each_day_and_none_is_given_at_night(library) -> None:
    at_desk = desk(library)
    await fill_room(at_desk)
    await give(at_desk)
    library.now = at(20)
    assert await reasons(give(at_desk)) == {"closed"}
    library.now = at(10, days=1)
    tick(library)
    assert library.row("SELECT status FROM walk_ins") == ("left",)
    assert (await give(at_desk)).number == 1


async def test_nobody_extends_while_somebody_waits_in_the_room(library) -> None:
    at_desk = desk(library)
    used, _ = await fill_room(at_desk)
    await give(at_desk)
    library.now = at(10, 56)
    assert await reasons(at_desk.act(slots.EXTEND_SLOT, used)) == {"somebody_waits"}
