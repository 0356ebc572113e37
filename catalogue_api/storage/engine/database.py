"""The database as the services see it: `read(work)` and `write(work)`.

`work` is an ordinary function over a session; it returns values or messages, never rows. A write
may be run more than once (see `storage.engine.group` and `storage.engine.postgres`), so it touches
nothing but its session. "Done" is said only after the COMMIT. Where blocking work runs is an
argument: in threads, or in the caller.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar, TypeVarTuple, cast

from sqlalchemy import URL, Engine, make_url
from sqlalchemy.exc import ArgumentError
from sqlmodel import Session

from catalogue_api.storage.engine import postgres, schema
from catalogue_api.storage.engine.commits import Commits
from catalogue_api.storage.engine.errors import StorageError
from catalogue_api.storage.engine.group import Failed, Groups
from catalogue_api.storage.engine.sqlite import BUSY_MILLISECONDS, reading_engine, writing_engine
from catalogue_api.storage.engine.unit import DRIVER_ERRORS, in_session, wrapped
from catalogue_api.storage.engine.writer import Writer
from catalogue_api.storage.search.indexing import watch

Value = TypeVar("Value")
Asked = TypeVarTuple("Asked")


class Database:
    """A SQLite file (one writer that commits in groups), or a PostgreSQL database (a pool).

    `threads` is how many units run at once: readers on SQLite, readers and writers on PostgreSQL;
    0 runs everything in the caller, also what is awaited: for the command line and for a
    simulated world, where nothing may run beside it.
    """

    def __init__(self, url: str, *, threads: int = 4, busy_ms: int = BUSY_MILLISECONDS) -> None:
        self.dialect = _require_known(url)
        size = max(threads, 1)
        if self.dialect == "sqlite":
            self._write_engine = writing_engine(url, busy_ms=busy_ms)
            self._read_engine = reading_engine(url, size=size, busy_ms=busy_ms)
        else:
            self._write_engine = postgres.engine_of(url, size=size)
            self._read_engine = self._write_engine.execution_options(postgresql_readonly=True)
        watch(self._write_engine)
        groups = Groups(self._write_engine) if self.dialect == "sqlite" else None
        self._writer = Writer(groups) if groups is not None and threads else None
        self._groups = groups
        self._commits = Commits(url, self._read_engine)
        self._pool = (
            ThreadPoolExecutor(threads, thread_name_prefix="catalogue") if threads else None
        )

    async def read(self, work: Callable[[Session], Value]) -> Value:
        """Run `work` on a snapshot, without writing."""
        return await self._in_thread(self.read_now, work)

    async def write(self, work: Callable[[Session], Value]) -> Value:
        """Run `work` and return what it returned once it is on the disk, or raise what it raised.

        A caller that is cancelled leaves the unit running: it may be stored or not.
        """
        if self._writer is None:
            return await self._in_thread(self.write_now, work)
        return cast("Value", await self._writer.submit_awaited(work))

    async def commits_seen(self) -> str:
        """Return what is different once anybody, in any process, has committed anything."""
        return await self._in_thread(self._commits_seen_now)

    def read_now(self, work: Callable[[Session], Value]) -> Value:
        """Do what `read` does, in this thread."""
        try:
            with self._read_engine.connect() as connection, connection.begin():
                return in_session(connection, work)
        except DRIVER_ERRORS as error:
            raise wrapped(error) from error

    def write_now(self, work: Callable[[Session], Value]) -> Value:
        """Do what `write` does, waiting in this thread; never from within a unit of work."""
        if self._groups is None:
            return postgres.write(self._write_engine, work)
        if self._writer is not None:
            return cast("Value", self._writer.submit(work).result())
        (result,) = self._groups.commit([work])
        if isinstance(result, Failed):
            raise result.error
        return cast("Value", result.value)

    def vacuum(self, table: str) -> None:
        """Free what was replaced in a table of ours, as PostgreSQL does by itself a minute later.

        On SQLite nothing has to be freed.
        """
        if self.dialect == "postgresql":
            postgres.vacuum(self._write_engine, table)

    def migrate(self) -> str:
        """Bring the schema to this release; return the revision. Blocking, before serving."""
        return self._at_the_schema(schema.migrate)

    def require_schema(self) -> None:
        """Give an empty database its tables; raise `SchemaBehind` for another release's."""
        if self._at_the_schema(schema.current) is None:
            self.migrate()
        self._at_the_schema(schema.require_head)

    def close(self) -> None:
        """Finish what was asked, then let go of the database. Blocking."""
        if self._writer is not None:
            self._writer.close()
        if self._groups is not None:
            self._groups.close()
        if self._pool is not None:
            self._pool.shutdown()
        self._commits.close()
        self._read_engine.dispose()
        self._write_engine.dispose()

    def _commits_seen_now(self) -> str:
        try:
            return self._commits.seen_now()
        except DRIVER_ERRORS as error:
            raise wrapped(error) from error

    async def _in_thread(self, act: Callable[[*Asked], Value], *asked: *Asked) -> Value:
        if self._pool is None:
            return act(*asked)
        return await asyncio.get_running_loop().run_in_executor(self._pool, act, *asked)

    def _at_the_schema(self, act: Callable[[Engine], Value]) -> Value:
        try:
            return act(self._write_engine)
        except DRIVER_ERRORS as error:
            raise wrapped(error) from error


def _require_known(url: str) -> str:
    """Return `sqlite` or `postgresql`; say what is wrong with any other address."""
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        # The address may hold a password: it is not repeated.
        raise StorageError(
            "not a database address: write sqlite:///FILE or postgresql://HOST/NAME"
        ) from error
    name = parsed.get_backend_name()
    if name == "postgresql" and parsed.database:
        return name
    if name != "sqlite" or parsed.database in {None, "", ":memory:"}:
        raise StorageError("the database is a file of SQLite (sqlite:///FILE) or of PostgreSQL")
    _prepare_file(parsed)
    return name


def _prepare_file(url: URL) -> None:
    file = Path(str(url.database))
    folder = file.absolute().parent
    if not folder.is_dir():
        raise StorageError(f"there is no folder {folder} for the database: make it, or set another")
    if not file.exists():
        # It will hold readers' names: nobody else on the machine may read it. The files that
        # SQLite lays beside it take over its mode.
        file.touch(mode=0o600)
