"""The agenda: to everybody, and with what is not published at a desk."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session

from catalogue_api.contract.agenda import (
    MOST_DAYS,
    Agenda,
    AgendaAsked,
    AgendaEntry,
    EventShown,
    SessionShown,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.events import DeskAgenda, DeskEntry
from catalogue_api.domain.events import EventKind, SessionWarning
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services.agenda.book import seen
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import sites
from catalogue_api.storage import agenda as sql
from catalogue_api.storage.agenda import Counts, Sought
from catalogue_api.storage.tables import Event, EventSession, VoucherScheme

_BY_DEFAULT = 30


def list_agenda(db: Session, call: Call, body: AgendaAsked) -> Agenda:
    """List what takes place, as everybody may know it."""
    first, last = _days(call, body)
    found = _sought(db, call, body, published_only=True)
    counted = sql.counts(db.connection(), [one for one, _, _ in found])
    entries = tuple(
        AgendaEntry.model_validate(_entry(one, event, site, counted)) for one, event, site in found
    )
    return Agenda(first=first, last=last, entries=entries)


def find_sessions(db: Session, call: Call, body: AgendaAsked) -> DeskAgenda:
    """List sessions for a desk, with what a librarian should look at."""
    first, last = _days(call, body)
    found = _sought(db, call, body, published_only=False)
    counted = sql.counts(db.connection(), [one for one, _, _ in found])
    entries = tuple(
        DeskEntry(
            **_entry(one, event, site, counted),
            published=event.published,
            seated=_count(counted, one).seated,
            must_confirm=event.must_confirm,
            warnings=warnings_of(call.rules, event, one, _in_room(found, event)),
        )
        for one, event, site in found
    )
    return DeskAgenda(first=first, last=last, entries=entries)


def show_event(db: Session, call: Call, _body: Nothing) -> EventShown:
    """Show an event, as everybody may know it."""
    book = seen(db, call.now, call.rules, number(call, "event"))
    event = book.event
    if not event.published:
        raise no_such("event")
    counted = sql.counts(db.connection(), book.sittings)
    return EventShown(
        event=book.number,
        kind=EventKind(event.kind),
        title=event.title,
        about=event.about,
        site=event.site,
        site_name=sites(db).get(event.site, event.site),
        room=event.room,
        places=event.places,
        series=event.series,
        least_age=event.least_age,
        most_age=event.most_age,
        opens_on=event.opens_on,
        must_confirm=event.must_confirm,
        voucher=scheme_name(db, event.scheme_id),
        changed_at=event.changed_at,
        sessions=tuple(_session(event, one, _count(counted, one)) for one in book.sittings),
    )


def scheme_name(db: Session, scheme: int | None) -> str:
    """Return the name of a scheme of vouchers, "" for none."""
    found = db.get(VoucherScheme, scheme) if scheme is not None else None
    return found.name if found is not None else ""


def warnings_of(
    rules: Rulebook,
    event: Event,
    sitting: EventSession,
    others: Sequence[tuple[int, datetime, datetime]],
) -> tuple[SessionWarning, ...]:
    """Return what a librarian should know of a session; `others`: sessions in the same room."""
    if sitting.cancelled_at is not None:
        return ()
    found = []
    if not rules.calendar(event.site).is_open(rules.day(sitting.starts_at)):
        found.append(SessionWarning.CLOSED)
    if event.room and any(
        other != sitting.id and starts < sitting.ends_at and sitting.starts_at < ends
        for other, starts, ends in others
    ):
        found.append(SessionWarning.ROOM_TAKEN)
    return tuple(found)


def _in_room(found: Sequence[sql.Found], event: Event) -> list[tuple[int, datetime, datetime]]:
    place = (event.site, event.room.lower())
    return [
        (one.id or 0, one.starts_at, one.ends_at)
        for one, other, _ in found
        if (other.site, other.room.lower()) == place and one.cancelled_at is None
    ]


def _sought(
    db: Session, call: Call, body: AgendaAsked, *, published_only: bool
) -> Sequence[sql.Found]:
    first, last = _days(call, body)
    zone = call.rules.zone
    return sql.sessions_found(
        db,
        Sought(
            since=datetime.combine(first, time.min, zone),
            until=datetime.combine(last + timedelta(days=1), time.min, zone),
            site=body.site,
            kind=body.kind.value if body.kind is not None else "",
            published_only=published_only,
        ),
    )


def _days(call: Call, body: AgendaAsked) -> tuple[date, date]:
    first = body.first or call.rules.day(call.now)
    last = body.last or first + timedelta(days=_BY_DEFAULT)
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refused(ProblemType.INVALID_REQUEST, f"last: at most {MOST_DAYS} days behind first")
    return first, last


def _entry(
    sitting: EventSession, event: Event, site_name: str, counted: Mapping[int, Counts]
) -> dict[str, Any]:
    count = _count(counted, sitting)
    return {
        "session": sitting.id or 0,
        "event": event.id or 0,
        "kind": EventKind(event.kind),
        "title": event.title,
        "site": event.site,
        "site_name": site_name,
        "room": event.room,
        "starts_at": sitting.starts_at,
        "ends_at": sitting.ends_at,
        "cancelled": sitting.cancelled_at is not None,
        "series": event.series,
        "places": event.places,
        "free": _free(event, count),
        "waiting": count.waiting,
        "version": sitting.version,
    }


def _session(event: Event, sitting: EventSession, count: Counts) -> SessionShown:
    return SessionShown(
        session=sitting.id or 0,
        starts_at=sitting.starts_at,
        ends_at=sitting.ends_at,
        cancelled=sitting.cancelled_at is not None,
        reason=sitting.cancelled_for,
        free=_free(event, count),
        waiting=count.waiting,
        changed_at=max(sitting.changed_at, event.changed_at),
        version=sitting.version,
    )


def _free(event: Event, count: Counts) -> int | None:
    if event.places is None:
        return None
    return 0 if count.waiting else max(event.places - count.held, 0)


def _count(counted: Mapping[int, Counts], sitting: EventSession) -> Counts:
    return counted.get(sitting.id or 0, Counts())
