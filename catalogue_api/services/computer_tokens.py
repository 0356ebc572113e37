"""Tokens of the programs that guard the library's computers, and codes of guests."""

from sqlmodel import Session

from catalogue_api.contract.computer_agents import GuestPassMade
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.machinery import TokenGiven, TokenRevoked
from catalogue_api.domain.seat_access import pass_code
from catalogue_api.domain.slot_grid import opening_at
from catalogue_api.domain.slots import SlotRefusal
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.seating import acting, refused, the_seat
from catalogue_api.services.tokens import hashed
from catalogue_api.storage.tables import ComputerAgent, GuestPass, Room


def give_token(session: Session, call: Call, _body: Nothing) -> TokenGiven:
    """Give a computer's program a token; the one before is worthless at once."""
    place, token = the_seat(acting(session, call), number(call, "computer")), call.new_token()
    row = session.get(ComputerAgent, place.id, with_for_update=True) or ComputerAgent(
        computer_id=place.id, token_hash="", created_at=call.now
    )
    row.token_hash, row.revoked_at = hashed(token), None
    session.add(row)
    audit.record(session, call, "computer_token_given", f"computer:{place.id}")
    return TokenGiven(name=str(place.id), token=token)


def revoke_token(session: Session, call: Call, _body: Nothing) -> TokenRevoked:
    """Make the token of a computer's program worthless at once."""
    row = session.get(ComputerAgent, number(call, "computer"), with_for_update=True)
    if row is None:
        raise no_such("token of this computer")
    row.revoked_at = row.revoked_at or call.now
    session.add(row)
    audit.record(session, call, "computer_token_revoked", f"computer:{row.computer_id}")
    return TokenRevoked(name=str(row.computer_id), revoked_at=row.revoked_at)


def make_guest_pass(session: Session, call: Call, _body: Nothing) -> GuestPassMade:
    """Make a code for a guest, good until the doors close; refuse while they are."""
    room = session.get(Room, number(call, "room"))
    if room is None:
        raise no_such("room")
    opening = opening_at(call.rules.calendar(room.site), call.now)
    if opening is None:
        raise refused(SlotRefusal.CLOSED)
    code = pass_code(call.new_token())
    row = GuestPass(
        code_hash=hashed(code),
        room_id=room.id or 0,
        made_at=call.now,
        made_by=call.the_caller().name,
        expires_at=opening.ends,
    )
    session.add(row)
    session.flush()
    audit.record(session, call, "guest_pass_made", f"guest_pass:{row.id}", {"room": room.id})
    return GuestPassMade(code=code, room_name=room.name, expires_at=row.expires_at)
