"""What lending and renewing ask of the database.

Nothing here reads all loans of a reader or all holds of a title but the list of the loans itself:
what is counted is counted no further than the limit that it is compared with.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import WITH_ITEM, HoldStatus
from catalogue_api.domain.patrons import Blocked, BlockKind
from catalogue_api.storage.tables import Block, Hold, Item, Loan, Patron, Title


@dataclass(frozen=True, slots=True)
class CopyRow:
    """An item, what its title is, and who has it on loan now."""

    id: int
    title_id: int
    barcode: str
    status: str
    kind: str
    current_site: str
    title: str
    volume: str
    pegi_age: int | None
    lent_to: int | None

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A reader who wants to borrow."""

    id: int
    category: str
    expires_on: date | None
    birth_year: int | None


@dataclass(frozen=True, slots=True)
class OpenLoan:
    """An open loan with its item and title; `site` is where it was lent, "" if that is unknown."""

    id: int
    patron_id: int
    item_id: int
    title_id: int
    barcode: str
    status: str
    title: str
    volume: str
    author: str
    kind: str
    site: str
    started_at: datetime
    due_on: date
    renewals: int
    claimed_returned_on: date | None

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


_IS_OPEN = col(Loan.ended_at).is_(None)
_OPEN_LOAN = (
    select(
        col(Loan.id),
        col(Loan.patron_id),
        col(Item.id),
        col(Item.title_id),
        col(Item.barcode),
        col(Item.status),
        col(Title.title),
        col(Title.volume),
        col(Title.author),
        col(Title.kind),
        col(Loan.site),
        col(Loan.started_at),
        col(Loan.due_on),
        col(Loan.renewals),
        col(Loan.claimed_returned_on),
    )
    .join(Item, col(Item.id) == col(Loan.item_id))
    .join(Title, col(Title.id) == col(Item.title_id))
    .where(_IS_OPEN)
)


def copy_of(connection: Connection, barcode: str) -> CopyRow | None:
    """Return the item with this very barcode."""
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Item.id),
            col(Item.title_id),
            col(Item.barcode),
            col(Item.status),
            col(Title.kind),
            col(Item.current_site),
            col(Title.title),
            col(Title.volume),
            col(Title.pegi_age),
            col(Loan.patron_id),
        )
        .join(Title, col(Title.id) == col(Item.title_id))
        .outerjoin(Loan, and_(col(Loan.item_id) == col(Item.id), _IS_OPEN))
        .where(col(Item.barcode) == barcode)
    )
    row = connection.execute(query).first()
    return CopyRow(*row) if row else None


def reader_of_card(connection: Connection, card: str) -> ReaderRow | None:
    """Return the reader with this card."""
    return _reader(connection, col(Patron.card) == card)


def reader(connection: Connection, number: int) -> ReaderRow | None:
    """Return the reader with this number."""
    return _reader(connection, col(Patron.id) == number)


def _reader(connection: Connection, which: ColumnElement[bool]) -> ReaderRow | None:
    query = select(
        col(Patron.id), col(Patron.category), col(Patron.expires_on), col(Patron.birth_year)
    ).where(which)
    row = connection.execute(query).first()
    return ReaderRow(row[0] or 0, *row[1:]) if row else None


def blocks_in_force(connection: Connection, patron: int, today: date) -> tuple[Blocked, ...]:
    """Return the blocks of a reader that hold today, those without an end last."""
    query = (
        select(col(Block.kind), col(Block.until_on), col(Block.reason))
        .where(
            col(Block.patron_id) == patron,
            col(Block.lifted_at).is_(None),
            or_(col(Block.until_on).is_(None), col(Block.until_on) >= today),
        )
        .order_by(col(Block.until_on).is_(None), col(Block.until_on), col(Block.id))
    )
    return tuple(Blocked(BlockKind(row[0]), row[1], row[2]) for row in connection.execute(query))


