"""Who waits for a slot, or in a room for a computer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, func, select, text, update
from sqlmodel import col

from catalogue_api.domain.slot_waiting import OPEN_WISHES, SlotWish, WishStatus
from catalogue_api.domain.slots import Slot
from catalogue_api.domain.walk_ins import Turn, WalkInStatus
from catalogue_api.storage.seats import abilities_of
from catalogue_api.storage.tables import Room, WalkIn
from catalogue_api.storage.tables import SlotWish as WishTable
from catalogue_api.storage.tables.table import sql_list

_IS_OPEN = text(f"slot_wishes.status IN {sql_list(OPEN_WISHES)}")
_WAITING = text(f"slot_wishes.status = '{WishStatus.WAITING.value}'")


@dataclass(frozen=True, slots=True)
class WishRow:
    """A wish that waits, and whose it is."""

    patron: int
    wish: SlotWish


def waiting_wishes(connection: Connection, site: str, now: datetime) -> list[WishRow]:
    """Return the wishes of a site that wait and are not over, the oldest first."""
    found = connection.execute(
        select(
            col(WishTable.patron_id),
            col(WishTable.id),
            col(WishTable.placed_at),
            col(WishTable.from_at),
            col(WishTable.until_at),
            col(WishTable.minutes),
            col(WishTable.abilities),
        )
        .where(_IS_OPEN, _WAITING, col(WishTable.site) == site, col(WishTable.until_at) > now)
        .order_by(col(WishTable.placed_at), col(WishTable.id))
    )
    return [
        WishRow(
            patron, SlotWish(number or 0, placed, Slot(since, until), minutes, abilities_of(words))
        )
        for patron, number, placed, since, until, minutes, words in found
    ]


def offer(connection: Connection, wish: int, booking: int) -> None:
    """Note what is offered to a wish."""
    connection.execute(
        update(WishTable)
        .where(col(WishTable.id) == wish)
        .values(
            status=WishStatus.OFFERED.value, booking_id=booking, version=col(WishTable.version) + 1
        )
    )


def offer_is_over(
    connection: Connection, booking: int, now: datetime, how: WishStatus = WishStatus.EXPIRED
) -> None:
    """End the wish, or the number, to which a booking was offered that nobody took."""
    for table, status in ((WishTable, how), (WalkIn, WalkInStatus.LEFT)):
        connection.execute(
            update(table)
            .where(col(table.booking_id) == booking, col(table.ended_at).is_(None))
            .values(status=status.value, ended_at=now)
        )


def wait_on(connection: Connection, booking: int) -> None:
    """Let whoever was offered a booking wait on: it was taken from them by others."""
    for table, status in ((WishTable, WishStatus.WAITING), (WalkIn, WalkInStatus.WAITING)):
        connection.execute(
            update(table)
            .where(col(table.booking_id) == booking, col(table.ended_at).is_(None))
            .values(status=status.value, booking_id=None)
        )


def end_wishes(connection: Connection, now: datetime) -> int:
    """End wishes whose time has come without anything becoming free."""
    over = (_IS_OPEN, _WAITING, col(WishTable.until_at) <= now)
    ended = update(WishTable).where(*over).values(status=WishStatus.OVER.value, ended_at=now)
    return connection.execute(ended).rowcount


def end_yesterdays_numbers(connection: Connection, today: date, now: datetime) -> int:
    """End the numbers of days that are over."""
    over = (col(WalkIn.day) < today, col(WalkIn.ended_at).is_(None))
    ended = update(WalkIn).where(*over).values(status=WalkInStatus.LEFT.value, ended_at=now)
    return connection.execute(ended).rowcount


def sites_with_wishes(connection: Connection) -> Sequence[str]:
    """Return the sites where somebody waits for a slot."""
    query = select(col(WishTable.site)).where(_IS_OPEN, _WAITING).distinct()
    return connection.execute(query.order_by(col(WishTable.site))).scalars().all()


def last_number(connection: Connection, room: int, day: date) -> int:
    """Return the last number that was given in a room on a day, 0 before the first."""
    query = select(func.max(col(WalkIn.number)))
    found = connection.execute(query.where(col(WalkIn.room_id) == room, col(WalkIn.day) == day))
    return found.scalar() or 0


def rooms_with_turns(connection: Connection, site: str, day: date) -> Sequence[int]:
    """Return the rooms of a site where a number waits."""
    found = connection.execute(
        select(col(WalkIn.room_id))
        .join(Room, col(Room.id) == col(WalkIn.room_id))
        .where(
            col(Room.site) == site,
            col(WalkIn.day) == day,
            col(WalkIn.status) == WalkInStatus.WAITING.value,
        )
        .distinct()
    )
    return sorted(found.scalars())


def sites_with_turns(connection: Connection, day: date) -> Sequence[str]:
    """Return the sites where a number waits in some room."""
    found = connection.execute(
        select(col(Room.site))
        .join(WalkIn, col(Room.id) == col(WalkIn.room_id))
        .where(col(WalkIn.day) == day, col(WalkIn.status) == WalkInStatus.WAITING.value)
        .distinct()
    )
    return sorted(found.scalars())


def turns(connection: Connection, room: int, day: date) -> list[Turn]:
    """Return the numbers that wait in a room."""
    found = connection.execute(
        select(col(WalkIn.id), col(WalkIn.number), col(WalkIn.abilities))
        .where(
            col(WalkIn.room_id) == room,
            col(WalkIn.day) == day,
            col(WalkIn.status) == WalkInStatus.WAITING.value,
        )
        .order_by(col(WalkIn.number))
    )
    return [Turn(one or 0, number, abilities_of(words)) for one, number, words in found]
