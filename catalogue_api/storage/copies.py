"""Where the copies of a title are, as far as reservations go, and what is left on their shelf."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, text
from sqlmodel import col

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import WITH_ITEM, HoldStatus, Wish
from catalogue_api.storage.tables import Hold, Item, Leftover, Loan, Return, Title
from catalogue_api.storage.tables.table import sql_list


@dataclass(frozen=True, slots=True)
class CopySeen:
    """A copy: the last day of its open loan, if it has one, and whether it is kept for a reader."""

    id: int
    barcode: str
    status: str
    home_site: str
    site: str
    travels: bool
    to_shelve: bool
    due_on: date | None
    kept: bool

    @property
    def free(self) -> bool:
        """Whether anybody who waits could be given it now."""
        return (
            self.status == ItemStatus.AVAILABLE
            and not self.travels
            and not self.kept
            and self.due_on is None
        )


@dataclass(frozen=True, slots=True)
class FreeOnShelf:
    """A copy that stands at a site for anybody, with what is shown of it."""

    id: int
    title_id: int
    site: str
    barcode: str
    title: str
    volume: str
    author: str
    shelf_mark: str
    to_shelve: bool

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


@dataclass(frozen=True, slots=True)
class LeftCopy:
    """A copy to take down; `kept`: another reader's turn has come. `destination`: "" for none."""

    barcode: str
    title: str
    volume: str
    shelf_mark: str
    shelf_number: int
    since: datetime
    why: str
    kept: bool
    destination: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


HAS_ITEM = text(f"holds.status IN {sql_list(WITH_ITEM)}")
"""Word for word as in the index of holds by item: with values from outside it would not be used."""
_KEPT = exists().where(col(Hold.item_id) == col(Item.id), HAS_ITEM)
_OPEN_LOAN = exists().where(col(Loan.item_id) == col(Item.id), col(Loan.ended_at).is_(None))
_IS_FREE = and_(
    col(Item.status) == ItemStatus.AVAILABLE.value,
    col(Item.destination).is_(None),
    ~_KEPT,
    ~_OPEN_LOAN,
)
# From the few titles that somebody waits for to their copies, not from every copy of a site.
_WAITED_FOR = col(Item.title_id).in_(
    select(col(Hold.title_id)).where(col(Hold.status) == HoldStatus.WAITING.value)
)


def copies_of(connection: Connection, title: int) -> list[CopySeen]:
    """Return the copies of a title that were not withdrawn."""
    return copies_of_each(connection, [title])[title]


def copies_of_each(connection: Connection, titles: Collection[int]) -> dict[int, list[CopySeen]]:
    """Return the copies of some titles that were not withdrawn."""
    found: dict[int, list[CopySeen]] = {title: [] for title in titles}
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Item.title_id),
            col(Item.id),
            col(Item.barcode),
            col(Item.status),
            col(Item.home_site),
            col(Item.current_site),
            col(Item.destination).is_not(None),
            col(Item.to_shelve_since).is_not(None),
            col(Loan.due_on),
            _KEPT,
        )
        .outerjoin(Loan, and_(col(Loan.item_id) == col(Item.id), col(Loan.ended_at).is_(None)))
        .where(col(Item.title_id).in_(found), col(Item.status) != ItemStatus.WITHDRAWN.value)
        .order_by(col(Item.id))
    )
    for row in connection.execute(query) if found else ():
        found[row[0]].append(CopySeen(row[1] or 0, *row[2:]))
    return found


def titles_to_pick(connection: Connection, site: str) -> list[int]:
    """Return the titles that somebody waits for and of which a free copy stands at a site."""
    query = select(col(Item.title_id)).where(col(Item.current_site) == site, _IS_FREE, _WAITED_FOR)
    return list(connection.execute(query.distinct()).scalars())


def free_copies(connection: Connection, titles: list[int]) -> list[FreeOnShelf]:
    """Return the free copies of some titles, wherever they stand."""
    query = (
        select(
            col(Item.id),
            col(Item.title_id),
            col(Item.current_site),
            col(Item.barcode),
            col(Title.title),
            col(Title.volume),
            col(Title.author),
            col(Item.shelf_mark),
            col(Item.to_shelve_since).is_not(None),
        )
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(col(Item.title_id).in_(titles), _IS_FREE)
    )
    return [FreeOnShelf(row[0] or 0, *row[1:]) for row in connection.execute(query)]


def wishes_of(connection: Connection, titles: list[int]) -> dict[int, list[Wish]]:
    """Return who waits for some titles, in no order."""
    found: dict[int, list[Wish]] = {title: [] for title in titles}
    query = select(
        col(Hold.title_id),
        col(Hold.id),
        col(Hold.pickup_site),
        col(Hold.placed_at),
        col(Hold.staff_priority),
        col(Hold.wanted_item_id),
        col(Hold.paused),
        col(Hold.paused_until),
    ).where(col(Hold.title_id).in_(titles), col(Hold.status) == HoldStatus.WAITING.value)
    for row in connection.execute(query):
        wish = Wish(row[1] or 0, row[2], row[3], row[4], row[5], row[6], row[7])
        found[row[0]].append(wish)
    return found


def is_on_loan(connection: Connection, item: int) -> bool:
    """Tell whether an item has an open loan."""
    query = select(func.count()).where(col(Loan.item_id) == item, col(Loan.ended_at).is_(None))
    return connection.execute(query).scalar_one() > 0


def left_copies(connection: Connection, site: str) -> list[LeftCopy]:
    """Return what has to be taken down from the reservation shelf of a site, by its number."""
    since = col(Leftover.since)
    gone = or_(
        exists().where(col(Return.item_id) == col(Item.id), col(Return.received_at) > since),
        exists().where(col(Loan.item_id) == col(Item.id), col(Loan.started_at) > since),
    )
    query = (
        select(
            col(Item.barcode),
            col(Title.title),
            col(Title.volume),
            col(Item.shelf_mark),
            col(Leftover.shelf_number),
            since,
            col(Leftover.why),
            _KEPT,
            func.coalesce(col(Item.destination), ""),
        )
        .select_from(Leftover)
        .join(Item, col(Item.id) == col(Leftover.item_id))
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(col(Leftover.site) == site, ~gone)
        .order_by(col(Leftover.shelf_number))
    )
    return [LeftCopy(*row) for row in connection.execute(query)]
