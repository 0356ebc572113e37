"""A PIN with a one-time code: asked for by e-mail, used once, by the browser that asked.

Whatever is wrong, the answer is the same and costs the same: one comparison and one hash, for a
card that nobody has as for one's own. Tries are counted by card and by address before that.
"""

from datetime import timedelta

from sqlmodel import Session, col, delete, select

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.own_pins import AskPinCode, ChoosePin, CodeAsked, PinChosen
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.patrons import PatronRefusal, is_simple, one_time_code, same_address
from catalogue_api.domain.throttling import FREE_TRIES, FREE_TRIES_OF_AN_ADDRESS
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.noticing import notify
from catalogue_api.services.readers.patrons import refused
from catalogue_api.services.secrets import throttle
from catalogue_api.services.secrets.passwords import Question
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage import patrons as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import MailedCode, Patron

CODE_LASTS = timedelta(minutes=30)
MOST_TRIES = 5
"""Of one code: after so many wrong ones it is worth nothing."""
FREE_MESSAGES = 5
"""For one card; after them each message makes the wait before the next one longer."""


def before_asking(session: Session, call: Call, body: AskPinCode) -> Question:
    """Count the question, and make a code to be hashed, whoever asks."""
    # Also one that was answered before: not to count it would tell that a code was sent.
    subjects = {
        f"code:{body.card}": FREE_MESSAGES,
        f"codes-to:{call.address}": FREE_TRIES_OF_AN_ADDRESS,
    }
    throttle.count_try(session, subjects, call.now)
    return Question(new=one_time_code(call.new_token()))


def ask(session: Session, call: Call, body: AskPinCode) -> CodeAsked:
    """Send a code to the reader of this card, if this is the address that the library has."""
    patron = session.exec(select(Patron).where(Patron.card == body.card)).first()
    fits = patron is not None and same_address(patron.email, body.email)
    if patron is not None and fits and session.get(MailedCode, hashed(body.request)) is None:
        _send(session, call, body, patron.id or 0)
    return CodeAsked(minutes=int(CODE_LASTS.total_seconds()) // 60)


def _send(session: Session, call: Call, body: AskPinCode, patron: int) -> None:
    ends_at, request = call.now + CODE_LASTS, hashed(body.request)
    session.add(
        MailedCode(
            request_hash=request, patron_id=patron, code_hash=call.proof.hashed, ends_at=ends_at
        )
    )
    session.flush()
    about = {"code": call.proof.new, "until": ends_at.isoformat()}
    notify(session, NoticeKind.ONE_TIME_CODE, patron, about, call.now, key=f"code:{request[:32]}")


def before_choosing(session: Session, call: Call, body: ChoosePin) -> Question:
    """Refuse a simple PIN, count the try, and find what the code is compared with."""
    if is_simple(body.new_pin):
        raise refused(PatronRefusal.PIN_TOO_SIMPLE)
    subjects = {
        f"card:{body.card}": FREE_TRIES,
        f"address:{call.address}": FREE_TRIES_OF_AN_ADDRESS,
    }
    throttle.count_try(session, subjects, call.now)
    found = _code(session, call, body)
    if isinstance(found, MailedCode):
        found.tries += 1
        session.add(found)
    return Question(_stored(found), body.code, body.new_pin)


def choose(session: Session, call: Call, body: ChoosePin) -> PinChosen:
    """Set the PIN of a reader whose code was right; the code has then been used."""
    if not call.proof.fits:
        raise _not_so()
    throttle.forget(session, f"card:{body.card}", f"address:{call.address}")
    patron = _patron(session, body.card)
    if patron is None:
        raise _not_so()
    number = patron.id or 0
    locks.patron(session.connection(), number)
    session.refresh(patron)
    if _stored(_code(session, call, body, lenient=True)) != call.proof.stored:
        raise _not_so()  # used meanwhile, by somebody who had it too
    patron.pin_hash, patron.code_until = call.proof.hashed, None
    patron.version += 1
    session.add(patron)
    session.exec(delete(MailedCode).where(col(MailedCode.patron_id) == number))
    sql.end_other_sessions(session.connection(), number)
    audit.note(session, f"patron:{number}", call.now, "pin_chosen", f"patron:{number}")
    return PinChosen()


def _patron(session: Session, card: str) -> Patron | None:
    return session.exec(select(Patron).where(Patron.card == card)).first()


def _code(
    session: Session, call: Call, body: ChoosePin, *, lenient: bool = False
) -> MailedCode | Patron | None:
    """Return what holds the code of this card: a message to this browser, or the desk.

    Not one that is over, nor (unless `lenient`) one that was tried too often.
    """
    patron = _patron(session, body.card)
    if not body.request:
        day = call.rules.day(call.now)
        lasts = patron is not None and patron.code_until is not None and patron.code_until >= day
        return patron if lasts else None
    code = session.get(MailedCode, hashed(body.request), with_for_update=True)
    if code is None or patron is None or code.patron_id != patron.id or code.ends_at <= call.now:
        return None
    return code if lenient or code.tries < MOST_TRIES else None


def _stored(code: MailedCode | Patron | None) -> str | None:
    if isinstance(code, MailedCode):
        return code.code_hash
    return code.pin_hash if code is not None else None


def _not_so() -> Refused:
    """Return the one refusal: it does not tell what was wrong."""
    detail = "card and code do not belong together, or the code was used or is over"
    return Refused(ProblemType.NOT_AUTHENTICATED, detail)
