"""Sessions moved to another time or called off: whoever has a place or waits for one is told.

Or left where they are, though that is outside the opening hours.
"""

from datetime import timedelta

from sqlmodel import Session

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.event_sessions import MeantSo, MoveSession, SessionChanged
from catalogue_api.contract.events import CallOff, EventChanged
from catalogue_api.domain.events import EventRefusal
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.workshops import (
    RegistrationEnd,
    RegistrationStatus,
    offer_until,
)
from catalogue_api.services import audit
from catalogue_api.services.agenda.book import Book, event_of_session, opened
from catalogue_api.services.agenda.event_views import event_told, session_told
from catalogue_api.services.agenda.events_refused import refused
from catalogue_api.services.agenda.session_computers import (
    Settled,
    give_computers_back,
    keep_computers,
)
from catalogue_api.services.agenda.settling import settle
from catalogue_api.services.agenda.workshop_notices import Told, tell, untell
from catalogue_api.services.call import Call
from catalogue_api.services.paths import number
from catalogue_api.storage.tables import EventSession, Registration


def move_session(db: Session, call: Call, body: MoveSession) -> SessionChanged:
    """Give a session another time. Whoever had confirmed is asked again."""
    book, sitting = _opened(db, call)
    settle(book)
    _require_ahead(book, sitting)
    if body.starts_at <= call.now:
        raise refused(EventRefusal.IN_THE_PAST)
    others = {one.starts_at for one in book.sittings if one is not sitting and not one.cancelled_at}
    if body.starts_at in others:
        raise refused(EventRefusal.SAME_TIME_TWICE)
    was = sitting.starts_at
    sitting.starts_at = body.starts_at
    sitting.ends_at = body.starts_at + timedelta(minutes=body.minutes)
    sitting.meant_so_at = None
    _touch(book, sitting)
    give_computers_back(db, call, sitting)
    settled = keep_computers(db, call, book, [sitting])
    told = Told()
    if sitting.starts_at != was:
        for one in _concerned(book, sitting):
            _ask_anew(book, one)
            key = f"moved:{sitting.id}:{sitting.version}"
            more = {"was_starts_at": was.isoformat()}
            well = tell(
                book,
                NoticeKind.WORKSHOP_MOVED,
                one,
                key,
                starts_at=sitting.starts_at,
                more=more,
            )
            told.count(one, well=well)
    settle(book)
    said = {"event": book.number, "from": was.isoformat(), "to": sitting.starts_at.isoformat()}
    audit.record(db, call, "session_moved", f"event_session:{sitting.id}", said)
    return _changed(book, sitting, told, settled)


def mean_so(db: Session, call: Call, body: MeantSo) -> MeantSo:
    """Note that a session is meant to lie outside the opening hours, or that it is not."""
    book, sitting = _opened(db, call)
    _require_ahead(book, sitting)
    if body.meant != (sitting.meant_so_at is not None):
        sitting.meant_so_at = book.now if body.meant else None
        db.add(sitting)
        said = {"event": book.number, "meant": body.meant}
        audit.record(db, call, "session_meant_so", f"event_session:{sitting.id}", said)
    return body


def call_off_session(db: Session, call: Call, body: CallOff) -> SessionChanged:
    """Call a session off; saying it twice is saying it once."""
    book, sitting = _opened(db, call)
    told = Told()
    if sitting.cancelled_at is None:
        settle(book)
        _require_ahead(book, sitting)
        _call_off(book, sitting, body.reason, told)
        give_computers_back(db, call, sitting)
        said = {"event": book.number, "reason": body.reason}
        audit.record(db, call, "session_called_off", f"event_session:{sitting.id}", said)
    return _changed(book, sitting, told)


def call_off_event(db: Session, call: Call, body: CallOff) -> EventChanged:
    """Call off every session that has not begun."""
    book = opened(db, call.now, call.rules, number(call, "event"))
    call.require_version(book.event.version)
    settle(book)
    told = Told()
    for sitting in book.sittings:
        if sitting.cancelled_at is None and sitting.starts_at > call.now:
            _call_off(book, sitting, body.reason, told)
            give_computers_back(db, call, sitting)
    book.event.version += 1
    audit.record(db, call, "event_called_off", f"event:{book.number}", {"reason": body.reason})
    return EventChanged(**event_told(book).model_dump(), told=told.by_message, to_call=told.to_call)


def _call_off(book: Book, sitting: EventSession, reason: str, told: Told) -> None:
    """Cancel a session. Whoever was registered for it alone is free; a series goes on without."""
    sitting.cancelled_at, sitting.cancelled_for = book.now, reason
    _touch(book, sitting)
    for one in _concerned(book, sitting):
        untell(book, one, f"offered:{one.version}", f"ask:{one.version}", f"remind:{one.version}")
        key, more = f"called-off:{sitting.id}", {"remark": reason}
        well = tell(
            book,
            NoticeKind.WORKSHOP_CANCELLED,
            one,
            key,
            starts_at=sitting.starts_at,
            more=more,
        )
        told.count(one, well=well)
        if not book.of(one.session_id):
            book.end(one, RegistrationEnd.CALLED_OFF)
    book.remove(seat for seat in book.seats if seat.session_id == sitting.id)


def _concerned(book: Book, sitting: EventSession) -> list[Registration]:
    return [one for one in book.open if one.session_id in {None, sitting.id}]


def _ask_anew(book: Book, one: Registration) -> None:
    """Let somebody be reminded, and asked to confirm, for the new time; an offer ends with it."""
    one.asked_at = one.confirmed_at = one.reminded_at = None
    if one.status == RegistrationStatus.OFFERED.value:
        starts_at = book.occasion(one.session_id).starts_at
        one.offer_until = offer_until(book.now, starts_at, book.rules.zone)
    one.version += 1
    book.db.add(one)


def _touch(book: Book, sitting: EventSession) -> None:
    sitting.version, sitting.changed_at = sitting.version + 1, book.now
    book.event.changed_at = book.now
    book.db.add(sitting)
    book.db.add(book.event)
    book.db.flush()


def _opened(db: Session, call: Call) -> tuple[Book, EventSession]:
    session = number(call, "event_session")
    book = opened(db, call.now, call.rules, event_of_session(db, session))
    sitting = book.sitting(session)
    db.refresh(sitting)
    call.require_version(sitting.version)
    return book, sitting


def _require_ahead(book: Book, sitting: EventSession) -> None:
    against: Refused | None = None
    if sitting.cancelled_at is not None:
        against = refused(EventRefusal.CANCELLED)
    elif sitting.starts_at <= book.now:
        against = refused(EventRefusal.HAS_BEGUN)
    if against is not None:
        raise against


def _changed(
    book: Book, sitting: EventSession, told: Told, settled: Settled | None = None
) -> SessionChanged:
    slots = settled or Settled()
    return SessionChanged(
        **session_told(book, sitting).model_dump(),
        told=told.by_message,
        to_call=told.to_call,
        slots_moved=slots.moved,
        slots_cancelled=slots.cancelled,
    )
