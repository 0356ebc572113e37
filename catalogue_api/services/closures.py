"""Closures and other exceptions of the calendar, and the due dates that fall on them."""

from datetime import date

from sqlmodel import Session, col, select

from catalogue_api.contract.calendars import (
    DueDatesMoved,
    ExceptionData,
    ExceptionInfo,
    ExceptionList,
    ExceptionsAsked,
    Hours,
    MovedDay,
    MoveDueDates,
    NewException,
    Removed,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.libraries import require_site
from catalogue_api.services.paths import no_such, number
from catalogue_api.storage import due_dates
from catalogue_api.storage import rules as sql
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


def edit_exception(session: Session, call: Call, body: ExceptionData) -> ExceptionInfo:
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
    """Move due dates off closed days, from today on; a loan is never due later than its card."""
    connection, today = session.connection(), call.rules.day(call.now)
    days = []
    for site, due_on, loans in due_dates.due_days(connection, today):
        calendar = call.rules.calendar(site)
        to = calendar.next_open_day(due_on)
        if to == due_on:
            continue
        moved = due_dates.move(connection, site, due_on, to)
        days.append(
            MovedDay(site=site, due_on=due_on, moved_to=to, loans=moved, kept=loans - moved)
        )
    total = sum(day.loans for day in days)
    audit.record(session, call, "due_dates_moved", "rules", {"loans": total})
    return DueDatesMoved(days=tuple(days))


def loans_due(session: Session, rules: Rulebook, row: CalendarException, today: date) -> int:
    """Count the open loans that are due, from today on, on a closed day of an exception."""
    first = max(row.first_on, today)
    found = due_dates.due_days(session.connection(), first, row.last_on)
    return sum(
        loans
        for site, due_on, loans in found
        if row.site in {None, site} and not rules.calendar(site).is_open(due_on)
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
        loans_due=loans_due(session, rules, row, rules.day(call.now)),
        version=row.version,
    )
