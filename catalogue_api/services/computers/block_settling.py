"""What is booked where computers are to be taken: found, and settled with a word to each reader."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.slot_blocks import Settle
from catalogue_api.domain.slot_booking import Applicant, Wanted, of_seat
from catalogue_api.domain.slot_use import is_lapsed
from catalogue_api.domain.slots import (
    OF_STAFF,
    BookingEnd,
    BookingStatus,
    Settlement,
    Slot,
    SlotRefusal,
)
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers import slot_notices
from catalogue_api.services.computers.booking import cancel, hold
from catalogue_api.services.computers.seating import by_abilities, refused
from catalogue_api.services.computers.slot_moves import to_one_of
from catalogue_api.storage import bookings, seat_taking, seats
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow


@dataclass(frozen=True, slots=True)
class Found:
    """A booking in the way, where it is, and where it could be moved to (None: nowhere)."""

    row: BookingRow
    place: SeatRow
    to: SeatRow | None = None


def found(by: Acting, computers: frozenset[int], slot: Slot) -> list[Found]:
    """Return what is booked at some computers of a site in an interval, the earliest first.

    No two are proposed the same place at once.
    """
    rows = [
        row
        for row in bookings.on_computers(by.connection, sorted(computers), slot)
        if not is_lapsed(row.use, by.rules.slots, by.now)
    ]
    in_order = sorted(rows, key=lambda row: (row.slot, row.id))
    given: list[tuple[int, Slot]] = []
    all_found = []
    for row in in_order:
        place = seats.any_seat(by.connection, row.computer)
        to = next(
            (
                other
                for other in _others(by, row, place, computers)
                if not any(one == other.id and kept.overlaps(row.slot) for one, kept in given)
            ),
            None,
        )
        if to is not None:
            given.append((to.id, row.slot))
        all_found.append(Found(row, place, to))
    return all_found


def settle_all(
    by: Acting,
    in_the_way: Sequence[Found],
    settle: Mapping[int, Settle],
    slot: Slot,
    computers: frozenset[int],
) -> None:
    """Do with every booking in the way what was said; refuse where somebody has changed one."""
    # Readers first and in one order, so that no two of us wait for each other.
    for found_ in sorted(in_the_way, key=lambda one: one.row.patron or 0):
        said = settle[found_.row.id]
        row = hold(by.session, found_.row)
        if row is None or row.version != said.version:
            raise Refused(ProblemType.CHANGED_MEANWHILE, "a booking in the way has changed")
        if said.how is Settlement.MOVE:
            _move(by, row, found_, said, computers)
        else:
            _cancel(by, row, slot)


def _move(
    by: Acting, row: BookingRow, found_: Found, said: Settle, computers: frozenset[int]
) -> None:
    others = _others(by, row, found_.place, computers)
    if said.computer is not None:
        others = [place for place in others if place.id == said.computer]
    moved = to_one_of(by, row, others, row.slot)
    if moved is None:
        raise refused(SlotRefusal.CANNOT_MOVE)
    slot_notices.moved(by, *moved, row.slot)


def _cancel(by: Acting, row: BookingRow, slot: Slot) -> None:
    if row.status is not BookingStatus.IN_USE:
        ended, place = cancel(by, row, BookingEnd.FOR_BLOCK)
        slot_notices.cancelled(by, ended, place)
    elif slot.starts > by.now:
        seat_taking.change(by.connection, row, slot=Slot(row.slot.starts, slot.starts))
    else:
        seat_taking.end(
            by.connection, row, BookingStatus.ENDED, BookingEnd.FOR_BLOCK, by.now, by.now
        )


def _others(
    by: Acting, row: BookingRow, place: SeatRow, computers: frozenset[int]
) -> list[SeatRow]:
    """Return the computers of the site, but some, where a booking could go on as it is."""
    if row.kind in OF_STAFF:
        return []
    reader = None
    if row.patron is not None:
        known = bookings.reader(by.connection, row.patron, by.today)
        reader = Applicant(birth_year=known.birth_year) if known else None
    wanted = Wanted(row.slot, place.seat.abilities)
    day = by.rules.day(row.slot.starts)
    fit = [
        one
        for one in seats.seats_of_site(by.connection, place.site)
        if one.id not in computers and not any(of_seat(one.seat, reader, wanted, day))
    ]
    numbers = [one.id for one in fit]
    held = {
        other.computer
        for other in bookings.on_computers(by.connection, numbers, row.slot)
        if not is_lapsed(other.use, by.rules.slots, by.now)
    }
    return by_abilities(one for one in fit if one.id not in held)
