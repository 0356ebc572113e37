"""Waiting for a slot: the oldest wish first, one offer at a time, and only for a while."""

import pytest
from slot_people import at, desk, furnish, overlapping, reader, reasons, tick

from catalogue_api.contract import slot_wishes, slots
from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.slot_blocks import Settle
from catalogue_api.contract.slots import BookingStatus
from catalogue_api.domain.slot_waiting import WishStatus
from catalogue_api.domain.slots import Settlement
from catalogue_api.storage.tables import Patron


@pytest.fixture
def full(world):
    """Both computers of the room are taken from two to four."""
    furnish(world)
    world.add(*(Patron(id=one, card=f"P{one}", family_name=f"N{one}") for one in range(11, 16)))
    return world


async def take_all(world) -> list:
    at_desk = desk(world)
    return [
        await at_desk.book(at(hour), card=f"P{card}", computer=computer)
        for card, hour, computer in ((11, 14, 1), (12, 15, 1), (13, 14, 2), (14, 15, 2))
    ]


async def test_the_oldest_wish_is_offered_what_becomes_free(full) -> None:
    taken, ida, paul = await take_all(full), reader(full), reader(full, 2)
    first = await ida.wait(at(14), at(16))
    second = await paul.wait(at(14), at(16))
    assert (first.status, first.position, second.position) == (WishStatus.WAITING, 1, 2)
    assert await reasons(ida.wait(at(10), at(12))) == {"already_waits"}
    full.now = at(11)
    await reader(full, 11).cancel(taken[0])
    (offered,) = await ida.wishes()
    assert (offered.status, offered.offer.starts_at) == (WishStatus.OFFERED, at(14))
    assert offered.offer.offered_until == at(11, 30)
    assert (await paul.wishes())[0].position == 1
    assert full.row("SELECT count(*) FROM notices WHERE kind = 'slot_offered'") == (1,)
    assert await reasons(reader(full, 15).book(at(14), computer=1)) == {"taken"}
    accepted = await ida.answer(offered, accept=True)
    assert accepted.status is WishStatus.ACCEPTED
    (mine,) = await ida.mine()
    assert (mine.status, mine.offered_until) == (BookingStatus.BOOKED, None)
    assert await reasons(ida.answer(accepted, accept=True)) == {"not_offered"}
    assert overlapping(full) == []


async def test_what_is_declined_or_not_answered_goes_to_the_next(full) -> None:
    taken, ida, paul, three = await take_all(full), reader(full), reader(full, 2), reader(full, 15)
    for person in (ida, paul, three):
        await person.wait(at(14), at(16))
    await reader(full, 11).cancel(taken[0])
    (offered,) = await ida.wishes()
    declined = await ida.answer(offered, accept=False)
    assert declined.status is WishStatus.DECLINED
    (offered,) = await paul.wishes()
    assert offered.status is WishStatus.OFFERED
    full.now = at(10, 30)
    assert await reasons(paul.answer(offered, accept=True)) == {"not_offered"}
    assert tick(full) == {"offered": 1, "offers": 1}
    assert tick(full) == {}
    assert await paul.wishes() == ()
    assert (await three.wishes())[0].offer.offered_until == at(11)
    assert full.rows("SELECT status FROM slot_wishes ORDER BY id") == [
        ("declined",), ("expired",), ("offered",),
    ]  # fmt: skip


async def test_an_offer_is_kept_from_whoever_has_no_time_left(full) -> None:
    taken, ida, paul = await take_all(full), reader(full), reader(full, 2)
    await ida.book(at(10))
    await ida.wait(at(14), at(16))
    await ida.book(at(12))
    await paul.wait(at(14), at(16))
    await reader(full, 11).cancel(taken[0])
    assert (await ida.wishes())[0].status is WishStatus.WAITING
    assert (await paul.wishes())[0].status is WishStatus.OFFERED


