"""Readers whom nothing keeps here any more: found, and deleted with what is about them alone."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    delete,
    exists,
    or_,
    select,
    update,
)
from sqlmodel import col

from catalogue_api.storage.among import among
from catalogue_api.storage.deletions import what_keeps
from catalogue_api.storage.tables import Loan, Patron
from catalogue_api.storage.tables import Table as Tables
from catalogue_api.storage.tables.telling import ONLY_THEIRS

_AT_ONCE = 500


def begin_counting(connection: Connection, now: datetime) -> int:
    """Let the time of readers begin now of whom nothing tells since when they are here."""
    undated = and_(col(Patron.created_at).is_(None), col(Patron.last_loan_ended_on).is_(None))
    return connection.execute(update(Patron).where(undated).values(created_at=now)).rowcount


def readers_to_forget(
    connection: Connection, today: date, first_kept: date, since: datetime
) -> list[int]:
    """Find readers whose last loan is long over and whom nothing keeps here."""
    ended, number = col(Patron.last_loan_ended_on), col(Patron.id)
    never_borrowed = and_(ended.is_(None), col(Patron.created_at) < since)
    query = select(number).where(
        or_(ended < first_kept, never_borrowed),
        or_(col(Patron.expires_on).is_(None), col(Patron.expires_on) < today),
        *_nothing_keeps(today, since),
    )
    return _held(connection, query)


def readers_who_asked(
    connection: Connection, today: date, asked_by: date, since: datetime
) -> list[int]:
    """Find readers who asked by some day to be deleted, and whom nothing keeps here.

    `since`: what ended from then on may still be taken back.
    """
    query = select(col(Patron.id)).where(
        col(Patron.deletion_asked_on) <= asked_by, *_nothing_keeps(today, since)
    )
    return _held(connection, query)


def _held(connection: Connection, query: Select[int | None]) -> list[int]:
    """Hold those readers until the end; whoever does something at this moment is left out.

    They are looked for again once they are held: until then they may have begun something.
    """
    number = col(Patron.id)
    them = among(number, "ids")
    found = connection.execute(query).scalars().all()
    lock = select(number).where(them).order_by(number).with_for_update(skip_locked=True)
    held = connection.execute(lock, {"ids": found}).scalars().all()
    still = connection.execute(query.where(them), {"ids": held}).scalars()
    return [one for one in still if one is not None]


def _nothing_keeps(today: date, since: datetime) -> Iterable[ColumnElement[bool]]:
    """Yield the conditions that a reader has nothing open, and no loan that ended `since`."""
    number = col(Patron.id)
    yield ~exists().where(col(Loan.patron_id) == number, col(Loan.ended_at) >= since)
    for _, patron, is_open in what_keeps(today):
        yield ~exists().where(patron == number, is_open)


def forget_readers(connection: Connection, numbers: Sequence[int]) -> None:
    """Delete readers: rows that are about them alone go too, others lose the link to them."""
    for begin in range(0, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        for table, column in links_to_readers():
            belongs = column.in_(some)
            if column.nullable and not column.info.get(ONLY_THEIRS):
                connection.execute(update(table).where(belongs).values({column.name: None}))
            else:
                connection.execute(delete(table).where(belongs))
        connection.execute(delete(Patron).where(col(Patron.id).in_(some)))


def links_to_readers() -> list[tuple[Table, Any]]:
    """Return every column of every table that names a reader."""
    return [
        (table, key.parent)
        for table in reversed(Tables.metadata.sorted_tables)
        for key in table.foreign_keys
        if key.target_fullname == "patrons.id"
    ]
