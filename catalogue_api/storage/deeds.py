"""What was done with copies at a desk: how they stood before and after, to take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Select, and_, delete, func, insert, select, update
from sqlmodel import col

from catalogue_api.storage.circulation import Whereabouts, move_item
from catalogue_api.storage.copies import HAS_ITEM
from catalogue_api.storage.past_returns import release_hold
from catalogue_api.storage.tables import Deed, Hold, Item, Leftover, Loan, Return


@dataclass(frozen=True, slots=True)
class Served:
    """The reservation that a copy is put aside for, and how far it is."""

    id: int
    status: str
    captured_at: datetime | None
    ready_at: datetime | None
    expires_on: date | None
    shelf_number: int | None
    version: int


@dataclass(frozen=True, slots=True)
class Left:
    """Where a copy still stands on the reservation shelf, ready for nobody."""

    site: str
    shelf_number: int
    since: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a copy stands: all that a deed may change, and by what one sees that it has moved on.

    `loan` is the newest one (0 for none), `returned` when it was last returned.
    """

    item: int
    title: int
    barcode: str
    place: Whereabouts
    hold: Served | None
    left: Left | None
    loan: int
    returned: datetime | None


@dataclass(frozen=True, slots=True)
class Changed:
    """A copy before and after a deed."""

    before: Standing
    after: Standing


@dataclass(frozen=True, slots=True)
class PastDeed:
    """A deed that was noted."""

    id: int
    kind: str
    at: datetime
    taken_back_at: datetime | None
    copies: tuple[Changed, ...]


_COPIES = TypeAdapter(tuple[Changed, ...])
_NEWEST_LOAN = (
    select(func.max(col(Loan.id)))
    .where(col(Loan.item_id) == col(Item.id))
    .correlate(Item)
    .scalar_subquery()
)
_LAST_RETURN = (
    select(func.max(col(Return.received_at)))
    .where(col(Return.item_id) == col(Item.id), col(Return.undone_at).is_(None))
    .correlate(Item)
    .scalar_subquery()
)
_STANDING: Select[*tuple[Any, ...]] = (
    select(
        col(Item.id), col(Item.title_id), col(Item.barcode), col(Item.status),
        col(Item.current_site), col(Item.destination), col(Item.sent_at),
        col(Item.to_shelve_since),
        col(Hold.id), col(Hold.status), col(Hold.captured_at), col(Hold.ready_at),
        col(Hold.expires_on), col(Hold.shelf_number), col(Hold.version),
        col(Leftover.site), col(Leftover.shelf_number), col(Leftover.since), col(Leftover.why),
        func.coalesce(_NEWEST_LOAN, 0), _LAST_RETURN,
    )
    .outerjoin(Hold, and_(col(Hold.item_id) == col(Item.id), HAS_ITEM))
    .outerjoin(Leftover, col(Leftover.item_id) == col(Item.id))
    .order_by(col(Item.id))
    .with_for_update(of=Item)
)  # fmt: skip


def standings(connection: Connection, barcodes: Sequence[str]) -> dict[str, Standing]:
    """Return how copies stand, by barcode; nobody else changes them until the end."""
    found: dict[str, Standing] = {}
    for row in connection.execute(_STANDING.where(col(Item.barcode).in_(barcodes))):
        item, title, barcode, *place = row[:8]
        found[barcode] = Standing(
            item,
            title,
            barcode,
            Whereabouts(*place),
            None if row[8] is None else Served(*row[8:15]),
            None if row[15] is None else Left(*row[15:19]),
            row[19],
            row[20],
        )
    return found


def put_back(connection: Connection, copy: Changed) -> None:
    """Let a copy stand as it did before; that it still stands as it did after is looked at first.

    A reservation that had it only since waits again; else it is as far as it was.
    """
    before, after = copy.before, copy.after
    if before.place != after.place:
        move_item(connection, before.item, before.place)
    if before.hold is not None and before.hold != after.hold:
        _put_hold_back(connection, before.item, before.hold)
    elif after.hold is not None and before.hold is None:
        release_hold(connection, after.hold.id)
    if before.left != after.left:
        connection.execute(delete(Leftover).where(col(Leftover.item_id) == before.item))
        if before.left is not None:
            left = {name: getattr(before.left, name) for name in Left.__slots__}
            connection.execute(insert(Leftover).values(item_id=before.item, **left))


def _put_hold_back(connection: Connection, item: int, hold: Served) -> None:
    connection.execute(
        update(Hold)
        .where(col(Hold.id) == hold.id)
        .values(
            item_id=item,
            status=hold.status,
            captured_at=hold.captured_at,
            ready_at=hold.ready_at,
            expires_on=hold.expires_on,
            shelf_number=hold.shelf_number,
            version=col(Hold.version) + 1,
        )
    )


def note(
    connection: Connection, kind: str, by: str, at: datetime, copies: tuple[Changed, ...]
) -> int:
    """Write a deed down; return its number."""
    values = {"kind": kind, "by": by, "at": at, "copies": _COPIES.dump_json(copies).decode()}
    made = connection.execute(insert(Deed).values(values).returning(col(Deed.id)))
    return made.scalar_one() or 0


def deed(connection: Connection, number: int) -> PastDeed | None:
    """Return a deed, None if there is none; nobody else takes it back until the end."""
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Deed.id), col(Deed.kind), col(Deed.at), col(Deed.taken_back_at), col(Deed.copies)
        )
        .where(col(Deed.id) == number)
        .with_for_update()
    )
    row = connection.execute(query).first()
    return PastDeed(row[0], row[1], row[2], row[3], _COPIES.validate_json(row[4])) if row else None


def mark_taken_back(connection: Connection, number: int, by: str, at: datetime) -> None:
    """Note who took a deed back."""
    connection.execute(
        update(Deed).where(col(Deed.id) == number).values(taken_back_at=at, taken_back_by=by)
    )
