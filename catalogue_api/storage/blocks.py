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


def owe(
    connection: Connection, patron: int, item: int, today: date, now: datetime, by: str
) -> None:
    """Block the reader of a lost item, until it comes back or a librarian lifts the block."""
    connection.execute(
        insert(Block).values(
            patron_id=patron,
            kind=BlockKind.LOST_ITEM.value,
            reason="",
            from_on=today,
            item_id=item,
            created_at=now,
            created_by=by,
            lifted_by="",
        )
    )


def lift_of_item(connection: Connection, item: int, by: str, now: datetime) -> int:
    """Lift what blocks a reader for a lost item that is there again; return how many blocks."""
    lift = (
        update(Block)
        .where(col(Block.item_id) == item, col(Block.lifted_at).is_(None))
        .values(lifted_at=now, lifted_by=by)
    )
    return connection.execute(lift).rowcount


def lift_of_lost_card(connection: Connection, patron: int, by: str, now: datetime) -> None:
    """Lift what blocks a reader because their card was lost."""
    lost = col(Block.kind) == BlockKind.LOST_CARD.value
    connection.execute(
        update(Block)
        .where(col(Block.patron_id) == patron, lost, col(Block.lifted_at).is_(None))
        .values(lifted_at=now, lifted_by=by)
    )


def owe_again(connection: Connection, item: int, lifted_at: datetime) -> None:
    """Put back what the return of a lost item lifted at an instant: the return was undone."""
    connection.execute(
        update(Block)
        .where(col(Block.item_id) == item, col(Block.lifted_at) == lifted_at)
        .values(lifted_at=None, lifted_by="")
    )
