"""What lies in the bins of a kiosk, as far as the catalogue knows it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select, union
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.last_returns import LAST_RETURN
from catalogue_api.storage.tables import Hold, Item, Kiosk, Return, Title


@dataclass(frozen=True, slots=True)
class LyingCopy:
    """A copy that a kiosk took in, and that nobody has scanned, sent or put back since.

    `caught`: a reader waits for it. `destination` is the site that it has to go to, "" for none.
    """

    bin: str
    barcode: str
    title: str
    volume: str
    shelf_mark: str
    since: datetime
    caught: bool
    destination: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


_UNDER_WAY = union(
    select(col(Item.id)).where(col(Item.to_shelve_since).is_not(None)),
    select(col(Item.id)).where(col(Item.destination).is_not(None), col(Item.sent_at).is_(None)),
    select(col(Hold.item_id)).where(col(Hold.status) == HoldStatus.CAPTURED.value),
)
_LYING: Select[*tuple[Any, ...]] = (
    select(
        col(Return.bin), col(Item.barcode), col(Title.title), col(Title.volume),
        col(Item.shelf_mark), col(Return.received_at), col(Hold.id).is_not(None),
        func.coalesce(col(Item.destination), ""),
    )
    .select_from(Item)
    .join(Return, col(Return.return_id) == LAST_RETURN)
    .join(Title, col(Title.id) == col(Item.title_id))
    .outerjoin(
        Hold,
        (col(Hold.item_id) == col(Item.id)) & (col(Hold.status) == HoldStatus.CAPTURED.value),
    )
    .where(
        col(Item.id).in_(_UNDER_WAY),
        col(Return.kiosk) == bindparam("of_kiosk"),
        col(Return.bin) != "",
    )
    .order_by(col(Return.bin), col(Item.shelf_mark), col(Item.barcode))
    .limit(bindparam("most"))
)  # fmt: skip
_LAST_OF_EACH = select(
    col(Kiosk.name),
    select(func.max(col(Return.received_at)))
    .where(col(Return.kiosk) == col(Kiosk.name))
    .correlate(Kiosk)
    .scalar_subquery(),
)


def lying_copies(connection: Connection, kiosk: str, most: int) -> list[LyingCopy]:
    """Return what lies in the bins of a kiosk, by bin and shelf mark."""
    rows = connection.execute(_LYING, {"of_kiosk": kiosk, "most": most})
    return [LyingCopy(*row) for row in rows]


def last_returns(connection: Connection) -> dict[str, datetime | None]:
    """Return when the catalogue heard of the last return of each kiosk, None for never."""
    return dict(connection.execute(_LAST_OF_EACH).all())
