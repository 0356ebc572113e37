"""Giving computers to people: what booking, waiting, walking in and blocking have in common."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.slot_booking import Applicant
from catalogue_api.domain.slot_use import claim_ends, is_lapsed
from catalogue_api.domain.slots import OF_STAFF, BookingEnd, BookingStatus, Slot, SlotRefusal
from catalogue_api.services.acting import Acting
from catalogue_api.storage import bookings, seat_taking, seats, waiting
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seat_taking import NewBooking
from catalogue_api.storage.seats import SeatRow

_WEEK = timedelta(days=7)


def refused(*reasons: SlotRefusal) -> Refused:
    """Return the refusal of a slot, with all its reasons."""
    said = ", ".join(reason.value for reason in reasons)
    return Refused(ProblemType.REFUSED_BY_RULE, said, tuple(reason.value for reason in reasons))


def the_seat(acting: Acting, computer: int) -> SeatRow:
    """Return a computer that is not withdrawn."""
    return ask_seat(acting, computer)()


def ask_seat(acting: Acting, computer: int) -> Callable[[], SeatRow]:
    """Ask for a computer that is not withdrawn; the answer is looked at later."""
    asked = seats.ask_seat(acting.connection, computer)

    def answered() -> SeatRow:
        found = asked()
        if found is None:
            raise Refused(ProblemType.NOT_FOUND, "there is no such computer")
        return found

    return answered


def applicant(
    acting: Acting, patron: int, around: datetime, but: Collection[int] = ()
) -> Applicant:
    """Return a reader with all that counts against them in the week of an instant.

    They are held until the end: nobody else may count their slots at once. `but` are bookings
    that do not count, because they are about to change.
    """
    connection = acting.connection
    reader_asked = bookings.ask_reader(connection, patron, acting.today)
    held_asked = bookings.ask_held_by(connection, patron, around - _WEEK, around + _WEEK)
    reader, held = reader_asked(), held_asked()
    if reader is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such reader")
    end_lapsed(acting, [row for row in held if _is_over(acting, row)])
    counted = (_counted(acting, row) for row in held if row.id not in but)
    slots = tuple(slot for slot in counted if slot is not None)
    return Applicant(reader.card_ends, reader.blocked, reader.birth_year, slots)


def take(
    acting: Acting, places: Sequence[SeatRow], new: NewBooking
) -> tuple[BookingRow, SeatRow] | None:
    """Keep the first of some computers that is free; None if others have them all.

    A slot that nobody has claimed in time stands in nobody's way.
    """
    for place in places:
        wanted = replace(new, computer=place.id)
        number = seat_taking.take(acting.connection, wanted, acting.now)
        if number is None and clear(acting, place.id, new.slot):
            number = seat_taking.take(acting.connection, wanted, acting.now)
        if number is not None:
            return _kept(number, wanted, acting.now), place
    return None


def _kept(number: int, new: NewBooking, now: datetime) -> BookingRow:
    return BookingRow(
        number, new.computer, new.kind, new.status, new.patron, new.block, new.slot, now,
        new.offered_until, new.claimed_at, None, "", 1,
    )  # fmt: skip


def clear(acting: Acting, computer: int, slot: Slot) -> bool:
    """End what has lapsed on a computer in an interval; tell whether nothing else is there."""
    there = bookings.on_computer(acting.connection, computer, slot)
    over = [row for row in there if _is_over(acting, row)]
    end_lapsed(acting, over)
    return len(over) == len(there)


def standing_on(acting: Acting, computer: int, slot: Slot) -> list[BookingRow]:
    """Return what keeps a computer in an interval, without what has lapsed."""
    there = bookings.on_computer(acting.connection, computer, slot)
    return [row for row in there if not _is_over(acting, row)]


def end_lapsed(acting: Acting, rows: Iterable[BookingRow]) -> None:
    """End bookings whose time is over: not claimed, not accepted, or used up.

    Each is looked at again under its lock: somebody may have sat down at the last moment.
    """
    for found in rows:
        row = bookings.booking(acting.connection, found.id, lock=True)
        if row is None or not _is_over(acting, row):
            continue
        status, reason, until = _how_it_ends(acting, row)
        seat_taking.end(acting.connection, row, status, reason, acting.now, until)
        if row.status is BookingStatus.OFFERED:
            waiting.offer_is_over(acting.connection, row.id, acting.now)


def free_places(
    acting: Acting, places: Sequence[SeatRow], slot: Slot, but: Collection[int] = ()
) -> list[SeatRow]:
    """Return those of some computers that nobody keeps in an interval, in their order."""
    numbers = [place.id for place in places]
    held = {
        row.computer
        for row in bookings.on_computers(acting.connection, numbers, slot)
        if row.id not in but and not _is_over(acting, row)
    }
    return [place for place in places if place.id not in held]


def by_abilities(places: Iterable[SeatRow]) -> list[SeatRow]:
    """Return computers in the order in which they are given away: those that can most come last."""
    return sorted(places, key=lambda place: len(place.seat.abilities))


def _is_over(acting: Acting, row: BookingRow) -> bool:
    live = row.ended_at is None
    return live and is_lapsed(row.use, acting.rules.slots, acting.now)


def _counted(acting: Acting, row: BookingRow) -> Slot | None:
    """Return the time that counts: of a slot that nobody came for, that in which it was kept."""
    if not _is_over(acting, row) or row.status is BookingStatus.IN_USE:
        return row.slot
    if row.status is BookingStatus.OFFERED:
        return None
    return Slot(row.slot.starts, claim_ends(row.slot, acting.rules.slots))


def _how_it_ends(
    acting: Acting, row: BookingRow
) -> tuple[BookingStatus, BookingEnd, datetime | None]:
    if row.status is BookingStatus.OFFERED:
        return BookingStatus.CANCELLED, BookingEnd.OFFER_OVER, acting.now
    if row.status is BookingStatus.BOOKED and row.kind not in OF_STAFF:
        until = claim_ends(row.slot, acting.rules.slots)
        return BookingStatus.NO_SHOW, BookingEnd.NOT_CLAIMED, until
    return BookingStatus.ENDED, BookingEnd.TIME_OVER, None
