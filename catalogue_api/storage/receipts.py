"""What a receipt asks of the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select
from sqlmodel import col

from catalogue_api.storage.tables import Item, Return, Title


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """A return that a receipt names; title and shelf mark only of items that are known.

    `bin` is None where the kiosk has not told it yet.
    """

    kiosk: str | None
    barcode: str
    occurred_at: datetime
    outcome: str
    bin: str | None
    title: str | None
    shelf_mark: str | None


_RETURNS_OF_RECEIPT = (
    select(
        col(Return.kiosk),
        col(Return.barcode),
        col(Return.occurred_at),
        col(Return.outcome),
        col(Return.bin),
        col(Title.title),
        col(Item.shelf_mark),
    )
    .join(Item, col(Item.id) == col(Return.item_id), isouter=True)
    .join(Title, col(Title.id) == col(Item.title_id), isouter=True)
    .where(col(Return.receipt) == bindparam("number"))
    .order_by(col(Return.occurred_at), col(Return.barcode))
)


def returns_of_receipt(connection: Connection, number: str) -> list[ReceiptRow]:
    """Return what a receipt names, in the order it was handed in."""
    return [ReceiptRow(*row) for row in connection.execute(_RETURNS_OF_RECEIPT, {"number": number})]
