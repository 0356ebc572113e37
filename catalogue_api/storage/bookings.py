"""Computers kept for somebody, as they are stored, and looked up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, or_, select, text
from sqlmodel import col

from catalogue_api.domain.patrons import BlockKind
from catalogue_api.domain.slot_use import Use
from catalogue_api.domain.slots import (
    COUNTED,
    LIVE,
    BookingKind,
    BookingStatus,
    Slot,
)
from catalogue_api.storage.among import among
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Block, Booking, Patron
from catalogue_api.storage.tables.table import sql_list


@dataclass(frozen=True, slots=True)
class BookingRow:
    """A booking as it is stored."""

    id: int
    computer: int
    kind: BookingKind
    status: BookingStatus
    patron: int | None
    block: int | None
    slot: Slot
    booked_at: datetime
    offered_until: datetime | None
    claimed_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    version: int

    @property
    def use(self) -> Use:
        """The booking as far as its life goes."""
        return Use(self.status, self.slot, self.offered_until, self.kind)


@dataclass(frozen=True, slots=True)
class ReaderRow:
    """A reader who wants a computer; `blocked` by a librarian or for a lost card."""

    id: int
    card_ends: date | None
    birth_year: int | None
    blocked: bool


_IS_LIVE = text(f"bookings.status IN {sql_list(LIVE)}")
_COUNTS = text(f"bookings.status IN {sql_list(COUNTED)}")
_BARS = text(f"blocks.kind IN {sql_list((BlockKind.LOST_CARD, BlockKind.STAFF))}")
_BOOKING: Select[*tuple[Any, ...]] = select(
    col(Booking.id),
    col(Booking.computer_id),
    col(Booking.kind),
    col(Booking.status),
    col(Booking.patron_id),
    col(Booking.block_id),
    col(Booking.starts_at),
    col(Booking.ends_at),
    col(Booking.booked_at),
    col(Booking.offered_until),
    col(Booking.claimed_at),
    col(Booking.ended_at),
    col(Booking.end_reason),
    col(Booking.version),
)
_OVERLAPS = and_(
    col(Booking.starts_at) < bindparam("until"), col(Booking.ends_at) > bindparam("since")
)
_READER = Prepared(
    select(
        col(Patron.id),
        col(Patron.expires_on),
        col(Patron.birth_year),
        exists()
        .where(
            col(Block.patron_id) == col(Patron.id),
            _BARS,
            col(Block.lifted_at).is_(None),
            col(Block.from_on) <= bindparam("today"),
            or_(col(Block.until_on).is_(None), col(Block.until_on) >= bindparam("today")),
        )
        .label("blocked"),
    )
    .where(col(Patron.id) == bindparam("patron"))
    .with_for_update(of=Patron)
)
_OF_READER = Prepared(
    _BOOKING.where(
        col(Booking.patron_id) == bindparam("patron"),
        col(Booking.starts_at) >= bindparam("since"),
        col(Booking.starts_at) < bindparam("until"),
        _COUNTS,
    )
)
_ON_COMPUTER = Prepared(
    _BOOKING.where(col(Booking.computer_id) == bindparam("computer"), _OVERLAPS, _IS_LIVE).order_by(
        col(Booking.starts_at)
    )
)
_ON_COMPUTERS = _BOOKING.where(
    among(col(Booking.computer_id), "computers"), _OVERLAPS, _IS_LIVE
).order_by(col(Booking.computer_id), col(Booking.starts_at))
_ONE = _BOOKING.where(col(Booking.id) == bindparam("booking"))


def reader(connection: Connection, patron: int, today: date) -> ReaderRow | None:
    """Return a reader, and hold them until the end: nobody else may count their slots at once."""
    return ask_reader(connection, patron, today)()


def ask_reader(connection: Connection, patron: int, today: date) -> Callable[[], ReaderRow | None]:
    """Do what `reader` does; the answer is looked at later. What is asked next is held already."""
    asked = _READER.ask(connection, {"patron": patron, "today": today})

    def answered() -> ReaderRow | None:
        row = asked.first()
        return ReaderRow(row[0], row[1], row[2], bool(row[3])) if row else None

    return answered


def held_by(
    connection: Connection, patron: int, since: datetime, until: datetime
) -> list[BookingRow]:
    """Return what counts against a reader of all that begins between two instants."""
    return ask_held_by(connection, patron, since, until)()


def ask_held_by(
    connection: Connection, patron: int, since: datetime, until: datetime
) -> Callable[[], list[BookingRow]]:
    """Do what `held_by` does; the answer is looked at later."""
    asked = _OF_READER.ask(connection, {"patron": patron, "since": since, "until": until})
    return lambda: [_row(row) for row in asked.rows()]


def on_computer(connection: Connection, computer: int, slot: Slot) -> list[BookingRow]:
    """Return the live bookings of a computer that overlap an interval."""
    values = {"computer": computer, "since": slot.starts, "until": slot.ends}
    return [_row(row) for row in _ON_COMPUTER.rows(connection, values)]


def on_computers(connection: Connection, computers: Sequence[int], slot: Slot) -> list[BookingRow]:
    """Return the live bookings of some computers that overlap an interval, by computer."""
    values = {"computers": list(computers), "since": slot.starts, "until": slot.ends}
    return [_row(row) for row in connection.execute(_ON_COMPUTERS, values)]


def begun_or_offered(connection: Connection, now: datetime) -> list[BookingRow]:
    """Return the live bookings that may have lapsed: those that have begun, and offers."""
    offered = col(Booking.status) == text(f"'{BookingStatus.OFFERED.value}'")
    query = _BOOKING.where(_IS_LIVE, or_(offered, col(Booking.starts_at) <= now))
    return [_row(row) for row in connection.execute(query.order_by(col(Booking.id)))]


def ahead(connection: Connection, since: datetime, until: datetime) -> list[BookingRow]:
    """Return the bookings of readers that are live and begin between two instants, in order."""
    query = _BOOKING.where(
        _IS_LIVE,
        col(Booking.patron_id).is_not(None),
        col(Booking.starts_at) >= since,
        col(Booking.starts_at) < until,
    )
    found = connection.execute(query.order_by(col(Booking.starts_at), col(Booking.id)))
    return [_row(row) for row in found]


def booking(connection: Connection, number: int, *, lock: bool = False) -> BookingRow | None:
    """Return a booking; `lock`: nobody else changes it until the end."""
    query = _ONE.with_for_update() if lock else _ONE
    row = connection.execute(query, {"booking": number}).first()
    return _row(row) if row else None


def _row(row: Sequence[Any]) -> BookingRow:
    number, computer, kind, status, patron, block, starts, ends, *others = row
    return BookingRow(
        number,
        computer,
        BookingKind(kind),
        BookingStatus(status),
        patron,
        block,
        Slot(starts, ends),
        *others,
    )
