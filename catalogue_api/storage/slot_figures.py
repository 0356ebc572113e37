"""Counting how the computers were used, without a reader in it."""

from datetime import UTC, datetime

from sqlalchemy import Connection, func, select
from sqlmodel import col

from catalogue_api.domain.slots import BookingKind
from catalogue_api.storage.engine.instants import SecondsBetween, UtcHour
from catalogue_api.storage.figures import Bounds
from catalogue_api.storage.tables import Booking, Computer, Room

_OF_PEOPLE = (BookingKind.READER.value, BookingKind.GUEST.value)


def slots_by_hour(
    connection: Connection, bounds: Bounds, site: str
) -> list[tuple[str, datetime, int, int]]:
    """Return how many slots of each status began in each UTC hour, and their seconds in all."""
    starts = col(Booking.starts_at)
    hour, seconds = UtcHour(starts), func.sum(SecondsBetween(starts, col(Booking.ends_at)))
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
