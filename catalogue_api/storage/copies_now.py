"""All copies of a title, each as it is now."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, select
from sqlmodel import col

from catalogue_api.storage.copies import HAS_ITEM
from catalogue_api.storage.last_returns import LAST_RETURN
from catalogue_api.storage.tables import Hold, Item, Loan, Return, Site


@dataclass(frozen=True, slots=True)
class CopyRow:
    """A copy with its open loan, the hold that it serves and its last return, None for none."""

    barcode: str
    status: str
    home_site: str
    current_site: str
    destination: str | None
    sent_at: datetime | None
    to_shelve_since: datetime | None
    shelf_mark: str
    category: str
    due_on: date | None
    lent_at: datetime | None
    hold_status: str | None
    shelf_number: int | None
    kiosk: str | None
    bin: str | None
    received_at: datetime | None


_COPIES: Select[*tuple[Any, ...]] = (
    select(
        col(Item.barcode), col(Item.status), col(Item.home_site), col(Item.current_site),
        col(Item.destination), col(Item.sent_at), col(Item.to_shelve_since),
        col(Item.shelf_mark), col(Item.category), col(Loan.due_on), col(Loan.started_at),
        col(Hold.status), col(Hold.shelf_number), col(Return.kiosk), col(Return.bin),
        col(Return.received_at),
    )
    .select_from(Item)
    .join(Site, col(Site.code) == col(Item.current_site))
    .outerjoin(Loan, and_(col(Loan.item_id) == col(Item.id), col(Loan.ended_at).is_(None)))
    .outerjoin(Hold, and_(col(Hold.item_id) == col(Item.id), HAS_ITEM))
    .outerjoin(Return, col(Return.return_id) == LAST_RETURN)
    .where(col(Item.title_id) == bindparam("title"))
    .order_by(col(Site.name), col(Item.shelf_mark), col(Item.barcode))
)  # fmt: skip


def copies_now(connection: Connection, title: int) -> list[CopyRow]:
    """Return all copies of a title, by the name of the site where they are and shelf mark."""
    return [CopyRow(*row) for row in connection.execute(_COPIES, {"title": title})]
