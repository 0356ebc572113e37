"""School holidays of the library's zone, and the public holidays on which it opens."""

from typing import Self

from pydantic import Field, model_validator

from catalogue_api.contract.calendars import Label
from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.domain.holidays import PublicHoliday


class HolidaySpan(Message):
    """A school holiday, both ends included."""

    first_on: Day
    last_on: Day
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
    lie outside the opening hours now. They can be moved. `sessions`: what the agenda has within
    the opening hours as they were, and outside them now.
    """

    version: int
    loans_due: int = 0
    holds_ready: int = 0
    slots_booked: int = 0
    sessions: int = 0


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

ENDPOINTS = (SHOW_HOLIDAYS, CHANGE_HOLIDAYS)
