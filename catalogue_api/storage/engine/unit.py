"""A unit of work in a session of its own, and what its errors are called outside the storage."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from catalogue_api.storage.engine.errors import StorageConflict, StorageUnavailable
from catalogue_api.storage.search.indexing import settle_if_marked

Value = TypeVar("Value")

DRIVER_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error)
"""What a statement may raise: SQLAlchemy's, or the driver's own from a prepared statement."""

_CONFLICTS = (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)


class Sessions:
    """Gives units a session each, on one connection; one that left nothing behind is used again.

    To make a session costs as much as several statements.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._session: Session | None = None

    def run(self, work: Callable[[Session], Value]) -> Value:
        """Run a unit on the connection, which has begun; flush, do not commit."""
        session, self._session = self._session or _session(self._connection), None
        try:
            value = work(session)
            session.flush()
        except BaseException:
            session.close()
            raise
        if session.identity_map:
            session.expunge_all()
        self._session = session
        return value

    def write(self, work: Callable[[Session], Value]) -> Value:
        """Run a unit that may change something, then index the titles that it has changed."""
        value = self.run(work)
        settle_if_marked(self._connection)
        return value

    def close(self) -> None:
        """Let go of the session; the transaction is not its business."""
        if self._session is not None:
            self._session.close()


def _session(connection: Connection) -> Session:
    return Session(bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only")


def in_session(connection: Connection, work: Callable[[Session], Value]) -> Value:
    """Run one unit on a connection that has begun; flush, do not commit."""
    sessions = Sessions(connection)
    try:
        return sessions.run(work)
    finally:
        sessions.close()


def connection_of(session: Session) -> Connection:
    """Return the connection of a unit's session, without the session's own bookkeeping."""
    if not isinstance(session.bind, Connection):
        raise TypeError("a unit of work has a session on a connection")
    return session.bind


def writing_in_session(connection: Connection, work: Callable[[Session], Value]) -> Value:
    """Run one unit that may change something, on a connection that has begun; do not commit."""
    sessions = Sessions(connection)
    try:
        return sessions.write(work)
    finally:
        sessions.close()


def wrapped(error: BaseException) -> Exception:
    """Return the error as the callers of the storage know it; their own errors unchanged."""
    wrapper: Exception
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, _CONFLICTS):
        wrapper = StorageConflict(str(cause))
    elif isinstance(error, DRIVER_ERRORS):
        wrapper = StorageUnavailable(f"the database did not take it: {cause}")
    elif isinstance(error, Exception):
        return error
    else:
        raise error
    wrapper.__cause__ = error
    return wrapper
