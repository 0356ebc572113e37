"""Reservations as people read them: with title, site, copy and reader."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    DateTime,
    Select,
    Tuple,
    false,
    func,
    literal,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from catalogue_api.domain.holds import OPEN, HoldEventKind, HoldStatus
from catalogue_api.storage.tables import Hold, HoldEvent, Item, Patron, Site, Title


@dataclass(frozen=True, slots=True)
class HoldSeen:
    """One reservation; `barcode` is the copy that serves it, `wanted_barcode` the only one wanted.

    The names of the reader are "" once it no longer belongs to anybody.
    """

    id: int
    version: int
    title_id: int
    title: str
    volume: str
    author: str
    kind: str
    wanted_item: int | None
    wanted_barcode: str
    item: int | None
    barcode: str
    pickup_site: str
    pickup_name: str
    placed_at: datetime
    staff_priority: int
    status: str
    paused: bool
    paused_until: date | None
    ready_at: datetime | None
    expires_on: date | None
    shelf_number: int | None
    ended_at: datetime | None
    end_reason: str
    told_at: datetime | None
    told_how: str
    copy_site: str
    copy_site_name: str
    patron: int | None
    category: str
    family_name: str
    given_name: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


@dataclass(frozen=True, slots=True)
class EventSeen:
    """One line of a history; `detail` is JSON."""

    at: datetime
    kind: str
    by: str
    detail: str


@dataclass(frozen=True, slots=True)
class MoveSeen:
    """A change of a queue by the staff; `detail` is JSON."""

    id: int
    hold: int
    at: datetime
    by: str
    detail: str
    given_name: str
    family_name: str


_WANTED = aliased(Item)
_COPY_SITE = aliased(Site)
SEEN = (
    select(
        col(Hold.id),
        col(Hold.version),
        col(Hold.title_id),
        col(Title.title),
        col(Title.volume),
        col(Title.author),
        col(Title.kind),
        col(Hold.wanted_item_id),
        func.coalesce(col(_WANTED.barcode), ""),
        col(Hold.item_id),
        func.coalesce(col(Item.barcode), ""),
        col(Hold.pickup_site),
        col(Site.name),
        col(Hold.placed_at),
        col(Hold.staff_priority),
        col(Hold.status),
        col(Hold.paused),
        col(Hold.paused_until),
        col(Hold.ready_at),
        col(Hold.expires_on),
        col(Hold.shelf_number),
        col(Hold.ended_at),
        col(Hold.end_reason),
        col(Hold.told_at),
        col(Hold.told_how),
        func.coalesce(col(_COPY_SITE.code), ""),
        func.coalesce(col(_COPY_SITE.name), ""),
        col(Hold.patron_id),
        func.coalesce(col(Patron.category), ""),
        func.coalesce(col(Patron.family_name), ""),
        func.coalesce(col(Patron.given_name), ""),
    )
    .select_from(Hold)
    .join(Title, col(Title.id) == col(Hold.title_id))
    .join(Site, col(Site.code) == col(Hold.pickup_site))
    .outerjoin(_WANTED, col(_WANTED.id) == col(Hold.wanted_item_id))
    .outerjoin(Item, col(Item.id) == col(Hold.item_id))
    .outerjoin(_COPY_SITE, col(_COPY_SITE.code) == col(Item.current_site))
    .outerjoin(Patron, col(Patron.id) == col(Hold.patron_id))
)
"""What a `HoldSeen` is made from, by `read`."""
IS_WAITING = col(Hold.status) == literal_column(f"'{HoldStatus.WAITING.value}'")
IN_TURN = (col(Hold.staff_priority).desc(), col(Hold.placed_at), col(Hold.id))
_rank = tuple_(-col(Hold.staff_priority), col(Hold.placed_at), col(Hold.id))
Rank = tuple[int, datetime, int]
"""Where a hold stands: minus its priority, when it was placed, its number; the least is first."""


def _at(rank: Rank) -> Tuple:
    priority, placed_at, number = rank
    return tuple_(literal(priority), literal(placed_at, DateTime(timezone=True)), literal(number))


def hold_seen(connection: Connection, number: int) -> HoldSeen | None:
    """Return one reservation."""
    return next(iter(read(connection, SEEN.where(col(Hold.id) == number))), None)


def holds_of_patron(connection: Connection, patron: int) -> list[HoldSeen]:
    """Return the open reservations of a reader, the oldest first."""
    is_open = col(Hold.status).in_([status.value for status in OPEN])
    query = SEEN.where(col(Hold.patron_id) == patron, is_open)
    return read(connection, query.order_by(col(Hold.placed_at), col(Hold.id)))


def waiting_page(
    connection: Connection, title: int, behind: int | None, limit: int
) -> list[HoldSeen]:
    """Return the waiting holds of a title in their turn, behind the hold with this number."""
    query = SEEN.where(IS_WAITING, col(Hold.title_id) == title)
    if behind is not None:
        rank = rank_of(connection, behind)
        query = query.where(_rank > _at(rank)) if rank else query.where(false())
    return read(connection, query.order_by(*IN_TURN).limit(limit))


def rank_of(connection: Connection, number: int) -> Rank | None:
    """Return the rank of a hold, whether it waits or not."""
    row = connection.execute(
        select(-col(Hold.staff_priority), col(Hold.placed_at), col(Hold.id)).where(
            col(Hold.id) == number
        )
    ).first()
    return (row[0], row[1], row[2] or 0) if row else None


def rank_in(seen: HoldSeen) -> Rank:
    """Return the rank of a hold that was read."""
    return -seen.staff_priority, seen.placed_at, seen.id


def number_ahead(connection: Connection, title: int, rank: Rank) -> int:
    """Count the holds of a title that wait in front of a rank, those that rest too."""
    query = select(func.count()).select_from(Hold).where(IS_WAITING, col(Hold.title_id) == title)
    return connection.execute(query.where(_rank < _at(rank))).scalar_one()


def first_behind(connection: Connection, title: int, rank: Rank, but: int = 0) -> int | None:
    """Return the hold of a title that waits first behind a rank (but one)."""
    query = select(col(Hold.id)).where(IS_WAITING, col(Hold.title_id) == title)
    query = query.where(_rank > _at(rank), col(Hold.id) != but).order_by(*IN_TURN).limit(1)
    return connection.execute(query).scalar()


def priorities_of(connection: Connection, title: int) -> list[int]:
    """Return the priorities that the waiting holds of a title have, each once."""
    query = select(col(Hold.staff_priority)).where(IS_WAITING, col(Hold.title_id) == title)
    return list(connection.execute(query.distinct()).scalars())


def waiting_between(connection: Connection, title: int, first: Rank, last: Rank) -> list[int]:
    """Return the holds of a title that wait behind one rank and in front of another."""
    found = connection.execute(
        select(col(Hold.id))
        .where(IS_WAITING, col(Hold.title_id) == title)
        .where(_rank > _at(first), _rank < _at(last))
        .order_by(*IN_TURN)
    )
    return [number for number in found.scalars() if number is not None]


def events_of(connection: Connection, hold: int) -> list[EventSeen]:
    """Return the history of a hold, the oldest first."""
    query = (
        select(col(HoldEvent.at), col(HoldEvent.kind), col(HoldEvent.by), col(HoldEvent.detail))
        .where(col(HoldEvent.hold_id) == hold)
        .order_by(col(HoldEvent.id))
    )
    return [EventSeen(*row) for row in connection.execute(query)]


def moves_of(connection: Connection, title: int, before: int | None, limit: int) -> list[MoveSeen]:
    """Return how the queue of a title was changed, newest first, before the event `before`."""
    query = (
        select(
            col(HoldEvent.id),
            col(HoldEvent.hold_id),
            col(HoldEvent.at),
            col(HoldEvent.by),
            col(HoldEvent.detail),
            func.coalesce(col(Patron.given_name), ""),
            func.coalesce(col(Patron.family_name), ""),
        )
        .join(Hold, col(Hold.id) == col(HoldEvent.hold_id))
        .outerjoin(Patron, col(Patron.id) == col(Hold.patron_id))
        .where(col(HoldEvent.title_id) == title, col(HoldEvent.kind) == HoldEventKind.MOVED.value)
    )
    if before is not None:
        query = query.where(col(HoldEvent.id) < before)
    found = connection.execute(query.order_by(col(HoldEvent.id).desc()).limit(limit))
    return [MoveSeen(row[0] or 0, *row[1:]) for row in found]


def last_moves(connection: Connection, holds: list[int]) -> dict[int, str]:
    """Return, of those holds that the staff has moved, the detail of the last time."""
    query = (
        select(col(HoldEvent.hold_id), col(HoldEvent.detail))
        .where(col(HoldEvent.hold_id).in_(holds), col(HoldEvent.kind) == HoldEventKind.MOVED.value)
        .order_by(col(HoldEvent.id))
    )
    return {row[0]: row[1] for row in connection.execute(query)} if holds else {}


def read(connection: Connection, query: Select[*tuple[Any, ...]]) -> list[HoldSeen]:
    """Return the holds that a query made from `SEEN` finds."""
    return [HoldSeen(*row) for row in connection.execute(query)]
