"""Rooms and computers: kept by librarians, and shown as they are now."""

from sqlmodel import Session, col, select

from catalogue_api.contract.computers import (
    ComputerData,
    ComputerInfo,
    ComputerMark,
    ComputerNow,
    Plan,
    RoomData,
    RoomInfo,
    RoomList,
    RoomsAsked,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.slots import SlotInfo
from catalogue_api.domain.seat_states import standing, state_of
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slots import Ability, Slot, SlotRefusal, lasting
from catalogue_api.services import audit
from catalogue_api.services.acting import acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers.seating import refused, standing_on
from catalogue_api.services.computers.slot_views import told_to_desk
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import bookings, seats
from catalogue_api.storage.bookings import BookingRow
from catalogue_api.storage.seats import SeatRow, abilities_of, abilities_text
from catalogue_api.storage.tables import Computer, Room, Site

_AHEAD_MINUTES = 24 * 60
_ALL_AHEAD = 400 * 24 * 60


def list_rooms(session: Session, _call: Call, body: RoomsAsked) -> RoomList:
    """List rooms and their computers."""
    query = select(Room).order_by(col(Room.site), col(Room.name))
    if body.site:
        query = query.where(col(Room.site) == body.site)
    return RoomList(rooms=tuple(_room(session, room) for room in session.exec(query).all()))


def add_room(session: Session, call: Call, body: RoomData) -> RoomInfo:
    """Add a room."""
    return _stored_room(session, call, Room(site=body.site, name=body.name), body, "room_added")


def edit_room(session: Session, call: Call, body: RoomData) -> RoomInfo:
    """Change a room."""
    room = session.get(Room, number(call, "room"), with_for_update=True)
    if room is None:
        raise no_such("room")
    call.require_version(room.version)
    if body.site != room.site:
        raise Refused(ProblemType.INVALID_REQUEST, "site: a room stays where it is")
    room.version += 1
    return _stored_room(session, call, room, body, "room_changed")


def add_computer(session: Session, call: Call, body: ComputerData) -> ComputerInfo:
    """Add a computer to a room."""
    room = session.get(Room, number(call, "room"))
    if room is None:
        raise no_such("room")
    row = Computer(room_id=room.id or 0, name=body.name)
    return _stored(session, call, row, body, "computer_added")


def edit_computer(session: Session, call: Call, body: ComputerData) -> ComputerInfo:
    """Change a computer; it is withdrawn only when nothing is booked at it any more."""
    row = _computer(session, call)
    if body.withdrawn and standing_on(
        acting(session, call), row.id or 0, lasting(call.now, _ALL_AHEAD)
    ):
        raise refused(SlotRefusal.IN_THE_WAY)
    row.version += 1
    return _stored(session, call, row, body, "computer_changed")


def mark_computer(session: Session, call: Call, body: ComputerMark) -> ComputerInfo:
    """Say that a computer is out of order, or works again; what is booked at it stays booked."""
    row = _computer(session, call)
    row.out_of_order, row.remark = body.out_of_order, body.remark.strip()
    row.version += 1
    session.add(row)
    session.flush()
    said = {"out_of_order": row.out_of_order}
    audit.record(session, call, "computer_marked", f"computer:{row.id}", said)
    return _told(row)


def show_plan(session: Session, call: Call, _body: Nothing) -> Plan:
    """Show the computers of a site as they are now, with what is booked up to tomorrow."""
    site = session.get(Site, call.path["site"])
    if site is None:
        raise no_such("site")
    connection = session.connection()
    places = {place.id: place for place in seats.seats_of_site(connection, site.code)}
    day = lasting(call.now, _AHEAD_MINUTES)
    rows = bookings.on_computers(connection, list(places), Slot(day.starts, day.ends))
    told: dict[int, list[SlotInfo]] = {number: [] for number in places}
    for info in told_to_desk(session, call, rows, places):
        told[info.computer].append(info)
    opening = opening_at(call.rules.calendar(site.code), call.now)
    return Plan(
        site=site.code,
        site_name=site.name,
        at=call.now,
        open_until=opening.ends if opening else None,
        computers=tuple(
            _now(call, place, [row for row in rows if row.computer == place.id], told[place.id])
            for place in places.values()
        ),
    )


def _now(call: Call, place: SeatRow, rows: list[BookingRow], slots: list[SlotInfo]) -> ComputerNow:
    rules = call.rules.slots
    ahead = standing((row.use for row in rows), rules, call.now)
    state, until = state_of(ahead, rules, call.now, out_of_order=place.seat.out_of_order)
    shown = {row.id for row in rows if row.use in ahead}
    return ComputerNow(
        computer=place.id,
        name=place.name,
        room=place.room,
        room_name=place.room_name,
        abilities=tuple(one for one in Ability if one in place.seat.abilities),
        state=state,
        until=until,
        remark=place.remark,
        slots=tuple(one for one in slots if one.slot in shown),
    )


def _computer(session: Session, call: Call) -> Computer:
    row = session.get(Computer, number(call, "computer"), with_for_update=True)
    if row is None:
        raise no_such("computer")
    call.require_version(row.version)
    return row


def _stored_room(session: Session, call: Call, room: Room, body: RoomData, act: str) -> RoomInfo:
    require_site(session.connection(), body.site)
    taken = select(Room.id).where(col(Room.site) == body.site, col(Room.name) == body.name)
    if session.exec(taken.where(col(Room.id) != (room.id or 0))).first() is not None:
        raise Refused(ProblemType.CONFLICT, "another room of this site has this name")
    room.name, room.online = body.name, body.online
    session.add(room)
    session.flush()
    audit.record(session, call, act, f"room:{room.id}", body.model_dump(mode="json"))
    return _room(session, room)


def _stored(
    session: Session, call: Call, row: Computer, body: ComputerData, act: str
) -> ComputerInfo:
    taken = select(Computer.id).where(
        col(Computer.room_id) == row.room_id,
        col(Computer.name) == body.name,
        col(Computer.id) != (row.id or 0),
    )
    if session.exec(taken).first() is not None:
        raise Refused(ProblemType.CONFLICT, "another computer of this room has this name")
    row.name, row.abilities = body.name, abilities_text(body.abilities)
    row.least_age, row.most_age = body.least_age, body.most_age
    row.withdrawn_at = (row.withdrawn_at or call.now) if body.withdrawn else None
    session.add(row)
    session.flush()
    audit.record(session, call, act, f"computer:{row.id}", body.model_dump(mode="json"))
    return _told(row)


def _room(session: Session, room: Room) -> RoomInfo:
    of_room = select(Computer).where(col(Computer.room_id) == room.id)
    rows = session.exec(of_room.order_by(col(Computer.name), col(Computer.id))).all()
    return RoomInfo(
        room=room.id or 0,
        site=room.site,
        name=room.name,
        online=room.online,
        computers=tuple(map(_told, rows)),
        version=room.version,
    )


def _told(row: Computer) -> ComputerInfo:
    return ComputerInfo(
        computer=row.id or 0,
        room=row.room_id,
        name=row.name,
        abilities=tuple(one for one in Ability if one in abilities_of(row.abilities)),
        least_age=row.least_age,
        most_age=row.most_age,
        out_of_order=row.out_of_order,
        remark=row.remark,
        withdrawn=row.withdrawn_at is not None,
        version=row.version,
    )
