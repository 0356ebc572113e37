"""Slots at hours at which a site is closed, because that was decided after they were booked.

Each is moved to the nearest time of the same day that suits its reader, or cancelled; the reader
is told in either case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlmodel import Session

from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.slot_booking import Wanted, of_reader, of_seat
from catalogue_api.domain.slot_grid import opening_at, starts_on
from catalogue_api.domain.slots import BookingEnd, BookingStatus, Slot, lasting
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers import slot_notices
from catalogue_api.services.computers.booking import cancel, hold
from catalogue_api.services.computers.seating import applicant, by_abilities
from catalogue_api.services.computers.slot_moves import to_one_of
from catalogue_api.storage import bookings, seats
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow

_FOR_EVER = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Settled:
    """A slot that was at closed hours: on which day, at which site, moved or else cancelled."""

    site: str
    day: date
    moved: bool


def at_closed_hours(
    session: Session,
    rules: Rulebook,
    now: datetime,
    first: date | None = None,
    last: date | None = None,
    site: str | None = None,
) -> list[tuple[BookingRow, SeatRow]]:
    """Return readers' slots that are still to come and do not lie within opening hours.

    Between two days, the last one included; at one site, or at all.
    """
    connection = session.connection()
    since = now if first is None else max(now, _midnight(first, rules))
    until = now + _FOR_EVER if last is None else _midnight(last + timedelta(days=1), rules)
    places: dict[int, SeatRow] = {}
    found = []
    for row in bookings.ahead(connection, since, until):
        if row.computer not in places:
            places[row.computer] = seats.any_seat(connection, row.computer)
        place = places[row.computer]
        opening = opening_at(rules.calendar(place.site), row.slot.starts)
        is_open = opening is not None and row.slot.ends <= opening.ends
        if not is_open and site in {None, place.site}:
            found.append((row, place))
    return found


def settle(by: Acting) -> list[Settled]:
    """Move or cancel every slot at closed hours; each reader is told."""
    done = []
    for found, place in at_closed_hours(by.session, by.rules, by.now):
        row = hold(by.session, found)
        if row is None or row.ended_at is not None:
            continue
        moved = _move(by, row, place) if row.status is BookingStatus.BOOKED else None
        if moved is not None:
            slot_notices.moved(by, *moved, row.slot)
        else:
            ended, _ = cancel(by, row, BookingEnd.CLOSED)
            slot_notices.cancelled(by, ended, place)
        done.append(Settled(place.site, by.rules.day(row.slot.starts), moved is not None))
    return done


def _move(by: Acting, row: BookingRow, place: SeatRow) -> tuple[BookingRow, SeatRow] | None:
    if row.patron is None:
        return None
    reader = applicant(by, row.patron, row.slot.starts, but=(row.id,))
    calendar, rules = by.rules.calendar(place.site), by.rules.slots
    others = by_abilities(one for one in seats.seats_of_site(by.connection, place.site)
                          if one.online or not place.online)  # fmt: skip
    ordered = sorted(others, key=lambda one: one.id != row.computer)
    for slot in _nearest(by, row.slot, place.site):
        if any(of_reader(reader, slot, calendar, rules)):
            continue
        wanted, day = Wanted(slot, place.seat.abilities), calendar.day(slot.starts)
        fit = [one for one in ordered if not any(of_seat(one.seat, reader, wanted, day))]
        moved = to_one_of(by, row, fit, slot)
        if moved is not None:
            return moved
    return None


def _nearest(by: Acting, slot: Slot, site: str) -> Iterator[Slot]:
    """Yield the slots of the same length and day that lie within opening hours, nearest first."""
    calendar = by.rules.calendar(site)
    day = calendar.day(slot.starts)
    possible = [
        lasting(at, slot.minutes)
        for at, opening in starts_on(calendar, day, by.rules.slots)
        if at > by.now and lasting(at, slot.minutes).ends <= opening.ends
    ]
    yield from sorted(possible, key=lambda one: (abs(one.starts - slot.starts), one))


def _midnight(day: date, rules: Rulebook) -> datetime:
    return datetime.combine(day, time.min, rules.zone).astimezone(UTC)
