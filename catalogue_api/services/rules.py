"""The rulebook in memory: loaded again when, and only when, somebody has changed a rule."""

from dataclasses import replace

from sqlalchemy import Connection

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.storage import rules as sql


class RulesInForce:
    """What is in force, for one process; threads may share it.

    Where the library has entered nothing, the settings of the program hold.
    """

    def __init__(self, settings: Rulebook) -> None:
        self._settings = settings
        self._loaded = settings

    def current(self, connection: Connection) -> Rulebook:
        """Return the rules as this transaction sees them; usually one small query."""
        version = sql.version(connection)
        loaded = self._loaded
        if loaded.version != version:
            self._loaded = loaded = self._load(connection, version)
        return loaded

    def _load(self, connection: Connection, version: int) -> Rulebook:
        row = sql.rulebook(connection)
        if row is None:
            return replace(self._settings, version=version)
        return replace(self._settings, version=version, shelf_days=row.shelf_days)
