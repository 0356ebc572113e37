"""Who comes without a slot: numbers given, called, seated; and the screen of the room."""

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.walk_ins import (
    Board,
    BoardCall,
    BoardSeat,
    GiveNumber,
    WalkInInfo,
    WalkInList,
)
from catalogue_api.domain.seat_states import state_of
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slot_use import is_lapsed
from catalogue_api.domain.slots import (
    BookingEnd,
    BookingStatus,
    SlotRefusal,
    lasting,
)
from catalogue_api.domain.walk_ins import WALK_INS_HERE, WalkInStatus
from catalogue_api.services import audit
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_offers
from catalogue_api.services.computers.booking import hold
from catalogue_api.services.computers.seating import applicant, refused
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import bookings, seat_taking, seats, waiting
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.engine import locks
from catalogue_api.storage.seats import abilities_text
from catalogue_api.storage.tables import Patron, Room, Site, WalkIn

_HERE = col(WalkIn.status).in_([status.value for status in WALK_INS_HERE])
_A_DAY = 24 * 60


def give_number(session: Session, call: Call, body: GiveNumber) -> WalkInInfo:
    """Give the next number of the day; a computer that is free is given at once."""
    by, room = acting(session, call), _room(session, call)
    if opening_at(by.rules.calendar(room.site), by.now) is None:
        raise refused(SlotRefusal.CLOSED)
    wanted = frozenset(body.abilities)
    places = seats.seats_of_room(by.connection, room.id or 0)
    if not any(wanted <= place.seat.abilities for place in places):
        raise refused(SlotRefusal.LACKS_ABILITY)
    patron = _reader_of(by, body.card) if body.card else None
    locks.site(by.connection, room.site)
    row = WalkIn(
        room_id=room.id or 0,
        day=by.today,
        number=waiting.last_number(by.connection, room.id or 0, by.today) + 1,
        patron_id=patron,
        abilities=abilities_text(wanted),
        joined_at=by.now,
    )
    session.add(row)
    session.flush()
    audit.record(session, call, "number_given", f"walk_in:{row.id}", {"room": room.id})
    slot_offers.offer_free(by, room.site)
    return _told(session, row)


def list_walk_ins(session: Session, call: Call, _body: Nothing) -> WalkInList:
    """List the numbers of today that wait or were called."""
    room = _room(session, call)
    return WalkInList(walk_ins=tuple(_told(session, row) for row in _here(session, call, room)))


def seat_walk_in(session: Session, call: Call, _body: Nothing) -> WalkInInfo:
    """Note that a called number sits at its computer; said twice, it changes nothing."""
    by, row = acting(session, call), _found(session, call)
    if row.status == WalkInStatus.SEATED.value:
        return _told(session, row)
    if not _seat(by, row):
        raise refused(SlotRefusal.NOT_OFFERED)
    return _told(session, row)


def sit(by: Acting, kept: BookingRow, patron: int) -> bool:
    """Let a reader who was called sit down at what is kept for them; tell whether it is."""
    query = select(WalkIn).where(
        col(WalkIn.booking_id) == kept.id,
        col(WalkIn.patron_id) == patron,
        col(WalkIn.status) == WalkInStatus.CALLED.value,
    )
    row = by.session.exec(query.with_for_update()).first()
    return row is not None and _seat(by, row)


def _seat(by: Acting, row: WalkIn) -> bool:
    booking = _kept_for(by, row)
    if booking is None:
        return False
    seat_taking.change(by.connection, booking, status=BookingStatus.IN_USE, claimed_at=by.now)
    row.status, row.ended_at = WalkInStatus.SEATED.value, by.now
    by.session.add(row)
    return True


def take_number_back(session: Session, call: Call, _body: Nothing) -> WalkInInfo:
    """Take a number back; the computer that was kept for it goes to the next."""
    by, row = acting(session, call), _found(session, call)
    if row.ended_at is not None:
        return _told(session, row)
    booking = _kept_for(by, row)
    row.status, row.ended_at = WalkInStatus.LEFT.value, by.now
    session.add(row)
    if booking is not None:
        status, reason = BookingStatus.CANCELLED, BookingEnd.DECLINED
        seat_taking.end(by.connection, booking, status, reason, by.now, by.now)
        slot_offers.offer_free(by, session.get_one(Room, row.room_id).site)
    return _told(session, row)


