"""A room with computers for tests and measurements: in use, expected, booked, blocked, broken."""

from datetime import datetime, timedelta

from sqlmodel import Session

from catalogue_api.domain.slot_grid import ceiled
from catalogue_api.domain.slots import BookingKind, BookingStatus, Slot, lasting
from catalogue_api.storage.seat_taking import NewBooking, take
from catalogue_api.storage.tables import Computer, Room, SlotBlock, WalkIn

_HOUR = timedelta(hours=1)


def lay_computers(session: Session, now: datetime, site: str) -> None:
    """Lay rooms 1 and 2 with five computers, slots of readers 1 and 2, and a number that waits."""
    session.add_all([Room(site=site, name="Espace multimédia"), Room(site=site, name="Jeunesse")])
    session.flush()
    session.add_all(
        [
            Computer(room_id=1, name="PC 1", abilities="office"),
            Computer(room_id=1, name="PC 2", abilities="office scanner"),
            Computer(room_id=1, name="PC 3", out_of_order=True, remark="Écran noir"),
            Computer(room_id=2, name="PC 4", abilities="video_games", most_age=17),
            Computer(room_id=2, name="PC 5"),
        ]
    )
    session.flush()
    today = ceiled(now)
    of_class = SlotBlock(
        kind=BookingKind.BLOCK.value, label="CM2", starts_at=today, ends_at=today + 2 * _HOUR
    )
    session.add(of_class)
    session.add(WalkIn(room_id=1, day=now.date(), number=1, joined_at=now))
    session.flush()
    connection = session.connection()
    reader, booked, used = BookingKind.READER, BookingStatus.BOOKED, BookingStatus.IN_USE
    for new in (
        NewBooking(1, Slot(now, today + _HOUR), reader, used, patron=1, claimed_at=now),
        NewBooking(2, lasting(today, 60), reader, booked, patron=2),
        NewBooking(1, lasting(today + 2 * _HOUR, 60), reader, booked, patron=1),
        NewBooking(5, lasting(today, 120), BookingKind.BLOCK, booked, block=of_class.id),
    ):
        take(connection, new, now)
