"""« Calendrier »: a month of a site day by day, as hours, holidays and closures make it."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from catalogue_api.contract.calendars import SHOW_CALENDAR, CalendarAsked, CalendarDay
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.holidays import SHOW_HOLIDAYS, HolidaySpan
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.previews import HERE, may_change
from catalogue_api.web.desk.sites import site_of

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = MonthPage(desk)
    app.router.add_get("/settings/calendar", desk.page(page.show, Scope.STAFF))


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the month, with the name of the school holiday in which it lies ("" for none)."""

    calendar: CalendarDay
    school_holiday: str

    @property
    def is_open(self) -> bool:
        """Whether the site is open at all."""
        return self.calendar.all_day or bool(self.calendar.hours)


class MonthPage:
    """A month of the site at which somebody works."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the `month` of the query (2026-11), this one by default."""
        site, parts = site_of(request), self._desk.parts
        today = parts.clock().astimezone(parts.zone).date()
        first = _month(request.query.get("month", "")) or today.replace(day=1)
        last = first.replace(day=monthrange(first.year, first.month)[1])
        asked = CalendarAsked(first=first, last=last)
        found = await self._desk.call(request, SHOW_CALENDAR, asked, path={"site": site})
        holidays = await self._desk.call(request, SHOW_HOLIDAYS, Nothing())
        return rendered(
            "settings/month.html",
            request,
            here=HERE,
            first=first,
            before=(first - timedelta(days=1)).replace(day=1),
            after=last + timedelta(days=1),
            today=today,
            days=[Day(one, _school_holiday(one.day, holidays.school)) for one in found.days],
            monday=date(2026, 11, 23),
            may_change=may_change(request, Scope.RULES),
        )


def _school_holiday(day: date, spans: Iterable[HolidaySpan]) -> str:
    inside = (one.label for one in spans if one.first_on <= day <= one.last_on)
    return next(inside, "")


def _month(said: str) -> date | None:
    try:
        found = date.fromisoformat(f"{said}-01")
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
