"""A unit of work in a session of its own, and what its errors are called outside the storage."""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

import psycopg
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from catalogue_api.storage.errors import StorageConflict, StorageUnavailable

Value = TypeVar("Value")

DRIVER_ERRORS = (DBAPIError, sqlite3.Error, psycopg.Error)
"""What a statement may raise: SQLAlchemy's, or the driver's own from a prepared statement."""

_CONFLICTS = (IntegrityError, sqlite3.IntegrityError, psycopg.IntegrityError)


def in_session(connection: Connection, work: Callable[[Session], Value]) -> Value:
    """Run a unit in a session of its own on a connection that has begun; flush, do not commit."""
    with Session(
        bind=connection, expire_on_commit=False, join_transaction_mode="rollback_only"
    ) as session:
        value = work(session)
        session.flush()
        return value


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
