"""Readers who asked to be deleted, and what each of them has open."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, tuple_
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from catalogue_api.domain.holds import OPEN
from catalogue_api.domain.patrons import PatronRefusal
from catalogue_api.storage.agenda import IS_OPEN
from catalogue_api.storage.tables import Block, Booking, Hold, Loan, Patron, Registration


def asked(session: Session, after: tuple[date, int] | None, limit: int) -> list[Patron]:
    """Return readers who asked, who asked first comes first, behind one of them."""
    day, number = col(Patron.deletion_asked_on), col(Patron.id)
    query = select(Patron).where(day.is_not(None)).order_by(day, number).limit(limit)
    if after is not None:
        query = query.where(tuple_(day, number) > after)
    return list(session.exec(query))


def open_of(
    connection: Connection, numbers: Sequence[int], today: date
) -> Mapping[int, Mapping[PatronRefusal, int]]:
    """Count what some readers have open, of every kind that keeps them from being deleted."""
    found: dict[int, dict[PatronRefusal, int]] = defaultdict(dict)
    for reason, patron, is_open in what_keeps(today):
        query: Select[*tuple[Any, ...]] = (
            sa_select(patron, func.count()).where(patron.in_(numbers), is_open).group_by(patron)
        )
        for number, count in connection.execute(query):
            found[number][reason] = count
    return found


def what_keeps(today: date) -> Iterator[tuple[PatronRefusal, Any, ColumnElement[bool]]]:
    """Yield each kind of thing that keeps a reader here: the column with whose it is, and when."""
    waiting = col(Hold.status).in_([status.value for status in OPEN])
    until = col(Block.until_on)
    yield PatronRefusal.HAS_LOANS, col(Loan.patron_id), col(Loan.ended_at).is_(None)
    yield PatronRefusal.HAS_HOLDS, col(Hold.patron_id), waiting
    yield PatronRefusal.HAS_REGISTRATIONS, col(Registration.patron_id), IS_OPEN
    yield PatronRefusal.HAS_SLOTS, col(Booking.patron_id), col(Booking.ended_at).is_(None)
    lasts = or_(until.is_(None), until >= today)
    yield PatronRefusal.IS_BLOCKED, col(Block.patron_id), col(Block.lifted_at).is_(None) & lasts
