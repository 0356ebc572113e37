"""Somebody sits down at a computer now, without having booked: with a card, or as a guest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue_api.domain.slot_booking import Applicant, Wanted, minutes_left, of_reader, of_seat
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slots import (
    Ability,
    BookingKind,
    BookingStatus,
    Slot,
    SlotRefusal,
    lasting,
)
from catalogue_api.domain.walk_ins import seat_now
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers.seating import applicant, refused, standing_on, take
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seat_taking import NewBooking
from catalogue_api.storage.seats import SeatRow

_OF_ALLOWANCE = frozenset({SlotRefusal.DAILY_ALLOWANCE, SlotRefusal.WEEKLY_ALLOWANCE})


@dataclass(frozen=True, slots=True)
class Comer:
    """Who wants to sit down; `patron` is None for a guest. `override` is let pass."""

    patron: int | None = None
    abilities: frozenset[Ability] = frozenset()
    override: frozenset[SlotRefusal] = frozenset()


def sit_down(by: Acting, places: Sequence[SeatRow], comer: Comer) -> tuple[BookingRow, SeatRow]:
    """Seat somebody at that of some computers of a site which is free for longest."""
    return _place(by, places, comer, BookingStatus.IN_USE, None)


def keep_for(
    by: Acting, places: Sequence[SeatRow], comer: Comer, until: datetime
) -> tuple[BookingRow, SeatRow]:
    """Keep a computer for somebody who was called, until an instant."""
    return _place(by, places, comer, BookingStatus.OFFERED, until)


def _place(
    by: Acting,
    places: Sequence[SeatRow],
    comer: Comer,
    status: BookingStatus,
    until: datetime | None,
) -> tuple[BookingRow, SeatRow]:
    if not places:
        raise refused(SlotRefusal.NONE_FREE)
    reader = None if comer.patron is None else applicant(by, comer.patron, by.now)
    latest = _latest_end(by, places[0].site, reader, comer)
    fit = _fitting(by, places, reader, comer)
    offers = [(slot, place) for place in fit if (slot := _slot_at(by, place, latest)) is not None]
    for slot, place in sorted(offers, key=_longest_first):
        new = NewBooking(
            place.id,
            slot,
            BookingKind.GUEST if comer.patron is None else BookingKind.READER,
            status,
            comer.patron,
            offered_until=until,
            claimed_at=by.now if status is BookingStatus.IN_USE else None,
        )
        taken = take(by, [place], new)
        if taken is not None:
            return taken
    raise refused(SlotRefusal.NONE_FREE if len(places) > 1 else SlotRefusal.TAKEN)


def _longest_first(offer: tuple[Slot, SeatRow]) -> tuple[int, int, str]:
    slot, place = offer
    return -slot.minutes, len(place.seat.abilities), place.name


def _latest_end(by: Acting, site: str, reader: Applicant | None, comer: Comer) -> datetime:
    """Return until when somebody may sit there at the most; refuse who may not sit down at all."""
    rules, calendar = by.rules.slots, by.rules.calendar(site)
    opening = opening_at(calendar, by.now)
    if opening is None:
        raise refused(SlotRefusal.CLOSED)
    if opening.ends - by.now < timedelta(minutes=rules.closing):
        raise refused(SlotRefusal.CLOSING_SOON)
    if reader is None:
        return opening.ends
    shortest = lasting(by.now, rules.least)
    against = set(of_reader(reader, shortest, calendar, rules)) - comer.override
    if against:
        raise refused(*sorted(against))
    if comer.override & _OF_ALLOWANCE:
        return opening.ends
    left = minutes_left(reader.held, calendar.day(by.now), calendar, rules)
    return min(opening.ends, by.now + timedelta(minutes=left))


def _fitting(
    by: Acting, places: Sequence[SeatRow], reader: Applicant | None, comer: Comer
) -> list[SeatRow]:
    wanted = Wanted(lasting(by.now, by.rules.slots.least), comer.abilities, now_there=True)
    against = [set(of_seat(one.seat, reader, wanted, by.today)) - comer.override for one in places]
    fit = [place for place, reasons in zip(places, against, strict=True) if not reasons]
    if not fit:
        fewest = min(against, key=len)
        raise refused(*sorted(fewest))
    return fit


def _slot_at(by: Acting, place: SeatRow, latest: datetime) -> Slot | None:
    """Return the slot that somebody has there from now on, None if it is not free for long."""
    rules, zone = by.rules.slots, by.rules.zone
    there = standing_on(by, place.id, lasting(by.now, rules.session))
    until = min([latest, *(row.slot.starts for row in there)])
    return seat_now(until, zone, rules, by.now) if until > by.now else None
