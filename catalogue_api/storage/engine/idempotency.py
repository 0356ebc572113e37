"""Writes that were answered, by their key."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select
from sqlmodel import col

from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import IdempotencyKey

_FIND = Prepared(
    select(col(IdempotencyKey.body_hash), col(IdempotencyKey.answer)).where(
        col(IdempotencyKey.caller) == bindparam("by"), col(IdempotencyKey.key) == bindparam("named")
    )
)
_KEEP = Prepared(insert(IdempotencyKey))


def answered(connection: Connection, caller: str, key: str) -> tuple[str, str] | None:
    """Return the body's hash and the answer (JSON) that were kept under a key."""
    row = _FIND.first(connection, {"by": caller, "named": key})
    return (row[0], row[1]) if row else None


def keep(
    connection: Connection, caller: str, key: str, body_hash: str, answer: str, now: datetime
) -> None:
    """Keep an answer; a second one under the same key is a conflict of the database."""
    _KEEP.run(
        connection,
        {
            "caller": caller,
            "key": key,
            "body_hash": body_hash,
            "answer": answer,
            "created_at": now,
        },
    )
