"""Days on which sites are closed or open at other hours; and moving due dates off closed days."""

from datetime import date, datetime
from typing import Self

from pydantic import model_validator

from catalogue_api.contract.calendars import MOST_DAYS, Hours, Label, SiteCode
from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope


class ExceptionData(Message):
    """Days, both included, on which a site (null: every site) is closed, or open at other hours."""

    site: SiteCode | None = None
    first_on: Day
    last_on: Day
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
    `sessions`: what the agenda has on these days outside the opening hours, which somebody has to
    move or call off.
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


class SessionLeft(Message):
    """A session of the agenda outside the opening hours: to be moved or called off, or meant so."""

    session: int
    title: str
    site: str
    starts_at: datetime
    ends_at: datetime


class DueDatesMoved(Message):
    """What was moved, day by day; where a site has no open day at all, nothing is.

    `sessions` of the agenda are left as they are, for somebody to decide.
    """

    days: tuple[MovedDay, ...]
    sessions: tuple[SessionLeft, ...] = ()


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
MOVE_DUE_DATES = Endpoint(
    "POST",
    "/v1/due-date-moves",
    MoveDueDates,
    DueDatesMoved,
    Scope.RULES,
    "Move due dates off closed days",
    keyed=Keyed.HEADER,
)

ENDPOINTS = (LIST_EXCEPTIONS, ADD_EXCEPTION, EDIT_EXCEPTION, REMOVE_EXCEPTION, MOVE_DUE_DATES)
