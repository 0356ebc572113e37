"""A reader at their computer: claimed, extended, ended; the same for a desk and for a computer.

`claim`, `extend` and `end` are the whole of what a computer's own program needs, beside who sits
there: each is given a booking that is held (`booking.hold`).
"""

from datetime import timedelta

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.slots import SlotInfo
from catalogue_api.domain.slot_booking import of_allowance
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slot_use import claiming, extended, extending
from catalogue_api.domain.slots import OF_STAFF, BookingEnd, BookingStatus, Slot, SlotRefusal
from catalogue_api.services import audit
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_notices, slot_offers
from catalogue_api.services.computers.booking import locked
from catalogue_api.services.computers.seating import applicant, refused, standing_on
from catalogue_api.services.computers.slot_views import told
from catalogue_api.storage import seat_taking, seats, waiting
from catalogue_api.storage.bookings import BookingRow

_INSTANT = timedelta(seconds=1)


def claim_slot(session: Session, call: Call, _body: Nothing) -> SlotInfo:
    """Note that a reader sits at their computer."""
    row = claim(acting(session, call), locked(session, call))
    audit.record(session, call, "slot_claimed", f"slot:{row.id}")
    return told(session, call, row)


def extend_slot(session: Session, call: Call, _body: Nothing) -> SlotInfo:
    """Let a session go on for longer."""
    row = extend(acting(session, call), locked(session, call))
    audit.record(session, call, "slot_extended", f"slot:{row.id}")
    return told(session, call, row)


def end_slot(session: Session, call: Call, _body: Nothing) -> SlotInfo:
    """End a session before its time."""
    row = end(acting(session, call), locked(session, call))
    audit.record(session, call, "slot_ended", f"slot:{row.id}")
    return told(session, call, row)


def claim(by: Acting, row: BookingRow) -> BookingRow:
    """Note that a booking's reader sits there now; refuse when it is not the time.

    Who comes within the gap before their slot may begin at once. Somebody else whose session has
    not ended is in the way: `taken`.
    """
    reason = claiming(row.use, by.rules.slots, by.now)
    if reason is not None:
        raise refused(reason)
    before = Slot(min(by.now, row.slot.starts), row.slot.ends)
    others = [one for one in standing_on(by, row.computer, before) if one.id != row.id]
    if any(one.status is BookingStatus.IN_USE for one in others) and by.now < row.slot.starts:
        raise refused(SlotRefusal.TOO_EARLY)
    slot_notices.forget(by, row)
    claimed = seat_taking.change(by.connection, row, status=BookingStatus.IN_USE, claimed_at=by.now)
    if claimed is None:
        raise refused(SlotRefusal.TAKEN)
    return claimed


def extend(by: Acting, row: BookingRow) -> BookingRow:
    """Lengthen a session by one step, if it is nearly over and nobody is kept waiting by that."""
    against = against_extending(by, row)
    if against:
        raise refused(*against)
    more = extended(row.slot, by.rules.slots)
    longer = seat_taking.change(by.connection, row, slot=Slot(row.slot.starts, more.ends))
    if longer is None:
        raise refused(SlotRefusal.NEXT_IS_BOOKED)
    return longer


def against_extending(by: Acting, row: BookingRow) -> tuple[SlotRefusal, ...]:
    """Return what stands against lengthening a session now; nothing if it can be."""
    rules = by.rules.slots
    reason = extending(row.use, rules, by.now)
    if reason is not None:
        return (reason,)
    place = seats.any_seat(by.connection, row.computer)
    calendar, more = by.rules.calendar(place.site), extended(row.slot, rules)
    opening = opening_at(calendar, row.slot.starts)
    if opening is None or more.ends > opening.ends:
        return (SlotRefusal.CLOSING_SOON,)
    if standing_on(by, row.computer, more):
        return (SlotRefusal.NEXT_IS_BOOKED,)
    if waiting.turns(by.connection, place.room, by.today):
        return (SlotRefusal.SOMEBODY_WAITS,)
    if row.patron is None:
        return ()
    reader = applicant(by, row.patron, row.slot.starts)
    elsewhere = any(more.overlaps(one) for one in reader.held if one != row.slot)
    allowance = tuple(of_allowance(reader.held, more, calendar, rules))
    return allowance or ((SlotRefusal.BOOKED_ELSEWHERE,) if elsewhere else ())


def end(by: Acting, row: BookingRow, reason: BookingEnd = BookingEnd.SIGNED_OUT) -> BookingRow:
    """End a session; what is left of its time is free, and offered to who waits."""
    if row.status is not BookingStatus.IN_USE or row.kind in OF_STAFF:
        raise refused(SlotRefusal.NOT_IN_USE)
    ended = seat_taking.end(by.connection, row, BookingStatus.ENDED, reason, by.now, by.now)
    slot_offers.offer_free(by, seats.any_seat(by.connection, row.computer).site)
    return ended


def session_at(by: Acting, computer: int) -> BookingRow | None:
    """Return what keeps a computer at this moment, None if it is free."""
    there = standing_on(by, computer, Slot(by.now, by.now + _INSTANT))
    return there[0] if there else None


def claimable_by(by: Acting, patron: int, computer: int) -> BookingRow | None:
    """Return the booking that a reader may claim at a computer now, None if they have none."""
    soon = Slot(by.now, by.now + timedelta(minutes=by.rules.slots.gap) + _INSTANT)
    for row in standing_on(by, computer, soon):
        if row.patron == patron and claiming(row.use, by.rules.slots, by.now) is None:
            return row
    return None
