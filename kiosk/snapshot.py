"""What the kiosk remembers of the catalogue for the time when it is away: a file of its own.

Nothing here is promised, and all of it can be fetched again: a damaged file is thrown away.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import apsw
import structlog

from catalogue_api.contract.changes import Changes, ItemChange
from kiosk.decisions import Age

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (barcode TEXT PRIMARY KEY, item TEXT NOT NULL)
    STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (
    one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL, site TEXT NOT NULL,
    refreshed REAL) STRICT;
INSERT OR IGNORE INTO state VALUES (1, '', '', NULL);
"""

_WORTH = 3600.0
"""Seconds after which it is written down that nothing has changed."""

log = structlog.get_logger(__name__)


class Snapshot:
    """The items of the catalogue as they were when it was last heard. All calls block.

    A disk that fails makes it an empty one, for as long as it fails.
    """

    def __init__(self, path: Path, vfs: str | None = None) -> None:
        """Use the file at `path`, which is made when it is first needed."""
        self._path = path
        self._vfs = vfs
        self._db: apsw.Connection | None = None

    def look_up(self, barcode: str) -> tuple[ItemChange | None, Age]:
        """Return what is remembered of an item, and how good the snapshot is."""

        def find(db: apsw.Connection) -> tuple[ItemChange | None, Age]:
            sql = "SELECT site, refreshed, (SELECT item FROM items WHERE barcode = ?) FROM state"
            rows: list[Any] = db.execute(sql, (barcode,)).fetchall()
            ((site, refreshed, item),) = rows
            when = None if refreshed is None else datetime.fromtimestamp(refreshed, UTC)
            known = None if item is None else ItemChange.model_validate_json(item)
            return known, Age(site, when)

        nothing: tuple[ItemChange | None, Age] = (None, Age())
        return self._try(find, nothing)

    def age(self) -> Age:
        """Return how good the snapshot is."""
        return self.look_up("")[1]

    def cursor(self) -> str:
        """Return where the feed goes on; empty: from the beginning."""

        def find(db: apsw.Connection) -> str:
            ((cursor,),) = db.execute("SELECT cursor FROM state").fetchall()
            return str(cursor)

        return self._try(find, "")

    def take(self, changes: Changes, site: str, now: datetime) -> bool:
        """Remember a page of the feed; tell whether the disk took it."""

        def store(db: apsw.Connection) -> bool:
            if self._says_nothing(db, changes, site, now):
                return True
            with db:
                for item in changes.items:
                    if item.gone:
                        db.execute("DELETE FROM items WHERE barcode = ?", (item.barcode,))
                    else:
                        row = (item.barcode, item.model_dump_json(exclude_defaults=True))
                        db.execute("INSERT OR REPLACE INTO items VALUES (?, ?)", row)
                db.execute(
                    "UPDATE state SET cursor = ?, site = ?, "
                    "refreshed = CASE WHEN ? THEN refreshed ELSE ? END",
                    (changes.next, site, changes.more, now.timestamp()),
                )
            return True

        return self._try(store, False)

    def _says_nothing(
        self, db: apsw.Connection, changes: Changes, site: str, now: datetime
    ) -> bool:
        """Whether a page is not worth a write: the disk of a kiosk does not last for ever."""
        rows: list[Any] = db.execute("SELECT cursor, site, refreshed FROM state").fetchall()
        ((cursor, known_site, refreshed),) = rows
        return (
            not changes.items
            and (cursor, known_site) == (changes.next, site)
            and refreshed is not None
            and 0 <= now.timestamp() - refreshed < _WORTH
        )

    def forget(self) -> None:
        """Begin anew: the catalogue is not the one that was read."""
        self.close()
        with suppress(OSError):
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        db, self._db = self._db, None
        if db is not None:
            with suppress(apsw.Error):
                db.close()

    def _try(self, work: Callable[[apsw.Connection], T], otherwise: T) -> T:
        try:
            return work(self._db or self._open())
        except (apsw.CorruptError, apsw.NotADBError, ValueError) as error:
            log.warning("snapshot_damaged", error=str(error))
            self.forget()
        except (apsw.Error, OSError) as error:
            log.warning("snapshot_failed", error=str(error))
            self.close()
        return otherwise

    def _open(self) -> apsw.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._db = db = apsw.Connection(str(self._path), vfs=self._vfs)
        db.set_busy_timeout(1000)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute(_SCHEMA)
        return db
