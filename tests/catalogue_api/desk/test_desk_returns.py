from datetime import timedelta
from uuid import UUID

import pytest
from catalogue_world import NOW, TODAY, fact

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.past_returns import FIND_RETURNS, UNDO_RETURN, FindReturns
from catalogue_api.contract.returns import (
    DESK_RETURN,
    RETURN_BATCH,
    DeskReturn,
    Outcome,
    ReturnBatch,
)


@pytest.fixture
def undo(world):
    async def undo(number: int, key: str = "k"):
        return await world.desk().call(
            UNDO_RETURN, Nothing(), key=f"{key}{number}", return_id=str(UUID(int=number))
        )

    return undo


async def desk_return(world, number: int, barcode: str = "1", **values):
    body = DeskReturn(return_id=UUID(int=number), barcode=barcode, **values)
    return await world.desk().call(DESK_RETURN, body)


async def test_a_return_at_the_desk_is_one_return(world) -> None:
    world.lend()
    first = await desk_return(world, 1)
    world.now += timedelta(minutes=5)
    again = await desk_return(world, 1)
    assert first == again
    assert first.outcome is Outcome.RETURNED
    assert world.rows("SELECT kiosk, staff, site, outcome FROM returns") == [
        (None, "librarian", "cachan", "returned")
    ]
    assert world.row("SELECT to_shelve_since FROM items WHERE id = 1") == (
        "2026-11-23 12:00:00.000000",
    )


async def test_a_book_drop_counts_as_of_when_it_was_emptied_into(world) -> None:
    world.lend(due_in=-1)
    yesterday = NOW - timedelta(days=1)
    answer = await desk_return(world, 1, occurred_at=yesterday)
    assert answer.notes == ()
    assert world.row("SELECT ended_at FROM loans") == ("2026-11-22 12:00:00.000000",)
    with pytest.raises(Refused) as refusal:
        await desk_return(world, 2, occurred_at=NOW + timedelta(hours=1))
    assert refusal.value.type is ProblemType.INVALID_REQUEST


async def test_a_dry_run_answers_and_records_nothing(world) -> None:
    world.lend()
    rehearsed = await desk_return(world, 1, dry_run=True)
    assert rehearsed.outcome is Outcome.RETURNED
    assert world.row("SELECT count(*) FROM returns") == (0,)
    assert world.row("SELECT ended_at FROM loans") == (None,)
    assert (await desk_return(world, 1)).outcome is Outcome.RETURNED


async def test_a_site_that_is_not_there_is_named(world) -> None:
    with pytest.raises(Refused, match="no site 'nowhere'"):
        await desk_return(world, 1, site="nowhere")


async def test_taking_a_return_back_restores_everything(world, give_back, undo) -> None:
    loan = world.lend()
    hold = world.hold()
    before = world.row("SELECT status, current_site, destination FROM items WHERE id = 1")
    await give_back(1)
    await undo(1)
    assert world.row("SELECT id, ended_at FROM loans") == (loan, None)
    assert world.row("SELECT id, status, item_id FROM holds") == (hold, "waiting", None)
    after = world.row("SELECT status, current_site, destination FROM items WHERE id = 1")
    assert after == before
    again = await give_back(2)
    assert again.outcome is Outcome.HOLD_CAPTURED
    assert world.row("SELECT count(*) FROM returns WHERE loan_id IS NOT NULL") == (2,)


async def test_taking_back_the_find_of_a_lost_copy_makes_it_lost_again(
    world, give_back, undo
) -> None:
    await give_back(1, "4")
    assert world.row("SELECT status FROM items WHERE id = 4") == ("available",)
    await undo(1)
    assert world.row("SELECT status FROM items WHERE id = 4") == ("lost",)


async def test_a_late_return_suspends_and_taking_it_back_lifts_that(world, give_back, undo) -> None:
    world.penalties()
    world.lend(due_in=-10)
    await give_back(1)
    assert world.rows("SELECT kind, until_on, lifted_at FROM blocks") == [
        ("suspension", (TODAY + timedelta(days=7)).isoformat(), None)
    ]
    await undo(1)
    assert world.row("SELECT count(*) FROM blocks WHERE lifted_at IS NULL") == (0,)


async def test_nothing_late_suspends_until_the_library_has_said_so(world, give_back) -> None:
    world.lend(due_in=-100)
    await give_back(1)
    assert world.row("SELECT count(*) FROM blocks") == (0,)


async def test_what_was_lent_again_or_taken_back_stays(world, give_back, undo) -> None:
    world.lend()
    await give_back(1)
    world.now += timedelta(minutes=1)
    world.lend(days_ago=0)
    with pytest.raises(Refused) as refusal:
        await undo(1)
    assert refusal.value.reasons == ("moved_on",)
    await give_back(2, occurred_at=world.now)
    await undo(2)
    with pytest.raises(Refused) as refusal:
        await undo(2, key="other")
    assert refusal.value.reasons == ("undone_already",)
    world.now += timedelta(days=1)
    world.lend("2")
    await give_back(3, "2", occurred_at=world.now)
    world.now += timedelta(days=1)
    with pytest.raises(Refused) as refusal:
        await undo(3)
    assert refusal.value.reasons == ("not_today",)


async def test_a_batch_has_one_result_for_each(world) -> None:
    world.lend()
    world.lend("2")
    batch = ReturnBatch(returns=(fact(1), fact(2, "2"), fact(1, "2"), fact(4, "nothing")))
    answer = await world.embedded().call(RETURN_BATCH, batch, kiosk="pad")
    results = [(one.returned and one.returned.outcome, one.problem) for one in answer.results]
    assert results == [
        (Outcome.RETURNED, None),
        (Outcome.RETURNED, None),
        (None, ProblemType.IDEMPOTENCY_CONFLICT),
        (Outcome.UNKNOWN_ITEM, None),
    ]
    assert await world.embedded().call(RETURN_BATCH, batch, kiosk="pad") == answer
    assert world.row("SELECT count(*) FROM returns") == (3,)


async def test_past_returns_are_found_and_paged(world, give_back) -> None:
    for number in range(1, 6):
        world.now += timedelta(minutes=1)
        await give_back(number, str(number % 3 + 1), occurred_at=world.now)
    desk = world.desk()
    first = await desk.call(FIND_RETURNS, FindReturns(limit=2))
    second = await desk.call(FIND_RETURNS, FindReturns(limit=2, cursor=first.next))
    third = await desk.call(FIND_RETURNS, FindReturns(limit=2, cursor=second.next))
    numbers = [one.return_id.int for page in (first, second, third) for one in page.returns]
    assert numbers == [5, 4, 3, 2, 1]
    assert third.next == ""
    of_item = await desk.call(FIND_RETURNS, FindReturns(barcode="2"))
    assert [one.return_id.int for one in of_item.returns] == [4, 1]
    since = await desk.call(FIND_RETURNS, FindReturns(since=NOW + timedelta(minutes=4)))
    assert [one.return_id.int for one in since.returns] == [5, 4]
    for wrong in ("x", "WzFd", first.next[:-2]):
        with pytest.raises(Refused):
            await desk.call(FIND_RETURNS, FindReturns(cursor=wrong))
