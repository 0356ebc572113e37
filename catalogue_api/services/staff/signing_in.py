"""Signing in takes three steps: count the try and look up, compare outside, open a session.

The comparison is slow on purpose and holds no transaction open. The try is counted before it, and
taken back after a success; whoever does not come back stays counted.
"""

from datetime import datetime

from sqlmodel import Session, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.sessions import SessionOpened, SignInPatron, SignInStaff
from catalogue_api.domain.roles import Role
from catalogue_api.domain.throttling import FREE_TRIES, FREE_TRIES_OF_AN_ADDRESS
from catalogue_api.services.call import Call
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.services.staff import sessions
from catalogue_api.storage.callers import IDLE_ENDS_AFTER
from catalogue_api.storage.tables import Patron, Staff


def before_staff(session: Session, call: Call, body: SignInStaff) -> Question:
    """Count the try of a member of staff, and find what their password is compared with."""
    _count(session, call, _account(body))
    staff = session.get(Staff, body.name.strip())
    known = staff is not None and staff.disabled_at is None
    return Question(staff.password_hash if staff and known else None, body.password)


def before_patron(session: Session, call: Call, body: SignInPatron) -> Question:
    """Count the try of a reader, and find what their PIN is compared with."""
    _count(session, call, _account(body))
    patron = _patron(session, body)
    return Question(patron.pin_hash if patron and patron.pin_hash else None, body.pin)


def sign_in_staff(session: Session, call: Call, body: SignInStaff) -> SessionOpened:
    """Open a session for a member of staff whose password was right."""
    _require_proof(session, call, _account(body))
    staff = session.get(Staff, body.name.strip())
    if staff is None or staff.disabled_at or staff.password_hash != call.proof.stored:
        raise _refused()  # gone or changed while it was compared
    token = call.new_token()
    ends = sessions.open_staff_session(session, staff.name, token, call.new_token(), call.now)
    opened = _opened(token, ends, Role(staff.role))
    return opened.model_copy(update={"password_given": staff.password_given})


def sign_in_patron(session: Session, call: Call, body: SignInPatron) -> SessionOpened:
    """Open a session for a reader whose PIN was right."""
    _require_proof(session, call, _account(body))
    patron = _patron(session, body)
    if patron is None or patron.id is None or patron.pin_hash != call.proof.stored:
        raise _refused()
    if patron.code_until is not None:
        _use_up(session, call, patron)
    token = call.new_token()
    ends = sessions.open_patron_session(session, patron.id, token, call.new_token(), call.now)
    return _opened(token, ends, Role.PATRON)


def _use_up(session: Session, call: Call, patron: Patron) -> None:
    """Take a one-time code: from now on the reader has no PIN until they choose one."""
    if patron.code_until is not None and patron.code_until < call.rules.day(call.now):
        raise _refused()
    patron.pin_hash, patron.code_until = "", None
    session.add(patron)


def _account(body: SignInStaff | SignInPatron) -> str:
    if isinstance(body, SignInStaff):
        return f"account:{body.name.strip()}"
    return f"card:{body.card.strip()}"


def _address(call: Call) -> str:
    return f"address:{call.address}"


def _count(session: Session, call: Call, account: str) -> None:
    subjects = {account: FREE_TRIES, _address(call): FREE_TRIES_OF_AN_ADDRESS}
    throttle.count_try(session, subjects, call.now)


def _require_proof(session: Session, call: Call, account: str) -> None:
    if not call.proof.fits:
        raise _refused()
    throttle.forget(session, account, _address(call))


def _patron(session: Session, body: SignInPatron) -> Patron | None:
    return session.exec(select(Patron).where(Patron.card == body.card.strip())).first()


def _opened(token: str, ends: datetime, role: Role) -> SessionOpened:
    return SessionOpened(
        token=token,
        expires_at=ends,
        idle_seconds=int(IDLE_ENDS_AFTER.total_seconds()),
        role=role,
    )


def _refused() -> Refused:
    """Return the one refusal: it does not tell whether the name or the secret was wrong."""
    return Refused(ProblemType.NOT_AUTHENTICATED, "name and password, or card and PIN, do not fit")
