"""Codes of guests: made at a desk, listed, and taken back before anybody has used them."""

from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.guest_passes import (
    GuestPassInfo,
    GuestPassList,
    GuestPassMade,
    NewGuestPass,
)
from catalogue_api.domain.seat_access import PassState, pass_code, pass_state
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slots import SlotRefusal
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.computers.seating import refused
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import Booking, Computer, GuestPass, Room

_TOLD: Select[*tuple[Any, ...]] = (
    sa_select(GuestPass, col(Room.name), col(Computer.name))
    .join(Room, col(Room.id) == col(GuestPass.room_id))
    .outerjoin(Booking, col(Booking.id) == col(GuestPass.booking_id))
    .outerjoin(Computer, col(Computer.id) == col(Booking.computer_id))
)


def make_guest_pass(session: Session, call: Call, body: NewGuestPass) -> GuestPassMade:
    """Make a code for a guest, good until the doors close; refuse while they are.

    Asked again with the same chance, it is the same code; refuse once that is good no more.
    """
    # The room is held, so that one of two who ask with the same chance finds what the other made.
    room = session.get(Room, number(call, "room"), with_for_update=True)
    if room is None:
        raise no_such("room")
    opening = opening_at(call.rules.calendar(room.site), call.now)
    if opening is None:
        raise refused(SlotRefusal.CLOSED)
    code = pass_code(body.made_of or call.new_token())
    row = session.exec(select(GuestPass).where(GuestPass.code_hash == hashed(code))).first()
    if row is None:
        row = GuestPass(
            code_hash=hashed(code),
            room_id=room.id or 0,
            made_at=call.now,
            made_by=call.the_caller().name,
            expires_at=opening.ends,
        )
        session.add(row)
        session.flush()
        audit.record(session, call, "guest_pass_made", _subject(row), {"room": room.id})
    elif row.room_id != room.id or _state(call, row) is not PassState.READY:
        raise Refused(ProblemType.CONFLICT, "this code was made before, and is good no more")
    return GuestPassMade(
        number=row.id or 0, code=code, room_name=room.name, expires_at=row.expires_at
    )


def list_guest_passes(session: Session, call: Call, _body: Nothing) -> GuestPassList:
    """List the codes of a site, the newest first."""
    site = call.path["site"]
    require_site(session.connection(), site)
    query = _TOLD.where(col(Room.site) == site).order_by(col(GuestPass.id).desc())
    return GuestPassList(passes=tuple(_info(call, *row) for row in session.execute(query)))


def revoke_guest_pass(session: Session, call: Call, _body: Nothing) -> GuestPassInfo:
    """Make a code worthless; refuse when somebody has sat down with it already."""
    row = session.get(GuestPass, number(call, "guest_pass"), with_for_update=True)
    if row is None:
        raise no_such("code of a guest")
    if row.booking_id is not None:
        raise Refused(ProblemType.CONFLICT, "somebody has sat down with this code already")
    if row.revoked_at is None:
        row.revoked_at = call.now
        session.add(row)
        session.flush()
        audit.record(session, call, "guest_pass_revoked", _subject(row))
    return _info(call, *session.execute(_TOLD.where(col(GuestPass.id) == row.id)).one())


def _info(call: Call, found: GuestPass, room_name: str, computer_name: str | None) -> GuestPassInfo:
    return GuestPassInfo(
        number=found.id or 0,
        room=found.room_id,
        room_name=room_name,
        made_at=found.made_at,
        made_by=found.made_by,
        expires_at=found.expires_at,
        state=_state(call, found),
        computer_name=computer_name or "",
    )


def _state(call: Call, row: GuestPass) -> PassState:
    return pass_state(
        used=row.booking_id is not None,
        revoked=row.revoked_at is not None,
        expires_at=row.expires_at,
        now=call.now,
    )


def _subject(row: GuestPass) -> str:
    return f"guest_pass:{row.id}"
