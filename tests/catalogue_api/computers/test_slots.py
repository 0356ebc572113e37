"""Slots through the real services: booked, moved, cancelled, claimed, extended, ended."""

import pytest
from slot_people import at, desk, furnish, overlapping, reader, reasons

from catalogue_api.contract import slots
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.my_slots import BOOK_MY_SLOT
from catalogue_api.contract.slots import BookingEnd, BookingStatus, FreeSlotsAsked, MoveSlot
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers.seating import end_lapsed
from catalogue_api.storage.bookings import booking
from catalogue_api.storage.tables import Block


@pytest.fixture
def library(world):
    furnish(world)
    return world


async def free(world, **values):
    return await world.embedded("").call(
        slots.FIND_FREE_SLOTS, FreeSlotsAsked(**values), site="cachan"
    )


async def test_a_reader_books_sees_moves_and_cancels(library) -> None:
    ida = reader(library)
    booked = await ida.book(at(14))
    assert (booked.computer_name, booked.status) == ("PC 1", BookingStatus.BOOKED)
    assert (booked.starts_at, booked.ends_at) == (at(14), at(15))
    assert booked.claim_until == at(14, 15)
    assert (booked.patron, booked.reader) == (None, "")
    assert await ida.mine() == (booked,)
    moved = await ida.move(booked, at(16, 15), minutes=30)
    assert (moved.starts_at, moved.ends_at, moved.computer) == (at(16, 15), at(16, 45), 1)
    with pytest.raises(Refused, match="version"):
        await ida.cancel(booked)
    cancelled = await ida.cancel(moved)
    assert (cancelled.status, cancelled.end_reason) == (
        BookingStatus.CANCELLED, BookingEnd.BY_READER,
    )  # fmt: skip
    assert await ida.mine() == ()
    assert await reasons(ida.cancel(cancelled)) == {"has_ended"}
    assert library.rows("SELECT * FROM booking_quarters") == []


async def test_what_is_free_is_shown_without_anybody(library) -> None:
    await reader(library).book(at(14), computer=1)
    found = await free(library)
    assert [one.name for one in found.computers] == ["PC 1", "PC 2"]
    times = {one.starts_at: one for one in found.times}
    assert (min(times), max(times)) == (at(10), at(17, 45))
    assert times[at(17, 30)].ends_at == at(18)
    assert times[at(13)].computers == (1, 2)
    assert times[at(13, 15)].computers == times[at(14, 45)].computers == (2,)
    assert times[at(15)].computers == (1, 2)
    scanners = await free(library, abilities=("scanner",), minutes=30)
    assert {one.computers for one in scanners.times} == {(2,)}
    sunday = await free(library, day=at(10, days=6).date())
    assert sunday.times == ()
    assert (await free(library, day=at(10, days=8).date())).times == ()


@pytest.mark.parametrize(
    ("starts", "minutes", "why"),
    [
        (at(14, 10), 60, {"not_on_grid"}),
        (at(14), 20, {"not_on_grid"}),
        (at(14), 75, {"too_long"}),
        (at(9), 60, {"in_the_past"}),
        (at(18), 60, {"closed"}),
        (at(17, 30), 60, {"closed"}),
        (at(17, 50), 10, {"not_on_grid", "too_short", "closing_soon"}),
        (at(10, days=6), 60, {"closed"}),
        (at(10, days=8), 60, {"too_far_ahead"}),
    ],
)
async def test_times_that_cannot_be_had(library, starts, minutes, why) -> None:
    assert await reasons(reader(library).book(starts, minutes)) == why


async def test_without_a_length_a_slot_goes_on_until_the_doors_close(library) -> None:
    assert (await reader(library).book(at(17, 30), None)).ends_at == at(18)


async def test_an_allowance_is_never_passed(library) -> None:
    ida = reader(library)
    await ida.book(at(11))
    await ida.book(at(13))
    assert await reasons(ida.book(at(15), 15)) == {"daily_allowance"}
    assert await reasons(ida.book(at(13, 30))) == {"booked_elsewhere", "daily_allowance"}
    await ida.book(at(11, days=1))
    anyway = await desk(library).book(at(15), 15, override=("daily_allowance",))
    assert anyway.reader == "Ida Inconnue"
    assert library.row("SELECT detail FROM audit WHERE action = 'slot_booked'") == (
        '{"override": ["daily_allowance"]}',
    )


async def test_a_week_can_be_limited_too(world) -> None:
    furnish(world, weekly=150)
    ida = reader(world)
    for days in (0, 1):
        await ida.book(at(14, days=days))
    assert await reasons(ida.book(at(14, days=2))) == {"weekly_allowance"}
    await ida.book(at(14, days=2), 30)
    await ida.book(at(14, days=7))


