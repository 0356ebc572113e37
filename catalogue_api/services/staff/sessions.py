"""Sessions of staff and patrons: opened at sign-in, listed, ended; stored only as SHA-256."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, update
from sqlmodel import Session, col, delete, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.sessions import SessionInfo, SessionList, SessionsEnded
from catalogue_api.domain.roles import Role
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.callers import IDLE_ENDS_AFTER
from catalogue_api.storage.tables import AnySession, Patron, PatronSession, Staff, StaffSession

SESSION_LASTS = timedelta(hours=10)
SEEN_EVERY = timedelta(minutes=1)
MOST_SESSIONS = 20
"""Of one person; the oldest ends when there are more."""
_HANDLE = 16
"""So many characters of what is stored name a session."""


def open_staff_session(
    session: Session, name: str, token: str, csrf: str, now: datetime
) -> datetime:
    """Sign a member of staff in under a fresh token; return when it ends."""
    _sweep(session, StaffSession, col(StaffSession.staff) == name, now)
    opened = StaffSession(staff=name, **_fresh(token, csrf, now))
    session.add(opened)
    return opened.expires_at


def open_patron_session(
    session: Session, patron_id: int, token: str, csrf: str, now: datetime
) -> datetime:
    """Sign a patron in under a fresh token; return when it ends."""
    _sweep(session, PatronSession, col(PatronSession.patron_id) == patron_id, now)
    opened = PatronSession(patron_id=patron_id, **_fresh(token, csrf, now))
    session.add(opened)
    return opened.expires_at


def is_stale(seen_at: datetime | None, now: datetime) -> bool:
    """Tell whether a session was seen some time ago, and that should be noted."""
    return seen_at is not None and now - seen_at >= SEEN_EVERY


def note_seen(session: Session, caller: Caller, now: datetime) -> None:
    """Note that somebody who is signed in was just there."""
    table = _table_of(caller)
    session.execute(
        update(table).where(col(table.token_hash) == caller.session).values(last_seen_at=now)
    )


def see(session: Session, call: Call, _body: Nothing) -> SessionInfo:
    """Tell who is signed in."""
    caller = call.the_caller()
    return _described(session.get_one(_table_of(caller), caller.session), caller)


def own_sessions(session: Session, call: Call, _body: Nothing) -> SessionList:
    """List the caller's sessions that have not ended."""
    caller = call.the_caller()
    table = _table_of(caller)
    rows = session.exec(
        select(table)
        .where(
            _of(caller),
            col(table.expires_at) > call.now,
            col(table.last_seen_at) > call.now - IDLE_ENDS_AFTER,
        )
        .order_by(col(table.created_at).desc(), col(table.token_hash))
    )
    return SessionList(sessions=tuple(_described(row, caller) for row in rows))


def sign_out(session: Session, call: Call, _body: Nothing) -> SessionsEnded:
    """End the session that asks: its token is worthless at once."""
    caller = call.the_caller()
    table = _table_of(caller)
    return _end(session, table, col(table.token_hash) == caller.session)


def end_own(session: Session, call: Call, _body: Nothing) -> SessionsEnded:
    """End all sessions of the caller, this one too."""
    caller = call.the_caller()
    return _end(session, _table_of(caller), _of(caller))


def end_one(session: Session, call: Call, _body: Nothing) -> SessionsEnded:
    """End one of the caller's sessions, by its handle."""
    caller = call.the_caller()
    table, handle = _table_of(caller), call.path["session"]
    ended = [
        row
        for row in session.exec(select(table).where(_of(caller)))
        if row.token_hash[:_HANDLE] == handle
    ]
    if not ended:
        raise Refused(ProblemType.NOT_FOUND, "you have no such session")
    for row in ended:
        session.delete(row)
    return SessionsEnded(ended=len(ended))


def end_of_staff(session: Session, call: Call, _body: Nothing) -> SessionsEnded:
    """Sign a member of staff out everywhere."""
    name = call.path["staff"]
    if session.get(Staff, name) is None:
        raise Refused(ProblemType.NOT_FOUND, "there is nobody of this name")
    return end_all_of_staff(session, name)


def end_of_patron(session: Session, call: Call, _body: Nothing) -> SessionsEnded:
    """Sign a reader out everywhere."""
    number = call.path["patron"]
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Refused(ProblemType.NOT_FOUND, "there is no such reader")
    if session.get(Patron, int(number)) is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such reader")
    return end_all_of_patron(session, int(number))


def end_all_of_staff(session: Session, name: str) -> SessionsEnded:
    """End every session of a member of staff: after a new password, or when they leave."""
    return _end(session, StaffSession, col(StaffSession.staff) == name)


def end_all_of_patron(session: Session, patron_id: int) -> SessionsEnded:
    """End every session of a patron: after a new PIN, or for a lost card."""
    return _end(session, PatronSession, col(PatronSession.patron_id) == patron_id)


def end_others(session: Session, caller: Caller) -> SessionsEnded:
    """End every session of the caller but the one that asks."""
    table = _table_of(caller)
    return _end(session, table, and_(_of(caller), col(table.token_hash) != caller.session))


def _table_of(caller: Caller) -> type[AnySession]:
    return PatronSession if caller.role is Role.PATRON else StaffSession


def _of(caller: Caller) -> ColumnElement[bool]:
    if caller.role is Role.PATRON:
        return col(PatronSession.patron_id) == caller.patron_id
    return col(StaffSession.staff) == caller.name


def _described(row: AnySession, caller: Caller) -> SessionInfo:
    return SessionInfo(
        session=row.token_hash[:_HANDLE],
        role=caller.role,
        name=caller.name,
        site=caller.site,
        created_at=row.created_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        current=row.token_hash == caller.session,
    )


def _end(session: Session, table: type[AnySession], which: ColumnElement[bool]) -> SessionsEnded:
    return SessionsEnded(ended=session.exec(delete(table).where(which)).rowcount)


def _fresh(token: str, csrf: str, now: datetime) -> dict[str, Any]:
    return {
        "token_hash": hashed(token),
        "csrf": csrf,
        "created_at": now,
        "last_seen_at": now,
        "expires_at": now + SESSION_LASTS,
    }


def _sweep(
    session: Session, table: type[AnySession], own: ColumnElement[bool], now: datetime
) -> None:
    """Delete expired sessions of anybody, and the oldest of somebody who has too many."""
    session.execute(delete(table).where(col(table.expires_at) <= now))
    newest_first = select(table).where(own).order_by(col(table.created_at).desc())
    for row in session.exec(newest_first.offset(MOST_SESSIONS - 1)):
        session.delete(row)
