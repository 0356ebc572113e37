"""Slots: booked and cancelled, by readers and at desks."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.slots import BookMySlot, BookSlot, SlotInfo
from catalogue_api.domain.roles import Role
from catalogue_api.domain.slot_booking import Applicant, Wanted, of_reader, of_seat, of_time
from catalogue_api.domain.slot_grid import last_end, opening_at
from catalogue_api.domain.slot_waiting import WishStatus
from catalogue_api.domain.slots import (
    OF_STAFF,
    OVERRIDABLE,
    Ability,
    BookingEnd,
    BookingKind,
    BookingStatus,
    Slot,
    SlotRefusal,
    lasting,
)
from catalogue_api.services import audit
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_notices, slot_offers
from catalogue_api.services.computers.seating import (
    applicant,
    ask_seat,
    by_abilities,
    free_places,
    refused,
    take,
)
from catalogue_api.services.computers.sitting_down import Comer, sit_down
from catalogue_api.services.computers.slot_views import told, visible
from catalogue_api.services.paths import no_such
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import bookings, seat_taking, seats, waiting
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.engine import locks
from catalogue_api.storage.seat_taking import NewBooking
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import Patron

_OTHERS = {BookingEnd.FOR_BLOCK, BookingEnd.CLOSED}


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for: where, when, and with what; `override` is let pass."""

    site: str
    slot: Slot
    computer: int | None = None
    abilities: frozenset[Ability] = frozenset()
    override: frozenset[SlotRefusal] = frozenset()
    by_reader: bool = True


def book_my_slot(session: Session, call: Call, body: BookMySlot) -> SlotInfo:
    """Book a computer for the caller."""
    asked = _asked(call, body)
    row, place = book(acting(session, call), call.the_caller().patron_id, asked)
    return told(session, call, row, place)


def book_slot(session: Session, call: Call, body: BookSlot) -> SlotInfo:
    """Book a computer for the reader with a card, or let them sit down at once."""
    patron = session.scalars(select(Patron.id).where(col(Patron.card) == body.card)).first()
    if patron is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such card")
    override = frozenset(body.override) & OVERRIDABLE
    by = acting(session, call)
    if body.now:
        asked = Request(body.site, lasting(by.now, 1), body.computer, by_reader=False)
        comer = Comer(patron, frozenset(body.abilities), override)
        row, place = sit_down(by, places_of(by, asked), comer)
    else:
        row, place = book(by, patron, _asked(call, body, override, by_reader=False))
    detail = {"override": sorted(override)} if override else {}
    audit.record(session, call, "slot_booked", f"slot:{row.id}", detail)
    return told(session, call, row, place)


def book(by: Acting, patron: int, asked: Request) -> tuple[BookingRow, SeatRow]:
    """Keep a computer for a reader, or refuse with all reasons at once.

    The reader is held while their allowance is counted; the last word on the computer is the
    database's.
    """
    places = ask_places(by, asked)  # all that is judged is asked for at once
    reader = applicant(by, patron, asked.slot.starts)
    found = places()
    require_time(by, reader, asked)
    fit = fitting(by, found, reader, asked)
    if len(fit) > 1:
        fit = by_abilities(free_places(by, fit, asked.slot))
    new = NewBooking(0, asked.slot, BookingKind.READER, BookingStatus.BOOKED, patron)
    taken = take(by, fit, new)
    if taken is None:
        raise refused(SlotRefusal.NONE_FREE if asked.computer is None else SlotRefusal.TAKEN)
    slot_notices.booked(by, *taken)
    return taken


def cancel_slot(session: Session, call: Call, _body: Nothing) -> SlotInfo:
    """Cancel a slot that is not in use yet; a reader whose slot a desk cancels is told."""
    by, row = acting(session, call), locked(session, call)
    if row.status not in {BookingStatus.BOOKED, BookingStatus.OFFERED} or row.kind in OF_STAFF:
        in_use = row.status is BookingStatus.IN_USE or row.kind in OF_STAFF
        raise refused(SlotRefusal.HAS_BEGUN if in_use else SlotRefusal.HAS_ENDED)
    by_reader = call.the_caller().role is Role.PATRON
    ended, place = cancel(by, row, BookingEnd.BY_READER if by_reader else BookingEnd.BY_STAFF)
    if by_reader:
        slot_notices.forget(by, row)
    else:
        slot_notices.cancelled(by, ended, place)
        audit.record(session, call, "slot_cancelled", f"slot:{row.id}")
    slot_offers.offer_free(by, place.site)
    return told(session, call, ended, place)


