"""Whose a bearer token is: each kind of caller has a table of its own."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from catalogue_api.contract.accounts import CHANGE_PASSWORD, PASSWORD_GIVEN
from catalogue_api.contract.endpoint import Endpoint, ProblemType, Refused
from catalogue_api.contract.sessions import SEE_SESSION, SIGN_OUT
from catalogue_api.domain.roles import Role, Scope, may
from catalogue_api.services.call import Caller
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage import callers as sql


def admitted(
    connection: Connection, endpoint: Endpoint[Any, Any], token: str, now: datetime
) -> Caller | None:
    """Return who may make this call, None for anybody where anybody may; refuse everyone else."""
    if not token:
        if endpoint.scope is Scope.ANYONE:
            return None
        raise Refused(ProblemType.NOT_AUTHENTICATED, "send `Authorization: Bearer TOKEN`")
    caller = caller_of(connection, token, now, first=_FIRST.get(endpoint.scope, Role.LIBRARIAN))
    if caller is None:
        raise Refused(ProblemType.NOT_AUTHENTICATED, "nobody has this token, or no longer")
    if not may(caller.role, endpoint.scope):
        raise Refused(ProblemType.NOT_ALLOWED, f"a {caller.role.value} may not ask this")
    open_to_all = endpoint.scope is Scope.ANYONE or endpoint.name in _WITH_A_GIVEN_PASSWORD
    if caller.password_given and not open_to_all:
        detail = f"first choose a password of your own: {CHANGE_PASSWORD.name}"
        raise Refused(ProblemType.NOT_ALLOWED, detail, (PASSWORD_GIVEN,))
    return caller


def caller_of(
    connection: Connection, token: str, now: datetime, first: Role = Role.LIBRARIAN
) -> Caller | None:
    """Return whose token this is; looked for first among callers like `first`."""
    token_hash = hashed(token)
    found = _WAYS[first](connection, token_hash, now)
    for role, find in _WAYS.items():
        if found is None and role is not first:
            found = find(connection, token_hash, now)
    return found


def _kiosk(connection: Connection, token_hash: str, _now: datetime) -> Caller | None:
    row = sql.kiosk_of_token(connection, token_hash)
    return Caller(Role.KIOSK, row.name, row.site, row.site_name) if row else None


def _staff(connection: Connection, token_hash: str, now: datetime) -> Caller | None:
    row = sql.staff_of_token(connection, token_hash, now)
    if row is None:
        return None
    return Caller(
        Role(row.role),
        row.name,
        row.site,
        session=token_hash,
        seen_at=row.seen_at,
        password_given=row.password_given,
    )


def _patron(connection: Connection, token_hash: str, now: datetime) -> Caller | None:
    row = sql.patron_of_token(connection, token_hash, now)
    if row is None:
        return None
    number, seen_at = row
    return Caller(Role.PATRON, str(number), patron_id=number, session=token_hash, seen_at=seen_at)


def _machine(connection: Connection, token_hash: str, _now: datetime) -> Caller | None:
    name = sql.machine_of_token(connection, token_hash)
    return Caller(Role.MACHINE, name) if name else None


def _computer(connection: Connection, token_hash: str, _now: datetime) -> Caller | None:
    row = sql.computer_of_token(connection, token_hash)
    return Caller(Role.COMPUTER, str(row.number), row.site, row.site_name) if row else None


_WAYS: dict[Role, Callable[[Connection, str, datetime], Caller | None]] = {
    Role.LIBRARIAN: _staff,
    Role.PATRON: _patron,
    Role.KIOSK: _kiosk,
    Role.MACHINE: _machine,
    Role.COMPUTER: _computer,
}
_FIRST = {
    Scope.KIOSK: Role.KIOSK,
    Scope.FEED: Role.KIOSK,
    Scope.OWN: Role.PATRON,
    Scope.COMPUTER: Role.COMPUTER,
}
_WITH_A_GIVEN_PASSWORD = {CHANGE_PASSWORD.name, SEE_SESSION.name, SIGN_OUT.name}
