"""What kiosks copy of the items, by title: who they are, and who waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, or_, select
from sqlmodel import col

from catalogue_api.domain.holds import HoldStatus
from catalogue_api.storage.tables import Hold, Item, Title


@dataclass(frozen=True, slots=True)
class ItemRow:
    """An item as a kiosk needs it."""

    id: int
    barcode: str
    title_id: int
    title: str
    volume: str
    home_site: str
    parts_count: int
    contents: str

    @property
    def full_title(self) -> str:
        """The title with its volume."""
        return f"{self.title}, {self.volume}" if self.volume else self.title


def items_of_titles(connection: Connection, titles: Sequence[int]) -> list[ItemRow]:
    """Return all items of these titles, by title and barcode."""
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Item.id), col(Item.barcode), col(Item.title_id), col(Title.title),
            col(Title.volume), col(Item.home_site), col(Item.parts_count), col(Item.contents),
        )
        .join(Title, col(Title.id) == col(Item.title_id))
        .where(col(Item.title_id).in_(titles))
        .order_by(col(Item.title_id), col(Item.barcode))
    )  # fmt: skip
    return [ItemRow(*row) for row in connection.execute(query)]


def titles_behind(connection: Connection, title: int, limit: int) -> list[int]:
    """Return the next titles by their number: for a kiosk that begins."""
    found = connection.execute(
        select(col(Title.id)).where(col(Title.id) > title).order_by(col(Title.id)).limit(limit)
    )
    return [number for (number,) in found if number is not None]


def wishes(
    connection: Connection, titles: Sequence[int], today: date
) -> dict[int, list[tuple[str, int | None]]]:
    """Return the waiting holds of titles in the order of their queues: pickup site, wanted item."""
    found = connection.execute(
        select(col(Hold.title_id), col(Hold.pickup_site), col(Hold.wanted_item_id))
        .where(
            col(Hold.title_id).in_(titles),
            col(Hold.status) == HoldStatus.WAITING.value,
            or_(col(Hold.paused).is_(False), col(Hold.paused_until) < today),
        )
        .order_by(col(Hold.staff_priority).desc(), col(Hold.placed_at), col(Hold.id))
    )
    queues: dict[int, list[tuple[str, int | None]]] = {}
    for title, site, item in found:
        queues.setdefault(title, []).append((site, item))
    return queues
