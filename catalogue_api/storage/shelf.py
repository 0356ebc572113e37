"""What the reservation shelf asks of the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Executable, bindparam, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.tables import Hold, Item, Leftover, Return, Site, Title


@dataclass(frozen=True, slots=True)
class CaughtCopy:
    """A copy caught for a reservation and not yet on the shelf; it names no reader.

    `site` is where the copy is, `pickup` where it is wanted: codes, with their names beside.
    `bin` and `kiosk` are those of its last return, None if it never came through a kiosk.
    """

    barcode: str
    title: str
    volume: str
    author: str
    shelf_mark: str
    bin: str | None
    kiosk: str | None
    site: str
    site_name: str
    pickup: str
    pickup_name: str
    caught_at: datetime

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


_LAST_RETURN = (
    select(col(Return.return_id))
    .where(col(Return.hold_id) == col(Hold.id), col(Return.item_id) == col(Hold.item_id))
    .order_by(col(Return.received_at).desc())
    .limit(1)
    .correlate(Hold)
    .scalar_subquery()
)
_HERE = aliased(Site)
_PICKUP = aliased(Site)
_CAUGHT: Executable = (
    select(
        col(Item.barcode),
        col(Title.title),
        col(Title.volume),
        col(Title.author),
        col(Item.shelf_mark),
        col(Return.bin),
        col(Return.kiosk),
        col(_HERE.code),
        col(_HERE.name),
        col(_PICKUP.code),
        col(_PICKUP.name),
        col(Hold.captured_at),
    )
    .select_from(Hold)
    .join(Item, col(Item.id) == col(Hold.item_id))
    .join(Title, col(Title.id) == col(Item.title_id))
    .join(_HERE, col(_HERE.code) == col(Item.current_site))
    .join(_PICKUP, col(_PICKUP.code) == col(Hold.pickup_site))
    .outerjoin(Return, col(Return.return_id) == _LAST_RETURN)
    .where(
        col(Hold.status) == HoldStatus.CAPTURED.value,
        or_(
            col(Hold.pickup_site) == bindparam("site"), col(Item.current_site) == bindparam("site")
        ),
    )
    .order_by(col(Return.bin), col(Hold.captured_at), col(Hold.id))
)
_NUMBERS = select(col(Hold.shelf_number)).where(
    col(Hold.pickup_site) == bindparam("site"),
    col(Hold.status) == HoldStatus.READY.value,
    col(Hold.shelf_number).is_not(None),
)
_LEFT = select(col(Leftover.shelf_number)).where(col(Leftover.site) == bindparam("site"))
_LAST_NUMBER = (
    select(col(Hold.shelf_number))
    .where(col(Hold.pickup_site) == bindparam("site"), col(Hold.shelf_number).is_not(None))
    .order_by(col(Hold.ready_at).desc(), col(Hold.id).desc())
    .limit(1)
)


def caught_copies(connection: Connection, site: str) -> list[CaughtCopy]:
    """Return the caught copies that lie at a site or are wanted there, by bin, oldest first."""
    return [CaughtCopy(*row) for row in connection.execute(_CAUGHT, {"site": site})]


def shelf_numbers(connection: Connection, site: str) -> tuple[int, set[int]]:
    """Return the number given last at a site (0 before the first), and those on its shelf."""
    last = connection.execute(_LAST_NUMBER, {"site": site}).scalar()
    ready = connection.execute(_NUMBERS, {"site": site}).scalars()
    left = connection.execute(_LEFT, {"site": site}).scalars()
    return last or 0, {number for number in (*ready, *left) if number is not None}
