"""Counting how the computers were used, without a reader in it."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Integer, func, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from catalogue_api.domain.slots import BookingKind
from catalogue_api.storage.figures import Bounds, UtcHour
from catalogue_api.storage.tables import Booking, Computer, Room

_OF_PEOPLE = (BookingKind.READER.value, BookingKind.GUEST.value)


class _Seconds(FunctionElement[int]):
    """How many seconds went by from one instant to another."""

    type = Integer()
    inherit_cache = True


@compiles(_Seconds)
def _on_sqlite(element: _Seconds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    first, last = (compiler.process(one, **options) for one in element.clauses)
    return f"(strftime('%s', {last}) - strftime('%s', {first}))"


@compiles(_Seconds, "postgresql")
def _on_postgresql(element: _Seconds, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401
    first, last = (compiler.process(one, **options) for one in element.clauses)
    return f"CAST(extract(epoch FROM {last} - {first}) AS integer)"


def slots_by_hour(
    connection: Connection, bounds: Bounds, site: str
) -> list[tuple[str, datetime, int, int]]:
    """Return how many slots of each status began in each UTC hour, and their seconds in all."""
    starts = col(Booking.starts_at)
    hour, seconds = UtcHour(starts), func.sum(_Seconds(starts, col(Booking.ends_at)))
    query = (
        select(col(Booking.status), hour, func.count(), seconds)
        .where(starts >= bounds[0], starts < bounds[1], col(Booking.kind).in_(_OF_PEOPLE))
        .group_by(col(Booking.status), hour)
    )
    if site:
        of_site = (
            select(col(Computer.id))
            .join(Room, col(Room.id) == col(Computer.room_id))
            .where(col(Room.site) == site)
        )
        query = query.where(col(Booking.computer_id).in_(of_site))
    return [
        (row[0], datetime.strptime(row[1], "%Y-%m-%d %H").replace(tzinfo=UTC), row[2], int(row[3]))
        for row in connection.execute(query)
    ]
