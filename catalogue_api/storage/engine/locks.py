"""Rows that must not change under a unit of work.

They are always taken in the order title, item, event, patron, site.

SQLite takes no row locks and needs none: its one writer is alone.
"""

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.orm import Mapped
from sqlmodel import col

from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Event, Item, Patron, Site, Title


def _lock(number: Mapped[int | None]) -> Prepared:
    return Prepared(select(number).where(number == bindparam("id")).with_for_update())


_TITLE = _lock(col(Title.id))
_ITEM = _lock(col(Item.id))
_EVENT = _lock(col(Event.id))
_PATRON = _lock(col(Patron.id))
_SITE = Prepared(select(col(Site.code)).where(col(Site.code) == bindparam("id")).with_for_update())


def title(connection: Connection, number: int) -> None:
    """Hold a title until the end: nobody else may change its queue or give its copies away."""
    _take(connection, _TITLE, number)


def item(connection: Connection, number: int) -> None:
    """Hold an item until the end: nobody else may lend it, take it back or move it."""
    _take(connection, _ITEM, number)


def event(connection: Connection, number: int) -> None:
    """Hold an event until the end: nobody else may give out its seats, or change its sessions."""
    _take(connection, _EVENT, number)


def patron(connection: Connection, number: int) -> None:
    """Hold a patron until the end: nobody else may count their loans and holds at once."""
    _take(connection, _PATRON, number)


def site(connection: Connection, code: str) -> None:
    """Hold a site until the end: nobody else may give out a number of its reservation shelf."""
    _take(connection, _SITE, code)


def _take(connection: Connection, lock: Prepared, row: int | str) -> None:
    if connection.dialect.name != "sqlite":
        lock.rows(connection, {"id": row})
