"""Tokens of the programs that guard the library's computers."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.machinery import TokenGiven, TokenRevoked
from catalogue_api.services import audit
from catalogue_api.services.acting import acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers.seating import the_seat
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import ComputerAgent


def give_token(session: Session, call: Call, _body: Nothing) -> TokenGiven:
    """Give a computer's program a token; the one before is worthless at once."""
    place, token = the_seat(acting(session, call), number(call, "computer")), call.new_token()
    row = session.get(ComputerAgent, place.id, with_for_update=True) or ComputerAgent(
        computer_id=place.id, token_hash="", created_at=call.now
    )
    row.token_hash, row.created_at, row.revoked_at = hashed(token), call.now, None
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
