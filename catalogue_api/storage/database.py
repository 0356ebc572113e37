"""The database as the services see it: `read(work)` and `write(work)`.

`work` is an ordinary function over a session; it returns values or messages, never rows. A write
may be run twice (see `storage.group`), so it touches nothing but its session. "Done" is said only
after the COMMIT. Where blocking work runs is an argument: in threads, or in the caller.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, cast

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlmodel import Session

from catalogue_api.storage import schema
from catalogue_api.storage.errors import StorageError
from catalogue_api.storage.group import Failed, commit_group, in_session, wrapped
from catalogue_api.storage.sqlite import BUSY_MILLISECONDS, reading_engine, writing_engine
from catalogue_api.storage.writer import Writer

Value = TypeVar("Value")


class Database:
    """A SQLite file: one writer that commits in groups, readers that each see one snapshot.

    `readers` is how many threads read at once; 0 runs everything in the caller, also what is
    awaited: for the command line and for a simulated world, where nothing may run beside it.
    """

    def __init__(self, url: str, *, readers: int = 4, busy_ms: int = BUSY_MILLISECONDS) -> None:
        _require_sqlite_file(url)
        self._write_engine = writing_engine(url, busy_ms=busy_ms)
        self._read_engine = reading_engine(url, size=max(readers, 1), busy_ms=busy_ms)
        self._writer = Writer(self._write_engine) if readers else None
        self._readers = (
            ThreadPoolExecutor(readers, thread_name_prefix="catalogue-reader") if readers else None
        )

    async def read(self, work: Callable[[Session], Value]) -> Value:
        """Run `work` on a snapshot, without writing."""
        if self._readers is None:
            return self.read_now(work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self.read_now, work)

    async def write(self, work: Callable[[Session], Value]) -> Value:
        """Run `work` and return what it returned once it is on the disk, or raise what it raised.

        A caller that is cancelled leaves the unit running: it may be stored or not.
        """
        if self._writer is None:
            return self.write_now(work)
        return cast("Value", await asyncio.wrap_future(self._writer.submit(work)))

    def read_now(self, work: Callable[[Session], Value]) -> Value:
        """Do what `read` does, in this thread."""
        try:
            with self._read_engine.connect() as connection, connection.begin():
                return in_session(connection, work)
        except DBAPIError as error:
            raise wrapped(error) from error

    def write_now(self, work: Callable[[Session], Value]) -> Value:
        """Do what `write` does, waiting in this thread; never from within a unit of work."""
        if self._writer is not None:
            return cast("Value", self._writer.submit(work).result())
        (result,) = commit_group(self._write_engine, [work])
        if isinstance(result, Failed):
            raise result.error
        return cast("Value", result.value)

    def migrate(self) -> str:
        """Bring the schema to this release; return the revision. Blocking, before serving."""
        return self._at_the_schema(schema.migrate)

    def require_schema(self) -> None:
        """Give an empty file its tables; raise `SchemaBehind` for another release's. Blocking."""
        if self._at_the_schema(schema.current) is None:
            self.migrate()
        self._at_the_schema(schema.require_head)

    def close(self) -> None:
        """Finish what was asked, then let go of the file. Blocking."""
        if self._writer is not None:
            self._writer.close()
        if self._readers is not None:
            self._readers.shutdown()
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _at_the_schema(self, act: Callable[[Engine], Value]) -> Value:
        try:
            return act(self._write_engine)
        except DBAPIError as error:
            raise wrapped(error) from error


def _require_sqlite_file(url: str) -> None:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StorageError(f"not a database address: {url!r}; write sqlite:///FILE") from error
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        # The address may hold a password: it is not repeated.
        raise StorageError("the database must be a file of SQLite: write sqlite:///FILE")
    folder = Path(str(parsed.database)).absolute().parent
    if not folder.is_dir():
        raise StorageError(f"there is no folder {folder} for the database: make it, or set another")
    if not Path(str(parsed.database)).exists():
        # It will hold readers' names: nobody else on the machine may read it. The files that
        # SQLite lays beside it take over its mode.
        Path(str(parsed.database)).touch(mode=0o600)
