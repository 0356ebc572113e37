"""Places in events taken, confirmed and given up: at a desk or for oneself."""

from datetime import datetime

from sqlmodel import Session, col, select

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.registrations import Register, RegisterMyself, RegistrationInfo
from catalogue_api.domain.folding import fold
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.roles import Role
from catalogue_api.domain.workshops import (
    Applicant,
    RegistrationEnd,
    RegistrationStatus,
    WorkshopRefusal,
    refusals,
)
from catalogue_api.services import audit
from catalogue_api.services.agenda.book import Book, opened
from catalogue_api.services.agenda.registration_views import told
from catalogue_api.services.agenda.settling import settle
from catalogue_api.services.agenda.workshop_notices import tell, untell
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import agenda as sql
from catalogue_api.storage.engine import locks
from catalogue_api.storage.tables import Patron, Registration


def refused(*reasons: WorkshopRefusal) -> Refused:
    """Return the problem that names all that stands against it."""
    said = "; ".join(reason.value.replace("_", " ") for reason in reasons)
    return Refused(
        ProblemType.REFUSED_BY_RULE,
        f"not as it is: {said}",
        tuple(reason.value for reason in reasons),
    )


def register(db: Session, call: Call, body: Register) -> RegistrationInfo:
    """Register the reader with a card, or a person by name."""
    if bool(body.card) is bool(body.name.strip()):
        raise Refused(ProblemType.INVALID_REQUEST, "give a card, or the name of a person")
    patron = None
    if body.card:
        patron = db.exec(select(Patron).where(col(Patron.card) == body.card)).first()
        if patron is None:
            raise Refused(ProblemType.NOT_FOUND, "there is no such card")
    book, one = _register(db, call, body, patron, person=body)
    audit.record(db, call, "registered", *_about(book, one))
    return told(book, one, by_staff=True)


def register_myself(db: Session, call: Call, body: RegisterMyself) -> RegistrationInfo:
    """Register the caller."""
    patron = db.get_one(Patron, call.the_caller().patron_id)
    return told(*_register(db, call, body, patron, person=None), by_staff=False)


def accept(db: Session, call: Call, _body: Nothing) -> RegistrationInfo:
    """Take the seat that is held; saying it twice is saying it once."""
    book, one = _opened(db, call)
    if one.status == RegistrationStatus.REGISTERED.value:
        return told(book, one, by_staff=_by_staff(call))
    call.require_version(one.version)
    settle(book)
    if one.ended_for == RegistrationEnd.OFFER_LAPSED.value:
        raise refused(WorkshopRefusal.OFFER_OVER)
    _require_open(one)
    if one.status != RegistrationStatus.OFFERED.value:
        raise refused(WorkshopRefusal.NOT_OFFERED)
    one.status, one.offer_until = RegistrationStatus.REGISTERED.value, None
    # Whoever answers now has said that they will come.
    one.confirmed_at = call.now
    _store(book, one)
    if _by_staff(call):
        audit.record(db, call, "seat_accepted", *_about(book, one))
    return told(book, one, by_staff=_by_staff(call))


def confirm(db: Session, call: Call, _body: Nothing) -> RegistrationInfo:
    """Note that somebody will come; saying it twice is saying it once."""
    book, one = _opened(db, call)
    if one.confirmed_at is not None and one.status == RegistrationStatus.REGISTERED.value:
        return told(book, one, by_staff=_by_staff(call))
    call.require_version(one.version)
    settle(book)
    _require_open(one)
    if one.status != RegistrationStatus.REGISTERED.value:
        raise refused(WorkshopRefusal.NOT_REGISTERED)
    one.confirmed_at = call.now
    _store(book, one)
    if _by_staff(call):
        audit.record(db, call, "seat_confirmed", *_about(book, one))
    return told(book, one, by_staff=_by_staff(call))


def cancel(db: Session, call: Call, _body: Nothing) -> RegistrationInfo:
    """Give up a seat, an offer or a turn; the next one who waits is offered the seat at once."""
    book, one = _opened(db, call)
    if one.status == RegistrationStatus.ENDED.value:
        return told(book, one, by_staff=_by_staff(call))
    call.require_version(one.version)
    settle(book)
    if one.status != RegistrationStatus.ENDED.value:
        give_up(book, one, _why(call, one))
        if _by_staff(call):
            audit.record(db, call, "registration_cancelled", *_about(book, one))
        settle(book)
    return told(book, one, by_staff=_by_staff(call))


def give_up(book: Book, one: Registration, why: RegistrationEnd) -> None:
    """End a registration before its time; reminders that were not sent are not sent any more."""
    keys = (f"offered:{one.version}", f"ask:{one.version}", f"remind:{one.version}", "registered")
    untell(book, one, *keys)
    book.end(one, why)
    book.db.flush()


