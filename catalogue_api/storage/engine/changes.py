"""The feed of titles whose copies kiosks should look at again, in the order of the commits.

On PostgreSQL numbers are given out before commits, so a row may appear behind a later one. A row
therefore names its transaction, and readers take only rows of transactions older than every one
that is still running. On SQLite one writer commits in order, and the transaction is 0.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    bindparam,
    insert,
    literal_column,
    select,
    tuple_,
)
from sqlmodel import col

from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Change

Rows = TypeVar("Rows", bound=Select[*tuple[Any, ...]])

_XID: ColumnElement[int] = literal_column("CAST(CAST(pg_current_xact_id() AS text) AS bigint)")
_OLDEST_RUNNING: ColumnElement[int] = literal_column(
    "CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
)
_ADD = {
    "sqlite": Prepared(
        insert(Change).values(
            xid=literal_column("0"), title_id=bindparam("title"), barcode=bindparam("gone")
        )
    ),
    "postgresql": Prepared(
        insert(Change).values(xid=_XID, title_id=bindparam("title"), barcode=bindparam("gone"))
    ),
}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the feed, behind the rows up to and including this one."""

    xid: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One row; `gone` is the barcode of an item that no longer exists, "" for none."""

    place: Place
    title_id: int
    gone: str


def title_changed(connection: Connection, title_id: int, gone: str = "") -> None:
    """Tell kiosks that a title, its copies or the wish for it changed; `gone`: a deleted copy."""
    _ADD[connection.dialect.name].run(connection, {"title": title_id, "gone": gone})


def titles_changed(connection: Connection, titles: Collection[int]) -> None:
    """Tell of many titles at once, as an import changes them."""
    if titles:
        xid = literal_column("0") if connection.dialect.name == "sqlite" else _XID
        rows = [{"title": title} for title in titles]
        connection.execute(insert(Change).values(xid=xid, title_id=bindparam("title")), rows)


def changes_behind(connection: Connection, place: Place, limit: int) -> list[ChangeRow]:
    """Return the oldest rows behind a place that no later commit can come before."""
    query = (
        select(col(Change.xid), col(Change.id), col(Change.title_id), col(Change.barcode))
        .where(tuple_(col(Change.xid), col(Change.id)) > tuple_(place.xid, place.number))
        .order_by(col(Change.xid), col(Change.id))
        .limit(limit)
    )
    found = connection.execute(_settled(connection, query))
    return [ChangeRow(Place(xid, number or 0), title, gone) for xid, number, title, gone in found]


def newest_place(connection: Connection) -> Place:
    """Return the place behind which a reader goes on that has just copied everything."""
    query = (
        select(col(Change.xid), col(Change.id))
        .order_by(col(Change.xid).desc(), col(Change.id).desc())
        .limit(1)
    )
    row = connection.execute(_settled(connection, query)).first()
    return Place(row[0], row[1] or 0) if row else Place()


def is_kept(connection: Connection, place: Place) -> bool:
    """Tell whether nothing behind a place was pruned: its own row, or the beginning, is there."""
    if place == Place():
        return True
    row = select(col(Change.id)).where(col(Change.id) == place.number)
    return connection.execute(row).first() is not None


def _settled(connection: Connection, query: Rows) -> Rows:
    """Leave out rows that a commit still to come could stand before."""
    if connection.dialect.name == "postgresql":
        return query.where(col(Change.xid) < _OLDEST_RUNNING)
    return query
