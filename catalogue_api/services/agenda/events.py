"""Events made and changed at the desk; a dry run tells what that does, and does nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from catalogue_api.contract.events import (
    EventChange,
    EventChanged,
    EventData,
    MoreSessions,
    NewEvent,
    When,
)
from catalogue_api.domain.events import EventRefusal, against_places
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.workshops import SEATED
from catalogue_api.services import audit
from catalogue_api.services.agenda.book import Book, opened
from catalogue_api.services.agenda.event_views import event_told
from catalogue_api.services.agenda.events_refused import refused
from catalogue_api.services.agenda.session_computers import (
    Settled,
    give_computers_back,
    keep_computers,
)
from catalogue_api.services.agenda.settling import settle
from catalogue_api.services.agenda.workshop_notices import Told, tell
from catalogue_api.services.call import Call
from catalogue_api.services.paths import number
from catalogue_api.storage.tables import Event, EventSession, Registration, Site, VoucherScheme


def add_event(db: Session, call: Call, body: NewEvent) -> EventChanged:
    """Add an event with its sessions."""
    against = [*_against(db, body), *_against_times(body.sessions, call.now)]
    if not body.sessions:
        against.append(EventRefusal.NO_SESSION)
    if against:
        raise refused(*dict.fromkeys(against))
    event = Event(**_columns(body), created_at=call.now, changed_at=call.now)
    db.add(event)
    db.flush()
    _add_sessions(db, call, event.id or 0, body.sessions)
    said = {"title": event.title, "sessions": len(body.sessions)}
    audit.record(db, call, "event_added", f"event:{event.id}", said)
    book = opened(db, call.now, call.rules, event.id or 0)
    return _changed(book, settled=keep_computers(db, call, book, book.sittings))


def change_event(db: Session, call: Call, body: EventChange) -> EventChanged:
    """Change what is said of an event; more places are offered to who waits."""
    book = opened(db, call.now, call.rules, number(call, "event"))
    event = book.event
    call.require_version(event.version)
    settle(book)
    against = [*_against(db, body), *_against_change(book, body)]
    if against:
        raise refused(*dict.fromkeys(against))
    moved = (body.site, body.room) != (event.site, event.room)
    others = moved or (body.computers, body.title) != (event.computers, event.title)
    for name, value in _columns(body).items():
        setattr(event, name, value)
    event.version, event.changed_at = event.version + 1, call.now
    db.add(event)
    db.flush()
    if any(number > (body.places or 0) for one in book.sittings for number in book.held(one)):
        book.renumber()
    told = Told()
    if moved:
        for one in _seated(book):
            _tell_moved(book, one, told)
    settled = _take_others(db, call, book) if others else Settled()
    offered = settle(book).get("offer", 0)
    audit.record(db, call, "event_changed", f"event:{book.number}", {"title": event.title})
    return _changed(book, told, offered, settled)


def add_sessions(db: Session, call: Call, body: MoreSessions) -> EventChanged:
    """Add sessions; whoever is registered for a series gets a seat in each."""
    book = opened(db, call.now, call.rules, number(call, "event"))
    there = {one.starts_at for one in book.sittings if one.cancelled_at is None}
    against = [*_against_times(body.sessions, call.now)]
    if not body.sessions:
        against.append(EventRefusal.NO_SESSION)
    if there & {when.starts_at for when in body.sessions}:
        against.append(EventRefusal.SAME_TIME_TWICE)
    if against:
        raise refused(*dict.fromkeys(against))
    known = {one.id for one in book.sittings}
    _add_sessions(db, call, book.number, body.sessions)
    book.event.version, book.event.changed_at = book.event.version + 1, call.now
    db.flush()
    book = opened(db, call.now, call.rules, book.number)
    if book.event.series:
        for one in _seated(book):
            book.seat(one, book.ahead(None))
    said = {"sessions": len(body.sessions)}
    audit.record(db, call, "sessions_added", f"event:{book.number}", said)
    added = [one for one in book.sittings if one.id not in known]
    return _changed(book, settled=keep_computers(db, call, book, added))


def _take_others(db: Session, call: Call, book: Book) -> Settled:
    """Give free what the sessions to come have taken, and take what they need now."""
    ahead = [one for one in book.of(None) if one.starts_at > book.now]
    for one in ahead:
        give_computers_back(db, call, one)
    return keep_computers(db, call, book, ahead)


def _against(db: Session, body: EventData) -> list[EventRefusal]:
    found = []
    against = against_places(body.kind, body.places)
    if against is not None:
        found.append(against)
    least, most = body.least_age, body.most_age
    if least is not None and most is not None and least > most:
        found.append(EventRefusal.AGES_REVERSED)
    if db.get(Site, body.site) is None:
        found.append(EventRefusal.UNKNOWN_SITE)
    if body.scheme is not None and db.get(VoucherScheme, body.scheme) is None:
        found.append(EventRefusal.UNKNOWN_SCHEME)
    return found


def _against_change(book: Book, body: EventChange) -> list[EventRefusal]:
    found, places = [], body.places
    of_another_sort = body.series != book.event.series or (places is None) != (
        book.event.places is None
    )
    if book.open and of_another_sort:
        found.append(EventRefusal.HAS_REGISTRATIONS)
    most = max((len(book.held(one)) for one in book.sittings if one.ends_at > book.now), default=0)
    if places is not None and places < most:
        found.append(EventRefusal.FEWER_THAN_SEATED)
    return found


def _against_times(sessions: Sequence[When], now: datetime) -> list[EventRefusal]:
    found, starts = [], [when.starts_at for when in sessions]
    if len(set(starts)) < len(starts):
        found.append(EventRefusal.SAME_TIME_TWICE)
    if any(start <= now for start in starts):
        found.append(EventRefusal.IN_THE_PAST)
    return found


def _columns(body: EventData) -> dict[str, Any]:
    given = {name: getattr(body, name) for name in EventData.model_fields}
    given["scheme_id"] = given.pop("scheme")
    return given | {"kind": body.kind.value}


def _add_sessions(db: Session, call: Call, event: int, sessions: Sequence[When]) -> None:
    for when in sessions:
        ends_at = when.starts_at + timedelta(minutes=when.minutes)
        db.add(
            EventSession(
                event_id=event, starts_at=when.starts_at, ends_at=ends_at, changed_at=call.now
            )
        )
    db.flush()


def _seated(book: Book) -> list[Registration]:
    seated = {status.value for status in SEATED}
    return [one for one in book.open if one.status in seated]


def _tell_moved(book: Book, one: Registration, told: Told) -> None:
    starts_at = book.occasion(one.session_id).starts_at
    if starts_at > book.now:
        was = {"was_starts_at": starts_at.isoformat()}
        told.count(
            one,
            well=tell(
                book,
                NoticeKind.WORKSHOP_MOVED,
                one,
                f"elsewhere:{book.event.version}",
                more=was,
            ),
        )


def _changed(
    book: Book, told: Told | None = None, offered: int = 0, settled: Settled | None = None
) -> EventChanged:
    reached, slots = told or Told(), settled or Settled()
    return EventChanged(
        **event_told(book).model_dump(),
        told=reached.by_message,
        to_call=reached.to_call,
        offered=offered,
        slots_moved=slots.moved,
        slots_cancelled=slots.cancelled,
    )
