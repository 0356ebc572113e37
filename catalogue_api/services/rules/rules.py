"""The rulebook in memory: loaded again when, and only when, somebody has changed a rule."""

from collections.abc import Callable

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
        return self.ask(connection)()

    def ask(self, connection: Connection) -> Callable[[], Rulebook]:
        """Ask for the rules; other questions may be put before the answer is looked at."""
        version = sql.ask_version(connection)

        def answered() -> Rulebook:
            loaded = self._loaded
            if loaded.version != version():
                self._loaded = loaded = sql.rulebook(connection, self._settings)
            return loaded

        return answered