def _register(
    db: Session, call: Call, asked: RegisterMyself, patron: Patron | None, person: Register | None
) -> tuple[Book, Registration]:
    """Lock event and reader: two at once cannot take one seat, nor one reader two."""
    book = opened(db, call.now, call.rules, asked.event)
    session_id = _wanted(book, asked)
    settle(book)
    if patron is not None:
        locks.patron(db.connection(), patron.id or 0)
    applicant = _applicant(book, session_id, patron, person)
    against = refusals(applicant, book.occasion(session_id), call.now, call.rules.zone)
    if WorkshopRefusal.NOT_PUBLISHED in against:
        raise no_such("event")
    if not against and person is not None and patron is None and not person.anyway:
        against = _perhaps(book, session_id, person.name)
    full = book.occasion(session_id).full
    if not against and full and not asked.or_wait:
        against = (WorkshopRefusal.FULL,)
    if against:
        raise refused(*against)
    one = _added(book, session_id, patron, person, call.now)
    seated = not full and book.seat(one, book.ahead(session_id))
    if seated:
        one.status = RegistrationStatus.REGISTERED.value
        tell(book, NoticeKind.WORKSHOP_REGISTERED, one, "registered")
    db.flush()
    return book, one


def _wanted(book: Book, asked: RegisterMyself) -> int | None:
    """Return the session asked for, or None for a series; an event of one session needs no word."""
    if book.event.series or asked.session is None:
        if not book.event.series and len(book.sittings) == 1:
            return book.sittings[0].id
        if not book.event.series or not book.sittings:
            raise Refused(ProblemType.INVALID_REQUEST, "session: say which one")
        return None
    return book.sitting(asked.session).id


def _applicant(
    book: Book, session_id: int | None, patron: Patron | None, person: Register | None
) -> Applicant:
    year = patron.birth_year if patron is not None else None
    if year is None and person is not None:
        year = person.birth_year
    if patron is None:
        return Applicant(year, by_staff=person is not None)
    return Applicant(
        year,
        registered=any(
            one.patron_id == patron.id and one.session_id == session_id for one in book.open
        ),
        elsewhere=sql.is_elsewhere(
            book.db.connection(),
            patron.id or 0,
            book.number,
            [(one.starts_at, one.ends_at) for one in book.ahead(session_id)],
        ),
        by_staff=person is not None,
    )


def _perhaps(book: Book, session_id: int | None, name: str) -> tuple[WorkshopRefusal, ...]:
    """Whoever stands on the list by that name may be the same person."""
    same = any(
        one.session_id == session_id and one.name and _words(one.name) == _words(name)
        for one in book.open
    )
    return (WorkshopRefusal.PERHAPS_REGISTERED,) if same else ()


def _words(name: str) -> list[str]:
    return sorted(fold(name).replace("-", " ").split())


def _added(
    book: Book,
    session_id: int | None,
    patron: Patron | None,
    person: Register | None,
    now: datetime,
) -> Registration:
    by_name = person if patron is None else None
    one = Registration(
        event_id=book.number,
        session_id=session_id,
        patron_id=patron.id if patron is not None else None,
        name=" ".join(by_name.name.split()) if by_name else "",
        phone=by_name.phone.strip() if by_name else "",
        birth_year=by_name.birth_year if by_name and book.occasion(session_id).ages.bounded
        else None,
        status=RegistrationStatus.WAITING.value,
        made_at=now,
    )  # fmt: skip
    book.db.add(one)
    book.db.flush()
    book.open.append(one)
    if patron is not None and patron.email:
        book.writable |= {one.patron_id or 0}
    return one


def _opened(db: Session, call: Call) -> tuple[Book, Registration]:
    """Open the book of the registration in the path; somebody else's is not there."""
    found = db.get(Registration, number(call, "registration"))
    caller = call.the_caller()
    mine = caller.role is not Role.PATRON or (
        found is not None and found.patron_id == caller.patron_id
    )
    if found is None or not mine:
        raise no_such("registration")
    book = opened(db, call.now, call.rules, found.event_id)
    db.refresh(found)
    return book, next((one for one in book.open if one.id == found.id), found)


def _require_open(one: Registration) -> None:
    if one.status == RegistrationStatus.ENDED.value:
        raise refused(WorkshopRefusal.HAS_ENDED)


def _store(book: Book, one: Registration) -> None:
    one.version += 1
    book.db.add(one)
    book.db.flush()


def _about(book: Book, one: Registration) -> tuple[str, dict[str, object]]:
    """Return what the audit says of what staff did; a reader's acts stand in the registration."""
    return f"registration:{one.id}", {"event": book.number, "status": one.status}


def _by_staff(call: Call) -> bool:
    return call.the_caller().role is not Role.PATRON


def _why(call: Call, one: Registration) -> RegistrationEnd:
    if _by_staff(call):
        return RegistrationEnd.CANCELLED_BY_STAFF
    if one.status == RegistrationStatus.OFFERED.value:
        return RegistrationEnd.DECLINED
    return RegistrationEnd.CANCELLED
