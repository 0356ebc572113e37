"""Readers who wait for a slot: they wish, are offered one, and take it or not."""

from datetime import timedelta

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.slot_wishes import OfferAnswer, WishForSlot, WishInfo, WishList
from catalogue_api.domain.roles import Role
from catalogue_api.domain.slot_use import is_lapsed
from catalogue_api.domain.slot_waiting import OPEN_WISHES, WishStatus
from catalogue_api.domain.slots import Ability, BookingEnd, BookingStatus, SlotRefusal
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_notices, slot_offers
from catalogue_api.services.computers.booking import hold
from catalogue_api.services.computers.seating import applicant, refused
from catalogue_api.services.computers.slot_views import plain
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import bookings, seat_taking, seats
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.engine import locks
from catalogue_api.storage.seats import abilities_of, abilities_text
from catalogue_api.storage.tables import Patron, Site, SlotWish

_INSTANT = timedelta(microseconds=1)
_IS_OPEN = col(SlotWish.status).in_([status.value for status in OPEN_WISHES])


def wish_for_slot(session: Session, call: Call, body: WishForSlot) -> WishInfo:
    """Let the caller wait; what is free already is offered at once."""
    by, patron = acting(session, call), call.the_caller().patron_id
    if session.get(Site, body.site) is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such site")
    _require_possible(by, body)
    reader = applicant(by, patron, body.from_at)  # held: nobody waits twice for one day
    against = [SlotRefusal.BLOCKED] if reader.blocked else []
    if reader.card_ends is not None and reader.card_ends < by.rules.day(body.from_at):
        against.append(SlotRefusal.CARD_EXPIRED)
    if _waits_already(by, patron, body):
        against.append(SlotRefusal.ALREADY_WAITS)
    if against:
        raise refused(*against)
    row = SlotWish(
        patron_id=patron,
        site=body.site,
        from_at=body.from_at,
        until_at=body.until_at,
        minutes=body.minutes,
        abilities=abilities_text(body.abilities),
        placed_at=call.now,
    )
    session.add(row)
    session.flush()
    slot_offers.offer_free(by, body.site)
    session.refresh(row)
    return _told(session, call, row)


def list_my_wishes(session: Session, call: Call, _body: Nothing) -> WishList:
    """List what the caller waits for."""
    mine = select(SlotWish).where(col(SlotWish.patron_id) == call.the_caller().patron_id, _IS_OPEN)
    rows = session.exec(mine.order_by(col(SlotWish.placed_at), col(SlotWish.id))).all()
    return WishList(wishes=tuple(_told(session, call, row) for row in rows))


def list_site_wishes(session: Session, call: Call, _body: Nothing) -> WishList:
    """List who waits at a site."""
    if session.get(Site, call.path["site"]) is None:
        raise no_such("site")
    rows = session.exec(
        select(SlotWish)
        .where(col(SlotWish.site) == call.path["site"], _IS_OPEN)
        .order_by(col(SlotWish.placed_at), col(SlotWish.id))
    ).all()
    return WishList(wishes=tuple(_told(session, call, row) for row in rows))


def answer_offer(session: Session, call: Call, body: OfferAnswer) -> WishInfo:
    """Take what is offered, or decline it: then it goes to the next who waits."""
    by, row = acting(session, call), _mine(session, call)
    offer = _offer_of(by, row)
    if offer is None:
        raise refused(SlotRefusal.NOT_OFFERED)
    row.version += 1
    row.ended_at = call.now
    if body.accept:
        row.status = WishStatus.ACCEPTED.value
        session.add(row)
        kept = seat_taking.change(by.connection, offer, status=BookingStatus.BOOKED)
        if kept is None:
            raise refused(SlotRefusal.TAKEN)
        slot_notices.booked(by, kept, seats.any_seat(by.connection, kept.computer))
    else:
        row.status = WishStatus.DECLINED.value
        session.add(row)
        _give_back(by, offer, row.site)
    return _told(session, call, row)


