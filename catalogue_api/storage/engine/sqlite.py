"""SQLite engines: what every connection is set to, and how its transactions begin."""

from sqlite3 import Connection as Driver

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.pool import QueuePool
from sqlalchemy.util import LRUCache

BUSY_MILLISECONDS = 10_000
_STATEMENTS = 1_000


class OneDialect(SQLiteDialect_pysqlite):
    """The dialect of all engines of a process, as far as statements go.

    SQLAlchemy keeps what it compiled by dialect, and an engine has one of its own: each statement
    was compiled once for reading, once for writing, and again for every other file.
    """

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


registry.register("sqlite.one", __name__, OneDialect.__name__)
_COMPILED: LRUCache[object, object] = LRUCache(_STATEMENTS)


def writing_engine(url: str, *, busy_ms: int = BUSY_MILLISECONDS) -> Engine:
    """Return an engine with durable connections whose transactions hold the write lock.

    One is kept by whoever commits in groups, one is there for the migrations.
    """
    return _engine(url, size=2, begin="BEGIN IMMEDIATE", busy_ms=busy_ms, query_only=False)


def reading_engine(url: str, *, size: int, busy_ms: int = BUSY_MILLISECONDS) -> Engine:
    """Return an engine whose connections cannot write; each transaction sees one snapshot."""
    return _engine(url, size=size, begin="BEGIN", busy_ms=busy_ms, query_only=True)


def _engine(url: str, *, size: int, begin: str, busy_ms: int, query_only: bool) -> Engine:
    engine = create_engine(
        make_url(url).set(drivername="sqlite+one"),
        execution_options={"compiled_cache": _COMPILED},
        poolclass=QueuePool,
        pool_size=size,
        max_overflow=0,
        connect_args={"check_same_thread": False},
    )

    @event.listens_for(engine, "connect")
    def settle(driver: Driver, _record: object) -> None:
        # The driver must not begin transactions of its own: `start` does.
        driver.isolation_level = None
        driver.execute(f"PRAGMA busy_timeout={busy_ms}")
        driver.execute("PRAGMA journal_mode=WAL")
        driver.execute("PRAGMA synchronous=FULL")
        driver.execute("PRAGMA foreign_keys=ON")
        if query_only:
            driver.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
