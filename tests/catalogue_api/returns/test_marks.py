import json
from datetime import timedelta
from itertools import count, product

import pytest

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.loans import LEND_ITEM, LendItem
from catalogue_api.contract.marks import COUNT_LOCAL_USE, MARK_ITEM, Mark, MarkItem, MarkRefusal
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.contract.returns import Outcome
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.marks import Marked, decide
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Rulebook

KEYS = count()
ON_LOAN_TO_BE_MARKED = {Mark.LOST, Mark.CLAIMED_RETURNED, Mark.WITH_READER}


@pytest.fixture
def desk(world):
    return world.embedded(world.signed_in(Role.LIBRARIAN))


async def mark(desk, what: Mark, barcode: str = "1", remark: str = ""):
    return await desk.call(MARK_ITEM, MarkItem(mark=what, remark=remark), barcode=barcode)


def state(world) -> tuple:
    """Status of item 1, end and claim of its loan, how many blocks of its reader are in force."""
    status, ended_at, claimed = world.row(
        "SELECT status, ended_at, claimed_returned_on FROM items JOIN loans ON item_id = items.id"
        " WHERE items.id = 1"
    )
    (blocks,) = world.row("SELECT count(*) FROM blocks WHERE lifted_at IS NULL")
    return status, ended_at is not None, claimed, blocks


@pytest.mark.parametrize(("what", "status"), list(product(Mark, ItemStatus)))
def test_every_mark_has_an_answer_and_only_a_write_off_ends_a_loan(what, status) -> None:
    found = decide(what, status, on_loan=True)
    writes_off = what is Mark.WITHDRAWN and status in {
        ItemStatus.LOST, ItemStatus.CLAIMED_RETURNED,
    }  # fmt: skip
    if what in ON_LOAN_TO_BE_MARKED or writes_off:
        assert isinstance(found, Marked)
        assert found.ends_loan is writes_off
    else:
        assert found is MarkRefusal.ON_LOAN
    needs_loan = {Mark.CLAIMED_RETURNED, Mark.WITH_READER}
    free = decide(what, status, on_loan=False)
    assert (free is MarkRefusal.NOT_ON_LOAN) is (what in needs_loan)
    assert isinstance(free, MarkRefusal) or not (free.ends_loan or free.owes or free.claims)


async def test_a_lost_item_stays_on_loan_and_blocks_its_reader_until_it_is_back(
    world, desk, give_back
) -> None:
    world.lend()
    told = await mark(desk, Mark.LOST, remark="dit le lecteur")
    assert (told.status, told.patron, told.loan_ended) == (ItemStatus.LOST, 1, False)
    assert await mark(desk, Mark.LOST) == told
    assert state(world) == ("lost", False, None, 1)
    with pytest.raises(Refused) as refusal:
        await desk.call(LEND_ITEM, LendItem(barcode="2", card="P1"), key="k")
    assert refusal.value.reasons == ("owes_lost_item",)
    ((actor, detail),) = world.rows("SELECT actor, detail FROM audit WHERE action = 'item_marked'")
    assert actor == "librarian:librarian"
    assert json.loads(detail) == {
        "mark": "lost", "was": "available", "remark": "dit le lecteur", "loan": 1,
    }  # fmt: skip
    assert (await give_back(1)).outcome is Outcome.RETURNED
    assert state(world) == ("available", True, None, 0)


async def test_undoing_the_return_of_a_lost_item_blocks_its_reader_again(
    world, desk, give_back
) -> None:
    world.lend()
    await mark(desk, Mark.LOST)
    returned = await give_back(1)
    await desk.call(UNDO_RETURN, Nothing(), key="u", return_id=str(returned.return_id))
    assert state(world) == ("lost", False, None, 1)


async def test_what_is_said_to_be_returned_gets_no_later(world, desk, give_back) -> None:
    world.add(Rulebook(version=1, penalties=True, grace_days=0))
    world.lend(days_ago=30, due_in=-2)
    await mark(desk, Mark.CLAIMED_RETURNED)
    assert state(world) == ("claimed_returned", False, "2026-11-23", 0)
    world.now += timedelta(days=20)
    answer = await give_back(1, occurred_at=world.now)
    assert [note.kind.value for note in answer.notes] == [
        "late", "may_borrow_from", "was_claimed_returned",
    ]  # fmt: skip
    assert world.row("SELECT until_on FROM blocks") == ("2026-12-15",)


