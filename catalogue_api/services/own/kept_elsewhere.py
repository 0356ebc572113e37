"""What is kept of a reader beside loans and reservations: computers, notices, the calendar."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.personal_data import KeptSlot, NoticeKept, QueueNumber, WaitedForSlot
from catalogue_api.domain.notices import NoticeKind, NoticeReason, NoticeStatus
from catalogue_api.domain.slot_waiting import WishStatus
from catalogue_api.domain.slots import BookingStatus
from catalogue_api.domain.walk_ins import WalkInStatus
from catalogue_api.storage.tables import (
    Booking,
    CalendarFeed,
    Computer,
    Notice,
    Room,
    SlotWish,
    WalkIn,
)


def slots(session: Session, patron: int) -> tuple[KeptSlot, ...]:
    """Return the computers that were kept for a reader, the newest first."""
    query = (
        select(Booking, Computer.name, Room.site)
        .join(Computer, col(Computer.id) == col(Booking.computer_id))
        .join(Room, col(Room.id) == col(Computer.room_id))
        .where(Booking.patron_id == patron)
        .order_by(col(Booking.starts_at).desc(), col(Booking.id).desc())
    )
    return tuple(
        KeptSlot(
            slot=row.id or 0,
            site=site,
            computer=computer,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            status=BookingStatus(row.status),
        )
        for row, computer, site in session.exec(query)
    )


def wishes(session: Session, patron: int) -> tuple[WaitedForSlot, ...]:
    """Return for which slots a reader waits, or waited."""
    query = select(SlotWish).where(SlotWish.patron_id == patron).order_by(col(SlotWish.id).desc())
    return tuple(
        WaitedForSlot(
            site=row.site, from_at=row.from_at, until_at=row.until_at, status=WishStatus(row.status)
        )
        for row in session.exec(query)
    )


def numbers(session: Session, patron: int) -> tuple[QueueNumber, ...]:
    """Return the numbers that a reader took in rooms with computers."""
    query = (
        select(WalkIn, Room.name)
        .join(Room, col(Room.id) == col(WalkIn.room_id))
        .where(WalkIn.patron_id == patron)
        .order_by(col(WalkIn.id).desc())
    )
    return tuple(
        QueueNumber(
            room=room, number=row.number, joined_at=row.joined_at, status=WalkInStatus(row.status)
        )
        for row, room in session.exec(query)
    )


def notices(session: Session, patron: int) -> tuple[NoticeKept, ...]:
    """Return what a reader was told, or was to be told, in the last months."""
    query = select(Notice).where(Notice.patron_id == patron).order_by(col(Notice.id).desc())
    return tuple(
        NoticeKept(
            kind=NoticeKind(row.kind),
            at=row.at,
            status=NoticeStatus(row.status),
            reason=NoticeReason(row.reason) if row.reason else None,
            ended_at=row.ended_at,
        )
        for row in session.exec(query)
    )


def calendar_since(session: Session, patron: int) -> datetime | None:
    """Return since when others may read the calendar of a reader, None if they may not."""
    feed = session.get(CalendarFeed, patron)
    return feed.made_at if feed else None
