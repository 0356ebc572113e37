"""The computers of the invented library: rooms, who has booked, and what their programs told."""

from datetime import datetime, timedelta

from sqlmodel import Session

from catalogue_api.commands.invented_days import openings_ahead
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.slots import BookingKind, BookingStatus, Slot, lasting
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.seat_taking import NewBooking, take
from catalogue_api.storage.tables import (
    Computer,
    ComputerAgent,
    Room,
    SlotBlock,
    SlotRule,
    WalkIn,
)

_ROOMS = (("CENTRALE", "Espace multimédia"), ("CENTRALE", "Jeunesse"), ("GARE", "Coin numérique"))
_COMPUTERS: tuple[tuple[int, str, str, int | None], ...] = (
    (1, "PC 1", "office", None),
    (1, "PC 2", "office scanner", None),
    (1, "PC 3", "office big_print", None),
    (1, "PC 4", "office", None),
    (2, "Jeunesse 1", "video_games", 17),
    (2, "Jeunesse 2", "", 17),
    (3, "Gare 1", "office scanner", None),
    (3, "Gare 2", "office", None),
)
"""Room, name, abilities, and the greatest age."""
_BROKEN, _SILENT, _AWAITED, _WITHOUT_TOKEN = 4, 3, 6, 5
_HOUR = timedelta(hours=1)
_MOMENT = timedelta(hours=14)
"""No program speaks here: those that run are taken to be heard of until the evening."""


def furnish_computers(session: Session, rules: Rulebook, now: datetime) -> None:
    """Lay three rooms with eight computers, one broken and one silent; slots, a class, a number."""
    session.add(SlotRule())
    session.add_all([Room(id=n, site=site, name=name) for n, (site, name) in enumerate(_ROOMS, 1)])
    session.flush()
    for number, (room, name, abilities, most_age) in enumerate(_COMPUTERS, 1):
        broken = number == _BROKEN
        session.add(
            Computer(
                id=number, room_id=room, name=name, abilities=abilities, most_age=most_age,
                out_of_order=broken, remark="Clavier commandé" if broken else "",
            )
        )  # fmt: skip
    session.flush()
    _lay_programs(session, now)
    _lay_slots(session, rules, now)


def _lay_programs(session: Session, now: datetime) -> None:
    for number in range(1, len(_COMPUTERS) + 1):
        if number == _WITHOUT_TOKEN:
            continue
        silent = number in {_SILENT, _BROKEN}
        seen = None if number == _AWAITED else now - 25 * _HOUR if silent else now + _MOMENT
        session.add(
            ComputerAgent(
                computer_id=number,
                token_hash=hashed(f"formation-{number}"),
                created_at=now - timedelta(days=90),
                seen_at=seen,
                program="agent 0.1.0" if seen else "",
            )
        )
    session.flush()


def _lay_slots(session: Session, rules: Rulebook, now: datetime) -> None:
    first, second = openings_ahead(rules, "CENTRALE", now)[:2]
    of_class = SlotBlock(
        kind=BookingKind.BLOCK.value, label="CM2, école de l’Invention",
        starts_at=second.starts + _HOUR, ends_at=second.starts + 2 * _HOUR,
    )  # fmt: skip
    session.add(of_class)
    session.flush()
    reader, booked, block = BookingKind.READER, BookingStatus.BOOKED, BookingKind.BLOCK
    visit = Slot(of_class.starts_at, of_class.ends_at)
    laid = [
        NewBooking(2, lasting(first.starts, 60), reader, booked, patron=2),
        NewBooking(1, lasting(first.starts + _HOUR, 60), reader, booked, patron=3),
        NewBooking(3, lasting(first.starts + 2 * _HOUR, 45), reader, booked, patron=4),
        NewBooking(2, lasting(second.starts, 30), reader, booked, patron=1),
        *(NewBooking(number, visit, block, booked, block=of_class.id) for number in (1, 2)),
    ]
    if first.starts - now < _HOUR / 4:  # it is open at this moment
        in_use, day = BookingStatus.IN_USE, rules.day(now)
        until = first.starts + _HOUR / 2
        laid.append(NewBooking(1, Slot(now, until), reader, in_use, patron=5, claimed_at=now))
        session.add(WalkIn(room_id=1, day=day, number=1, joined_at=now))
    for new in laid:
        take(session.connection(), new, now)
    session.flush()
