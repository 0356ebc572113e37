"""The file under the journal: durable, held by one process, set aside when it is damaged.

SQLite through apsw, WAL with `synchronous=FULL`: what `run` changed has been synced to disk when
it returns. A file that SQLite finds broken is renamed, never deleted; what can be read of it is
saved into a new one.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

import apsw
import structlog

from kiosk.journal_schema import RECOVER, SCHEMA, TABLES

SqlValue = str | int | float | None
Row = tuple[Any, ...]

_ASIDE: Final = ".damaged-"
_SAVING: Final = ".saving"
"""The new file while rows are copied into it; once it is whole it is `_SAVED`."""
_SAVED: Final = ".saved"
_PIECE: Final = 256
_BROKEN = (apsw.CorruptError, apsw.NotADBError)

_COLUMNS_OF = "SELECT name FROM pragma_table_info(?)"

log = structlog.get_logger(__name__)


class JournalFailed(Exception):
    """The disk refused: full, read-only, broken or not a journal. Nothing may be promised."""


class Access(Enum):
    """How a process uses the file. One holds it; others may be beside it."""

    HOLDER = "holder"
    """The kiosk's program: it alone takes up what a crash has left, and sets damage aside."""
    GUEST = "guest"
    """Writes beside the holder."""
    WATCHER = "watcher"
    """Only reads."""


class JournalFile:
    """The file, opened on first use, and again after a damage."""

    def __init__(self, path: Path, vfs: str | None, access: Access) -> None:
        """`vfs` names the disk as SQLite knows it; None is the machine's own."""
        self.path = path
        self._vfs = vfs
        self._access = access
        self._db: apsw.Connection | None = None
        self._lock: int | None = None

    def run(self, sql: str, *values: SqlValue) -> list[Row]:
        """Do one statement; a change is on disk when this returns. Raises `JournalFailed`."""
        return self.together(lambda do: do(sql, *values))

    def together(self, work: Callable[[Callable[..., list[Row]]], list[Row]]) -> list[Row]:
        """Do several statements as one change: all or nothing."""
        try:
            db = self._db or self._open()

            def do(sql: str, *values: SqlValue) -> list[Row]:
                return db.execute(sql, values).fetchall()

            with db:
                found = work(do)
        except _BROKEN as error:
            self._set_aside()
            raise self._failed(f"damaged: {error}") from error
        except (apsw.Error, OSError) as error:
            raise self._failed(str(error)) from error
        return found

    def close(self) -> None:
        """Let go of the file; closing twice is harmless."""
        db, self._db = self._db, None
        if db is not None:
            with suppress(apsw.Error):  # a broken disk cannot take the checkpoint; let it go
                db.close()
        lock, self._lock = self._lock, None
        if lock is not None:
            os.close(lock)

    def set_aside(self) -> list[Path]:
        """Return the damaged files that lie beside this one."""
        found = self.path.parent.glob(f"{self.path.name}{_ASIDE}*")
        return sorted(path for path in found if not path.name.endswith(("-wal", "-shm")))

    def _open(self) -> apsw.Connection:
        if self._access is Access.WATCHER:
            return self._connect(apsw.SQLITE_OPEN_READONLY)
        if self._access is Access.GUEST:
            return self._settle(self._connect(apsw.SQLITE_OPEN_READWRITE))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._hold()
        self._exchange()
        try:
            return self._prepare()
        except _BROKEN as error:
            log.error("journal_damaged", path=str(self.path), error=str(error))
            self._set_aside()
            self._hold()
            return self._prepare()

    def _connect(self, flags: int) -> apsw.Connection:
        self._db = apsw.Connection(str(self.path), flags=flags, vfs=self._vfs)
        self._db.set_busy_timeout(5000)
        return self._db

    def _prepare(self) -> apsw.Connection:
        """Open, prove whole, and bring up to date."""
        self._db = self._make(self.path)
        return self._db

    def _make(self, path: Path) -> apsw.Connection:
        """Open or make a journal; a file that is not usable is let go."""
        flags = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE
        db = apsw.Connection(str(path), flags=flags, vfs=self._vfs)
        db.set_busy_timeout(5000)
        try:
            self._settle(db)
            _require_whole(db)
            with db:
                db.execute(SCHEMA)
                db.execute(RECOVER)
        except BaseException:
            with suppress(apsw.Error):
                db.close()
            raise
        return db

    def _settle(self, db: apsw.Connection) -> apsw.Connection:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            db.execute(f"PRAGMA {pragma}")
        return db

    def _hold(self) -> None:
        """Be the only process that writes here; the kernel lets go when the process ends."""
        if self._lock is not None:
            return
        lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise self._failed("another kiosk program holds it: stop that one first") from error
        self._lock = lock

    def _set_aside(self) -> None:
        """Save what can be read of the damaged file into a new one, then put that in its place.

        A power cut may come at any instant: until the new one is whole, the damaged one stays.
        """
        if self._access is not Access.HOLDER:
            return
        db, self._db = self._db, None
        if db is not None:
            with suppress(apsw.Error):
                db.close()
        saving = Path(f"{self.path}{_SAVING}")
        try:
            Path(f"{self.path}-shm").unlink(missing_ok=True)
            for suffix in ("", "-wal", "-shm"):
                Path(f"{saving}{suffix}").unlink(missing_ok=True)
            saved = self._save(saving)
            saving.rename(f"{self.path}{_SAVED}")
            self._exchange()
        except (apsw.Error, OSError) as error:
            raise self._failed(f"damaged, and no new one can be made: {error}") from error
        log.error("journal_set_aside", path=str(self.path), saved=saved)

    def _exchange(self) -> None:
        """Put a whole new file in the place of the damaged one, if there is one."""
        saved = Path(f"{self.path}{_SAVED}")
        if not saved.exists():
            return
        _sync_folder(self.path.parent)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        # The log first: it must never meet the new file.
        for suffix in ("-wal", ""):
            with suppress(FileNotFoundError):
                Path(f"{self.path}{suffix}").rename(f"{self.path}{_ASIDE}{stamp}{suffix}")
        Path(f"{self.path}-shm").unlink(missing_ok=True)
        _sync_folder(self.path.parent)
        saved.rename(self.path)
        _sync_folder(self.path.parent)

    def _save(self, saving: Path) -> int:
        """Copy every row that can still be read into a new file; tell how many there were."""
        fresh = self._make(saving)
        try:
            return self._copy(fresh)
        finally:
            fresh.close()

    def _copy(self, fresh: apsw.Connection) -> int:
        rows = 0
        try:
            damaged = apsw.Connection(str(self.path), apsw.SQLITE_OPEN_READONLY, self._vfs)
        except apsw.Error:
            return 0
        try:
            with fresh:
                for table in TABLES:
                    for columns, row in _readable(damaged, table):
                        names, marks = ", ".join(columns), ", ".join("?" * len(row))
                        sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608
                        fresh.execute(sql, row)
                        rows += 1
        finally:
            with suppress(apsw.Error):
                damaged.close()
        return rows

    def _failed(self, reason: str) -> JournalFailed:
        return JournalFailed(f"journal {self.path}: {reason}")


