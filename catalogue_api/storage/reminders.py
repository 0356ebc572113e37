"""Open loans by due date with what their readers were reminded of, and what is ready on shelves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.domain.notices import NoticeReason, NoticeStatus
from catalogue_api.domain.reminders import Reminded
from catalogue_api.storage.tables import Hold, Loan, LoanReminder, Notice


@dataclass(frozen=True, slots=True)
class LoanDue:
    """An open loan with its reader, and of what they were reminded last, if ever."""

    id: int
    patron: int
    site: str
    due_on: date
    reminded: Reminded | None


@dataclass(frozen=True, slots=True)
class ReadyHold:
    """A copy on a reservation shelf, and for how long it waits there for whom."""

    id: int
    patron: int
    pickup_site: str
    ready_at: datetime
    expires_on: date


def loans_due(connection: Connection, first: date | None, last: date) -> list[LoanDue]:
    """Return the open loans due from one day to another, but those the reader says are back."""
    query = (
        select(
            col(Loan.id),
            col(Loan.patron_id),
            col(Loan.site),
            col(Loan.due_on),
            col(LoanReminder.due_on),
            col(LoanReminder.number),
        )
        .outerjoin(LoanReminder, col(LoanReminder.loan_id) == col(Loan.id))
        .where(
            col(Loan.ended_at).is_(None),
            col(Loan.due_on) <= last,
            col(Loan.claimed_returned_on).is_(None),
        )
        .order_by(col(Loan.id))
    )
    if first is not None:
        query = query.where(col(Loan.due_on) >= first)
    return [_loan(row) for row in connection.execute(query)]


def _loan(row: Sequence[Any]) -> LoanDue:
    number, patron, site, due_on, reminded_for, reminders = row
    reminded = None if reminded_for is None else Reminded(reminded_for, reminders)
    return LoanDue(number, patron, site, due_on, reminded)


def remember(connection: Connection, loan: int, reminded: Reminded) -> None:
    """Note of what the reader of a loan was reminded last."""
    connection.execute(delete(LoanReminder).where(col(LoanReminder.loan_id) == loan))
    row = {"loan_id": loan, "due_on": reminded.due_on, "number": reminded.number}
    connection.execute(insert(LoanReminder).values(**row))


def holds_ready(connection: Connection) -> list[ReadyHold]:
    """Return what is ready, on the shelves of all sites."""
    query = select(
        col(Hold.id),
        col(Hold.patron_id),
        col(Hold.pickup_site),
        col(Hold.ready_at),
        col(Hold.expires_on),
    ).where(col(Hold.status) == HoldStatus.READY.value)
    return [
        ReadyHold(number or 0, patron, site, ready_at, expires_on)
        for number, patron, site, ready_at, expires_on in connection.execute(query)
        if patron is not None and ready_at is not None and expires_on is not None
    ]


def drop_stale(connection: Connection, now: datetime) -> int:
    """Drop what librarians have not told in time; return how many."""
    over = (col(Notice.status) == NoticeStatus.TO_TELL.value, col(Notice.stale_at) <= now)
    dropped = (
        update(Notice)
        .where(*over)
        .values(status=NoticeStatus.DROPPED.value, reason=NoticeReason.STALE.value, ended_at=now)
    )
    return connection.execute(dropped).rowcount
