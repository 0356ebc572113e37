"""Lend an item to a patron, and settle the reservation that this fulfils."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldStatus
from catalogue_api.domain.loans import Lendable, LendRefusal, may_lend
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import circulation as sql
from catalogue_api.storage.tables import Hold, Item, Loan, Patron

_WHY = {
    LendRefusal.ON_LOAN: "it is on loan already: return it first",
    LendRefusal.CAUGHT_FOR_ANOTHER: "it is kept for another reader's reservation",
    LendRefusal.NOT_FOR_LOAN: "it is not for loan",
    LendRefusal.WITHDRAWN: "it was withdrawn from the collection",
}


@dataclass(frozen=True, slots=True)
class Lent:
    """An item that was lent, and until when."""

    barcode: str
    title: str
    due_on: date


def lend(
    session: Session, barcode: str, card: str, due_on: date | None, now: datetime, rules: Rulebook
) -> Lent:
    """Lend; the due date is the policy's unless one is given. Raises `Refused` with the reason."""
    patron = session.exec(select(Patron.id).where(Patron.card == card)).first()
    if patron is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no card {card!r}")
    row = sql.item_of_barcode(session.connection(), barcode)
    if row is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no item {barcode!r}")
    refusal = may_lend(_lendable(session, row), patron)
    if refusal is not None:
        raise Refused(ProblemType.CONFLICT, f"{barcode}: {_WHY[refusal]}")
    due_on = due_on or rules.due_on(now)
    session.add(Loan(item_id=row.id, patron_id=patron, started_at=now, due_on=due_on))
    item = session.get_one(Item, row.id)
    item.status, item.destination = ItemStatus.AVAILABLE.value, None
    session.add(item)
    _fulfil(session, row, patron, now)
    return Lent(barcode, row.full_title, due_on)


def _lendable(session: Session, row: sql.ItemRow) -> Lendable:
    loan = sql.newest_loan(session.connection(), row.id)
    caught = sql.hold_of_item(session.connection(), row.id)
    on_loan = loan is not None and loan.ended_at is None
    return Lendable(ItemStatus(row.status), on_loan, caught.patron_id if caught else None)


def _fulfil(session: Session, row: sql.ItemRow, patron: int, now: datetime) -> None:
    """End the patron's hold that this copy serves, or that still waits for any copy.

    A hold for which another copy lies ready stays: a librarian has to put that copy back.
    """
    hold = session.exec(
        select(Hold).where(
            col(Hold.patron_id) == patron,
            (col(Hold.item_id) == row.id)
            & col(Hold.status).in_([HoldStatus.CAPTURED.value, HoldStatus.READY.value])
            | (col(Hold.title_id) == row.title_id) & (col(Hold.status) == HoldStatus.WAITING.value),
        )
    ).first()
    if hold is not None:
        hold.status, hold.ended_at, hold.item_id = HoldStatus.FULFILLED.value, now, row.id
        session.add(hold)
