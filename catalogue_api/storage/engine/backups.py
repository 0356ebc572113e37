"""Copies of a SQLite database: made while it is in use, checked, and put back when it is not."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy import make_url

from catalogue_api.storage.engine import schema
from catalogue_api.storage.engine.errors import StorageDamaged, StorageError, StorageUnavailable

_PAGES = 512
"""Pages copied at a time (2 MB): writers go on in between."""
Progress = Callable[[int, int], None]
"""Told how many pages are done, and of how many."""


def file_of(url: str) -> Path:
    """Return the file of a SQLite database; for PostgreSQL say what to use instead."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise StorageError(
            "this is for SQLite: PostgreSQL has pg_dump and pg_restore (see docs/technicians.md)"
        )
    return Path(str(address.database))


def back_up(source: Path, target: Path, progress: Progress) -> None:
    """Copy a database to a file, as it was at one instant; it may be in use meanwhile.

    The file is there under its name only when it is whole, checked and on the disk.
    """
    if not source.is_file():
        raise StorageUnavailable(f"{source}: there is no database to copy")
    if target.exists() and target.samefile(source):
        raise StorageError(f"{target}: this is the database itself")
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(mode=0o600)
        _copy(source, unfinished, progress)
        require_sound(unfinished)
        _put_in_place(unfinished, target)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"the copy was not made: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def restore(copy: Path, database: Path, progress: Progress) -> Path | None:
    """Put a copy in the place of a database that nobody has open.

    Returns where the database from before is kept, None if there was none. A copy that is damaged
    or unknown to this release is refused, and so is a database that is being served.
    """
    if not copy.is_file():
        raise StorageUnavailable(f"{copy}: there is no such copy")
    if database.exists() and database.samefile(copy):
        raise StorageError(f"{copy}: this is the database itself")
    require_sound(copy)
    unfinished = database.with_name(f".{database.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        unfinished.touch(mode=0o600)
        _copy(copy, unfinished, progress)
        return _exchange(unfinished, database)
    except sqlite3.Error as error:
        raise StorageUnavailable(f"nothing was restored: {error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def require_sound(file: Path) -> str:
    """Raise `StorageDamaged` unless a copy is whole and of a known revision; return that."""
    try:
        with closing(
            sqlite3.connect(f"{file.absolute().as_uri()}?immutable=1", uri=True)
        ) as driver:
            (verdict,) = driver.execute("PRAGMA integrity_check(1)").fetchone()
            lost = driver.execute("PRAGMA foreign_key_check").fetchall()
            (revision,) = driver.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise StorageDamaged(f"{file}: this is no copy of a catalogue ({error})") from error
    if verdict != "ok" or lost:
        raise StorageDamaged(f"{file}: the copy is damaged: {verdict}")
    if not schema.is_known(revision):
        raise StorageDamaged(f"{file}: it is of another release (revision {revision})")
    return str(revision)


def _copy(source: Path, target: Path, progress: Progress) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        progress(total - remaining, total)

    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
        # One snapshot for the whole copy: otherwise each write beside it makes it begin again.
        old.isolation_level = None
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=_PAGES, progress=told, sleep=0)
        new.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    _sync(target)


def _exchange(unfinished: Path, database: Path) -> Path | None:
    """Move a new database into place while nobody else can open the old one."""
    if not database.exists():
        _put_in_place(unfinished, database)
        return None
    before = database.with_name(f"{database.name}.before-restore")
    with closing(sqlite3.connect(database, timeout=0)) as old:
        _take_alone(old, database)
        _put_in_place(database, before)
        for end in ("-wal", "-shm"):  # of a database that is too damaged to be taken alone
            with suppress(FileNotFoundError):
                Path(f"{database}{end}").replace(f"{before}{end}")
        try:
            _put_in_place(unfinished, database)
        except OSError:
            _put_in_place(before, database)
            raise
    return before


def _take_alone(driver: sqlite3.Connection, database: Path) -> None:
    """Lock a database for this connection alone, and bring all of it into its one file."""
    try:
        driver.execute("PRAGMA locking_mode=EXCLUSIVE")
        driver.execute("PRAGMA journal_mode=DELETE").fetchone()
        driver.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        raise StorageUnavailable(
            f"{database} is in use: stop `ritournelle-api serve` first"
        ) from error
    except sqlite3.DatabaseError:  # too damaged to be anybody's: that is what copies are for
        return


def _put_in_place(file: Path, place: Path) -> None:
    file.replace(place)
    _sync(place.parent)


def _sync(path: Path) -> None:
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
