"""What becomes due in an event as time goes by, done: offers, reminders, releases, the end.

Every write settles the event first, and the job `workshops` settles all: so nothing depends on
when the job runs, but for how soon people hear of it.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from catalogue_api.domain.events import days_before
from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.domain.workshops import (
    LATE,
    RELEASE_DAYS,
    RegistrationEnd,
    RegistrationStatus,
    Standing,
    Step,
    StepKind,
    due,
)
from catalogue_api.services.agenda.book import Book, opened
from catalogue_api.services.agenda.workshop_notices import is_reachable, tell, untell
from catalogue_api.storage import agenda as sql
from catalogue_api.storage.tables import Registration

_LONGEST = 24 * LATE
"""Sessions that began longer ago are over, or their seats were freed long since."""


def settle_all(db: Session, now: datetime, rules: Rulebook) -> Mapping[str, int]:
    """Settle every event in which something may be due; return how often each thing was done."""
    report: dict[str, int] = {}
    for number in sql.events_at_work(db.connection(), now - _LONGEST):
        for step, count in settle(opened(db, now, rules, number)).items():
            report[step] = report.get(step, 0) + count
    return report


def settle(book: Book) -> dict[str, int]:
    """Do what is due in an event; return how often each thing was done."""
    done = {"late": book.free_late_seats()}
    for session_id in book.occasions():
        standing = book.standing(session_id)
        if not standing or not book.of(session_id):
            continue
        known = {one.id: one for one in standing}
        facts = [standing_of(book, one) for one in standing]
        steps = due(book.occasion(session_id), facts, book.now, book.rules.zone)
        for step in steps:
            if _DO[step.kind](book, known[step.registration], step):
                done[step.kind.value] = done.get(step.kind.value, 0) + 1
    book.db.flush()
    return {name: count for name, count in done.items() if count}


def standing_of(book: Book, registration: Registration) -> Standing:
    """Return a registration as the rules see it."""
    return Standing(
        id=registration.id or 0,
        status=RegistrationStatus(registration.status),
        made_at=registration.made_at,
        offer_until=registration.offer_until,
        confirmed=registration.confirmed_at is not None,
        reachable=is_reachable(book, registration),
        asked_at=registration.asked_at,
        reminded_at=registration.reminded_at,
    )


def confirm_by(book: Book, registration: Registration) -> datetime:
    """Return until when a seat has to be confirmed, where it has to be."""
    starts_at = book.occasion(registration.session_id).starts_at
    return days_before(starts_at, RELEASE_DAYS, book.rules.zone)


def _lapse(book: Book, one: Registration, _step: Step) -> bool:
    untell(book, one, f"offered:{one.version}")
    book.remove(seat for seat in book.seats if seat.registration_id == one.id)
    book.end(one, RegistrationEnd.OFFER_LAPSED)
    return True


def _release(book: Book, one: Registration, _step: Step) -> bool:
    book.end(one, RegistrationEnd.NOT_CONFIRMED)
    tell(book, NoticeKind.WORKSHOP_RELEASED, one, "released")
    return True


def _offer(book: Book, one: Registration, step: Step) -> bool:
    if not book.seat(one, book.ahead(one.session_id)) or step.until is None:
        return False
    one.status = RegistrationStatus.OFFERED.value
    one.offer_until = step.until
    one.version += 1
    book.db.add(one)
    until = {"until": step.until.isoformat()}
    tell(book, NoticeKind.WORKSHOP_OFFERED, one, f"offered:{one.version}", more=until)
    return True


def _ask(book: Book, one: Registration, _step: Step) -> bool:
    one.asked_at = book.now
    book.db.add(one)
    by = {"confirm_by": confirm_by(book, one).isoformat()}
    tell(book, NoticeKind.WORKSHOP_REMINDER, one, f"ask:{one.version}", more=by)
    return True


def _remind(book: Book, one: Registration, _step: Step) -> bool:
    one.reminded_at = book.now
    book.db.add(one)
    tell(book, NoticeKind.WORKSHOP_REMINDER, one, f"remind:{one.version}")
    return True


def _close(book: Book, one: Registration, _step: Step) -> bool:
    ends = {
        RegistrationStatus.REGISTERED.value: RegistrationEnd.TOOK_PLACE,
        RegistrationStatus.OFFERED.value: RegistrationEnd.OFFER_LAPSED,
        RegistrationStatus.WAITING.value: RegistrationEnd.NO_SEAT,
    }
    why = ends[one.status]
    if why is not RegistrationEnd.TOOK_PLACE:
        book.remove(seat for seat in book.seats if seat.registration_id == one.id)
    book.end(one, why)
    return True


_DO = {
    StepKind.LAPSE: _lapse,
    StepKind.RELEASE: _release,
    StepKind.OFFER: _offer,
    StepKind.ASK: _ask,
    StepKind.REMIND: _remind,
    StepKind.CLOSE: _close,
}
