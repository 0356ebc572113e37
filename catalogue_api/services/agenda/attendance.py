"""The list of a session: who has a seat, who waits, and who was there."""

from datetime import timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.registrations import AttendanceSheet, Mark, SessionSheet, SheetLine
from catalogue_api.domain.events import EventKind
from catalogue_api.domain.folding import fold
from catalogue_api.domain.vouchers import VoucherStatus
from catalogue_api.domain.workshops import (
    Attendance,
    RegistrationStatus,
    WorkshopRefusal,
    is_to_confirm,
)
from catalogue_api.services import audit
from catalogue_api.services.agenda.agenda import scheme_name
from catalogue_api.services.agenda.book import Book, event_of_session, opened, seen
from catalogue_api.services.agenda.event_views import session_told
from catalogue_api.services.agenda.registering import refused
from catalogue_api.services.agenda.registration_views import person_of
from catalogue_api.services.agenda.settling import settle, standing_of
from catalogue_api.services.call import Call
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import sites
from catalogue_api.storage.tables import EventSession, Patron, Registration, Seat, Voucher

_BEFORE = timedelta(hours=12)
"""So long before the start who came is not noted yet: that was another day's list."""


def show_sheet(db: Session, call: Call, _body: Nothing) -> SessionSheet:
    """Show the list of a session."""
    session = number(call, "event_session")
    book = seen(db, call.now, call.rules, event_of_session(db, session))
    return _told(book, book.sitting(session))


def note_attendance(db: Session, call: Call, body: AttendanceSheet) -> SessionSheet:
    """Note who was there. Whoever waits, or was late, gets a seat by coming, while there is one."""
    session = number(call, "event_session")
    book = opened(db, call.now, call.rules, event_of_session(db, session))
    sitting = book.sitting(session)
    if sitting.cancelled_at is not None:
        raise refused(WorkshopRefusal.CALLED_OFF)
    if call.now < sitting.starts_at - _BEFORE:
        raise refused(WorkshopRefusal.TOO_EARLY)
    for mark in body.marks:
        _note(book, sitting, mark)
    db.flush()
    settle(book)
    audit.record(db, call, "attendance_noted", f"event_session:{session}", {"n": len(body.marks)})
    return _told(book, sitting)


def _note(book: Book, sitting: EventSession, mark: Mark) -> None:
    db, seat = book.db, book.seat_of(sitting.id or 0, mark.registration)
    came = mark.attendance is Attendance.CAME
    if came and (seat is None or seat.number is None):
        seat = _admit(book, sitting, mark.registration)
    if seat is None:
        raise no_such("seat of this person")
    seat.attendance = mark.attendance.value
    db.add(seat)
    status = VoucherStatus.SPENT if came else VoucherStatus.RECEIVED
    db.connection().execute(
        update(Voucher)
        .where(
            col(Voucher.seat_id) == seat.id,
            col(Voucher.status).in_(
                [VoucherStatus.RECEIVED.value, VoucherStatus.SPENT.value],
            ),
        )
        .values(status=status.value, spent_at=book.now if came else None)
    )


def _admit(book: Book, sitting: EventSession, number_: int) -> Seat | None:
    """Give a seat to somebody at the door: who waited, or was late and finds one left."""
    one = book.db.get(Registration, number_)
    if one is None or one.event_id != book.number or one.session_id not in {None, sitting.id}:
        raise no_such("registration for this session")
    if book.seat_of(sitting.id or 0, number_) is None and one not in book.open:
        raise refused(WorkshopRefusal.HAS_ENDED)
    if not book.seat(one, [sitting]):
        raise refused(WorkshopRefusal.FULL)
    if one.session_id is not None and one.status != RegistrationStatus.ENDED.value:
        one.status, one.offer_until = RegistrationStatus.REGISTERED.value, None
        one.version += 1
        book.db.add(one)
    return book.seat_of(sitting.id or 0, number_)


def _told(book: Book, sitting: EventSession) -> SessionSheet:
    db, event = book.db, book.event
    vouchers = set(
        db.connection()
        .execute(select(col(Voucher.seat_id)).where(col(Voucher.session_id) == sitting.id))
        .scalars()
    )
    seats = [seat for seat in book.seats if seat.session_id == sitting.id]
    seated = [
        _line(book, one, seat, voucher=seat.id in vouchers)
        for seat in seats
        if (one := db.get(Registration, seat.registration_id)) is not None
    ]
    have = {seat.registration_id for seat in seats}
    queue = [
        one for one in book.open if one.session_id in {None, sitting.id} and one.id not in have
    ]
    return SessionSheet(
        event=book.number,
        kind=EventKind(event.kind),
        title=event.title,
        site=event.site,
        site_name=sites(db).get(event.site, event.site),
        room=event.room,
        places=event.places,
        series=event.series,
        scheme=event.scheme_id,
        scheme_name=scheme_name(db, event.scheme_id),
        session=session_told(book, sitting),
        seated=tuple(sorted(seated, key=lambda line: (fold(line.person), line.registration))),
        waiting=tuple(_line(book, one, None, position=place) for place, one in enumerate(queue, 1)),
    )


def _line(
    book: Book,
    one: Registration,
    seat: Seat | None,
    *,
    voucher: bool = False,
    position: int | None = None,
) -> SheetLine:
    patron = book.db.get(Patron, one.patron_id) if one.patron_id is not None else None
    standing = standing_of(book, one)
    return SheetLine(
        registration=one.id or 0,
        patron=one.patron_id,
        person=person_of(book, one),
        phone=patron.phone if patron is not None else one.phone,
        birth_year=patron.birth_year if patron is not None else one.birth_year,
        status=RegistrationStatus(one.status),
        seat=seat.number if seat is not None else None,
        attendance=Attendance(seat.attendance) if seat is not None else Attendance.UNKNOWN,
        to_confirm=is_to_confirm(book.occasion(one.session_id), standing, book.rules.zone),
        confirmed=standing.confirmed,
        reachable=standing.reachable,
        voucher=voucher,
        offer_until=one.offer_until,
        position=position,
        version=one.version,
    )
