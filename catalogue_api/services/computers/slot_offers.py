"""Slots that have become free, offered to who waits for one: the oldest wish first.

An offer is a booking that keeps its computer until it is taken, declined or over: so that one
slot is offered to one person at a time is what the database holds to anyway.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from catalogue_api.domain.slot_booking import Wanted, of_reader, of_seat
from catalogue_api.domain.slot_use import is_lapsed
from catalogue_api.domain.slot_waiting import SlotWish, fitting, offer_until
from catalogue_api.domain.slots import BookingKind, BookingStatus, Slot, gaps
from catalogue_api.services.acting import Acting
from catalogue_api.services.computers import slot_notices
from catalogue_api.services.computers.seating import applicant, take
from catalogue_api.services.computers.walk_in_calls import call_waiting
from catalogue_api.storage import bookings, seats, waiting
from catalogue_api.storage.seat_taking import NewBooking
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.waiting import WishRow


@dataclass(frozen=True, slots=True)
class _Chance:
    """A slot at a computer that answers a wish."""

    slot: Slot
    place: SeatRow


def offer_free(by: Acting, site: str) -> int:
    """Offer what is free at a site to those who wait; return how many were called or offered one.

    Who waits in a room goes first for what is free at this moment.
    """
    made = call_waiting(by, site)
    for row in waiting.waiting_wishes(by.connection, site, by.now):
        made += any(_offer(by, row, chance) for chance in _chances(by, site, row.wish))
    return made


def _chances(by: Acting, site: str, wish: SlotWish) -> list[_Chance]:
    """Return what would answer a wish, the earliest first."""
    places = [one for one in seats.seats_of_site(by.connection, site) if one.online]
    numbers = [place.id for place in places]
    held: dict[int, list[Slot]] = {number: [] for number in numbers}
    for row in bookings.on_computers(by.connection, numbers, wish.within):
        if not is_lapsed(row.use, by.rules.slots, by.now):
            held[row.computer].append(row.slot)
    found = []
    for place in places:
        for free in _open_parts(by, site, wish, held[place.id]):
            slot = fitting(wish, free, place.seat, by.now)
            if slot is not None:
                found.append(_Chance(slot, place))
                break
    return sorted(found, key=lambda one: (one.slot, len(one.place.seat.abilities), one.place.id))


def _open_parts(by: Acting, site: str, wish: SlotWish, held: Sequence[Slot]) -> Iterator[Slot]:
    calendar = by.rules.calendar(site)
    first, last = calendar.day(wish.within.starts), calendar.day(wish.within.ends)
    for opening in calendar.openings(first, last):
        yield from gaps(Slot(opening.starts, opening.ends), tuple(held))


def _offer(by: Acting, row: WishRow, chance: _Chance) -> bool:
    until = offer_until(chance.slot, by.rules.slots, by.now)
    if until is None:
        return False
    calendar = by.rules.calendar(chance.place.site)
    reader = applicant(by, row.patron, chance.slot.starts)
    wanted = Wanted(chance.slot, row.wish.abilities)
    day = calendar.day(chance.slot.starts)
    if any(of_reader(reader, chance.slot, calendar, by.rules.slots)):
        return False
    if any(of_seat(chance.place.seat, reader, wanted, day)):
        return False
    taken = take(
        by,
        [chance.place],
        NewBooking(
            chance.place.id,
            chance.slot,
            BookingKind.READER,
            BookingStatus.OFFERED,
            row.patron,
            offered_until=until,
        ),
    )
    if taken is None:
        return False
    waiting.offer(by.connection, row.wish.id, taken[0].id)
    slot_notices.offered(by, *taken)
    return True