def _sync_folder(folder: Path) -> None:
    """Have the disk keep what files are called."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def _require_whole(db: apsw.Connection) -> None:
    ((found,),) = db.execute("PRAGMA quick_check(1)").fetchall()
    if found != "ok":
        raise apsw.CorruptError(found)


def _readable(db: apsw.Connection, table: str) -> Iterator[tuple[Sequence[str], Row]]:
    """Give the rows of a damaged file with their columns, in pieces that shrink around a hole."""
    last = _last(db, table)
    pieces = [(first, first + _PIECE) for first in range(1, last + 1, _PIECE)][::-1]
    while pieces:
        first, end = pieces.pop()
        try:
            sql = f"SELECT * FROM {table} WHERE rowid >= ? AND rowid < ?"  # noqa: S608
            rows = db.execute(sql, (first, end)).fetchall()
            columns = [name for (name,) in db.execute(_COLUMNS_OF, (table,))]
        except apsw.Error:
            if end - first > 1:
                middle = (first + end) // 2
                pieces += [(middle, end), (first, middle)]
            continue
        yield from ((columns, row) for row in rows)


def _last(db: apsw.Connection, table: str) -> int:
    """Return the highest number of a row as far as anything still tells it."""
    for sql in (
        f"SELECT max(rowid) FROM {table}",  # noqa: S608
        f"SELECT seq FROM sqlite_sequence WHERE name = '{table}'",  # noqa: S608
    ):
        with suppress(apsw.Error):
            for (found,) in db.execute(sql):
                if isinstance(found, int):
                    return found
    return 0