async def test_who_may_not_sit_there(library) -> None:
    ida = reader(library)
    assert await reasons(ida.book(at(14), computer=3)) == {"desk_only"}
    assert await reasons(ida.book(at(14), abilities=("big_print",))) == {"lacks_ability"}
    assert await reasons(ida.book(at(14), computer=99)) == {"not-found"}
    at_desk = desk(library)
    assert await reasons(at_desk.book(at(14), computer=4)) == {"age_unknown"}
    await at_desk.book(at(14), computer=4, override=("age_unknown",))
    library.add(Block(patron_id=2, kind="staff", from_on=at(9).date(), created_at=at(9)))
    assert await reasons(at_desk.book(at(14), card="P2")) == {"blocked"}


async def test_a_suspension_for_late_books_bars_nobody_from_a_computer(library) -> None:
    library.add(Block(patron_id=1, kind="suspension", from_on=at(9).date(), created_at=at(9)))
    await reader(library).book(at(14))


async def test_one_computer_is_not_had_twice(library) -> None:
    await reader(library).book(at(14), computer=1)
    paul = reader(library, 2)
    assert await reasons(paul.book(at(14, 45), computer=1)) == {"taken"}
    assert (await paul.book(at(14, 30))).computer == 2
    assert await reasons(desk(library).book(at(14, 30), card="P1")) == {"booked_elsewhere"}
    assert overlapping(library) == []


async def test_the_same_key_twice_is_one_slot(library) -> None:
    ida, body = reader(library), slots.BookMySlot(site="cachan", starts_at=at(14), minutes=60)
    way = library.embedded("reader1")
    first = await way.call(BOOK_MY_SLOT, body, key="once")
    assert await way.call(BOOK_MY_SLOT, body, key="once") == first
    other = body.model_copy(update={"minutes": 30})
    with pytest.raises(Refused) as refusal:
        await way.call(BOOK_MY_SLOT, other, key="once")
    assert refusal.value.type is ProblemType.IDEMPOTENCY_CONFLICT
    assert len(await ida.mine()) == 1


async def test_a_key_that_comes_again_does_nothing_also_where_nothing_is_in_its_way(
    library,
) -> None:
    ida, body = reader(library), slots.BookMySlot(site="cachan", starts_at=at(14), minutes=60)
    way = library.embedded("reader1")
    first = await way.call(BOOK_MY_SLOT, body, key="once")
    await ida.cancel(first)
    assert await way.call(BOOK_MY_SLOT, body, key="once") == first
    with pytest.raises(Refused) as refusal:
        await way.call(BOOK_MY_SLOT, body.model_copy(update={"starts_at": at(16)}), key="once")
    assert refusal.value.type is ProblemType.IDEMPOTENCY_CONFLICT
    assert await ida.mine() == ()
    assert library.row("SELECT count(*) FROM bookings") == (1,)


async def test_a_slot_is_claimed_extended_and_ended(library) -> None:
    ida, at_desk = reader(library), desk(library)
    booked = await ida.book(at(11), computer=1)
    library.now = at(10, 50)
    assert await reasons(at_desk.act(slots.CLAIM_SLOT, booked)) == {"too_early"}
    library.now = at(10, 56)
    used = await at_desk.act(slots.CLAIM_SLOT, booked)
    assert (used.status, used.claimed_at, used.usable_until) == (
        BookingStatus.IN_USE, at(10, 56), at(12),
    )  # fmt: skip
    assert await reasons(at_desk.act(slots.CLAIM_SLOT, used)) == {"has_begun"}
    assert await reasons(at_desk.act(slots.EXTEND_SLOT, used)) == {"too_early_to_extend"}
    library.now = at(11, 55)
    longer = await at_desk.act(slots.EXTEND_SLOT, used)
    assert longer.ends_at == at(12, 15)
    paul = await reader(library, 2).book(at(12, 15), computer=1)
    library.now = at(12, 11)
    assert (await at_desk.show(longer)).usable_until == at(12, 10)
    assert await reasons(at_desk.act(slots.EXTEND_SLOT, longer)) == {"next_is_booked"}
    ended = await at_desk.act(slots.END_SLOT, longer)
    assert (ended.ends_at, ended.end_reason) == (at(12, 11), BookingEnd.SIGNED_OUT)
    assert await reasons(at_desk.act(slots.END_SLOT, ended)) == {"not_in_use"}
    await at_desk.act(slots.CLAIM_SLOT, paul)


