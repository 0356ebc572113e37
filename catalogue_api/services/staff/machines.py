"""Programs with a token of their own: a portal, a sorter, statistics."""

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.machinery import (
    FindMachinery,
    MachinePage,
    MachineRow,
    TokenGiven,
    TokenRevoked,
)
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.names import require_name
from catalogue_api.services.pages import key_of, page
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import Machine


def find(session: Session, _call: Call, body: FindMachinery) -> MachinePage:
    """List programs by name."""
    query = select(Machine).order_by(col(Machine.name)).limit(body.limit + 1)
    key = key_of(body.cursor, ("",))
    if key is not None:
        query = query.where(col(Machine.name) > key[0])
    rows, following = page(session.exec(query).all(), body.limit, lambda row: (row.name,))
    lines = tuple(
        MachineRow(name=row.name, created_at=row.created_at, revoked_at=row.revoked_at)
        for row in rows
    )
    return MachinePage(machines=lines, next=following)


def give_token(session: Session, call: Call, _body: Nothing) -> TokenGiven:
    """Register a program, or give it a new token; the one before is worthless at once."""
    name, token = require_name(call.path["machine"]), call.new_token()
    machine = session.get(Machine, name, with_for_update=True) or Machine(
        name=name, token_hash="", created_at=call.now
    )
    machine.token_hash, machine.revoked_at = hashed(token), None
    session.add(machine)
    audit.record(session, call, "machine_token_given", f"machine:{name}")
    return TokenGiven(name=name, token=token)


def revoke_token(session: Session, call: Call, _body: Nothing) -> TokenRevoked:
    """Make a program's token worthless at once."""
    name = call.path["machine"]
    machine = session.get(Machine, name, with_for_update=True)
    if machine is None:
        raise Refused(ProblemType.NOT_FOUND, f"there is no program {name!r}")
    machine.revoked_at = machine.revoked_at or call.now
    audit.record(session, call, "machine_token_revoked", f"machine:{name}")
    return TokenRevoked(name=name, revoked_at=machine.revoked_at)
