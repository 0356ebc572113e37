"""Computers of a room that a session of an event takes, as a class does: seen by every slot.

What readers have booked there is moved where it can be and cancelled where it cannot; each reader
is told. A dry run tells beforehand how many that are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.slot_blocks import Settle
from catalogue_api.domain.events import EventRefusal
from catalogue_api.domain.slot_grid import ceiled, floored
from catalogue_api.domain.slots import OF_STAFF, BookingKind, Settlement, Slot
from catalogue_api.services.acting import Acting, acting
from catalogue_api.services.agenda.book import Book
from catalogue_api.services.agenda.events_refused import refused
from catalogue_api.services.call import Call
from catalogue_api.services.computers.computer_blocks import Block, block, in_the_way, unblock
from catalogue_api.storage import seats
from catalogue_api.storage.seats import SeatRow
from catalogue_api.storage.tables import EventSession, SlotBlock

_LONGEST_LABEL = 100


@dataclass(slots=True)
class Settled:
    """How many slots of readers were moved, and how many cancelled, to make room."""

    moved: int = 0
    cancelled: int = 0


def keep_computers(
    db: Session, call: Call, book: Book, sittings: Iterable[EventSession]
) -> Settled:
    """Take as many computers as the event says for some sessions; refuse if there are too few."""
    done = Settled()
    if not book.event.computers:
        return done
    by = acting(db, call)
    for sitting in sittings:
        try:
            _keep(by, book, sitting, done)
        except Refused as refusal:
            if refusal.type is not ProblemType.REFUSED_BY_RULE:
                raise
            raise refused(EventRefusal.TOO_FEW_COMPUTERS) from refusal
    return done


def give_computers_back(db: Session, call: Call, sitting: EventSession) -> None:
    """Give free what a session has taken; whoever waits for a computer is offered it."""
    held = select(SlotBlock).where(
        col(SlotBlock.session_id) == sitting.id, col(SlotBlock.ended_at).is_(None)
    )
    for row in db.exec(held).all():
        unblock(acting(db, call), row)


def _keep(by: Acting, book: Book, sitting: EventSession, done: Settled) -> None:
    event = book.event
    slot = Slot(floored(sitting.starts_at), ceiled(sitting.ends_at))
    places = _places(by, event.site, event.room)
    label, number = event.title[:_LONGEST_LABEL], sitting.id
    everything = Block(tuple(place.id for place in places), slot, label)
    rows = [one.row for one in in_the_way(by, everything)] if places else []
    of_staff = {row.computer for row in rows if row.kind in OF_STAFF}
    lent = {row.computer for row in rows} - of_staff
    free = [place.id for place in places if place.id not in lent | of_staff]
    chosen = [*free, *(place.id for place in places if place.id in lent)][: event.computers]
    if len(chosen) < event.computers:
        raise refused(EventRefusal.TOO_FEW_COMPUTERS)
    wanted = Block(tuple(sorted(chosen)), slot, label, BookingKind.WORKSHOP, number)
    settle = {}
    for one in in_the_way(by, wanted):
        how = Settlement.MOVE if one.to is not None else Settlement.CANCEL
        to = one.to.id if one.to is not None else None
        settle[one.row.id] = Settle(slot=one.row.id, version=one.row.version, how=how, computer=to)
        done.moved += one.to is not None
        done.cancelled += one.to is None
    block(by, wanted, settle)


def _places(by: Acting, site: str, room: str) -> list[SeatRow]:
    """Return the computers that work, of the room that the event names if that has computers."""
    there = [one for one in seats.seats_of_site(by.connection, site) if not one.seat.out_of_order]
    in_room = [one for one in there if one.room_name.lower() == room.lower()]
    return in_room or there
