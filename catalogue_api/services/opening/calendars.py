"""When sites are open: shown to everybody; weeks and holidays changed by managers."""

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from sqlalchemy import Connection, delete, insert
from sqlmodel import Session, col

from catalogue_api.contract.calendars import (
    MOST_DAYS,
    CalendarAsked,
    CalendarDay,
    CalendarInfo,
    Hours,
    SiteHoursChange,
    SiteHoursInfo,
    WeekdayHours,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holidays import HolidaysChange, HolidaysInfo, HolidaySpan
from catalogue_api.domain.calendar import ALL_DAY, Calendar, Stretch, Week
from catalogue_api.domain.holidays import PublicHoliday, holidays_on
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.services import audit
from catalogue_api.services.call import Call
from catalogue_api.services.computers import slot_closures
from catalogue_api.services.opening import session_closures
from catalogue_api.services.opening.closures import ending_on_closed_days
from catalogue_api.services.rules.ruling import begin
from catalogue_api.storage import rules as sql
from catalogue_api.storage import tables
from catalogue_api.storage.tables import Site

FOUR_WEEKS = timedelta(days=27)


def show_calendar(session: Session, call: Call, body: CalendarAsked) -> CalendarInfo:
    """Show when a site is open, now and on some days."""
    site = _site(session, call)
    calendar = call.rules.calendar(site.code)
    first = body.first or call.rules.day(call.now)
    last = body.last or min(first, date.max - FOUR_WEEKS) + FOUR_WEEKS
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refused(ProblemType.INVALID_REQUEST, f"last: at most {MOST_DAYS} days behind first")
    now = calendar.next_opening(call.now)
    days = (first + timedelta(days=step) for step in range((last - first).days + 1))
    return CalendarInfo(
        site=site.code,
        name=site.name,
        open_now=now.open_now,
        opens_at=now.opens_at,
        closes_at=now.closes_at,
        days=tuple(_day(calendar, day) for day in days),
    )


def show_hours(session: Session, call: Call, _body: Nothing) -> SiteHoursInfo:
    """Show the week of a site."""
    return _hours_told(call.rules, _site(session, call).code)


def change_hours(session: Session, call: Call, body: SiteHoursChange) -> SiteHoursInfo:
    """Give a site another week."""
    site, connection = _site(session, call).code, session.connection()
    begin(connection, call)
    hours = tables.OpeningHours
    connection.execute(delete(hours).where(col(hours.site) == site))
    rows = [
        one.model_dump() | {"site": site, "in_school_holidays": in_holidays}
        for in_holidays, week in ((False, body.term), (True, body.school_holidays))
        for one in week
    ]
    if rows:
        connection.execute(insert(hours), rows)
    audit.record(session, call, "hours_changed", f"site:{site}", _said(body))
    rules = sql.rulebook(connection, call.rules)
    ending = _ending(session, call, rules, site)
    return _hours_told(rules, site).model_copy(update=ending)


def show_holidays(session: Session, call: Call, _body: Nothing) -> HolidaysInfo:
    """Show the holidays in force."""
    return _holidays_told(session.connection(), call.rules)


def change_holidays(session: Session, call: Call, body: HolidaysChange) -> HolidaysInfo:
    """Put other holidays in force."""
    connection = session.connection()
    begin(connection, call)
    connection.execute(delete(tables.SchoolHoliday))
    connection.execute(delete(tables.OpenPublicHoliday))
    if body.school:
        connection.execute(insert(tables.SchoolHoliday), [one.model_dump() for one in body.school])
    if body.opens_on:
        rows = [{"key": key.value} for key in dict.fromkeys(body.opens_on)]
        connection.execute(insert(tables.OpenPublicHoliday), rows)
    audit.record(session, call, "holidays_changed", "rules", _said(body))
    rules = sql.rulebook(connection, call.rules)
    return _holidays_told(connection, rules).model_copy(update=_ending(session, call, rules))


def _said(body: SiteHoursChange | HolidaysChange) -> dict[str, object]:
    return body.model_dump(mode="json", exclude={"dry_run"})


def _ending(
    session: Session, call: Call, rules: Rulebook, site: str | None = None
) -> dict[str, int]:
    loans, holds = ending_on_closed_days(session, rules, rules.day(call.now), site=site)
    slots = slot_closures.at_closed_hours(session, rules, call.now, site=site)
    sessions = session_closures.met_by_change(session, call.rules, rules, call.now, site)
    return {
        "loans_due": loans,
        "holds_ready": holds,
        "slots_booked": len(slots),
        "sessions": len(sessions),
    }


def _site(session: Session, call: Call) -> Site:
    site = session.get(Site, call.path["site"])
    if site is None:
        raise Refused(ProblemType.NOT_FOUND, "there is no such site")
    return site


def _day(calendar: Calendar, day: date) -> CalendarDay:
    hours = calendar.hours(day)
    all_day = hours == (ALL_DAY,)
    labels = (one.span.label for one in calendar.exceptions if day in one.span and one.span.label)
    return CalendarDay(
        day=day,
        hours=() if all_day else tuple(map(_told, hours)),
        all_day=all_day,
        label=" · ".join(dict.fromkeys(labels)),
        public_holidays=tuple(sorted(holidays_on(day))),
    )


def _told(stretch: Stretch) -> Hours:
    return Hours(opens=stretch.opens, closes=_by_the_minute(stretch.closes))


def _by_the_minute(wall: time) -> time:
    return wall.replace(second=0, microsecond=0)


def _hours_told(rules: Rulebook, site: str) -> SiteHoursInfo:
    calendar = rules.calendar(site)
    return SiteHoursInfo(
        site=site,
        term=tuple(_week_told(calendar.week)),
        school_holidays=tuple(_week_told(calendar.holiday_week)),
        version=rules.version,
    )


def _week_told(week: Week | None) -> Iterator[WeekdayHours]:
    days: Iterable[tuple[Stretch, ...]] = week or ()
    for weekday, stretches in enumerate(days):
        for one in stretches:
            closes = _by_the_minute(one.closes)
            yield WeekdayHours(weekday=weekday, opens=one.opens, closes=closes)


def _holidays_told(connection: Connection, rules: Rulebook) -> HolidaysInfo:
    school, opens_on = sql.holidays(connection)
    return HolidaysInfo(
        school=tuple(
            HolidaySpan(first_on=span.first, last_on=span.last, label=span.label) for span in school
        ),
        opens_on=tuple(one for one in PublicHoliday if one in opens_on),
        version=rules.version,
    )
