"""Due dates of open loans, and last days on the reservation shelf, by site and day.

They are counted and moved without reading the loans or the holds one by one.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, exists, func, select, update
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Title

_IS_OPEN = col(Loan.ended_at).is_(None)
_IS_READY = col(Hold.status) == HoldStatus.READY.value


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


def shelf_days(
    connection: Connection, first: date, last: date | None = None
) -> list[tuple[str, date, int]]:
    """Return how many ready holds of each site wait until each day, from one day to another."""
    query = (
        select(col(Hold.pickup_site), col(Hold.expires_on), func.count())
        .where(_IS_READY, col(Hold.expires_on) >= first)
        .group_by(col(Hold.pickup_site), col(Hold.expires_on))
        .order_by(col(Hold.pickup_site), col(Hold.expires_on))
    )
    if last is not None:
        query = query.where(col(Hold.expires_on) <= last)
    found = connection.execute(query)
    return [(site, day, count) for site, day, count in found if day is not None]


def move_shelf(connection: Connection, site: str, expires_on: date, to: date) -> int:
    """Let the ready holds of a site that wait until a day wait until another; return how many."""
    moved = (
        update(Hold)
        .where(_IS_READY, col(Hold.pickup_site) == site, col(Hold.expires_on) == expires_on)
        .values(expires_on=to, version=Hold.version + 1)
    )
    return connection.execute(moved).rowcount


@dataclass(frozen=True, slots=True)
class OpenLoans:
    """So many open loans of a kind that a reader of a category has from a site."""

    patron: int
    category: str
    kind: str
    site: str
    loans: int


def open_loans(connection: Connection) -> list[OpenLoans]:
    """Return the open loans by reader, kind and site."""
    by = (col(Patron.id), col(Patron.category), col(Title.kind), col(Loan.site))
    query = (
        select(*by, func.count())
        .select_from(Loan)
        .join(Patron, col(Patron.id) == col(Loan.patron_id))
        .join(Item, col(Item.id) == col(Loan.item_id))
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(_IS_OPEN)
        .group_by(*by)
    )
    return [OpenLoans(row[0] or 0, *row[1:]) for row in connection.execute(query)]
