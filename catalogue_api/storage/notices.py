"""The outbox: notices are laid into it in the transaction of what they tell of."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from catalogue_api.domain.notices import NoticeStatus
from catalogue_api.storage.tables import Notice


def lay(connection: Connection, row: Mapping[str, Any]) -> None:
    """Lay a notice into the outbox, unless one with its key lies or lay there."""
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    connection.execute(
        insert(Notice).values(**row).on_conflict_do_nothing(index_elements=[col(Notice.key)])
    )


def take_back(connection: Connection, key: str) -> None:
    """Delete a notice that nobody has begun to send; what was sent stays."""
    waiting = (
        col(Notice.key) == key,
        col(Notice.status).in_([NoticeStatus.WAITING.value, NoticeStatus.TO_TELL.value]),
        col(Notice.claimed_by) == "",
    )
    connection.execute(delete(Notice).where(*waiting))
