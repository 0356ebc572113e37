"""PostgreSQL: the engine, and transactions that are run again when they met another.

READ COMMITTED with row locks: whatever must not change under a unit is read `FOR UPDATE`, in the
order of `storage.engine.locks` (see docs/decisions/0007). What still collides (a deadlock, a
constraint that two units passed at once) is run again from the start: hence a unit touches nothing
but its session.
"""

from collections.abc import Callable
from typing import TypeVar

from psycopg import errors as pg
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from catalogue_api.storage.engine.errors import StorageUnavailable
from catalogue_api.storage.engine.pipelines import leave_before_sqlalchemy, transaction
from catalogue_api.storage.engine.unit import DRIVER_ERRORS, wrapped, writing_in_session

Value = TypeVar("Value")

_COLLISIONS = (pg.SerializationFailure, pg.DeadlockDetected)
_TRIES = 8
# Compiling a statement to machine code takes longer than any statement here runs; and a library's
# catalogue lies in memory, where a page anywhere costs as much as the next one.
_OPTIONS = (
    "-c jit=off -c random_page_cost=1.1 -c timezone=UTC -c lock_timeout=10s"
    " -c idle_in_transaction_session_timeout=60s"
)


def engine_of(url: str, *, size: int) -> Engine:
    """Return an engine with up to `size` connections, opened as they are needed."""
    address = make_url(url).set(drivername="postgresql+psycopg")
    engine = create_engine(
        address,
        pool_size=size,
        max_overflow=0,
        isolation_level="READ COMMITTED",
        connect_args={"options": _OPTIONS, "connect_timeout": 10},
    )
    leave_before_sqlalchemy(engine)
    return engine


def write(engine: Engine, work: Callable[[Session], Value]) -> Value:
    """Run a unit in a transaction of its own; return what it returned once it is committed."""
    for attempt in range(_TRIES):
        try:
            with engine.connect() as connection, transaction(connection):
                return writing_in_session(connection, work)
        except DRIVER_ERRORS as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            # A constraint that another unit passed a moment ago: now that unit can be seen.
            passed = isinstance(cause, pg.IntegrityError) and attempt == 0
            if not (passed or isinstance(cause, _COLLISIONS)):
                # A connection that is lost in a COMMIT leaves open what became of it: whoever
                # asked knows whether asking again is harmless.
                raise wrapped(error) from error
    raise StorageUnavailable("too many others wanted the same rows: try again")


def vacuum(engine: Engine, table: str) -> None:
    """Free what was replaced in a table, and tell the planner what the table holds."""
    try:
        with engine.connect() as connection:
            alone = connection.execution_options(isolation_level="AUTOCOMMIT")
            alone.exec_driver_sql(f"VACUUM (ANALYZE) {table}")
    except DRIVER_ERRORS as error:
        raise wrapped(error) from error