def count_open(connection: Connection, patron: int, kind: str, stop: int) -> int:
    """Count the open loans of a reader, of a kind or ("") of all, no further than `stop`."""
    query = select(col(Loan.id)).where(_IS_OPEN, col(Loan.patron_id) == patron)
    if kind:
        query = (
            query.join(Item, col(Item.id) == col(Loan.item_id))
            .join(Title, col(Title.id) == col(Item.title_id))
            .where(col(Title.kind) == kind)
        )
    return _counted(connection, query, stop)


def count_late(connection: Connection, patron: int, day: date, stop: int) -> int:
    """Count the open loans that were due before a day, no further than `stop`.

    What the reader says they returned is not counted.
    """
    query = select(col(Loan.id)).where(
        _IS_OPEN,
        col(Loan.patron_id) == patron,
        col(Loan.due_on) < day,
        col(Loan.claimed_returned_on).is_(None),
    )
    return _counted(connection, query, stop)


def patron_of_hold(connection: Connection, hold: int) -> int | None:
    """Return whose an open hold is."""
    return connection.execute(select(col(Hold.patron_id)).where(col(Hold.id) == hold)).scalar()


def wanted_by_others(
    connection: Connection, title: int, item: int, patron: int, today: date
) -> tuple[bool, int, int]:
    """Return what speaks for keeping a copy for others.

    Whether another reader waits for this very copy; how many others wait for any copy of its
    title, counted to one more than there are free copies; how many of the other copies are free.
    """
    waits = and_(
        col(Hold.title_id) == title,
        col(Hold.status) == HoldStatus.WAITING.value,
        col(Hold.patron_id) != patron,
        or_(~col(Hold.paused), col(Hold.paused_until) < today),
    )
    this_copy = select(col(Hold.id)).where(waits, col(Hold.wanted_item_id) == item)
    any_copy = select(col(Hold.id)).where(waits, col(Hold.wanted_item_id).is_(None))
    free = _free_copies(connection, title, item)
    return (
        _counted(connection, this_copy, 1) > 0,
        _counted(connection, any_copy, free + 1),
        free,
    )


def _free_copies(connection: Connection, title: int, but: int) -> int:
    lent, kept = aliased(Loan), aliased(Hold)
    query = (
        select(func.count())
        .select_from(Item)
        .where(
            col(Item.title_id) == title,
            col(Item.id) != but,
            col(Item.status) == ItemStatus.AVAILABLE.value,
            ~exists().where(col(lent.item_id) == col(Item.id), col(lent.ended_at).is_(None)),
            ~exists().where(
                col(kept.item_id) == col(Item.id),
                col(kept.status).in_([status.value for status in WITH_ITEM]),
            ),
        )
    )
    return connection.execute(query).scalar_one()


def open_loan(connection: Connection, number: int) -> OpenLoan | None:
    """Return a loan that has not ended."""
    row = connection.execute(_OPEN_LOAN.where(col(Loan.id) == number)).first()
    return _row(row) if row else None


def open_loans_of(
    connection: Connection, patron: int, after: tuple[date, int] | None = None, limit: int = 0
) -> list[OpenLoan]:
    """Return a reader's open loans behind a due date and number; all of them without a limit."""
    query = _OPEN_LOAN.where(col(Loan.patron_id) == patron)
    if after is not None:
        query = query.where(tuple_(col(Loan.due_on), col(Loan.id)) > tuple_(*after))
    query = query.order_by(col(Loan.due_on), col(Loan.id))
    found = connection.execute(query.limit(limit) if limit else query)
    return [_row(row) for row in found]


def _row(row: tuple[object, ...]) -> OpenLoan:
    return OpenLoan(*row)  # type: ignore[arg-type]  # the columns of `_OPEN_LOAN`, in its order


def _counted(connection: Connection, query: Select[int | None], stop: int) -> int:
    bounded = query.limit(stop).subquery()
    return connection.execute(select(func.count()).select_from(bounded)).scalar_one()
