"""Whether anybody has committed anything since: cheap enough to ask every second.

SQLite counts the commits of all other connections for each connection; PostgreSQL shows which
transactions have ended. Both tell too much (somebody else's commit), never too little.
"""

import sqlite3
from threading import Lock

from sqlalchemy import Engine, make_url, text

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")


class Commits:
    """Compares with itself only: another of these begins to count at another number."""

    def __init__(self, url: str, engine: Engine) -> None:
        self._engine = engine
        self._file = make_url(url).database if engine.dialect.name == "sqlite" else None
        self._lock = Lock()
        self._kept: sqlite3.Connection | None = None

    def seen_now(self) -> str:
        """Return what is different after a commit of anybody. Blocking, from any thread."""
        if self._file is None:
            with self._engine.connect() as connection:
                return str(connection.execute(_SNAPSHOT).scalar_one())
        with self._lock:
            if self._kept is None:
                self._kept = sqlite3.connect(self._file, check_same_thread=False)
            return str(self._kept.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of the database."""
        with self._lock:
            if self._kept is not None:
                self._kept.close()
                self._kept = None
