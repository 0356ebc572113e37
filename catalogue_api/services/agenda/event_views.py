"""How an event and its sessions are told to a desk."""

from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.events import EventData, EventInfo, SessionInfo
from catalogue_api.domain.workshops import SEATED, RegistrationStatus
from catalogue_api.services.agenda.agenda import scheme_name, warnings_of
from catalogue_api.services.agenda.book import Book, seen
from catalogue_api.services.call import Call
from catalogue_api.services.paths import number
from catalogue_api.services.rules.libraries import sites
from catalogue_api.storage import agenda as sql
from catalogue_api.storage.agenda import Counts
from catalogue_api.storage.tables import EventSession


def open_event(db: Session, call: Call, _body: Nothing) -> EventInfo:
    """Show an event at the desk."""
    return event_told(seen(db, call.now, call.rules, number(call, "event")))


def event_told(book: Book) -> EventInfo:
    """Return an event as a desk sees it."""
    event = book.event
    given = {name: getattr(event, name) for name in EventData.model_fields if name != "scheme"}
    seated = {status.value for status in SEATED}
    return EventInfo(
        **given,
        scheme=event.scheme_id,
        event=book.number,
        site_name=sites(book.db).get(event.site, event.site),
        scheme_name=scheme_name(book.db, event.scheme_id),
        sessions=sessions_told(book, book.sittings),
        registered=sum(one.status in seated for one in book.open),
        waiting=sum(one.status == RegistrationStatus.WAITING.value for one in book.open),
        changed_at=event.changed_at,
        version=event.version,
    )


def session_told(book: Book, sitting: EventSession) -> SessionInfo:
    """Return a session as a desk sees it."""
    return sessions_told(book, [sitting])[0]


def sessions_told(book: Book, sittings: list[EventSession]) -> tuple[SessionInfo, ...]:
    """Return some sessions of an event as a desk sees them."""
    if not sittings:
        return ()
    connection, event = book.db.connection(), book.event
    counted = sql.counts(connection, sittings)
    others = []
    if event.room:
        first = min(one.starts_at for one in sittings)
        last = max(one.ends_at for one in sittings)
        others = sql.overlapping(connection, event.site, event.room, first, last)
    found = []
    for one in sittings:
        count = counted.get(one.id or 0, Counts())
        found.append(
            SessionInfo(
                session=one.id or 0,
                event=book.number,
                starts_at=one.starts_at,
                ends_at=one.ends_at,
                cancelled_at=one.cancelled_at,
                cancelled_for=one.cancelled_for,
                seated=count.seated,
                waiting=count.waiting,
                came=count.came,
                warnings=warnings_of(book.rules, event, one, others),
                version=one.version,
            )
        )
    return tuple(found)
