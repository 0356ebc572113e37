"""A reader's own data: put right, seen, taken away, forgotten, and the wish to be deleted."""

from sqlmodel import Session

from catalogue_api.contract.deletions import DeletionAsked
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.own_account import OwnAccount
from catalogue_api.contract.own_data import Deletion, HistoryKept, OwnData
from catalogue_api.contract.personal_data import Forgotten, PersonalData
from catalogue_api.domain.patrons import same_address
from catalogue_api.domain.throttling import FREE_TRIES
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.own import deletions
from catalogue_api.services.own.personal_data import counts_of, forgotten_of, held_of
from catalogue_api.services.readers import patrons
from catalogue_api.services.readers.address_changes import tell_old_address
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron, Site

_WRITTEN = ("email", "phone", "language", "home_site")


def before_editing(session: Session, call: Call, body: OwnData) -> Question:
    """Count the try if a PIN is to be compared: only a new e-mail needs one."""
    patron = session.get_one(Patron, call.the_caller().patron_id)
    if not _needs_pin(patron, body):
        return Question()
    throttle.count_try(session, {f"card:{patron.card}": FREE_TRIES}, call.now)
    return Question(patron.pin_hash or None, body.pin)


def edit(session: Session, call: Call, body: OwnData) -> OwnAccount:
    """Put one's own data right; the audit log gets the names of what changed only."""
    patron = _locked(session, call)
    call.require_version(patron.version)
    if _needs_pin(patron, body):
        if not call.proof.fits or call.proof.stored != patron.pin_hash:
            raise Refused(ProblemType.NOT_ALLOWED, "pin: this is not your PIN")
        throttle.forget(session, f"card:{patron.card}", "")
    if body.home_site is not None and session.get(Site, body.home_site) is None:
        raise Refused(ProblemType.INVALID_REQUEST, f"home_site: no site {body.home_site!r}")
    said: dict[str, object] = {name: getattr(body, name) for name in _WRITTEN}
    said |= {
        "keeps_history": body.history is HistoryKept.KEPT,
        "forgets_history": body.history is HistoryKept.NONE,
    }
    changed = [name for name, value in said.items() if getattr(patron, name) != value]
    old_address = patron.email
    for name in changed:
        setattr(patron, name, said[name])
    if changed:
        patron.version += 1
        session.add(patron)
        session.flush()
        tell_old_address(session, patron, old_address, call.now)
        audit.record(session, call, "own_data_changed", _subject(patron), {"changed": changed})
    return patrons.own_account(session, call, patron)


def see(session: Session, call: Call, _body: Nothing) -> PersonalData:
    """Show all that is held of the reader who asks."""
    return held_of(session, call, session.get_one(Patron, call.the_caller().patron_id))


def export(session: Session, call: Call, _body: Nothing) -> PersonalData:
    """Hand the reader all that is held of them; that it was handed out is written down."""
    patron = _locked(session, call)
    audit.record(session, call, "data_exported", _subject(patron))
    session.flush()
    return held_of(session, call, patron)


def forget_history(session: Session, call: Call, _body: Nothing) -> Forgotten:
    """Take the reader who asks from what ended before today."""
    done = forgotten_of(session, call, _locked(session, call))
    audit.record(session, call, "history_forgotten", f"patron:{done.patron}", counts_of(done))
    return done


def show_deletion(session: Session, call: Call, _body: Nothing) -> Deletion:
    """Tell whether the reader has asked to be deleted, and what stands against it."""
    patron = session.get_one(Patron, call.the_caller().patron_id)
    return _deletion(deletions.wish_of(session, call, patron))


def ask_deletion(session: Session, call: Call, _body: Nothing) -> Deletion:
    """Note the wish to be deleted; it counts from the first time that it was said."""
    patron = _locked(session, call)
    if deletions.ask(session, patron, call.rules.day(call.now)):
        audit.record(session, call, "deletion_asked", _subject(patron))
    return _deletion(deletions.wish_of(session, call, patron))


def take_deletion_back(session: Session, call: Call, _body: Nothing) -> Deletion:
    """Note that the reader stays after all."""
    patron = _locked(session, call)
    if deletions.stay(session, patron):
        audit.record(session, call, "deletion_taken_back", _subject(patron))
    return _deletion(deletions.wish_of(session, call, patron))


def _deletion(wish: DeletionAsked) -> Deletion:
    return Deletion(
        asked_on=wish.asked_on,
        not_before=wish.not_before,
        against=tuple(one.reason for one in wish.against),
    )


def _needs_pin(patron: Patron, body: OwnData) -> bool:
    same = same_address(patron.email, body.email) or patron.email == body.email
    return not same and bool(patron.pin_hash)


def _locked(session: Session, call: Call) -> Patron:
    number = call.the_caller().patron_id
    locks.patron(session.connection(), number)
    return session.get_one(Patron, number)


def _subject(patron: Patron) -> str:
    return f"patron:{patron.id}"