def cancel_wish(session: Session, call: Call, _body: Nothing) -> WishInfo:
    """Let the caller wait no longer; what was offered goes to the next."""
    by, row = acting(session, call), _mine(session, call)
    if row.status not in {status.value for status in OPEN_WISHES}:
        raise refused(SlotRefusal.HAS_ENDED)
    offer = _offer_of(by, row)
    row.status, row.ended_at = WishStatus.CANCELLED.value, call.now
    row.version += 1
    session.add(row)
    if offer is not None:
        _give_back(by, offer, row.site)
    return _told(session, call, row)


def _give_back(by: Acting, offer: BookingRow, site: str) -> None:
    status, reason = BookingStatus.CANCELLED, BookingEnd.DECLINED
    seat_taking.end(by.connection, offer, status, reason, by.now)
    slot_offers.offer_free(by, site)


def _mine(session: Session, call: Call) -> SlotWish:
    patron = call.the_caller().patron_id
    locks.patron(session.connection(), patron)
    row = session.get(SlotWish, number(call, "wish"), with_for_update=True)
    if row is None or row.patron_id != patron:
        raise no_such("wish")
    call.require_version(row.version)
    return row


def _offer_of(by: Acting, row: SlotWish) -> BookingRow | None:
    """Return the offer that stands, held; None if there is none, or it is over."""
    if row.status != WishStatus.OFFERED.value or row.booking_id is None:
        return None
    found = bookings.booking(by.connection, row.booking_id)
    offer = hold(by.session, found) if found else None
    if offer is None or offer.status is not BookingStatus.OFFERED:
        return None
    return None if is_lapsed(offer.use, by.rules.slots, by.now) else offer


def _require_possible(by: Acting, body: WishForSlot) -> None:
    """Refuse what can never be, and more than a day: what is wished is looked through each time."""
    if by.rules.day(body.from_at) != by.rules.day(body.until_at - _INSTANT):
        raise Refused(ProblemType.INVALID_REQUEST, "from_at, until_at: of one day")
    rules, last = by.rules.slots, by.today + timedelta(days=by.rules.slots.ahead_days)
    against = []
    if body.until_at - timedelta(minutes=body.minutes) < by.now:
        against.append(SlotRefusal.IN_THE_PAST)
    if by.rules.day(body.until_at) > last:
        against.append(SlotRefusal.TOO_FAR_AHEAD)
    if body.minutes > rules.session:
        against.append(SlotRefusal.TOO_LONG)
    if body.minutes < rules.least:
        against.append(SlotRefusal.TOO_SHORT)
    if body.minutes % rules.grid:
        against.append(SlotRefusal.NOT_ON_GRID)
    if against:
        raise refused(*against)


def _waits_already(by: Acting, patron: int, body: WishForSlot) -> bool:
    mine = select(SlotWish.from_at).where(col(SlotWish.patron_id) == patron, _IS_OPEN)
    day = by.rules.day(body.from_at)
    return any(by.rules.day(found) == day for found in by.session.exec(mine))


def _told(session: Session, call: Call, row: SlotWish) -> WishInfo:
    offer = None
    if row.status == WishStatus.OFFERED.value and row.booking_id is not None:
        found = bookings.booking(session.connection(), row.booking_id)
        if found is not None and not is_lapsed(found.use, call.rules.slots, call.now):
            place = seats.any_seat(session.connection(), found.computer)
            offer = plain(session, call, found, place)
    reader = ""
    if call.the_caller().role is not Role.PATRON:
        patron = session.get_one(Patron, row.patron_id)
        reader = f"{patron.given_name} {patron.family_name}".strip()
    words = abilities_of(row.abilities)
    return WishInfo(
        wish=row.id or 0,
        site=row.site,
        site_name=session.get_one(Site, row.site).name,
        from_at=row.from_at,
        until_at=row.until_at,
        minutes=row.minutes,
        abilities=tuple(one for one in Ability if one in words),
        placed_at=row.placed_at,
        status=WishStatus(row.status),
        position=_position(session, row),
        offer=offer,
        reader=reader,
        version=row.version,
    )


def _position(session: Session, row: SlotWish) -> int | None:
    if row.status != WishStatus.WAITING.value:
        return None
    waiting = select(SlotWish.id, SlotWish.placed_at).where(
        col(SlotWish.site) == row.site, col(SlotWish.status) == WishStatus.WAITING.value
    )
    before = [one for one, at in session.exec(waiting) if (at, one) < (row.placed_at, row.id)]
    return len(before) + 1
