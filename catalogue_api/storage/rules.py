"""The library's rules as they are stored."""

from dataclasses import dataclass

from sqlalchemy import Connection, select
from sqlmodel import col

from catalogue_api.storage.prepared import Prepared
from catalogue_api.storage.tables import Rulebook

_VERSION = Prepared(select(col(Rulebook.version)))


@dataclass(frozen=True, slots=True)
class RulebookRow:
    """The one row of settings."""

    shelf_days: int


def version(connection: Connection) -> int:
    """Return which rules are in force; 0 where nothing was entered yet."""
    row = _VERSION.first(connection, {})
    return row[0] if row else 0


def rulebook(connection: Connection) -> RulebookRow | None:
    """Return the settings that librarians may change."""
    row = connection.execute(select(col(Rulebook.shelf_days))).first()
    return RulebookRow(*row) if row else None
