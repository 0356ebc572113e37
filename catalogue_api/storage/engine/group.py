"""Group commit on SQLite: many units of work, one transaction, one sync of the disk.

Each unit stands behind a savepoint of its own, so that one that raises takes nothing with it. But
some failures (a full disk, an I/O error) make SQLite roll back the *whole* transaction and go on
outside any; later statements would then be committed one by one and earlier ones be lost in
silence. So after every unit the driver is asked whether the transaction still stands. If not, or
if the COMMIT fails, the group is void, and each of its units is run again alone.

Hence a unit of work may be run twice: it touches nothing but its session.

SQLAlchemy is told once that a transaction stands, and left in that belief: the real ones are begun
and ended on the driver. To let it begin and end each costs more than a small group itself.
"""

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from sqlite3 import Connection as Driver
from typing import Any, cast

from sqlalchemy import Connection, Engine
from sqlmodel import Session

from catalogue_api.storage.engine.errors import StorageUnavailable
from catalogue_api.storage.engine.unit import DRIVER_ERRORS, Sessions, wrapped

Work = Callable[[Session], Any]


@dataclass(frozen=True, slots=True)
class Done:
    """The unit is on the disk."""

    value: Any


@dataclass(frozen=True, slots=True)
class Failed:
    """Nothing of the unit is on the disk."""

    error: BaseException


class _Void(Exception):
    """SQLite has rolled the group back."""


class Groups:
    """The one connection that writes; it belongs into one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._connection: Connection | None = None
        self._sessions: Sessions | None = None

    def commit(self, works: Sequence[Work]) -> list[Done | Failed]:
        """Run and commit the units together; say of each, in order, what became of it."""
        try:
            return self._attempt(works)
        except _Void as void:
            if len(works) == 1:
                return [Failed(_reason(void))]
            return [self.commit([work])[0] for work in works]
        except DRIVER_ERRORS as error:  # it did not even begin: locked, or the file is gone
            return [Failed(wrapped(error)) for _ in works]

    def close(self) -> None:
        """Let go of the connection."""
        if self._sessions is not None:
            self._sessions.close()
        if self._connection is not None:
            self._connection.close()
        self._connection = self._sessions = None

    def _opened(self) -> tuple[Driver, Sessions]:
        if self._connection is None:
            self._connection = self._engine.connect()
        connection, sessions = self._connection, self._sessions
        if sessions is None or not connection.in_transaction():
            # The first time, or a session has rolled back what it took for the whole transaction.
            connection.rollback()
            connection.begin()
            _driver_of(connection).rollback()
            self._sessions = sessions = Sessions(connection)
        return _driver_of(connection), sessions

    def _attempt(self, works: Sequence[Work]) -> list[Done | Failed]:
        driver, sessions = self._opened()
        results: list[Done | Failed] = []
        driver.execute("BEGIN IMMEDIATE")
        try:
            for work in works:
                result = _behind_savepoint(sessions, driver, work)
                if not driver.in_transaction:
                    raise _Void from result.error if isinstance(result, Failed) else None
                results.append(result)
            driver.execute("COMMIT")
        except sqlite3.Error as error:
            raise _Void from error
        finally:
            if driver.in_transaction:
                driver.rollback()
        return results


def _driver_of(connection: Connection) -> Driver:
    return cast("Driver", connection.connection.driver_connection)


def _behind_savepoint(sessions: Sessions, driver: Driver, work: Work) -> Done | Failed:
    # A raw SAVEPOINT: SQLAlchemy's own costs a quarter of the throughput.
    driver.execute("SAVEPOINT unit")
    try:
        value = sessions.write(work)
    except Exception as error:  # noqa: BLE001 - handed to whoever asked for the unit
        if driver.in_transaction:
            driver.execute("ROLLBACK TO unit")
            driver.execute("RELEASE unit")
        return Failed(wrapped(error))
    if driver.in_transaction:
        driver.execute("RELEASE unit")
    return Done(value)


def _reason(void: _Void) -> Exception:
    if void.__cause__ is not None:
        return wrapped(void.__cause__)
    return StorageUnavailable("the database gave up the transaction")
