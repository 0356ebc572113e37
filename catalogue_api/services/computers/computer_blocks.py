"""Many computers taken at once, for a class or a workshop; what is in the way is settled first.

`block` and `unblock` are what workshops use too. Whoever loses or changes a slot is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.slot_blocks import (
    BlockComputers,
    BlockInfo,
    BlockList,
    BlockMade,
    BlocksAsked,
    InTheWay,
    Settle,
)
from catalogue_api.domain.slot_grid import floored
from catalogue_api.domain.slots import (
    OF_STAFF,
    BookingEnd,
    BookingKind,
    BookingStatus,
    Settlement,
    Slot,
    SlotRefusal,
)
from catalogue_api.services import audit
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import block_settling, slot_offers
from catalogue_api.services.computers.block_settling import Found
from catalogue_api.services.computers.seating import refused, take, the_seat
from catalogue_api.services.computers.slot_views import told_to_desk
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import bookings, seat_taking, seats
from catalogue_api.storage.seat_taking import NewBooking
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import Booking, SlotBlock


@dataclass(frozen=True, slots=True)
class Block:
    """Computers to be taken: of one site, from quarter to quarter.

    `session` is the session of a workshop that they are for.
    """

    computers: tuple[int, ...]
    slot: Slot
    label: str
    kind: BookingKind = BookingKind.BLOCK
    session: int | None = None


def block_computers(session: Session, call: Call, body: BlockComputers) -> BlockMade:
    """Take computers for a class, or tell what is in the way."""
    by = acting(session, call)
    wanted = Block(
        tuple(sorted(set(body.computers))), Slot(body.starts_at, body.ends_at), body.label.strip()
    )
    found = in_the_way(by, wanted)
    places = {place.id: place for place in seats.seats_of_site(by.connection, _site(by, wanted))}
    told = _told(session, call, found, places)
    settle = {one.slot: one for one in body.settle}
    if body.dry_run and any(one.row.id not in settle for one in found):
        return BlockMade(block=None, in_the_way=told)
    row = block(by, wanted, settle)
    detail = {"computers": wanted.computers, "settled": [one.row.id for one in found]}
    audit.record(session, call, "computers_blocked", f"block:{row.id}", detail)
    info = _info(row, [(one, places[one].site) for one in wanted.computers])
    return BlockMade(block=info, in_the_way=told, settled=len(found))


def block(by: Acting, wanted: Block, settle: Mapping[int, Settle]) -> SlotBlock:
    """Take computers; refuse (`in_the_way`) unless all that is booked there is settled."""
    _require_quarters(by, wanted.slot)
    places = [the_seat(by, computer) for computer in sorted(wanted.computers)]
    if len({place.site for place in places}) > 1:
        raise Refused(ProblemType.INVALID_REQUEST, "computers: all of one site")
    found = in_the_way(by, wanted)
    if any(one.row.kind in OF_STAFF for one in found):
        raise refused(SlotRefusal.BLOCKED_ALREADY)
    if any(one.row.id not in settle for one in found):
        raise refused(SlotRefusal.IN_THE_WAY)
    block_settling.settle_all(by, found, settle, wanted.slot, frozenset(wanted.computers))
    row = SlotBlock(
        kind=wanted.kind.value,
        label=wanted.label,
        starts_at=wanted.slot.starts,
        ends_at=wanted.slot.ends,
        session_id=wanted.session,
    )
    by.session.add(row)
    by.session.flush()
    new = NewBooking(0, wanted.slot, wanted.kind, BookingStatus.BOOKED, block=row.id)
    for place in places:
        if take(by, [place], new) is None:
            raise refused(SlotRefusal.TAKEN)
    return row


def unblock(by: Acting, row: SlotBlock) -> None:
    """Give the computers of a block free; what has begun is kept up to now."""
    site = ""
    for booking in _bookings_of(by, row):
        begun = booking.slot.starts <= by.now
        seat_taking.end(
            by.connection, booking, BookingStatus.CANCELLED, BookingEnd.BY_STAFF, by.now,
            by.now if begun else None,
        )  # fmt: skip
        site = seats.any_seat(by.connection, booking.computer).site
    row.ended_at = by.now
    row.version += 1
    by.session.add(row)
    if site:
        slot_offers.offer_free(by, site)


def in_the_way(by: Acting, wanted: Block) -> list[Found]:
    """Return what is booked where a block is to be, with what could become of each."""
    return block_settling.found(by, frozenset(wanted.computers), wanted.slot)


def list_blocks(session: Session, call: Call, body: BlocksAsked) -> BlockList:
    """List blocks that are not over."""
    by = acting(session, call)
    query = (
        select(SlotBlock)
        .where(col(SlotBlock.ends_at) > call.now, col(SlotBlock.ended_at).is_(None))
        .order_by(col(SlotBlock.starts_at), col(SlotBlock.id))
        .limit(500)
    )
    infos = (_info(row, _computers_of(by, row)) for row in session.exec(query).all())
    return BlockList(blocks=tuple(one for one in infos if body.site in {"", one.site}))


def remove_block(session: Session, call: Call, _body: Nothing) -> BlockInfo:
    """Give computers free that were taken together."""
    by = acting(session, call)
    row = session.get(SlotBlock, number(call, "slot_block"), with_for_update=True)
    if row is None or row.ended_at is not None:
        raise no_such("block of computers")
    call.require_version(row.version)
    computers = _computers_of(by, row)
    unblock(by, row)
    audit.record(session, call, "computers_unblocked", f"block:{row.id}")
    return _info(row, computers)


def _require_quarters(by: Acting, slot: Slot) -> None:
    if floored(slot.starts) != slot.starts or floored(slot.ends) != slot.ends:
        raise refused(SlotRefusal.NOT_ON_GRID)
    if slot.starts < floored(by.now):
        raise refused(SlotRefusal.IN_THE_PAST)


def _site(by: Acting, wanted: Block) -> str:
    return the_seat(by, wanted.computers[0]).site


def _told(
    session: Session, call: Call, found: Sequence[Found], places: dict[int, SeatRow]
) -> tuple[InTheWay, ...]:
    slots = told_to_desk(session, call, [one.row for one in found], places)
    return tuple(
        InTheWay(
            slot=slot,
            how=Settlement.MOVE if one.to else Settlement.CANCEL,
            computer=one.to.id if one.to else None,
            computer_name=one.to.name if one.to else "",
        )
        for slot, one in zip(slots, found, strict=True)
    )


def _bookings_of(by: Acting, row: SlotBlock) -> list[bookings.BookingRow]:
    numbers = by.session.exec(
        select(Booking.id)
        .where(col(Booking.block_id) == row.id, col(Booking.ended_at).is_(None))
        .order_by(col(Booking.computer_id))
    ).all()
    held = (bookings.booking(by.connection, one or 0, lock=True) for one in numbers)
    return [one for one in held if one is not None]


def _computers_of(by: Acting, row: SlotBlock) -> list[tuple[int, str]]:
    numbers = by.session.exec(
        select(Booking.computer_id)
        .where(col(Booking.block_id) == row.id, col(Booking.ended_at).is_(None))
        .order_by(col(Booking.computer_id))
    ).all()
    return [(one, seats.any_seat(by.connection, one).site) for one in numbers]


def _info(row: SlotBlock, computers: Iterable[tuple[int, str]]) -> BlockInfo:
    found = list(computers)
    return BlockInfo(
        block=row.id or 0,
        kind=BookingKind(row.kind),
        label=row.label,
        site=found[0][1] if found else "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        computers=tuple(one for one, _ in found),
        session=row.session_id,
        version=row.version,
    )
