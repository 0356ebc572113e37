"""What is kept of a reader: who sees how much of it, and forgetting it at once."""

from datetime import timedelta
from itertools import count

import pytest
from catalogue_world import NOW, TODAY
from slot_people import at, furnish

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.loans import LEND_ITEM, RENEW_LOAN, LendItem, Renewal
from catalogue_api.contract.marks import MARK_ITEM, Mark, MarkItem
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.contract.patrons import RESET_PIN
from catalogue_api.contract.personal_data import (
    EXPORT_PATRON,
    FORGET_HISTORY,
    LIST_ENDED_LOANS,
    LIST_OWN_ENDED_LOANS,
    EndedLoansAsked,
)
from catalogue_api.contract.returns import DESK_RETURN, DeskReturn
from catalogue_api.contract.slots import BOOK_SLOT, CANCEL_SLOT, BookSlot
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Block, Loan

DAY = timedelta(days=1)


def ended(days: int, item: int = 1) -> Loan:
    began = NOW - days * DAY - DAY
    return Loan(
        item_id=item, patron_id=1, started_at=began, due_on=TODAY, ended_at=NOW - days * DAY
    )


def asked(**values) -> EndedLoansAsked:
    return EndedLoansAsked.model_validate(values)


async def test_a_desk_sees_the_last_months_and_a_reader_all_that_is_kept(world) -> None:
    world.add(*(ended(days) for days in (1, 2, 2, 200)))
    desk, reader = world.desk(), world.embedded(world.signed_in(Role.PATRON))
    seen = await desk.call(LIST_ENDED_LOANS, asked(), patron="1")
    assert [loan.ended_at for loan in seen.loans] == [NOW - days * DAY for days in (1, 2, 2)]
    first = await reader.call(LIST_OWN_ENDED_LOANS, asked(limit=2))
    rest = await reader.call(LIST_OWN_ENDED_LOANS, asked(limit=2, cursor=first.next))
    assert [loan.loan for loan in (*first.loans, *rest.loans)] == [1, 3, 2, 4]
    assert rest.next == ""
    assert seen.loans[0].title == "L’Été"
    for cursor in ("WzFd", "WyJ4IiwgMV0"):
        with pytest.raises(Refused, match="cursor"):
            await reader.call(LIST_OWN_ENDED_LOANS, asked(cursor=cursor))
    with pytest.raises(Refused, match="no such reader"):
        await desk.call(LIST_ENDED_LOANS, asked(), patron="77")


async def test_what_ended_today_is_not_forgotten_for_it_may_be_undone(world) -> None:
    world.add(ended(1), ended(2, item=2))
    world.hold(patron=1, status="cancelled", ended_at=NOW - 2 * DAY)
    world.lend("3")
    desk = world.desk()
    body = DeskReturn(return_id="0b8e7c1e-5d0b-4a51-9c4a-3f1c2f0c9a11", barcode="3")
    await desk.call(DESK_RETURN, body)
    forgotten = await desk.call(FORGET_HISTORY, Nothing(), patron="1")
    assert (forgotten.loans, forgotten.holds) == (2, 1)
    assert world.row("SELECT last_loan_ended_on FROM patrons WHERE id = 1") == ("2026-11-22",)
    assert world.rows("SELECT item_id FROM loans WHERE patron_id = 1") == [(3,)]
    await desk.call(UNDO_RETURN, Nothing(), key="k", return_id=str(body.return_id))
    again = await desk.call(FORGET_HISTORY, Nothing(), patron="1")
    assert (again.loans, again.holds) == (0, 0)
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (1,)


async def test_all_that_is_held_is_handed_out_without_names_of_staff(world) -> None:
    world.lend("1")
    world.add(ended(200, item=2))
    world.hold(patron=1, title=2)
    world.hold(patron=2, title=2)
    world.add(
        Block(patron_id=1, kind="staff", from_on=TODAY, created_at=NOW, reason="voir l’accueil",
              created_by="librarian:zoltan", lifted_at=NOW, lifted_by="manager:bo")
    )  # fmt: skip
    world.signed_in(Role.PATRON)
    desk = world.desk()
    await desk.call(RESET_PIN, Nothing(), version=1, patron="2")
    held = await desk.call(EXPORT_PATRON, Nothing(), patron="1")
    assert [len(part) for part in (held.loans, held.ended_loans, held.holds, held.blocks,
                                   held.sessions, held.acts)] == [1, 1, 1, 1, 1, 1]  # fmt: skip
    assert held.blocks[0].reason == "voir l’accueil"
    assert {held.blocks[0].created_by, held.blocks[0].lifted_by} == {"librarian", "manager"}
    assert [(act.by, act.action) for act in held.acts] == [("librarian", "data_exported")]
    assert "zoltan" not in held.model_dump_json()
    assert world.rows("SELECT key FROM idempotency_keys") == []


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.PATRON, Role.MACHINE])
async def test_nobody_else_may_ask_for_it(world, role) -> None:
    stranger = world.embedded(world.signed_in(role))
    for endpoint in (EXPORT_PATRON, FORGET_HISTORY):
        with pytest.raises(Refused) as refusal:
            await stranger.call(endpoint, Nothing(), patron="1")
        assert refusal.value.type is ProblemType.NOT_ALLOWED


async def test_the_audit_never_says_who_had_what(world) -> None:
    """It is kept for a year, who had what for four months at the most."""
    furnish(world)
    desk, keys = world.desk(), map(str, count(1))
    lending = LendItem(barcode="1", card="P1", due_on=TODAY + DAY)
    lent = await desk.call(LEND_ITEM, lending, key=next(keys))
    await desk.call(RENEW_LOAN, Renewal(), loan=str(lent.loan), key=next(keys))
    await desk.call(MARK_ITEM, MarkItem(mark=Mark.LOST), barcode="1")
    asked = BookSlot(site="cachan", card="P1", starts_at=at(11), minutes=60)
    slot = await desk.call(BOOK_SLOT, asked, key=next(keys))
    await desk.call(CANCEL_SLOT, Nothing(), slot=str(slot.slot), version=slot.version)
    said = world.rows("SELECT action, subject, detail FROM audit ORDER BY id")
    acts = ["lend", "renew", "item_marked", "slot_booked", "slot_cancelled"]
    assert [action for action, _, _ in said] == acts
    assert not [line for line in said if "patron" in "".join(line)]
