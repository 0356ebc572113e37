"""What librarians are asked to look at."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select, update
from sqlmodel import col

from catalogue_api.storage.tables import Anomaly, Item, Return, Title


@dataclass(frozen=True, slots=True)
class AnomalyEntryRow:
    """An entry, with what is known of its item and where that lies."""

    id: int
    version: int
    kind: str
    at: datetime
    site: str
    kiosk: str | None
    return_id: str | None
    barcode: str
    title: str | None
    volume: str | None
    bin: str | None
    detail: str
    handled_at: datetime | None
    handled_by: str
    remark: str


_ENTRY: Select[*tuple[Any, ...]] = (
    select(
        col(Anomaly.id), col(Anomaly.version), col(Anomaly.kind), col(Anomaly.at),
        col(Anomaly.site), col(Anomaly.kiosk), col(Anomaly.return_id), col(Anomaly.barcode),
        col(Title.title), col(Title.volume), col(Return.bin), col(Anomaly.detail),
        col(Anomaly.handled_at), col(Anomaly.handled_by), col(Anomaly.remark),
    )
    .outerjoin(Return, col(Return.return_id) == col(Anomaly.return_id))
    .outerjoin(Item, col(Item.id) == col(Anomaly.item_id))
    .outerjoin(Title, col(Title.id) == col(Item.title_id))
)  # fmt: skip


def find_anomalies(
    connection: Connection, site: str, before: int | None, limit: int, *, handled: bool
) -> list[AnomalyEntryRow]:
    """Return the newest entries of a site ("" for all) with a number below `before`."""
    open_ = col(Anomaly.handled_at).is_(None)
    query = _ENTRY.where(~open_ if handled else open_).order_by(col(Anomaly.id).desc())
    if site:
        query = query.where(col(Anomaly.site) == site)
    if before is not None:
        query = query.where(col(Anomaly.id) < before)
    return [AnomalyEntryRow(*row) for row in connection.execute(query.limit(limit))]


def anomaly(connection: Connection, number: int, *, lock: bool = False) -> AnomalyEntryRow | None:
    """Return one entry."""
    query = _ENTRY.where(col(Anomaly.id) == number)
    row = connection.execute(query.with_for_update(of=Anomaly) if lock else query).first()
    return AnomalyEntryRow(*row) if row else None


def reopen(connection: Connection, number: int) -> None:
    """Note that an entry waits for somebody again."""
    connection.execute(
        update(Anomaly)
        .where(col(Anomaly.id) == number)
        .values(handled_at=None, handled_by="", remark="", version=col(Anomaly.version) + 1)
    )


def handle(connection: Connection, number: int, by: str, remark: str, now: datetime) -> None:
    """Note who looked at an entry, and what came of it."""
    connection.execute(
        update(Anomaly)
        .where(col(Anomaly.id) == number)
        .values(handled_at=now, handled_by=by, remark=remark, version=col(Anomaly.version) + 1)
    )
