"""A reader's calendar at a secret address: made, dropped, and read by whoever has the secret."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import groupby

from sqlmodel import Session, col, delete, select

from catalogue_api.contract.calendar_feeds import (
    CalendarEntry,
    CalendarRead,
    CalendarState,
    EntryKind,
    NewCalendar,
    OwnCalendar,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.domain.holds import HoldStatus
from catalogue_api.domain.workshops import RegistrationStatus
from catalogue_api.services import audit
from catalogue_api.services.agenda import registration_views
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_views
from catalogue_api.services.paths import no_such
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage import loans
from catalogue_api.storage.engine import locks
from catalogue_api.storage.hold_lists import holds_of_patron
from catalogue_api.storage.tables import CalendarFeed, Patron


def show(session: Session, call: Call, _body: Nothing) -> CalendarState:
    """Tell since when there is an address."""
    feed = session.get(CalendarFeed, call.the_caller().patron_id)
    return CalendarState(made_at=feed.made_at if feed else None)


def make(session: Session, call: Call, body: NewCalendar) -> CalendarState:
    """Give the calendar an address; the one before leads nowhere from now on."""
    number = call.the_caller().patron_id
    locks.patron(session.connection(), number)
    feed = session.get(CalendarFeed, number)
    if feed is None or feed.secret_hash != hashed(body.secret):
        feed = feed or CalendarFeed(patron_id=number, secret_hash="", made_at=call.now)
        feed.secret_hash, feed.made_at = hashed(body.secret), call.now
        session.add(feed)
        session.flush()
        audit.record(session, call, "calendar_made", f"patron:{number}")
    return CalendarState(made_at=feed.made_at)


def drop(session: Session, call: Call, _body: Nothing) -> CalendarState:
    """Take the address away."""
    number = call.the_caller().patron_id
    gone = session.exec(delete(CalendarFeed).where(col(CalendarFeed.patron_id) == number))
    if gone.rowcount:
        audit.record(session, call, "calendar_dropped", f"patron:{number}")
    return CalendarState()


def read(session: Session, call: Call, body: CalendarRead) -> OwnCalendar:
    """Show a calendar to whoever has its secret."""
    feed = session.exec(
        select(CalendarFeed).where(CalendarFeed.secret_hash == hashed(body.secret))
    ).first()
    if feed is None:
        raise no_such("calendar")
    reader = session.get_one(Patron, feed.patron_id)
    entries = [
        *_due(session, feed),
        *_ready(session, feed),
        *_slots(session, call, feed),
        *_events(session, call, feed),
    ]
    return OwnCalendar(
        language=reader.language,
        at=call.now,
        entries=tuple(sorted(entries, key=lambda entry: (entry.on, entry.uid))),
    )


def _due(session: Session, feed: CalendarFeed) -> Iterator[CalendarEntry]:
    """Yield one entry for each day on which something has to be back."""
    found = loans.open_loans_of(session.connection(), feed.patron_id)
    for day, due in groupby(found, key=lambda loan: loan.due_on):
        titles = tuple(loan.full_title for loan in due)
        yield CalendarEntry(uid=_uid(feed, f"due:{day}"), kind=EntryKind.DUE, on=day, titles=titles)


def _ready(session: Session, feed: CalendarFeed) -> Iterator[CalendarEntry]:
    for hold in holds_of_patron(session.connection(), feed.patron_id):
        if hold.status == HoldStatus.READY.value and hold.expires_on is not None:
            yield CalendarEntry(
                uid=_uid(feed, f"hold:{hold.id}"),
                kind=EntryKind.READY,
                on=hold.expires_on,
                titles=(hold.full_title,),
                place=hold.pickup_name,
            )


def _slots(session: Session, call: Call, feed: CalendarFeed) -> Iterator[CalendarEntry]:
    for slot in slot_views.of_patron(session, call, feed.patron_id):
        yield CalendarEntry(
            uid=_uid(feed, f"slot:{slot.slot}"),
            kind=EntryKind.SLOT,
            on=call.rules.day(slot.starts_at),
            titles=(slot.computer_name,),
            place=f"{slot.site_name}, {slot.room_name}",
            starts_at=slot.starts_at,
            ends_at=slot.ends_at,
        )


def _events(session: Session, call: Call, feed: CalendarFeed) -> Iterator[CalendarEntry]:
    """Yield the sessions in which the reader has a place, from a month back on."""
    for one in registration_views.of_patron(session, call, feed.patron_id):
        if one.status is not RegistrationStatus.REGISTERED:
            continue
        for time in one.sessions:
            yield CalendarEntry(
                uid=_uid(feed, f"event:{time.session}"),
                kind=EntryKind.EVENT,
                on=call.rules.day(time.starts_at),
                titles=(one.title,),
                place=", ".join(filter(None, (one.site_name, one.room))),
                starts_at=time.starts_at,
                ends_at=time.ends_at,
                cancelled=time.cancelled,
            )


def _uid(feed: CalendarFeed, about: str) -> str:
    """Return what names an entry to a calendar program; it tells neither reader nor number."""
    return sha256(f"{feed.secret_hash} {about}".encode()).hexdigest()[:32]
