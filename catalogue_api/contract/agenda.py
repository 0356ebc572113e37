"""The agenda as everybody sees it: what takes place when and where, and whether there is room."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.contract.lines import PLAIN
from catalogue_api.domain.events import EventKind

__all__ = [
    "ENDPOINTS",
    "LIST_AGENDA",
    "MOST_DAYS",
    "SHOW_EVENT",
    "Agenda",
    "AgendaAsked",
    "AgendaEntry",
    "EventKind",
    "EventShown",
    "SessionShown",
]

MOST_DAYS = 100
"""Days that one look at the agenda may show."""

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def _of_our_time(day: date) -> date:
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise ValueError(f"a day between {_FIRST_YEAR} and {_LAST_YEAR}")
    return day


AgendaDay = Annotated[date, AfterValidator(_of_our_time)]
SiteOrAny = Annotated[str, Field(max_length=32, pattern=PLAIN)]


class AgendaAsked(Message):
    """Days, both included (by default the next 31), at one site or all, of one kind or all."""

    first: AgendaDay | None = None
    last: AgendaDay | None = None
    site: SiteOrAny = ""
    kind: EventKind | None = None


class AgendaEntry(Message):
    """A session in a list. `places` and `free` are null where one comes without registering.

    `free` counts the seats that somebody who registers now gets at once; none while others wait.
    """

    session: int
    event: int
    kind: EventKind
    title: str
    site: str
    site_name: str
    room: str
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    series: bool
    places: int | None
    free: int | None
    waiting: int
    version: int


class Agenda(Message):
    """Sessions by their start; those called off are told as such."""

    first: date
    last: date
    entries: tuple[AgendaEntry, ...]


class SessionShown(Message):
    """A session of an event; `reason` is why it was called off."""

    session: int
    starts_at: datetime
    ends_at: datetime
    cancelled: bool
    reason: str = ""
    free: int | None
    waiting: int
    changed_at: datetime
    version: int


class EventShown(Message):
    """An event with all its sessions. In a `series` one registration is for all of them.

    Ages go by the year of birth. `voucher` names the vouchers that are taken for a seat.
    """

    event: int
    kind: EventKind
    title: str
    about: str
    site: str
    site_name: str
    room: str
    places: int | None
    series: bool
    least_age: int | None
    most_age: int | None
    opens_on: date | None
    must_confirm: bool
    voucher: str = ""
    changed_at: datetime
    sessions: tuple[SessionShown, ...]


LIST_AGENDA = Endpoint(
    "GET", "/v1/agenda", AgendaAsked, Agenda, Scope.ANYONE, "List what takes place"
)
SHOW_EVENT = Endpoint(
    "GET", "/v1/agenda/{event}", Nothing, EventShown, Scope.ANYONE, "Show an event"
)

ENDPOINTS = (LIST_AGENDA, SHOW_EVENT)