async def test_a_slot_that_nobody_came_for_is_not_offered_when_it_is_too_late(full) -> None:
    await take_all(full)
    ida = reader(full)
    await ida.wait(at(14), at(16), 30)
    full.now = at(14, 15)
    assert tick(full) == {"booked": 2}
    full.now = at(14, 20)  # from half past two on: ten minutes are an offer
    assert tick(full) == {"offers": 1}
    (offered,) = await ida.wishes()
    assert (offered.offer.starts_at, offered.offer.offered_until) == (at(14, 30), at(14, 30))
    full.now = at(15, 31)
    tick(full)
    assert await ida.wishes() == ()


async def test_what_is_free_already_is_offered_at_once_and_a_wish_can_be_taken_back(full) -> None:
    ida = reader(full)
    offered = await ida.wait(at(14), at(16))
    assert offered.status is WishStatus.OFFERED
    gone = await ida.call(slot_wishes.CANCEL_WISH, version=offered.version, wish=offered.wish)
    assert gone.status is WishStatus.CANCELLED
    assert await reasons(
        ida.call(slot_wishes.CANCEL_WISH, version=gone.version, wish=gone.wish)
    ) == {"has_ended"}
    paul = reader(full, 2)
    theirs = paul.call(slot_wishes.CANCEL_WISH, version=gone.version, wish=gone.wish)
    assert await reasons(theirs) == {"not-found"}
    assert (await reader(full, 15).book(at(14), computer=1)).status is BookingStatus.BOOKED


async def test_who_gives_an_offer_up_with_their_slots_has_declined_it(full) -> None:
    ida = reader(full)
    offered = await ida.wait(at(14), at(16))
    (slot,) = await ida.mine()
    await ida.cancel(slot)
    assert full.rows("SELECT status FROM slot_wishes") == [("declined",)]
    assert await reasons(ida.answer(offered, accept=True)) == {"not_offered"}


async def test_who_loses_an_offer_to_a_class_waits_on(full) -> None:
    ida, at_desk = reader(full), desk(full)
    offered = await ida.wait(at(14), at(15))
    ways = [Settle(slot=offered.offer.slot, version=offered.offer.version, how=Settlement.CANCEL)]
    await at_desk.block(at(14), at(15), computers=(1,), settle=ways)
    (wish,) = await ida.wishes()
    assert (wish.status, wish.position) == (WishStatus.WAITING, 1)
    assert tick(full) == {"offers": 1}  # the other computer


@pytest.mark.parametrize(
    ("first", "last", "minutes", "why"),
    [
        (at(9), at(10), 60, {"in_the_past"}),
        (at(9, days=8), at(12, days=8), 60, {"too_far_ahead"}),
        (at(14), at(18), 120, {"too_long"}),
        (at(14), at(18), 20, {"not_on_grid"}),
    ],
)
async def test_wishes_that_nothing_could_answer(full, first, last, minutes, why) -> None:
    assert await reasons(reader(full).wait(first, last, minutes)) == why


@pytest.mark.parametrize("first", [at(14, days=-3000), at(14, days=-1)])
async def test_a_wish_is_of_one_day(full, first) -> None:
    """Each run looks through all that was wished: through years of opening hours otherwise."""
    await take_all(full)
    ida = reader(full)
    with pytest.raises(Refused) as refused:
        await ida.wait(first, at(16))
    assert refused.value.type is ProblemType.INVALID_REQUEST
    wish = await ida.wait(at(14), at(0, days=1))  # up to midnight
    assert wish.until_at == at(0, days=1)


async def test_a_wish_whose_time_has_come_is_over(full) -> None:
    await take_all(full)
    ida, at_desk = reader(full), desk(full)
    await ida.wait(at(14), at(16))
    (seen,) = (await at_desk.do(slot_wishes.LIST_SITE_WISHES, site="cachan")).wishes
    assert seen.reader == "Ida Inconnue"
    for hour in (14, 15):
        full.now = at(hour)
        plan = full.rows(
            "SELECT id, version FROM bookings WHERE status = 'booked' AND claimed_at IS NULL"
            " ORDER BY starts_at LIMIT 2"
        )
        for number, version in plan:
            await at_desk.do(slots.CLAIM_SLOT, version=version, slot=number)
    full.now = at(16)
    assert tick(full) == {"in_use": 4, "wishes": 1}
    assert await ida.wishes() == ()
