"""The blocks of readers."""

from datetime import date, datetime

from sqlalchemy import Connection, insert, update
from sqlmodel import col

from catalogue_api.domain.patrons import BlockKind
from catalogue_api.storage.tables import Block


def suspend(
    connection: Connection,
    patron: int,
    return_id: str,
    from_on: date,
    until_on: date,
    now: datetime,
) -> None:
    """Add the suspension that follows from a late return; `until_on` is its last day."""
    connection.execute(
        insert(Block).values(
            patron_id=patron,
            kind=BlockKind.SUSPENSION.value,
            reason="",
            from_on=from_on,
            until_on=until_on,
            return_id=return_id,
            created_at=now,
            created_by="",
            lifted_by="",
        )
    )


def lift_suspension(connection: Connection, return_id: str, by: str, now: datetime) -> None:
    """Lift the suspension that followed from a return, if it brought one."""
    connection.execute(
        update(Block)
        .where(col(Block.return_id) == return_id, col(Block.lifted_at).is_(None))
        .values(lifted_at=now, lifted_by=by)
    )
