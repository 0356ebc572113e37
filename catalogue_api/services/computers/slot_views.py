"""Slots as they are told: to their reader, and to a desk."""

from collections.abc import Iterable
from datetime import timedelta

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.slots import BookingEnd, SlotInfo, SlotList
from catalogue_api.domain.roles import Role
from catalogue_api.domain.slot_use import claim_ends, is_lapsed, usable_until
from catalogue_api.domain.slots import BookingStatus, Slot
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.readers import patrons
from catalogue_api.storage import bookings, seats
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import Patron, SlotBlock

_FAR = timedelta(days=400)
_INSTANT = timedelta(seconds=1)


def list_my_slots(session: Session, call: Call, _body: Nothing) -> SlotList:
    """List the caller's slots that are not over."""
    return _list(session, call, call.the_caller().patron_id)


def list_patron_slots(session: Session, call: Call, _body: Nothing) -> SlotList:
    """List a reader's slots that are not over."""
    return _list(session, call, patrons.found(session, call).id or 0)


def of_patron(session: Session, call: Call, patron: int) -> list[SlotInfo]:
    """Return a reader's slots that are not over, the next first, without any name."""
    connection = session.connection()
    return [
        plain(session, call, row, seats.any_seat(connection, row.computer))
        for row in _ahead(session, call, patron)
    ]


def show_slot(session: Session, call: Call, _body: Nothing) -> SlotInfo:
    """Show a slot; to a reader only their own."""
    return told(session, call, visible(session, call))


def visible(session: Session, call: Call) -> BookingRow:
    """Return the booking of the path, if the caller may see it."""
    caller = call.the_caller()
    row = bookings.booking(session.connection(), number(call, "slot"))
    if row is None or (caller.role is Role.PATRON and row.patron != caller.patron_id):
        raise no_such("slot")
    return row


def told(session: Session, call: Call, row: BookingRow, place: SeatRow | None = None) -> SlotInfo:
    """Return a slot as it travels; names only for a desk."""
    if place is None:
        place = seats.any_seat(session.connection(), row.computer)
    info = plain(session, call, row, place)
    if call.the_caller().role is Role.PATRON:
        return info
    return info.model_copy(update=_for_desk(session, [row])[row.id])


def told_to_desk(
    session: Session, call: Call, rows: Iterable[BookingRow], places: dict[int, SeatRow]
) -> list[SlotInfo]:
    """Return slots as a desk sees them, in their order."""
    found = list(rows)
    names = _for_desk(session, found)
    return [
        plain(session, call, row, places[row.computer]).model_copy(update=names[row.id])
        for row in found
    ]


def plain(session: Session, call: Call, row: BookingRow, place: SeatRow) -> SlotInfo:
    """Return a slot without any name."""
    rules = call.rules.slots
    usable = None
    if row.status is BookingStatus.IN_USE:
        after = Slot(row.slot.ends, row.slot.ends + _INSTANT)
        followed = bool(bookings.on_computer(session.connection(), row.computer, after))
        usable = usable_until(row.slot, rules, followed=followed)
    return SlotInfo(
        slot=row.id,
        computer=row.computer,
        computer_name=place.name,
        room=place.room,
        room_name=place.room_name,
        site=place.site,
        site_name=place.site_name,
        kind=row.kind,
        status=row.status,
        starts_at=row.slot.starts,
        ends_at=row.slot.ends,
        claim_until=claim_ends(row.slot, rules),
        usable_until=usable,
        offered_until=row.offered_until,
        claimed_at=row.claimed_at,
        ended_at=row.ended_at,
        end_reason=BookingEnd(row.end_reason) if row.end_reason else None,
        version=row.version,
    )


def _for_desk(session: Session, rows: list[BookingRow]) -> dict[int, dict[str, object]]:
    readers = {row.patron for row in rows if row.patron is not None}
    blocks = {row.block for row in rows if row.block is not None}
    names: dict[int | None, str] = {}
    labels: dict[int | None, str] = {}
    if readers:
        query = select(Patron.id, Patron.given_name, Patron.family_name)
        found = session.exec(query.where(col(Patron.id).in_(readers)))
        names = {one: f"{given} {family}".strip() for one, given, family in found}
    if blocks:
        of_blocks = select(SlotBlock.id, SlotBlock.label).where(col(SlotBlock.id).in_(blocks))
        labels = dict(session.exec(of_blocks).all())
    return {
        row.id: {
            "patron": row.patron,
            "reader": names.get(row.patron, ""),
            "label": labels.get(row.block, ""),
        }
        for row in rows
    }


def _list(session: Session, call: Call, patron: int) -> SlotList:
    ahead = _ahead(session, call, patron)
    return SlotList(slots=tuple(told(session, call, row) for row in ahead))


def _ahead(session: Session, call: Call, patron: int) -> list[BookingRow]:
    rows = bookings.held_by(session.connection(), patron, call.now - _FAR, call.now + _FAR)
    return sorted(
        (row for row in rows if not is_lapsed(row.use, call.rules.slots, call.now)),
        key=lambda row: row.slot,
    )
