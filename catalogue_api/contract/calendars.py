"""Opening hours, closures and holidays of the sites; and moving due dates off closed days."""

from datetime import date, datetime, time
from itertools import pairwise
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.domain.holidays import PublicHoliday

MOST_DAYS = 400
"""Days that one look at a calendar may show."""


def _by_the_minute(wall: time) -> time:
    if wall.tzinfo is not None or wall.second or wall.microsecond:
        raise ValueError("a time by the clock on the wall, to the minute: 14:30")
    return wall


Wall = Annotated[time, AfterValidator(_by_the_minute)]
Label = Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
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
    lie outside the opening hours now. They can be moved.
    """

    site: str
    version: int
    loans_due: int = 0
    holds_ready: int = 0
    slots_booked: int = 0


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


class ExceptionData(Message):
    """Days, both included, on which a site (null: every site) is closed, or open at other hours."""

    site: SiteCode | None = None
    first_on: date
    last_on: date
    hours: Hours | None = None
    label: Label = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.first_on <= self.last_on or (self.last_on - self.first_on).days > MOST_DAYS:
            raise ValueError(f"last_on: not before first_on, and at most {MOST_DAYS} days later")
        return self


class NewException(ExceptionData):
    """An exception; a dry run tells how many due dates it would fall on."""

    dry_run: bool = False


class ExceptionChange(ExceptionData):
    """What an exception is to be; a dry run tells how many due dates it would fall on."""

    dry_run: bool = False


class ExceptionInfo(ExceptionData):
    """An exception, with what ends on its closed days and has to be moved.

    `loans_due`: open loans that are due. `holds_ready`: reservations that wait on the shelf.
    `slots_booked`: slots at computers that lie outside the opening hours now.
    `sessions`: what the agenda has on these days, which somebody has to move or call off.
    """

    exception: int
    loans_due: int
    holds_ready: int = 0
    slots_booked: int = 0
    sessions: int = 0
    version: int


class ExceptionsAsked(Message):
    """Exceptions that have not ended; `past` ones too."""

    past: bool = False


class ExceptionList(Message):
    """Exceptions in the order of their days."""

    exceptions: tuple[ExceptionInfo, ...]


class Removed(Message):
    """It is gone."""

    exception: int


class HolidaySpan(Message):
    """A school holiday, both ends included."""

    first_on: date
    last_on: date
    label: Label = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_on > self.last_on:
            raise ValueError("last_on: not before first_on")
        return self


class Holidays(Message):
    """The school holidays of the library's zone, and the public holidays on which it opens."""

    school: tuple[HolidaySpan, ...] = Field(default=(), max_length=100)
    opens_on: tuple[PublicHoliday, ...] = Field(default=(), max_length=11)


class HolidaysChange(Holidays):
    """Other holidays; a dry run tells what would end on days that are then closed."""

    dry_run: bool = False


class HolidaysInfo(Holidays):
    """The holidays in force; `version` is that of all rules.

    `loans_due` and `holds_ready`, told by a change: how many open loans are due, and reservations
    end on the shelf, on days on which their site is closed; `slots_booked`: slots at computers that
    lie outside the opening hours now. They can be moved.
    """

    version: int
    loans_due: int = 0
    holds_ready: int = 0
    slots_booked: int = 0


class MoveDueDates(Message):
    """Move what ends on a closed day, from today on, to the next open day.

    That is the due dates of open loans, and the last days of ready reservations on their shelf.
    Slots at computers that lie outside the opening hours go to the nearest time of their day, or
    are cancelled; their readers are told.
    """

    dry_run: bool = False


class MovedDay(Message):
    """So many loans of a site were due on a closed day, and are now due on another.

    `kept`: so many stay, because their reader's card ends before. `holds`: so many ready
    reservations waited on the site's shelf until that day, and now wait until the other.
    `slots`: so many slots at computers were moved within that day, `slots_cancelled` cancelled.
    """

    site: str
    due_on: date
    moved_to: date
    loans: int
    kept: int
    holds: int = 0
    slots: int = 0
    slots_cancelled: int = 0


class DueDatesMoved(Message):
    """What was moved, day by day; where a site has no open day at all, nothing is."""

    days: tuple[MovedDay, ...]


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
LIST_EXCEPTIONS = Endpoint(
    "GET",
    "/v1/calendar-exceptions",
    ExceptionsAsked,
    ExceptionList,
    Scope.STAFF,
    "List closures and other exceptions",
)
ADD_EXCEPTION = Endpoint(
    "POST",
    "/v1/calendar-exceptions",
    NewException,
    ExceptionInfo,
    Scope.RULES,
    "Close sites for some days, or open them at other hours",
    keyed=Keyed.HEADER,
    example=NewException(
        first_on=date(2026, 10, 6), last_on=date(2026, 10, 11), label="Fermeture d’automne"
    ),
)
EDIT_EXCEPTION = Endpoint(
    "PUT",
    "/v1/calendar-exceptions/{exception}",
    ExceptionChange,
    ExceptionInfo,
    Scope.RULES,
    "Change a closure or another exception",
    match=True,
)
REMOVE_EXCEPTION = Endpoint(
    "DELETE",
    "/v1/calendar-exceptions/{exception}",
    Nothing,
    Removed,
    Scope.RULES,
    "Take a closure or another exception away",
    match=True,
)
SHOW_HOLIDAYS = Endpoint(
    "GET", "/v1/holidays", Nothing, HolidaysInfo, Scope.STAFF, "Show the holidays in force"
)
CHANGE_HOLIDAYS = Endpoint(
    "PUT",
    "/v1/holidays",
    HolidaysChange,
    HolidaysInfo,
    Scope.RULES,
    "Put other holidays in force",
    match=True,
)
MOVE_DUE_DATES = Endpoint(
    "POST",
    "/v1/due-date-moves",
    MoveDueDates,
    DueDatesMoved,
    Scope.RULES,
    "Move due dates off closed days",
    keyed=Keyed.HEADER,
)

ENDPOINTS = (
    SHOW_CALENDAR,
    SHOW_HOURS,
    CHANGE_HOURS,
    LIST_EXCEPTIONS,
    ADD_EXCEPTION,
    EDIT_EXCEPTION,
    REMOVE_EXCEPTION,
    SHOW_HOLIDAYS,
    CHANGE_HOLIDAYS,
    MOVE_DUE_DATES,
)
