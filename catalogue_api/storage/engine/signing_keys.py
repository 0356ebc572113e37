"""The keys that this catalogue signs with: one for each purpose, made when it is first needed."""

from sqlalchemy import Connection, insert, select
from sqlmodel import col

from catalogue_api.storage.tables import SigningKey


def key_of(connection: Connection, purpose: str) -> str | None:
    """Return the key of a purpose, None before anything was signed for it."""
    query = select(col(SigningKey.key)).where(col(SigningKey.purpose) == purpose)
    return connection.execute(query).scalar()


def make_key(connection: Connection, purpose: str, key: str) -> None:
    """Keep the key of a purpose that has none.

    Two that make one at once meet at the row's key: one of them is run again, and finds it.
    """
    connection.execute(insert(SigningKey).values(purpose=purpose, key=key))
