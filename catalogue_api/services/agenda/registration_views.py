"""What is told of registrations: to their reader, and with more to a desk."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, col, or_, select

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.registrations import (
    RegistrationInfo,
    RegistrationList,
    SessionTime,
)
from catalogue_api.domain.events import EventKind
from catalogue_api.domain.roles import Role
from catalogue_api.domain.workshops import (
    RegistrationEnd,
    RegistrationStatus,
    is_to_confirm,
)
from catalogue_api.services.agenda.book import Book, seen
from catalogue_api.services.agenda.settling import confirm_by, standing_of
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import sites
from catalogue_api.storage import agenda as sql
from catalogue_api.storage.tables import Patron, Registration

_LATELY = timedelta(days=31)
"""For so long a reader is shown what has ended."""


def show_registration(db: Session, call: Call, _body: Nothing) -> RegistrationInfo:
    """Show a registration; readers see only their own."""
    found = db.get(Registration, number(call, "registration"))
    caller = call.the_caller()
    by_staff = caller.role is not Role.PATRON
    if found is None or not (by_staff or found.patron_id == caller.patron_id):
        raise no_such("registration")
    return told(seen(db, call.now, call.rules, found.event_id), found, by_staff=by_staff)


def list_my_registrations(db: Session, call: Call, _body: Nothing) -> RegistrationList:
    """List the caller's registrations."""
    return _listed(db, call, call.the_caller().patron_id, by_staff=False)


def list_patron_registrations(db: Session, call: Call, _body: Nothing) -> RegistrationList:
    """List a reader's registrations, for a desk."""
    patron = db.get(Patron, number(call, "patron"))
    if patron is None:
        raise no_such("reader")
    return _listed(db, call, patron.id or 0, by_staff=True)


def of_patron(db: Session, call: Call, patron: int) -> tuple[RegistrationInfo, ...]:
    """Return a reader's registrations as they see them themselves."""
    return _listed(db, call, patron, by_staff=False).registrations


def told(book: Book, one: Registration, *, by_staff: bool) -> RegistrationInfo:
    """Return a registration as it travels."""
    event, status = book.event, RegistrationStatus(one.status)
    asked = is_to_confirm(book.occasion(one.session_id), standing_of(book, one), book.rules.zone)
    return RegistrationInfo(
        registration=one.id or 0,
        event=book.number,
        session=one.session_id,
        kind=EventKind(event.kind),
        title=event.title,
        site=event.site,
        site_name=sites(book.db).get(event.site, event.site),
        room=event.room,
        sessions=_times(book, one),
        status=status,
        made_at=one.made_at,
        position=_position(book, one),
        offer_until=one.offer_until,
        confirm_by=confirm_by(book, one) if asked else None,
        confirmed_at=one.confirmed_at,
        ended_at=one.ended_at,
        ended_for=RegistrationEnd(one.ended_for) if one.ended_for else None,
        version=one.version,
        **(_for_staff(book, one) if by_staff else {}),
    )


def person_of(book: Book, one: Registration) -> str:
    """Return the name of somebody, as a list has it; "" once it is forgotten."""
    patron = book.db.get(Patron, one.patron_id) if one.patron_id is not None else None
    if patron is None:
        return one.name
    return f"{patron.family_name} {patron.given_name}".strip()


def _for_staff(book: Book, one: Registration) -> dict[str, Any]:
    patron = book.db.get(Patron, one.patron_id) if one.patron_id is not None else None
    return {
        "patron": one.patron_id,
        "person": person_of(book, one),
        "phone": patron.phone if patron is not None else one.phone,
        "birth_year": patron.birth_year if patron is not None else one.birth_year,
    }


def _times(book: Book, one: Registration) -> tuple[SessionTime, ...]:
    return tuple(
        SessionTime(
            session=sitting.id or 0,
            starts_at=sitting.starts_at,
            ends_at=sitting.ends_at,
            cancelled=sitting.cancelled_at is not None,
        )
        for sitting in book.sittings
        if one.session_id in {None, sitting.id}
    )


def _position(book: Book, one: Registration) -> int | None:
    waiting = [
        each.id
        for each in book.standing(one.session_id)
        if each.status == RegistrationStatus.WAITING.value
    ]
    return waiting.index(one.id) + 1 if one.id in waiting else None


def _listed(db: Session, call: Call, patron: int, *, by_staff: bool) -> RegistrationList:
    query = select(Registration).where(
        col(Registration.patron_id) == patron,
        or_(sql.IS_OPEN, col(Registration.ended_at) >= call.now - _LATELY),
    )
    rows = db.exec(query).all()
    books = {
        event: seen(db, call.now, call.rules, event) for event in {row.event_id for row in rows}
    }
    found = [told(books[row.event_id], row, by_staff=by_staff) for row in rows]
    found.sort(key=lambda one: (one.sessions[0].starts_at, one.registration))
    return RegistrationList(registrations=tuple(found))
