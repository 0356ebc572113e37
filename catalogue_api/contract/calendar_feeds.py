"""A reader's calendar for the programs of others, at an address that nobody can guess."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope

__all__ = [
    "DROP_CALENDAR",
    "ENDPOINTS",
    "MAKE_CALENDAR",
    "READ_CALENDAR",
    "SHOW_CALENDAR",
    "CalendarEntry",
    "CalendarRead",
    "CalendarSecret",
    "CalendarState",
    "EntryKind",
    "NewCalendar",
]

CalendarSecret = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9_-]{43,64}$", repr=False, json_schema_extra={"format": "password"}),
]
"""256 random bits or more; whoever has it reads the calendar."""


class EntryKind(StrEnum):
    """What an entry of a calendar is about."""

    DUE = "due"
    READY = "ready"
    SLOT = "slot"
    EVENT = "event"


class NewCalendar(Message):
    """The secret of the address, made by the reader's browser; an older one is then worthless."""

    secret: CalendarSecret


class CalendarState(Message):
    """Since when there is an address; None: there is none. It is not told again."""

    made_at: datetime | None = None


class CalendarRead(Message):
    """The secret of an address."""

    secret: CalendarSecret


class CalendarEntry(Message):
    """Something on a day: titles to bring back on it, a reservation to be fetched by then.

    Or, from `starts_at` to `ends_at`, a computer that is kept (`titles` is its name) or an event.
    `uid` stays the same as long as it is about the same; `place` is the name of a site, and of a
    room in it. `cancelled`: it stood here and is called off.
    """

    uid: str
    kind: EntryKind
    on: date
    titles: tuple[str, ...]
    place: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    cancelled: bool = False


class OwnCalendar(Message):
    """What is in a reader's calendar, by day; in their `language`."""

    language: str
    at: datetime
    entries: tuple[CalendarEntry, ...]


SHOW_CALENDAR = Endpoint(
    "GET",
    "/v1/me/calendar",
    Nothing,
    CalendarState,
    Scope.OWN,
    "See whether one’s calendar has an address",
)
MAKE_CALENDAR = Endpoint(
    "PUT",
    "/v1/me/calendar",
    NewCalendar,
    CalendarState,
    Scope.OWN,
    "Give one’s calendar a secret address, or another one",
    keyed=Keyed.BODY,
    example=NewCalendar(secret="kq3Zs0cV2hY4mXb8Jr6tPn1wLd9fGu5eAo7iRy0sTzE"),  # noqa: S106
)
DROP_CALENDAR = Endpoint(
    "DELETE",
    "/v1/me/calendar",
    Nothing,
    CalendarState,
    Scope.OWN,
    "Let nobody read one’s calendar any more",
)
READ_CALENDAR = Endpoint(
    "POST",
    "/v1/calendars",
    CalendarRead,
    OwnCalendar,
    Scope.ANYONE,
    "Read a calendar by its secret (a POST: it stays out of addresses that are logged)",
    example=CalendarRead(secret="kq3Zs0cV2hY4mXb8Jr6tPn1wLd9fGu5eAo7iRy0sTzE"),  # noqa: S106
)

ENDPOINTS = (SHOW_CALENDAR, MAKE_CALENDAR, DROP_CALENDAR, READ_CALENDAR)
