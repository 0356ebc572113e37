"""When the sites are open: their weeks, and each day of their calendars."""

from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.contract.lines import PLAIN
from catalogue_api.domain.holidays import PublicHoliday

MOST_DAYS = 400
"""Days that one look at a calendar may show."""


def _by_the_minute(wall: time) -> time:
    if wall.tzinfo is not None or wall.second or wall.microsecond:
        raise ValueError("a time by the clock on the wall, to the minute: 14:30")
    return wall


Wall = Annotated[time, AfterValidator(_by_the_minute)]
Label = Annotated[str, Field(max_length=100, pattern=PLAIN)]
SiteCode = Annotated[str, Field(max_length=32)]


class Hours(Message):
    """A stretch of a day, by the clock on the wall."""

    opens: Wall
    closes: Wall

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens: before it closes")
        return self


class WeekdayHours(Hours):
    """A stretch of a weekday: 0 is Monday."""

    weekday: int = Field(ge=0, le=6)


def _apart(stretches: tuple[WeekdayHours, ...]) -> tuple[WeekdayHours, ...]:
    ordered = sorted(stretches, key=lambda one: (one.weekday, one.opens))
    for one, after in pairwise(ordered):
        if one.weekday == after.weekday and after.opens < one.closes:
            raise ValueError(f"weekday {one.weekday}: two stretches overlap")
    return tuple(ordered)


Week = Annotated[tuple[WeekdayHours, ...], Field(max_length=42), AfterValidator(_apart)]


class SiteHours(Message):
    """The week of a site in term, and in school holidays if that is another; none: always open."""

    term: Week = ()
    school_holidays: Week = ()


class SiteHoursChange(SiteHours):
    """Another week; a dry run tells what would end on days that are then closed."""

    dry_run: bool = False


class SiteHoursInfo(SiteHours):
    """The week of a site; `version` is that of all rules.

    `loans_due` and `holds_ready`, told by a change: how many open loans are due, and reservations
    end on the shelf, on days on which this site is closed; `slots_booked`: slots at computers that
    lie outside the opening hours now. They can be moved. `sessions`: what the agenda has within
    the opening hours as they were, and outside them now.
    """

    site: str
    version: int
    loans_due: int = 0
    holds_ready: int = 0
    slots_booked: int = 0
    sessions: int = 0


class CalendarAsked(Message):
    """Days, both included; by default the next four weeks."""

    first: date | None = None
    last: date | None = None


class CalendarDay(Message):
    """A day: closed if it has no hours. `public_holidays` fall on it, whatever is done then."""

    day: date
    hours: tuple[Hours, ...]
    all_day: bool = False
    label: str = ""
    public_holidays: tuple[PublicHoliday, ...] = ()


class CalendarInfo(Message):
    """When a site is open: until `closes_at`, or again from `opens_at`; null: not foreseeable."""

    site: str
    name: str
    open_now: bool
    opens_at: datetime | None
    closes_at: datetime | None
    days: tuple[CalendarDay, ...]


SHOW_CALENDAR = Endpoint(
    "GET",
    "/v1/sites/{site}/calendar",
    CalendarAsked,
    CalendarInfo,
    Scope.ANYONE,
    "Show when a site is open",
)
SHOW_HOURS = Endpoint(
    "GET", "/v1/sites/{site}/hours", Nothing, SiteHoursInfo, Scope.STAFF, "Show a site’s week"
)
CHANGE_HOURS = Endpoint(
    "PUT",
    "/v1/sites/{site}/hours",
    SiteHoursChange,
    SiteHoursInfo,
    Scope.RULES,
    "Give a site another week",
    match=True,
    example=SiteHoursChange(term=(WeekdayHours(weekday=1, opens=time(14), closes=time(19)),)),
)

ENDPOINTS = (
    SHOW_CALENDAR,
    SHOW_HOURS,
    CHANGE_HOURS,
)