def cancel(by: Acting, row: BookingRow, reason: BookingEnd) -> tuple[BookingRow, SeatRow]:
    """Give a slot free that is held (`locked`); what has begun ends now, without a notice.

    Whoever was only offered it has declined, or waits on where others have taken it from them.
    """
    begun = row.slot.starts <= by.now
    if row.status is BookingStatus.OFFERED and reason in _OTHERS:
        waiting.wait_on(by.connection, row.id)
    elif row.status is BookingStatus.OFFERED:
        waiting.offer_is_over(by.connection, row.id, by.now, WishStatus.DECLINED)
    ended = seat_taking.end(
        by.connection, row, BookingStatus.CANCELLED, reason, by.now, by.now if begun else None
    )
    return ended, seats.any_seat(by.connection, row.computer)


def locked(session: Session, call: Call) -> BookingRow:
    """Return the booking of the path as the caller has seen it; nobody else changes it."""
    found = visible(session, call)
    row = hold(session, found)
    if row is None:
        raise no_such("slot")
    call.require_version(row.version)
    return row


def hold(session: Session, found: BookingRow) -> BookingRow | None:
    """Hold a booking and its reader until the end, in the order of all locks."""
    connection = session.connection()
    if found.patron is not None:
        locks.patron(connection, found.patron)
    return bookings.booking(connection, found.id, lock=True)


def places_of(by: Acting, asked: Request) -> list[SeatRow]:
    """Return the computer that is asked for, or those of the site; a reader’s are online."""
    return ask_places(by, asked)()


def ask_places(by: Acting, asked: Request) -> Callable[[], list[SeatRow]]:
    """Do what `places_of` does; the answer is looked at later."""
    if asked.computer is None:
        of_site = seats.ask_seats_of_site(by.connection, asked.site)
        return lambda: _those_of_site(by, asked, of_site())
    the_one = ask_seat(by, asked.computer)
    return lambda: [_the_one(asked, the_one())]


def _the_one(asked: Request, place: SeatRow) -> SeatRow:
    if place.site != asked.site:
        raise Refused(ProblemType.NOT_FOUND, "there is no such computer at this site")
    if asked.by_reader and not place.online:
        raise refused(SlotRefusal.DESK_ONLY)
    return place


def _those_of_site(by: Acting, asked: Request, found: list[SeatRow]) -> list[SeatRow]:
    if not found:
        require_site(by.connection, asked.site)
    return [place for place in found if place.online or not asked.by_reader]


def require_time(by: Acting, reader: Applicant, asked: Request) -> None:
    """Refuse what no computer could change: the time, the reader, their allowance."""
    calendar, rules = by.rules.calendar(asked.site), by.rules.slots
    against = [
        *of_time(Wanted(asked.slot, asked.abilities), calendar, rules, by.now),
        *of_reader(reader, asked.slot, calendar, rules),
    ]
    left = [reason for reason in against if reason not in asked.override]
    if left:
        raise refused(*left)


def fitting(
    by: Acting, places: list[SeatRow], reader: Applicant | None, asked: Request
) -> list[SeatRow]:
    """Return the computers where this reader may sit; refuse with what is against the best."""
    wanted = Wanted(asked.slot, asked.abilities)
    day = by.rules.calendar(asked.site).day(asked.slot.starts)
    against = {
        place.id: [
            reason
            for reason in of_seat(place.seat, reader, wanted, day)
            if reason not in asked.override
        ]
        for place in places
    }
    fit = [place for place in places if not against[place.id]]
    if not fit:
        raise refused(*min(against.values(), key=len, default=[SlotRefusal.NONE_FREE]))
    return fit


def _asked(
    call: Call,
    body: BookMySlot,
    override: frozenset[SlotRefusal] = frozenset(),
    *,
    by_reader: bool = True,
) -> Request:
    """Return what a body asks for; without a length, all that the rules and the doors allow."""
    rules, calendar = call.rules.slots, call.rules.calendar(body.site)
    slot = lasting(body.starts_at, body.minutes or rules.session)
    opening = opening_at(calendar, slot.starts) if body.minutes is None else None
    if opening is not None and opening.ends < slot.ends:
        slot = Slot(slot.starts, last_end(opening.ends, calendar.zone, rules.grid))
    abilities = frozenset(body.abilities)
    return Request(body.site, slot, body.computer, abilities, override, by_reader)
