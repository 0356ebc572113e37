"""What a return asks of the database: statements built once, answers as small records."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Executable, bindparam, insert, select, update
from sqlmodel import col

from catalogue_api.domain.holds import WITH_ITEM, HoldStatus, Wish
from catalogue_api.storage.tables import Hold, Item, Loan, Return, Title


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item with what is shown of its title; `destination` is set while it is in transit."""

    id: int
    title_id: int
    status: str
    home_site: str
    current_site: str
    destination: str | None
    shelf_mark: str
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
    """A loan, open or not."""

    id: int
    started_at: datetime
    due_on: date
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class HoldRow:
    """The hold that a copy was caught for."""

    id: int
    pickup_site: str
    status: str
    patron_id: int


_RETURN_OF_ID = select(col(Return.body_hash), col(Return.answer)).where(
    col(Return.return_id) == bindparam("return_id")
)
_ITEM_OF_BARCODE: Executable = (
    select(
        col(Item.id),
        col(Item.title_id),
        col(Item.status),
        col(Item.home_site),
        col(Item.current_site),
        col(Item.destination),
        col(Item.shelf_mark),
        col(Title.title),
        col(Title.volume),
        col(Title.author),
        col(Title.kind),
    )
    .join(Title, col(Title.id) == col(Item.title_id))
    .where(col(Item.barcode) == bindparam("barcode"))
)
_NEWEST_LOAN = (
    select(col(Loan.id), col(Loan.started_at), col(Loan.due_on), col(Loan.ended_at))
    .where(col(Loan.item_id) == bindparam("item_id"))
    # An open loan is the newest, whatever a wrong clock may have written.
    .order_by(col(Loan.ended_at).is_(None).desc(), col(Loan.started_at).desc(), col(Loan.id).desc())
    .limit(1)
)
_HOLD_OF_ITEM = select(
    col(Hold.id), col(Hold.pickup_site), col(Hold.status), col(Hold.patron_id)
).where(
    col(Hold.item_id) == bindparam("item_id"),
    col(Hold.status).in_([status.value for status in WITH_ITEM]),
)
_WAITING_HOLDS = select(
    col(Hold.id), col(Hold.pickup_site), col(Hold.placed_at), col(Hold.staff_priority)
).where(col(Hold.title_id) == bindparam("title_id"), col(Hold.status) == HoldStatus.WAITING.value)
_END_LOAN = update(Loan).where(col(Loan.id) == bindparam("loan")).values(ended_at=bindparam("at"))
_MOVE_ITEM = (
    update(Item)
    .where(col(Item.id) == bindparam("item"))
    .values(
        status=bindparam("to_status"), current_site=bindparam("site"), destination=bindparam("to")
    )
)
_CAPTURE = (
    update(Hold)
    .where(col(Hold.id) == bindparam("hold"))
    .values(
        status=HoldStatus.CAPTURED.value,
        item_id=bindparam("item"),
        captured_at=bindparam("at"),
        expires_on=None,
    )
)
_RECORD = insert(Return)
_PLACE = (
    update(Return)
    .where(
        col(Return.return_id) == bindparam("id_of_return"),
        col(Return.kiosk) == bindparam("of_kiosk"),
    )
    .values(bin=bindparam("in_bin"), security=bindparam("as_secured"))
)


def return_of_id(connection: Connection, return_id: str) -> tuple[str, str] | None:
    """Return the body's hash and the answer of an earlier report."""
    row = connection.execute(_RETURN_OF_ID, {"return_id": return_id}).first()
    return (row[0], row[1]) if row else None


def item_of_barcode(connection: Connection, barcode: str) -> ItemRow | None:
    """Return the item with this very barcode."""
    row = connection.execute(_ITEM_OF_BARCODE, {"barcode": barcode}).first()
    return ItemRow(*row) if row else None


def newest_loan(connection: Connection, item: int) -> LoanRow | None:
    """Return the open loan of an item, else the last one."""
    row = connection.execute(_NEWEST_LOAN, {"item_id": item}).first()
    return LoanRow(row[0] or 0, row[1], row[2], row[3]) if row else None


def hold_of_item(connection: Connection, item: int) -> HoldRow | None:
    """Return the hold that a copy is caught or ready for."""
    row = connection.execute(_HOLD_OF_ITEM, {"item_id": item}).first()
    return HoldRow(row[0] or 0, row[1], row[2], row[3] or 0) if row else None


def waiting_holds(connection: Connection, title: int) -> list[Wish]:
    """Return the waiting holds of a title, in no order."""
    rows = connection.execute(_WAITING_HOLDS, {"title_id": title})
    return [Wish(row[0] or 0, row[1], row[2], row[3]) for row in rows]


def end_loan(connection: Connection, loan: int, at: datetime) -> None:
    """Close a loan."""
    connection.execute(_END_LOAN, {"loan": loan, "at": at})


def move_item(
    connection: Connection, item: int, status: str, site: str, destination: str | None
) -> None:
    """Say what an item is now, where it lies and where it must go."""
    values = {"item": item, "to_status": status, "site": site, "to": destination}
    connection.execute(_MOVE_ITEM, values)


def capture(connection: Connection, hold: int, item: int, at: datetime) -> None:
    """Give a copy to a hold; one that was ready has to be put on the shelf again."""
    connection.execute(_CAPTURE, {"hold": hold, "item": item, "at": at})


def record_return(connection: Connection, values: dict[str, object]) -> None:
    """Add a return; the keys are the columns of `Return`."""
    connection.execute(_RECORD, values)


def place_return(
    connection: Connection, kiosk: str, return_id: str, placed_bin: str, security: str
) -> bool:
    """Note where a return of a kiosk lies; tell whether the kiosk has such a return."""
    values = {"id_of_return": return_id, "of_kiosk": kiosk}
    placed = {"in_bin": placed_bin, "as_secured": security}
    return connection.execute(_PLACE, values | placed).rowcount > 0
