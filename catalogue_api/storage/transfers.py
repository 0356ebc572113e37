"""Copies that travel, and copies that wait to be put back on their shelf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, literal, or_, select, update
from sqlmodel import col

from catalogue_api.storage.copies import HAS_ITEM
from catalogue_api.storage.tables import Hold, Item, Return, Title


@dataclass(frozen=True, slots=True)
class TransferRow:
    """A copy that has to travel, and the hold that it serves."""

    barcode: str
    title: str
    volume: str
    shelf_mark: str
    current_site: str
    destination: str | None
    sent_at: datetime | None
    hold_id: int | None


@dataclass(frozen=True, slots=True)
class WaitingCopy:
    """A copy that was returned and is not back on its shelf; "" where no kiosk or bin is known."""

    kiosk: str
    bin: str
    shelf_mark: str
    barcode: str
    title: str
    volume: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


_TRANSFER: Select[*tuple[Any, ...]] = (
    select(
        col(Item.barcode), col(Title.title), col(Title.volume), col(Item.shelf_mark),
        col(Item.current_site), col(Item.destination), col(Item.sent_at), col(Hold.id),
    )
    .join(Title, col(Title.id) == col(Item.title_id))
    .outerjoin(Hold, and_(col(Hold.item_id) == col(Item.id), HAS_ITEM))
)  # fmt: skip


def set_destination(connection: Connection, item: int, destination: str | None) -> None:
    """Say where a copy has to go; None: it stays."""
    connection.execute(
        update(Item)
        .where(col(Item.id) == item)
        .values(destination=destination, sent_at=None, version=col(Item.version) + 1)
    )


def transfer_of(connection: Connection, item: int) -> TransferRow:
    """Return where a copy is and where it goes."""
    return TransferRow(*connection.execute(_TRANSFER.where(col(Item.id) == item)).one())


def find_transfers(connection: Connection, site: str, behind: str, limit: int) -> list[TransferRow]:
    """Return the copies that leave or reach a site, by barcode, from behind one on."""
    # As an expression: by the bare column a planner reads all barcodes in their order instead of
    # the few copies that travel.
    barcode = func.coalesce(col(Item.barcode), "")
    found = connection.execute(
        _TRANSFER.where(
            col(Item.destination).is_not(None),
            or_(col(Item.current_site) == site, col(Item.destination) == site),
            barcode > behind,
        )
        .order_by(barcode)
        .limit(limit)
    )
    return [TransferRow(*row) for row in found]


def waiting_copies(connection: Connection, site: str, limit: int) -> list[WaitingCopy]:
    """Return the copies at a site that wait to be put back: by kiosk, bin and shelf mark."""
    last = (
        select(col(Return.return_id))
        .where(
            col(Return.item_id) == col(Item.id),
            col(Return.received_at) >= col(Item.to_shelve_since),
            col(Return.undone_at).is_(None),
        )
        .order_by(col(Return.received_at).desc())
        .limit(1)
        .correlate(Item)
        .scalar_subquery()
    )
    kiosk, bin_name = func.coalesce(col(Return.kiosk), ""), func.coalesce(col(Return.bin), "")
    query = (
        select(
            kiosk, bin_name, col(Item.shelf_mark), col(Item.barcode),
            col(Title.title), col(Title.volume),
        )
        .join(Title, col(Title.id) == col(Item.title_id))
        .outerjoin(Return, col(Return.return_id) == last)
        .where(col(Item.current_site) == site, col(Item.to_shelve_since).is_not(None))
        .order_by(kiosk, bin_name, col(Item.shelf_mark), col(Item.barcode))
        .limit(limit)
    )  # fmt: skip
    return [WaitingCopy(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class SentCopy:
    """A copy that has left, and where it goes."""

    id: int
    barcode: str
    destination: str


def mark_sent(connection: Connection, barcodes: Sequence[str], now: datetime) -> list[SentCopy]:
    """Note that copies left; return those that had somewhere to go and had not left yet."""
    found = connection.execute(
        update(Item)
        .where(
            col(Item.barcode).in_(barcodes),
            col(Item.destination).is_not(None),
            col(Item.sent_at).is_(None),
        )
        .values(sent_at=now)
        .returning(col(Item.id), col(Item.barcode), col(Item.destination))
    )
    return [SentCopy(number or 0, code, goal or "") for number, code, goal in found]


def shelve(connection: Connection, site: str, barcodes: Sequence[str]) -> set[str]:
    """Note that copies are back on their shelf; return those that waited for it.

    Only those at a site; "": wherever they are.
    """
    found = connection.execute(
        update(Item)
        .where(
            col(Item.barcode).in_(barcodes),
            or_(literal(not site), col(Item.current_site) == site),
            col(Item.to_shelve_since).is_not(None),
        )
        .values(to_shelve_since=None)
        .returning(col(Item.barcode))
    )
    return set(found.scalars())


def copies_in_bin(connection: Connection, kiosk: str, bin_name: str) -> list[str]:
    """Return the barcodes of the copies that lie in a bin and wait to be put back."""
    lay_there = (
        select(col(Return.return_id))
        .where(
            col(Return.item_id) == col(Item.id),
            col(Return.kiosk) == kiosk,
            col(Return.bin) == bin_name,
            # The return by which the copy began to wait: it came from nowhere else since.
            col(Return.received_at) >= col(Item.to_shelve_since),
        )
        .correlate(Item)
        .exists()
    )
    return list(
        connection.execute(
            select(col(Item.barcode)).where(col(Item.to_shelve_since).is_not(None), lay_there)
        ).scalars()
    )
