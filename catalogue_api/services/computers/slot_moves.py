"""A slot gets another time or another computer: its reader asks, or a desk has to."""

from sqlmodel import Session

from catalogue_api.contract.slots import MoveMySlot, MoveSlot, SlotInfo
from catalogue_api.domain.roles import Role
from catalogue_api.domain.slots import (
    OF_STAFF,
    OVERRIDABLE,
    BookingStatus,
    Slot,
    SlotRefusal,
    lasting,
)
from catalogue_api.services import audit
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_notices, slot_offers
from catalogue_api.services.computers.booking import (
    Request,
    fitting,
    locked,
    places_of,
    require_time,
)
from catalogue_api.services.computers.seating import (
    applicant,
    by_abilities,
    clear,
    free_places,
    refused,
)
from catalogue_api.services.computers.slot_views import told
from catalogue_api.storage import seat_taking, seats
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow


def move_slot(session: Session, call: Call, body: MoveMySlot) -> SlotInfo:
    """Give a slot another time or computer; one that is in use, another computer only."""
    by, row = acting(session, call), locked(session, call)
    by_reader = call.the_caller().role is Role.PATRON
    if row.status is BookingStatus.IN_USE and not by_reader and body.computer is not None:
        moved, place = change_seat(by, row, body.computer)
    else:
        moved, place = _move(by, row, body, by_reader=by_reader)
    if by_reader:
        slot_notices.booked(by, moved, place)
    else:
        slot_notices.moved(by, moved, place, row.slot)
        detail = {"from": row.slot.starts.isoformat(), "to": moved.slot.starts.isoformat()}
        audit.record(session, call, "slot_moved", f"slot:{row.id}", detail)
    slot_offers.offer_free(by, place.site)
    return told(session, call, moved, place)


def _move(
    by: Acting, row: BookingRow, body: MoveMySlot, *, by_reader: bool
) -> tuple[BookingRow, SeatRow]:
    if row.status is not BookingStatus.BOOKED or row.patron is None:
        ended = row.ended_at is not None
        raise refused(SlotRefusal.HAS_ENDED if ended else SlotRefusal.HAS_BEGUN)
    old = seats.any_seat(by.connection, row.computer)
    override = frozenset(body.override) & OVERRIDABLE if isinstance(body, MoveSlot) else frozenset()
    slot = lasting(body.starts_at, body.minutes or row.slot.minutes)
    abilities = old.seat.abilities if body.computer is None else frozenset()
    asked = Request(old.site, slot, body.computer, abilities, override, by_reader)
    if body.computer is not None:
        to = seats.seat(by.connection, body.computer)
        asked = Request(to.site if to else old.site, slot, body.computer, abilities, override,
                        by_reader)  # fmt: skip
    reader = applicant(by, row.patron, slot.starts, but=(row.id,))
    require_time(by, reader, asked)
    fit = fitting(by, places_of(by, asked), reader, asked)
    # The same computer first: who moves by an hour wants nothing else to change.
    ordered = sorted(by_abilities(fit), key=lambda place: place.id != row.computer)
    moved = to_one_of(by, row, ordered, slot)
    if moved is None:
        raise refused(SlotRefusal.NONE_FREE if body.computer is None else SlotRefusal.TAKEN)
    return moved


def to_one_of(
    by: Acting, row: BookingRow, places: list[SeatRow], slot: Slot
) -> tuple[BookingRow, SeatRow] | None:
    """Give a live booking the first of some computers that is free; None if none is.

    The booking and its reader are held (`booking.hold`).
    """
    for place in free_places(by, places, slot, but=(row.id,)):
        if place.id != row.computer:
            clear(by, place.id, slot)
        moved = seat_taking.change(by.connection, row, computer=place.id, slot=slot)
        if moved is not None:
            return moved, place
    return None


def change_seat(by: Acting, row: BookingRow, computer: int) -> tuple[BookingRow, SeatRow]:
    """Give who sits at a computer another one for the rest of their time: theirs has died."""
    if row.kind in OF_STAFF:
        raise refused(SlotRefusal.HAS_BEGUN)
    place = seats.seat(by.connection, computer)
    if place is None or place.seat.out_of_order:
        raise refused(SlotRefusal.OUT_OF_ORDER)
    if by.now >= row.slot.ends:
        raise refused(SlotRefusal.HAS_ENDED)
    moved = to_one_of(by, row, [place], row.slot)
    if moved is None:
        raise refused(SlotRefusal.TAKEN)
    return moved
