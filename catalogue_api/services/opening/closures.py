"""Closures and other exceptions of the calendar, and what ends on them."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from sqlmodel import Session, col, select

from catalogue_api.contract.calendars import Hours
from catalogue_api.contract.closures import (
    DueDatesMoved,
    ExceptionChange,
    ExceptionData,
    ExceptionInfo,
    ExceptionList,
    ExceptionsAsked,
    MovedDay,
    MoveDueDates,
    NewException,
    Removed,
    SessionLeft,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services import audit
from catalogue_api.services.acting import acting
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_closures
from catalogue_api.services.computers.slot_closures import Settled
from catalogue_api.services.opening import session_closures
from catalogue_api.services.paths import no_such, number
from catalogue_api.services.rules.libraries import require_site
from catalogue_api.storage import due_dates
from catalogue_api.storage import rules as sql
from catalogue_api.storage.agenda import PlannedSession
from catalogue_api.storage.tables import CalendarException


def list_exceptions(session: Session, call: Call, body: ExceptionsAsked) -> ExceptionList:
    """List closures and other exceptions, by their first day."""
    query = select(CalendarException).order_by(
        col(CalendarException.first_on), col(CalendarException.id)
    )
    if not body.past:
        query = query.where(col(CalendarException.last_on) >= call.rules.day(call.now))
    rows = session.exec(query).all()
    return ExceptionList(exceptions=tuple(_told(session, call, call.rules, row) for row in rows))


def add_exception(session: Session, call: Call, body: NewException) -> ExceptionInfo:
    """Close sites for some days, or open them at other hours."""
    row = CalendarException(first_on=body.first_on, last_on=body.last_on)
    return _stored(session, call, row, body, "exception_added")


def edit_exception(session: Session, call: Call, body: ExceptionChange) -> ExceptionInfo:
    """Change a closure or another exception."""
    row = _found(session, call)
    row.version += 1
    return _stored(session, call, row, body, "exception_changed")


def remove_exception(session: Session, call: Call, _body: Nothing) -> Removed:
    """Take a closure or another exception away; due dates that were moved stay where they are."""
    row = _found(session, call)
    sql.change(session.connection(), call.rules, call.now)
    session.delete(row)
    audit.record(session, call, "exception_removed", f"exception:{row.id}")
    return Removed(exception=row.id or 0)


def move_due_dates(session: Session, call: Call, _body: MoveDueDates) -> DueDatesMoved:
    """Move due dates and last days on the shelf off closed days, from today on.

    A loan is never due later than its reader's card.
    """
    connection, today, rules = session.connection(), call.rules.day(call.now), call.rules
    loans = {(site, day): count for site, day, count in due_dates.due_days(connection, today)}
    ready = {(site, day): count for site, day, count in due_dates.shelf_days(connection, today)}
    slots = Counter(slot_closures.settle(acting(session, call)))
    days = []
    for site, day in sorted(loans.keys() | ready.keys() | {(one.site, one.day) for one in slots}):
        to = rules.calendar(site).next_open_day(day)
        moved = holds = kept = 0
        if to != day:
            moved = due_dates.move(connection, site, day, to)
            kept = loans.get((site, day), 0) - moved
            holds = due_dates.move_shelf(connection, site, day, to)
        found = MovedDay(
            site=site,
            due_on=day,
            moved_to=to,
            loans=moved,
            kept=kept,
            holds=holds,
            slots=slots[Settled(site, day, moved=True)],
            slots_cancelled=slots[Settled(site, day, moved=False)],
        )
        if to != day or found.slots or found.slots_cancelled:
            days.append(found)
    total = {
        "loans": sum(day.loans for day in days),
        "holds": sum(day.holds for day in days),
        "slots": slots.total(),
    }
    audit.record(session, call, "due_dates_moved", "rules", total)
    left = session_closures.at_closed_hours(session, rules, call.now)
    return DueDatesMoved(days=tuple(days), sessions=tuple(map(_left, left)))


def ending_on_closed_days(
    session: Session,
    rules: Rulebook,
    first: date,
    last: date | None = None,
    site: str | None = None,
) -> tuple[int, int]:
    """Count the open loans, and the ready reservations, that end on a closed day.

    Between two days, the last one included; at one site, or at all.
    """

    def closed(found: Iterable[tuple[str, date, int]]) -> int:
        return sum(
            count
            for where, day, count in found
            if site in {None, where} and not rules.calendar(where).is_open(day)
        )

    connection = session.connection()
    return (
        closed(due_dates.due_days(connection, first, last)),
        closed(due_dates.shelf_days(connection, first, last)),
    )


def _left(one: PlannedSession) -> SessionLeft:
    return SessionLeft(
        session=one.session,
        title=one.title,
        site=one.site,
        starts_at=one.starts_at,
        ends_at=one.ends_at,
    )


def _stored(
    session: Session, call: Call, row: CalendarException, body: ExceptionData, action: str
) -> ExceptionInfo:
    connection = session.connection()
    if body.site is not None:
        require_site(connection, body.site)
    sql.change(connection, call.rules, call.now)
    row.site, row.first_on, row.last_on = body.site, body.first_on, body.last_on
    row.opens = body.hours.opens if body.hours else None
    row.closes = body.hours.closes if body.hours else None
    row.label = body.label
    session.add(row)
    session.flush()
    said = body.model_dump(mode="json", exclude={"dry_run"})
    audit.record(session, call, action, f"exception:{row.id}", said)
    return _told(session, call, sql.rulebook(connection, call.rules), row)


def _found(session: Session, call: Call) -> CalendarException:
    row = session.get(CalendarException, number(call, "exception"), with_for_update=True)
    if row is None:
        raise no_such("exception of the calendar")
    call.require_version(row.version)
    return row


def _told(session: Session, call: Call, rules: Rulebook, row: CalendarException) -> ExceptionInfo:
    first = max(row.first_on, rules.day(call.now))
    loans, holds = ending_on_closed_days(session, rules, first, row.last_on, row.site)
    hours = None
    if row.opens is not None and row.closes is not None:
        hours = Hours(opens=row.opens, closes=row.closes)
    return ExceptionInfo(
        exception=row.id or 0,
        site=row.site,
        first_on=row.first_on,
        last_on=row.last_on,
        hours=hours,
        label=row.label,
        loans_due=loans,
        holds_ready=holds,
        slots_booked=len(
            slot_closures.at_closed_hours(session, rules, call.now, first, row.last_on, row.site)
        ),
        sessions=len(
            session_closures.at_closed_hours(session, rules, call.now, first, row.last_on, row.site)
        ),
        version=row.version,
    )