async def test_nobody_extends_beyond_closing_or_an_allowance(library) -> None:
    at_desk = desk(library)
    evening = await at_desk.book(at(17), computer=1)
    noon = await at_desk.book(at(12), card="P2", computer=2)
    await at_desk.book(at(14), card="P2", computer=2)
    library.now = at(12)
    noon = await at_desk.act(slots.CLAIM_SLOT, noon)
    library.now = at(12, 57)
    assert await reasons(at_desk.act(slots.EXTEND_SLOT, noon)) == {"daily_allowance"}
    library.now = at(17)
    evening = await at_desk.act(slots.CLAIM_SLOT, evening)
    library.now = at(17, 58)
    assert await reasons(at_desk.act(slots.EXTEND_SLOT, evening)) == {"closing_soon"}


async def test_who_does_not_come_loses_the_slot_to_whoever_asks(library) -> None:
    ida, paul, at_desk = reader(library), reader(library, 2), desk(library)
    lost = await ida.book(at(11), computer=1)
    library.now = at(11, 14)
    assert await reasons(paul.book(at(11, 15), 30, computer=1)) == {"taken"}
    library.now = at(11, 15)
    assert await reasons(at_desk.act(slots.CLAIM_SLOT, lost)) == {"not_claimed_in_time"}
    assert (await paul.book(at(11, 15), 30, computer=1)).computer == 1
    gone = await at_desk.show(lost)
    assert (gone.status, gone.end_reason, gone.ends_at) == (
        BookingStatus.NO_SHOW, BookingEnd.NOT_CLAIMED, at(11, 15),
    )  # fmt: skip
    assert overlapping(library) == []


async def test_who_sits_down_at_the_last_moment_keeps_the_slot(library) -> None:
    """Somebody else has seen the slot unclaimed, and comes a moment later."""
    ida, at_desk = reader(library), desk(library)
    slot = await ida.book(at(11), computer=1)
    seen = library.database.read_now(lambda db: booking(db.connection(), slot.slot))
    library.now = at(11, 14)
    await at_desk.act(slots.CLAIM_SLOT, slot)
    library.now = at(11, 15)

    def later(db) -> None:
        end_lapsed(Acting(db, library.now, library.rules.current(db.connection()), "x"), [seen])

    library.database.write_now(later)
    assert (await at_desk.show(slot)).status is BookingStatus.IN_USE


async def test_a_slot_that_was_not_claimed_is_not_shown_as_ones_own(library) -> None:
    ida = reader(library)
    await ida.book(at(11), computer=1)
    library.now = at(11, 15)
    assert await ida.mine() == ()


async def test_somebody_sits_down_without_a_slot(library) -> None:
    library.now = at(10, 7)
    at_desk = desk(library)
    await reader(library, 2).book(at(10, 30), computer=1)
    now = await at_desk.sit(abilities=("office",))
    assert (now.computer, now.starts_at, now.ends_at) == (2, at(10, 7), at(11))
    assert now.status is BookingStatus.IN_USE
    assert await reasons(at_desk.sit()) == {"booked_elsewhere"}
    library.now = at(10, 20)
    ended = await at_desk.act(slots.END_SLOT, now)
    assert ended.ends_at == at(10, 20)
    again = await at_desk.sit(computer=2)
    assert again.ends_at == at(11, 15)
    library.now = at(17, 50)
    assert await reasons(at_desk.sit(card="P2")) == {"closing_soon"}
    assert overlapping(library) == []


async def test_who_sits_at_a_computer_that_dies_goes_on_at_another(library) -> None:
    at_desk = desk(library)
    used = await at_desk.sit(computer=1)
    library.now = at(10, 20)
    moved = await at_desk.act(slots.MOVE_SLOT, used, MoveSlot(starts_at=library.now, computer=2))
    assert (moved.computer, moved.status, moved.ends_at) == (2, BookingStatus.IN_USE, at(11))
    assert (await at_desk.sit(card="P2", computer=1)).computer == 1


async def test_a_move_is_refused_as_a_booking_would_be(library) -> None:
    ida, paul = reader(library), reader(library, 2)
    mine, theirs = await ida.book(at(14), computer=1), await paul.book(at(15), computer=1)
    assert await reasons(ida.move(mine, at(14, 30), computer=1)) == {"taken"}
    assert await reasons(ida.move(mine, at(17, 30))) == {"closed"}
    assert await reasons(ida.move(theirs, at(16))) == {"not-found"}
    assert (await ida.move(mine, at(14, 30))).computer == 2
    assert (await ida.move((await ida.mine())[0], at(14, 15), computer=2)).starts_at == at(14, 15)
    assert overlapping(library) == []
