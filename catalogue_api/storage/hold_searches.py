"""Finding reservations by what is typed, by site and by state."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, false, func, literal, or_, select, tuple_
from sqlmodel import col

from catalogue_api.domain.holds import LAST_SHELF_NUMBER, OPEN, HoldSought, HoldStatus
from catalogue_api.domain.patrons import sought
from catalogue_api.domain.queries import parse
from catalogue_api.storage.hold_lists import SEEN, HoldSeen, read
from catalogue_api.storage.patrons import has_words
from catalogue_api.storage.search.searching import answers
from catalogue_api.storage.tables import Hold, Item, Site

_STATES: dict[HoldSought, tuple[HoldStatus, ...]] = {
    HoldSought.OPEN: OPEN,
    HoldSought.WAITING: (HoldStatus.WAITING,),
    HoldSought.PAUSED: (HoldStatus.WAITING,),
    HoldSought.ON_THE_WAY: (HoldStatus.CAPTURED,),
    HoldSought.READY: (HoldStatus.READY,),
    HoldSought.EXPIRED: (HoldStatus.EXPIRED,),
    HoldSought.CANCELLED: (HoldStatus.CANCELLED,),
}
_LATEST_FIRST = {HoldSought.EXPIRED, HoldSought.CANCELLED}
Key = tuple[int, int]
"""Where a page goes on: the number on the shelf (0 where it does not count), then the hold's."""


@dataclass(frozen=True, slots=True)
class HoldsWanted:
    """What is looked for; "" and None ask for nothing. `today` says which pauses are over.

    `ready_since` and `shelf_number` are those of a hold that is ready.
    """

    words: str
    site: str
    title: int | None
    state: HoldSought
    today: date
    ready_since: datetime | None = None
    shelf_number: int | None = None


def key_of_hold(wanted: HoldSought, seen: HoldSeen) -> Key:
    """Return where a hold stands in a list of such holds."""
    if wanted is HoldSought.READY:
        return seen.shelf_number or 0, seen.id
    return 0, -seen.id if wanted in _LATEST_FIRST else seen.id


def find(
    connection: Connection, wanted: HoldsWanted, behind: Key | None, limit: int
) -> list[HoldSeen]:
    """Return the holds that are looked for, in the order of their keys, behind one of them."""
    statuses = [status.value for status in _STATES[wanted.state]]
    # The index is by site first: where all are wanted, they are named.
    sites = [wanted.site] if wanted.site else select(col(Site.code))
    query = SEEN.where(col(Hold.pickup_site).in_(sites), col(Hold.status).in_(statuses))
    if wanted.state in {HoldSought.WAITING, HoldSought.PAUSED}:
        until = func.coalesce(col(Hold.paused_until), date.max)
        rests = and_(col(Hold.paused), until >= wanted.today)
        query = query.where(rests if wanted.state is HoldSought.PAUSED else ~rests)
    if wanted.title is not None:
        query = query.where(col(Hold.title_id) == wanted.title)
    if wanted.ready_since is not None or wanted.shelf_number is not None:
        query = query.where(_on_shelf(wanted))
    if wanted.words.strip():
        query = query.where(_said(connection, wanted.words))
    first = func.coalesce(col(Hold.shelf_number), 0)
    key = first if wanted.state is HoldSought.READY else literal(0)
    number = -col(Hold.id) if wanted.state in _LATEST_FIRST else col(Hold.id)
    if behind is not None:
        query = query.where(tuple_(key, number) > tuple_(*map(literal, behind)))
    order = (key, number) if wanted.state is HoldSought.READY else (number,)
    return read(connection, query.order_by(*order).limit(limit))


def open_holds_stamp(
    connection: Connection, *, title: int | None = None, site: str = ""
) -> tuple[int, ...]:
    """Return numbers that differ once an open hold (of a title, of a site) has changed.

    A version grows with each change; a hold that ends and another that begins have other numbers.
    """
    query = select(
        func.count(),
        func.coalesce(func.sum(col(Hold.version)), 0),
        func.coalesce(func.sum(col(Hold.id)), 0),
    ).where(col(Hold.status).in_([status.value for status in OPEN]))
    if title is not None:
        query = query.where(col(Hold.title_id) == title)
    if site:
        query = query.where(col(Hold.pickup_site) == site)
    return tuple(int(number) for number in connection.execute(query).one())


def _on_shelf(wanted: HoldsWanted) -> ColumnElement[bool]:
    conditions = [col(Hold.status) == HoldStatus.READY.value]
    if wanted.ready_since is not None:
        conditions.append(col(Hold.ready_at) >= wanted.ready_since)
    if wanted.shelf_number is not None:
        conditions.append(col(Hold.shelf_number) == wanted.shelf_number)
    return and_(*conditions)


def _said(connection: Connection, words: str) -> ColumnElement[bool]:
    said = words.strip()
    barcode = select(col(Item.id)).where(col(Item.barcode) == said)
    found = [
        and_(*has_words(parts)) if (parts := sought(said).split()) else false(),
        col(Hold.item_id).in_(barcode),
        col(Hold.wanted_item_id).in_(barcode),
    ]
    query = parse(said)
    if query.clauses:
        found.append(col(Hold.title_id).in_(answers(connection, query)))
    if said.isascii() and said.isdigit() and len(said) <= len(str(LAST_SHELF_NUMBER)):
        ready = col(Hold.status) == HoldStatus.READY.value
        found.append(and_(ready, col(Hold.shelf_number) == int(said)))
    return or_(*found)
