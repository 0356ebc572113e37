"""Computers kept for somebody: taken, changed and given free.

That two live bookings of a computer, or of a reader, never overlap is the databases' business:
PostgreSQL's exclusion constraints, or on SQLite one row for each quarter that is kept. Every
change of a live booking goes through here, so that those rows are always what the bookings say.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from catalogue_api.domain.slots import BookingEnd, BookingKind, BookingStatus, Slot
from catalogue_api.storage.bookings import BookingRow, on_computer
from catalogue_api.storage.engine.prepared import Prepared
from catalogue_api.storage.tables import Booking, BookingQuarter


@dataclass(frozen=True, slots=True)
class NewBooking:
    """A computer that is to be kept."""

    computer: int
    slot: Slot
    kind: BookingKind
    status: BookingStatus
    patron: int | None = None
    block: int | None = None
    offered_until: datetime | None = None
    claimed_at: datetime | None = None


_VALUES: dict[str, Any] = {
    name: bindparam(name)
    for name in (
        "computer_id", "kind", "status", "patron_id", "block_id", "starts_at", "ends_at",
        "booked_at", "offered_until", "claimed_at",
    )
} | {"end_reason": text("''"), "version": text("1")}  # fmt: skip
_INSERT = {
    "sqlite": Prepared(sqlite.insert(Booking).values(_VALUES).returning(col(Booking.id))),
    # Another's booking that is not committed yet is waited for; nothing fails if it stays.
    "postgresql": Prepared(
        postgresql.insert(Booking)
        .values(_VALUES)
        .on_conflict_do_nothing()
        .returning(col(Booking.id))
    ),
}
_HELD_QUARTERS = Prepared(
    select(func.count()).where(
        col(BookingQuarter.computer_id) == bindparam("computer"),
        col(BookingQuarter.quarter) >= bindparam("first"),
        col(BookingQuarter.quarter) < bindparam("end"),
    )
)
_HOLD_QUARTER = Prepared(
    sqlite.insert(BookingQuarter).values(
        computer_id=bindparam("computer"),
        quarter=bindparam("number"),
        patron_id=bindparam("patron"),
    )
)


def take(connection: Connection, new: NewBooking, now: datetime) -> int | None:
    """Keep a computer; return the number of the booking, None if another stands in the way."""
    kind = connection.dialect.name
    if kind == "sqlite":
        if _is_held(connection, new.computer, new.slot):
            return None
        _hold(connection, new.computer, new.patron, new.slot)
    values = {
        "computer_id": new.computer,
        "kind": new.kind.value,
        "status": new.status.value,
        "patron_id": new.patron,
        "block_id": new.block,
        "starts_at": new.slot.starts,
        "ends_at": new.slot.ends,
        "booked_at": now,
        "offered_until": new.offered_until,
        "claimed_at": new.claimed_at,
    }
    row = _INSERT[kind].first(connection, values)
    return row[0] if row else None


def change(
    connection: Connection,
    row: BookingRow,
    *,
    computer: int | None = None,
    slot: Slot | None = None,
    status: BookingStatus | None = None,
    claimed_at: datetime | None = None,
) -> BookingRow | None:
    """Give a live booking another computer, time or state; None if another stands in the way.

    Who changes the place holds the row (`booking` with `lock`).
    """
    to = replace(
        row,
        computer=computer or row.computer,
        slot=slot or row.slot,
        status=status or row.status,
        claimed_at=claimed_at or row.claimed_at,
        version=row.version + 1,
    )
    if to.status is not BookingStatus.OFFERED:
        to = replace(to, offered_until=None)
    if (to.computer, to.slot) != (row.computer, row.slot):
        if any(one.id != row.id for one in on_computer(connection, to.computer, to.slot)):
            return None
        if connection.dialect.name == "sqlite":
            _release(connection, row)
            _hold(connection, to.computer, to.patron, to.slot)
    _store(connection, to)
    return to


def end(
    connection: Connection,
    row: BookingRow,
    status: BookingStatus,
    reason: BookingEnd,
    now: datetime,
    until: datetime | None = None,
) -> BookingRow:
    """End a live booking; `until`: it kept its computer up to then, else all of its time."""
    if connection.dialect.name == "sqlite":
        _release(connection, row)
    slot = row.slot
    if until is not None:
        slot = Slot(slot.starts, min(max(until, slot.starts), slot.ends))
    ended = replace(
        row,
        status=status,
        slot=slot,
        ended_at=now,
        end_reason=reason.value,
        offered_until=None,
        version=row.version + 1,
    )
    _store(connection, ended)
    return ended


def _store(connection: Connection, row: BookingRow) -> None:
    connection.execute(
        update(Booking)
        .where(col(Booking.id) == row.id)
        .values(
            computer_id=row.computer,
            status=row.status.value,
            starts_at=row.slot.starts,
            ends_at=row.slot.ends,
            offered_until=row.offered_until,
            claimed_at=row.claimed_at,
            ended_at=row.ended_at,
            end_reason=row.end_reason,
            version=row.version,
        )
    )


def _is_held(connection: Connection, computer: int, slot: Slot) -> bool:
    quarters = slot.quarters()
    values = {"computer": computer, "first": quarters.start, "end": quarters.stop}
    return bool(_HELD_QUARTERS.rows(connection, values)[0][0])


def _hold(connection: Connection, computer: int, patron: int | None, slot: Slot) -> None:
    for number in slot.quarters():
        values = {"computer": computer, "number": number, "patron": patron}
        _HOLD_QUARTER.run(connection, values)


def _release(connection: Connection, row: BookingRow) -> None:
    quarters = row.slot.quarters()
    connection.execute(
        delete(BookingQuarter).where(
            col(BookingQuarter.computer_id) == row.computer,
            col(BookingQuarter.quarter) >= quarters.start,
            col(BookingQuarter.quarter) < quarters.stop,
        )
    )
