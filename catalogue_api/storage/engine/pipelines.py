"""A transaction on PostgreSQL whose statements do not wait for the answers to those before them.

Most of a short transaction is waiting for the other side, once for every statement and for BEGIN
and COMMIT too. In a pipeline (of psycopg and libpq) only an answer that somebody looks at is waited
for: what is merely written travels with the COMMIT. The order of statements is that in which they
were said, as ever. What goes wrong with one is heard at the next answer, at the COMMIT at last.

Only `storage.engine.prepared` knows how to ask in a pipeline. SQLAlchemy needs each answer at
once: the first statement that it runs itself ends the pipeline, and the transaction goes on
without.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import cast

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event

from catalogue_api.storage.engine.errors import StorageUnavailable

_HELD = "pipeline"


@dataclass(frozen=True, slots=True)
class _Held:
    pipeline: psycopg.Pipeline
    stack: ExitStack


@contextmanager
def transaction(connection: Connection) -> Iterator[None]:
    """Run a block in a transaction of its own, in a pipeline as far as that goes.

    An exception takes everything back. Otherwise all is committed when the block has ended.
    """
    # BEGIN and COMMIT are said here: the driver would wait for each of them.
    connection.execution_options(isolation_level="AUTOCOMMIT")
    with connection.begin():
        driver = _driver_of(connection)
        try:
            with ExitStack() as stack:
                connection.info[_HELD] = _Held(stack.enter_context(driver.pipeline()), stack)
                driver.execute("BEGIN", prepare=False)
                yield
                ended = driver.execute("COMMIT", prepare=False)
        except Exception:
            _take_back(driver)
            raise
        finally:
            connection.info.pop(_HELD, None)
        if ended.statusmessage != "COMMIT":
            raise StorageUnavailable("the database gave up the transaction")


def leave(connection: Connection) -> None:
    """End the pipeline of a connection, if it has one: every answer is here, or an error raised."""
    held: _Held | None = connection.info.pop(_HELD, None)
    if held is not None:
        held.stack.close()


def arrive(connection: Connection) -> None:
    """Wait until everything that was said has been done."""
    held: _Held | None = connection.info.get(_HELD)
    if held is not None:
        held.pipeline.sync()


def leave_before_sqlalchemy(engine: Engine) -> None:
    """Have whatever SQLAlchemy runs on this engine run outside of pipelines."""

    @event.listens_for(engine, "before_cursor_execute")
    def before(connection: Connection, *_: object) -> None:
        leave(connection)


def _take_back(driver: psycopg.Connection[object]) -> None:
    """Roll back what was no fault of the database's: the connection is as good as before.

    The driver's own way forgets on top all statements that it has prepared, which is right after
    an error, and SQLAlchemy goes it then; but a refusal is an everyday answer.
    """
    if driver.info.transaction_status is TransactionStatus.INTRANS:
        driver.pgconn.exec_(b"ROLLBACK")


def _driver_of(connection: Connection) -> psycopg.Connection[object]:
    return cast("psycopg.Connection[object]", connection.connection.dbapi_connection)
