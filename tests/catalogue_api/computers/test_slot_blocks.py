"""A class takes many computers at once: what is in the way is shown and settled, never lost."""

import pytest
from slot_people import SlotDesk, at, desk, furnish, overlapping, reader, reasons

from catalogue_api.contract import slot_blocks, slots
from catalogue_api.contract.computers import SHOW_PLAN
from catalogue_api.contract.slot_blocks import BlocksAsked, Settle
from catalogue_api.contract.slots import BookingEnd, BookingStatus
from catalogue_api.domain.slots import BookingKind, Settlement, Slot
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers import computer_blocks
from catalogue_api.services.computers.computer_blocks import Block
from catalogue_api.storage.tables import Computer, Room


@pytest.fixture
def library(world):
    furnish(world)
    return world


def told(world) -> list[tuple[str, int]]:
    return world.rows(
        "SELECT kind, patron_id FROM notices WHERE kind IN ('slot_moved', 'slot_cancelled')"
        " ORDER BY id"
    )


def settled(slot, how, **values) -> Settle:
    return Settle(slot=slot.slot, version=slot.version, how=how, **values)


async def test_what_is_in_the_way_is_shown_and_nothing_is_done_until_it_is_settled(library) -> None:
    mine = await reader(library).book(at(14), computer=1)
    theirs = await reader(library, 2).book(at(14), computer=2)
    at_desk = desk(library)
    seen = await at_desk.block(at(14), at(16), dry_run=True)
    assert seen.block is None
    assert [(one.slot.slot, one.how, one.computer) for one in seen.in_the_way] == [
        (mine.slot, Settlement.MOVE, 3), (theirs.slot, Settlement.CANCEL, None),
    ]  # fmt: skip
    assert await reasons(at_desk.block(at(14), at(16))) == {"in_the_way"}
    half = [settled(mine, Settlement.MOVE)]
    assert await reasons(at_desk.block(at(14), at(16), settle=half)) == {"in_the_way"}
    assert (await at_desk.show(mine)).version == mine.version
    assert told(library) == []


async def test_bookings_are_moved_or_cancelled_and_their_readers_told(library) -> None:
    mine = await reader(library).book(at(14), computer=1)
    theirs = await reader(library, 2).book(at(14), computer=2)
    at_desk = desk(library)
    ways = [settled(mine, Settlement.MOVE), settled(theirs, Settlement.CANCEL)]
    made = await at_desk.block(at(14), at(16), settle=ways)
    assert made.settled == 2
    assert (made.block.computers, made.block.site) == ((1, 2), "cachan")
    moved, gone = await at_desk.show(mine), await at_desk.show(theirs)
    assert (moved.computer, moved.starts_at, moved.status) == (3, at(14), BookingStatus.BOOKED)
    assert (gone.status, gone.end_reason) == (BookingStatus.CANCELLED, BookingEnd.FOR_BLOCK)
    assert told(library) == [("slot_moved", 1), ("slot_cancelled", 2)]
    assert await reasons(at_desk.book(at(15), card="P2", computer=1)) == {"taken"}
    assert await reasons(at_desk.block(at(15), at(17))) == {"blocked_already"}
    listed = await at_desk.do(slot_blocks.LIST_BLOCKS, BlocksAsked(site="cachan"))
    assert listed.blocks == (made.block,)
    assert overlapping(library) == []


async def test_a_block_that_is_taken_away_gives_its_computers_free(library) -> None:
    at_desk = desk(library)
    made = (await at_desk.block(at(14), at(16))).block
    await at_desk.do(slot_blocks.REMOVE_BLOCK, version=made.version, slot_block=made.block)
    await at_desk.book(at(14), computer=1)
    again = {"version": made.version + 1, "slot_block": made.block}
    assert await reasons(at_desk.do(slot_blocks.REMOVE_BLOCK, **again)) == {"not-found"}
    assert (await at_desk.do(slot_blocks.LIST_BLOCKS, BlocksAsked())).blocks == ()


async def test_what_changed_since_it_was_seen_is_not_settled(library) -> None:
    ida = reader(library)
    mine = await ida.book(at(14), computer=1)
    await ida.move(mine, at(14, 15), computer=1)
    at_desk = desk(library)
    ways = [settled(mine, Settlement.CANCEL)]
    assert await reasons(at_desk.block(at(14), at(16), settle=ways)) == {"changed-meanwhile"}
    assert library.row("SELECT count(*) FROM slot_blocks") == (0,)


async def test_who_sits_there_stays_until_the_class_comes(library) -> None:
    at_desk = desk(library)
    used = await at_desk.sit(computer=1)
    await at_desk.block(at(10, 30), at(11), settle=[settled(used, Settlement.CANCEL)])
    assert (await at_desk.show(used)).ends_at == at(10, 30)
    assert overlapping(library) == []


async def test_nothing_is_moved_to_where_it_cannot_go(library) -> None:
    at_desk = desk(library)
    mine = await at_desk.book(at(14), computer=1)
    await at_desk.book(at(14), card="P2", computer=3)
    ways = [settled(mine, Settlement.MOVE, computer=3)]
    assert await reasons(at_desk.block(at(14), at(15), settle=ways)) == {"cannot_move"}
    ways = [settled(mine, Settlement.MOVE, computer=2)]  # it is to be taken itself
    assert await reasons(at_desk.block(at(14), at(15), settle=ways)) == {"cannot_move"}


async def test_a_block_keeps_to_quarters_and_to_one_site(library) -> None:
    at_desk = desk(library)
    assert await reasons(at_desk.block(at(14, 5), at(15))) == {"not_on_grid"}
    assert await reasons(at_desk.block(at(9), at(11))) == {"in_the_past"}
    assert await reasons(at_desk.block(at(14), at(15), computers=(1, 99))) == {"not-found"}
    room = library.add(Room(site="arcueil", name="Salle"))[0]
    (other,) = library.add(Computer(room_id=room, name="PC 9"))
    assert await reasons(at_desk.block(at(14), at(15), computers=(1, other))) == {"invalid-request"}
    await at_desk.block(at(19), at(21))  # a class may come when the doors are closed to others


async def test_a_workshop_takes_computers_in_its_own_transaction(library) -> None:
    def work(session) -> int:
        rules = library.rules.current(session.connection())
        by = Acting(session, library.now, rules, "ana")
        wanted = Block((1, 2), Slot(at(14), at(15)), "Souris", BookingKind.WORKSHOP, session=7)
        row = computer_blocks.block(by, wanted, {})
        assert computer_blocks.in_the_way(by, wanted)[0].row.kind is BookingKind.WORKSHOP
        return row.id

    number = library.database.write_now(work)
    assert library.row("SELECT session_id, kind FROM slot_blocks") == (7, "workshop")
    held = "SELECT count(*) FROM bookings WHERE status = 'booked' AND block_id ="
    assert library.row(f"{held} {number}") == (2,)
    assert await reasons(desk(library).book(at(14), computer=1)) == {"taken"}
    library.now = at(14, 30)  # nobody has to claim it
    assert await reasons(SlotDesk(library).sit(computer=1)) == {"taken"}


async def test_a_desk_may_not_cancel_one_computer_of_a_class(library) -> None:
    at_desk = desk(library)
    await at_desk.block(at(14), at(15))
    plan = await at_desk.do(SHOW_PLAN, site="cachan")
    kept = plan.computers[0].slots[0]
    assert kept.label == "CM2"
    assert await reasons(at_desk.act(slots.CANCEL_SLOT, kept)) == {"has_begun"}
