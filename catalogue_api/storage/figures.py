"""Counting what happened: sums by hour, month, kind and days, without a reader in them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    text,
)
from sqlmodel import col

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.figures import DESK
from catalogue_api.storage.engine.instants import SecondsBetween, UtcHour
from catalogue_api.storage.past_returns import AHEAD, LATEST_DELIVERY
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Return, Title

Bounds = tuple[datetime, datetime]
"""From an instant on, until just before another."""
_DAY = literal_column("86400", Integer)
"""Seconds; a literal, so that what is selected and what is grouped by are the same."""


def returns_by_hour(
    connection: Connection, bounds: Bounds, site: str
) -> list[tuple[str, datetime, int]]:
    """Return how many returns ended a loan at each kiosk (`DESK`: elsewhere) in each UTC hour."""
    since, until = bounds
    laid, received = col(Return.occurred_at), col(Return.received_at)
    place, hour = func.coalesce(col(Return.kiosk), DESK), UtcHour(laid)
    query = (
        select(place, hour, func.count())
        .where(
            # The index is by delivery.
            received >= since - AHEAD,
            received < until + LATEST_DELIVERY,
            laid >= since,
            laid < until,
            col(Return.loan_id).is_not(None),
            col(Return.undone_at).is_(None),
        )
        .group_by(place, hour)
    )
    if site:
        query = query.where(col(Return.site) == site)
    return [
        (row[0], datetime.strptime(row[1], "%Y-%m-%d %H").replace(tzinfo=UTC), row[2])
        for row in connection.execute(query)
    ]


def loans_by_site_and_kind(
    connection: Connection, since: datetime, ends: Sequence[datetime], site: str = ""
) -> list[tuple[int, str, str, int]]:
    """Return how many loans began in each period, by the site where they did and the kind of title.

    The first period begins at `since`; each ends just before its instant in `ends`, where the next
    begins. A row begins with the place of its period.
    """
    began = col(Loan.started_at)
    period = case(*((began < end, place) for place, end in enumerate(ends))).label("period")
    # Counted by copy first: copies are then read in their order, which is faster.
    counted = (
        select(period, col(Loan.item_id), col(Loan.site), func.count().label("number"))
        .where(_within(began, (since, ends[-1])))
        .group_by(col(Loan.item_id), col(Loan.site), text("period"))
    )
    if site:
        counted = counted.where(col(Loan.site) == site)
    of = counted.subquery().c
    order = (of.period, of.site, col(Title.kind))
    query = (
        select(*order, func.sum(of.number))
        .join(Item, col(Item.id) == of.item_id)
        .join(Title, col(Title.id) == col(Item.title_id))
        .group_by(*order)
        .order_by(*order)
    )
    return [(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query)]


def waits_by_days(connection: Connection, bounds: Bounds, site: str) -> dict[int, int]:
    """Return how many reservations became ready after so many whole days."""
    days = SecondsBetween(col(Hold.placed_at), col(Hold.ready_at)) // _DAY
    query = (
        select(days, func.count())
        .where(_within(col(Hold.ready_at), bounds), col(Hold.placed_at) <= col(Hold.ready_at))
        .group_by(days)
    )
    if site:
        query = query.where(col(Hold.pickup_site) == site)
    return {row[0]: row[1] for row in connection.execute(query)}


def held_by_kind(connection: Connection, until: datetime) -> dict[str, tuple[int, int]]:
    """Return how many titles and copies of each kind were held just before an instant.

    A copy is held from when it was taken in (always, where that is not known) until withdrawn.
    """
    taken_in, withdrawn = col(Item.taken_in_at), col(Item.withdrawn_at)
    query = (
        select(col(Title.kind), func.count(func.distinct(col(Item.title_id))), func.count())
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(
            or_(taken_in.is_(None), taken_in < until),
            or_(col(Item.status) != ItemStatus.WITHDRAWN.value, withdrawn >= until),
        )
        .group_by(col(Title.kind))
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(query)}


def taken_in_by_kind(connection: Connection, bounds: Bounds) -> dict[str, int]:
    """Return how many copies of each kind were taken in."""
    return _copies_by_kind(connection, _within(col(Item.taken_in_at), bounds))


def withdrawn_by_kind(connection: Connection, bounds: Bounds) -> dict[str, int]:
    """Return how many copies of each kind were withdrawn."""
    return _copies_by_kind(connection, _within(col(Item.withdrawn_at), bounds))


def borrowers_by_birth_year(
    connection: Connection, bounds: Bounds, days: tuple[date, date]
) -> dict[int | None, int]:
    """Return how many readers had something on loan, by the year of their birth.

    `days`: the first and the last of `bounds`. Of a reader whose loans have been forgotten the day
    is kept on which the last of them ended.
    """
    since, until = bounds
    ended, number = col(Patron.last_loan_ended_on), col(Patron.id)
    had = and_(
        col(Loan.patron_id) == number,
        col(Loan.started_at) < until,
        or_(col(Loan.ended_at).is_(None), col(Loan.ended_at) >= since),
    )
    query = (
        select(col(Patron.birth_year), func.count())
        .where(or_(ended.between(*days), exists().where(had)))
        .group_by(col(Patron.birth_year))
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def registered(connection: Connection, until: datetime, first: date) -> int:
    """Return how many readers registered before an instant had a card that lasted until a day."""
    created, ends = col(Patron.created_at), col(Patron.expires_on)
    query = select(func.count()).where(
        or_(created.is_(None), created < until), or_(ends.is_(None), ends >= first)
    )
    return connection.execute(query.select_from(Patron)).scalar_one()


def _copies_by_kind(connection: Connection, condition: ColumnElement[bool]) -> dict[str, int]:
    query = (
        select(col(Title.kind), func.count())
        .join(Item, col(Item.title_id) == col(Title.id))
        .where(condition)
        .group_by(col(Title.kind))
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _within(column: Any, bounds: Sequence[datetime]) -> ColumnElement[bool]:  # noqa: ANN401
    return and_(column >= bounds[0], column < bounds[1])
