"""What a return asks of titles, items, loans and holds: statements built once, small records.

On PostgreSQL the item is locked until the unit ends, and before it its title where it matters.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from sqlalchemy import Connection, bindparam, select, text, update
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.copies import HAS_ITEM
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Hold, Item, Loan, Title


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with what is shown of its title; `destination` is set while it has to travel."""

    id: int
    title_id: int
    status: str
    home_site: str
    current_site: str
    destination: str | None
    sent_at: datetime | None
    to_shelve_since: datetime | None
    shelf_mark: str
    contents: str
    title: str
    volume: str
    author: str
    kind: str

    @property
    def full_title(self) -> str:
        """The title with its volume: « Astérix, Tome 3 »."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


@dataclass(frozen=True, slots=True)
class LoanRow:
    """A loan, open or not; `patron_id` is 0 once it is anonymised, `site` is where it was lent."""

    id: int
    started_at: datetime
    due_on: date
    ended_at: datetime | None
    patron_id: int
    site: str
    claimed_returned_on: date | None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """The hold that a copy was caught for, or could be caught for."""

    id: int
    pickup_site: str
    status: str
    patron_id: int


_SHOWN_OF_ITEM = (
    select(
        col(Item.id),
        col(Item.title_id),
        col(Item.status),
        col(Item.home_site),
        col(Item.current_site),
        col(Item.destination),
        col(Item.sent_at),
        col(Item.to_shelve_since),
        col(Item.shelf_mark),
        col(Item.contents),
        col(Title.title),
        col(Title.volume),
        col(Title.author),
        col(Title.kind),
    )
    .join(Title, col(Title.id) == col(Item.title_id))
    .where(col(Item.barcode) == bindparam("barcode"))
)
_ITEM = Prepared(_SHOWN_OF_ITEM)
_ITEM_LOCKED = Prepared(_SHOWN_OF_ITEM.with_for_update(of=Item))
_WANTED_TITLE = Prepared(
    select(col(Title.id))
    .where(
        col(Title.id)
        == select(col(Item.title_id))
        .where(col(Item.barcode) == bindparam("barcode"))
        .scalar_subquery(),
        select(col(Hold.id))
        .where(
            col(Hold.title_id) == col(Title.id),
            text(f"holds.status = '{HoldStatus.WAITING.value}'"),
        )
        .exists(),
    )
    .with_for_update(of=Title)
)
_NEWEST_LOAN = Prepared(
    select(
        col(Loan.id),
        col(Loan.started_at),
        col(Loan.due_on),
        col(Loan.ended_at),
        col(Loan.patron_id),
        col(Loan.site),
        col(Loan.claimed_returned_on),
    )
    .where(col(Loan.item_id) == bindparam("item_id"))
    # An open loan is the newest, whatever a wrong clock may have written.
    .order_by(col(Loan.ended_at).is_(None).desc(), col(Loan.started_at).desc(), col(Loan.id).desc())
    .limit(1)
)
_HOLD_OF_ITEM = Prepared(
    select(col(Hold.id), col(Hold.pickup_site), col(Hold.status), col(Hold.patron_id)).where(
        col(Hold.item_id) == bindparam("item_id"), HAS_ITEM
    )
)
_END_LOAN = Prepared(
    update(Loan).where(col(Loan.id) == bindparam("loan")).values(ended_at=bindparam("at"))
)
_MOVE_ITEM = Prepared(
    update(Item)
    .where(col(Item.id) == bindparam("item"))
    .values(
        status=bindparam("to_status"),
        current_site=bindparam("site"),
        destination=bindparam("to"),
        sent_at=bindparam("sent"),
        to_shelve_since=bindparam("shelve"),
        local_uses=col(Item.local_uses) + bindparam("uses"),
    )
)


def item_of_barcode(connection: Connection, barcode: str, *, lock: bool = False) -> ItemRow | None:
    """Return the item with this very barcode; `lock`: nobody else changes it meanwhile."""
    row = (_ITEM_LOCKED if lock else _ITEM).first(connection, {"barcode": barcode})
    return ItemRow(*row) if row else None


def lock_wanted_title(connection: Connection, barcode: str) -> None:
    """Lock the title of an item if somebody waits for it, before the item itself is locked.

    Returns of a title that nobody waits for need not wait for each other.
    """
    if connection.dialect.name == "postgresql":
        _WANTED_TITLE.rows(connection, {"barcode": barcode})


def lock_items(connection: Connection, barcodes: list[str]) -> None:
    """Lock several items and their titles in the one order that locks are taken in."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            select(col(Item.id))
            .join(Title, col(Title.id) == col(Item.title_id))
            .where(col(Item.barcode).in_(barcodes))
            .order_by(col(Title.id), col(Item.id))
            .with_for_update(of=[Title, Item])
        )


def newest_loan(connection: Connection, item: int) -> LoanRow | None:
    """Return the open loan of an item, else the last one."""
    row = _NEWEST_LOAN.first(connection, {"item_id": item})
    return LoanRow(row[0], row[1], row[2], row[3], row[4] or 0, *row[5:]) if row else None


def hold_of_item(connection: Connection, item: int) -> HoldRow | None:
    """Return the hold that a copy is caught or ready for."""
    row = _HOLD_OF_ITEM.first(connection, {"item_id": item})
    return HoldRow(*row) if row else None


def end_loan(connection: Connection, loan: int, at: datetime) -> None:
    """Close a loan."""
    _END_LOAN.run(connection, {"loan": loan, "at": at})


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What an item is, where it lies, and where it has to go."""

    status: str
    site: str
    destination: str | None = None
    sent_at: datetime | None = None
    to_shelve_since: datetime | None = None

    def as_json(self) -> dict[str, str | None]:
        """Return it as JSON values; `of_json` reads them."""
        return {
            "status": self.status,
            "site": self.site,
            "destination": self.destination,
            "sent_at": self.sent_at.isoformat() if self.sent_at else None,
            "to_shelve_since": self.to_shelve_since.isoformat() if self.to_shelve_since else None,
        }

    @classmethod
    def of_json(cls, said: Mapping[str, str | None]) -> Self:
        """Return what `as_json` wrote down."""
        sent, shelve = said["sent_at"], said["to_shelve_since"]
        return cls(
            said["status"] or "",
            said["site"] or "",
            said["destination"],
            datetime.fromisoformat(sent) if sent else None,
            datetime.fromisoformat(shelve) if shelve else None,
        )


def move_item(
    connection: Connection, item: int, now: Whereabouts, *, local_use: bool = False
) -> None:
    """Say what an item is now, where it lies and where it must go."""
    _MOVE_ITEM.run(
        connection,
        {
            "item": item,
            "to_status": now.status,
            "site": now.site,
            "to": now.destination,
            "sent": now.sent_at,
            "shelve": now.to_shelve_since,
            "uses": int(local_use),
        },
    )