def show_board(session: Session, call: Call, _body: Nothing) -> Board:
    """Show the screen of a room, without any name."""
    room = _room(session, call)
    here = [_told(session, row) for row in _here(session, call, room)]
    opening = opening_at(call.rules.calendar(room.site), call.now)
    return Board(
        room=room.id or 0,
        room_name=room.name,
        site_name=session.get_one(Site, room.site).name,
        at=call.now,
        open_until=opening.ends if opening else None,
        computers=tuple(_seats(session, call, room)),
        called=tuple(
            BoardCall(number=one.number, computer_name=one.computer_name, until=one.until)
            for one in here
            if one.until is not None and one.until > call.now
        ),
        waiting=tuple(one.number for one in here if one.status is WalkInStatus.WAITING),
    )


def _seats(session: Session, call: Call, room: Room) -> list[BoardSeat]:
    places = seats.seats_of_room(session.connection(), room.id or 0)
    day = lasting(call.now, _A_DAY)
    rows = bookings.on_computers(session.connection(), [one.id for one in places], day)
    found = []
    for place in places:
        of_place = [row for row in rows if row.computer == place.id]
        uses = [row.use for row in of_place]
        broken = place.seat.out_of_order
        state, until = state_of(uses, call.rules.slots, call.now, out_of_order=broken)
        found.append(BoardSeat(name=place.name, state=state, until=until))
    return found


def _reader_of(by: Acting, card: str) -> int:
    """Return the reader with a card, held, if they may have a computer today at all."""
    patron = by.session.exec(select(Patron.id).where(col(Patron.card) == card)).first()
    if patron is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such card")
    reader = applicant(by, patron, by.now)
    against = []
    if reader.blocked:
        against.append(SlotRefusal.BLOCKED)
    if reader.card_ends is not None and reader.card_ends < by.today:
        against.append(SlotRefusal.CARD_EXPIRED)
    waits = select(WalkIn.id).where(
        col(WalkIn.patron_id) == patron, col(WalkIn.day) == by.today, _HERE
    )
    if by.session.exec(waits).first() is not None:
        against.append(SlotRefusal.ALREADY_WAITS)
    if against:
        raise refused(*against)
    return patron


def _kept_for(by: Acting, row: WalkIn) -> BookingRow | None:
    """Return the computer that is kept for a called number, held; None if that is over."""
    found = bookings.booking(by.connection, row.booking_id) if row.booking_id else None
    booking = hold(by.session, found) if found else None
    if booking is None or booking.status is not BookingStatus.OFFERED:
        return None
    return None if is_lapsed(booking.use, by.rules.slots, by.now) else booking


def _here(session: Session, call: Call, room: Room) -> list[WalkIn]:
    query = select(WalkIn).where(
        col(WalkIn.room_id) == room.id, col(WalkIn.day) == call.rules.day(call.now), _HERE
    )
    return list(session.exec(query.order_by(col(WalkIn.number))).all())


def _room(session: Session, call: Call) -> Room:
    room = session.get(Room, number(call, "room"))
    if room is None:
        raise no_such("room")
    return room


def _found(session: Session, call: Call) -> WalkIn:
    row = session.get(WalkIn, number(call, "walk_in"), with_for_update=True)
    if row is None:
        raise no_such("number")
    return row


def _told(session: Session, row: WalkIn) -> WalkInInfo:
    session.flush()
    name, until = "", None
    if row.booking_id is not None:
        booking = bookings.booking(session.connection(), row.booking_id)
        if booking is not None:
            name = seats.any_seat(session.connection(), booking.computer).name
            until = booking.offered_until
    patron = session.get(Patron, row.patron_id) if row.patron_id else None
    return WalkInInfo(
        walk_in=row.id or 0,
        room=row.room_id,
        number=row.number,
        status=WalkInStatus(row.status),
        joined_at=row.joined_at,
        computer_name=name,
        until=until,
        slot=row.booking_id,
        reader=f"{patron.given_name} {patron.family_name}".strip() if patron else "",
    )