async def test_a_reader_who_finds_it_at_home_has_it_again(world, desk) -> None:
    world.lend()
    await mark(desk, Mark.LOST)
    await mark(desk, Mark.WITH_READER)
    assert state(world) == ("available", False, None, 0)
    await mark(desk, Mark.CLAIMED_RETURNED)
    await mark(desk, Mark.LOST)
    assert state(world) == ("lost", False, None, 1)


async def test_writing_off_ends_the_loan_and_leaves_the_debt(world, desk) -> None:
    world.lend()
    with pytest.raises(Refused) as refusal:
        await mark(desk, Mark.WITHDRAWN)
    assert refusal.value.reasons == ("on_loan",)
    await mark(desk, Mark.LOST)
    told = await mark(desk, Mark.WITHDRAWN)
    assert (told.loan, told.loan_ended) == (None, True)
    assert state(world) == ("withdrawn", True, None, 1)


async def test_a_copy_that_is_not_to_be_had_goes_from_its_reservation(
    world, desk, give_back
) -> None:
    world.hold()
    assert (await give_back(1)).outcome is Outcome.HOLD_CAPTURED
    told = await mark(desk, Mark.IN_REPAIR)
    assert (told.status, told.hold_waits_again) == (ItemStatus.IN_REPAIR, True)
    assert world.row("SELECT status, item_id FROM holds") == ("waiting", None)
    assert world.row("SELECT kind FROM anomalies") == ("hold_lost_copy",)
    assert (await mark(desk, Mark.AVAILABLE)).status is ItemStatus.AVAILABLE


async def test_marks_that_make_no_sense_are_refused(world, desk) -> None:
    for what in (Mark.CLAIMED_RETURNED, Mark.WITH_READER):
        with pytest.raises(Refused) as refusal:
            await mark(desk, what)
        assert refusal.value.reasons == ("not_on_loan",)
    world.lend()
    for what in (Mark.AVAILABLE, Mark.MISSING, Mark.DAMAGED):
        with pytest.raises(Refused) as refusal:
            await mark(desk, what)
        assert refusal.value.reasons == ("on_loan",)
    with pytest.raises(Refused, match="no item 'P1'"):
        await mark(desk, Mark.LOST, "P1")


async def test_what_is_read_in_the_library_is_counted_once_for_each_key(world, desk) -> None:
    for key in ("a", "b", "a"):
        found = await desk.call(COUNT_LOCAL_USE, Nothing(), key=key, barcode="6")
    assert found.local_uses == 1  # the first answer, again
    assert world.row("SELECT local_uses FROM items WHERE id = 6") == (2,)
    world.lend("2")
    with pytest.raises(Refused) as refusal:
        await desk.call(COUNT_LOCAL_USE, Nothing(), key="c", barcode="2")
    assert refusal.value.reasons == ("on_loan",)


@pytest.mark.parametrize(
    ("status", "outcome", "after", "open_loans"),
    [
        ("lost", Outcome.RETURNED, "available", 0),
        ("missing", Outcome.RETURNED, "available", 0),
        ("claimed_returned", Outcome.RETURNED, "available", 0),
        ("damaged", Outcome.RETURNED, "damaged", 0),
        ("not_for_loan", Outcome.RETURNED, "not_for_loan", 0),
        ("in_repair", Outcome.NEEDS_STAFF, "in_repair", 1),
        ("withdrawn", Outcome.NEEDS_STAFF, "withdrawn", 1),
    ],
)
async def test_what_a_return_does_to_each(
    world, give_back, status, outcome, after, open_loans
) -> None:
    world.lend()
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql(
            f"UPDATE items SET status = '{status}' WHERE id = 1"
        )
    )
    assert (await give_back(1)).outcome is outcome
    assert world.row("SELECT status FROM items WHERE id = 1") == (after,)
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (open_loans,)
