"""Due dates of open loans, by site and day: counted and moved without reading the loans."""

from datetime import date

from sqlalchemy import Connection, exists, func, select, update
from sqlmodel import col

from catalogue_api.storage.tables import Loan, Patron

_IS_OPEN = col(Loan.ended_at).is_(None)


def due_days(
    connection: Connection, first: date, last: date | None = None
) -> list[tuple[str, date, int]]:
    """Return how many open loans of each site are due on each day, from one day to another."""
    query = (
        select(col(Loan.site), col(Loan.due_on), func.count())
        .where(_IS_OPEN, col(Loan.due_on) >= first)
        .group_by(col(Loan.site), col(Loan.due_on))
        .order_by(col(Loan.site), col(Loan.due_on))
    )
    if last is not None:
        query = query.where(col(Loan.due_on) <= last)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def move(connection: Connection, site: str, due_on: date, to: date) -> int:
    """Give the open loans of a site that are due on a day another; return how many.

    Those of a reader whose card ends before that day stay.
    """
    ends_before = exists().where(col(Patron.id) == col(Loan.patron_id), col(Patron.expires_on) < to)
    moved = (
        update(Loan)
        .where(_IS_OPEN, col(Loan.site) == site, col(Loan.due_on) == due_on, ~ends_before)
        .values(due_on=to)
    )
    return connection.execute(moved).rowcount
