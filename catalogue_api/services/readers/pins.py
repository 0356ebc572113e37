"""PINs of readers: a one-time code from the desk, then digits of their own choice."""

from datetime import timedelta

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_account import OwnPin, PinSet
from catalogue_api.contract.patrons import OneTimeCode
from catalogue_api.domain.patrons import PatronRefusal, is_simple, one_time_code
from catalogue_api.domain.throttling import FREE_TRIES
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.readers.patrons import found, locked, refused
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.storage import patrons as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron

CODE_LASTS = timedelta(days=7)


def before_reset(session: Session, call: Call, _body: Nothing) -> Question:
    """Make a code, to be hashed outside of the transaction."""
    found(session, call)
    return Question(new=one_time_code(call.new_token()))


def reset(session: Session, call: Call, _body: Nothing) -> OneTimeCode:
    """Put a one-time code in place of the PIN; the reader is signed out everywhere.

    Whoever asks twice with the version that they saw gets one code: a second one would make the
    one worthless that may have been handed over already.
    """
    patron = locked(session, call)
    call.require_version(patron.version)
    until = call.rules.day(call.now) + CODE_LASTS
    patron.pin_hash, patron.code_until = call.proof.hashed, until
    patron.version += 1
    session.add(patron)
    sql.end_other_sessions(session.connection(), patron.id or 0)
    audit.record(session, call, "pin_reset", f"patron:{patron.id}")
    return OneTimeCode(code=call.proof.new, until=until, version=patron.version)


def before_own(session: Session, call: Call, body: OwnPin) -> Question:
    """Refuse a simple PIN, and count the try if there is an old one to be guessed."""
    if is_simple(body.new_pin):
        raise refused(PatronRefusal.PIN_TOO_SIMPLE)
    patron = session.get_one(Patron, call.the_caller().patron_id)
    if patron.pin_hash:
        throttle.count_try(session, {f"card:{patron.card}": FREE_TRIES}, call.now)
    return Question(patron.pin_hash or None, body.pin, body.new_pin)


def set_own(session: Session, call: Call, _body: OwnPin) -> PinSet:
    """Set one's own PIN; every other session ends."""
    caller = call.the_caller()
    locks.patron(session.connection(), caller.patron_id)
    patron = session.get_one(Patron, caller.patron_id)
    if (call.proof.stored or "") != patron.pin_hash or (patron.pin_hash and not call.proof.fits):
        raise Refused(ProblemType.NOT_ALLOWED, "pin: this is not your PIN")
    throttle.forget(session, f"card:{patron.card}", "")
    patron.pin_hash, patron.code_until = call.proof.hashed, None
    session.add(patron)
    sql.end_other_sessions(session.connection(), caller.patron_id, but=caller.session)
    return PinSet(patron=caller.patron_id)
