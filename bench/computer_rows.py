"""A room with computers for tests and measurements: in use, expected, booked, blocked, broken."""

from datetime import datetime, timedelta

from sqlmodel import Session

from catalogue_api.domain.slot_grid import ceiled
from catalogue_api.domain.slots import BookingKind, BookingStatus, Slot, lasting
from catalogue_api.storage.seat_taking import NewBooking, take
from catalogue_api.storage.tables import Computer, ComputerAgent, GuestPass, Room, SlotBlock, WalkIn

_HOUR = timedelta(hours=1)


def lay_computers(session: Session, now: datetime, site: str) -> None:
    """Lay rooms 1 and 2 with five computers, slots of readers 1 and 2, and a number that waits.

    What their programs have told is laid too.
    """
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
    lay_programs(session, now)
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


def lay_programs(session: Session, now: datetime) -> None:
    """Lay a program that runs, a silent one and one that is awaited, and two codes of guests."""
    seen = {1: now, 2: now - _HOUR, 5: None}
    session.add_all(
        [
            ComputerAgent(
                computer_id=number,
                token_hash=f"hash of {number}",
                created_at=now - _HOUR,
                seen_at=at,
                program="agent 0.1.0" if at else "",
            )
            for number, at in seen.items()
        ]
    )
    session.add_all(
        [
            GuestPass(
                code_hash=f"hash of {number}",
                room_id=1,
                made_at=now - _HOUR,
                made_by="ana",
                expires_at=now + _HOUR,
                revoked_at=revoked_at,
            )
            for number, revoked_at in enumerate([None, now], 1)
        ]
    )
