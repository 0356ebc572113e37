"""Events at the desk: made, changed and called off; a dry run tells what that does."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field

from catalogue_api.contract.agenda import AgendaAsked, AgendaEntry
from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.lines import PLAIN, PLAIN_AND_SOME, SiteCode
from catalogue_api.domain.events import MOST_SESSIONS, EventKind, EventRefusal, SessionWarning

__all__ = [
    "ADD_EVENT",
    "ADD_SESSIONS",
    "CALL_OFF_EVENT",
    "CHANGE_EVENT",
    "ENDPOINTS",
    "FIND_SESSIONS",
    "OPEN_EVENT",
    "CallOff",
    "DeskAgenda",
    "DeskEntry",
    "EventChange",
    "EventChanged",
    "EventData",
    "EventInfo",
    "EventRefusal",
    "MoreSessions",
    "NewEvent",
    "SessionInfo",
    "SessionWarning",
    "When",
]


def _to_the_minute(instant: datetime) -> datetime:
    if instant.second or instant.microsecond:
        raise ValueError("an instant to the minute")
    if not 2000 <= instant.year <= 2100:
        raise ValueError("a year of this century")
    return instant


Start = Annotated[AwareDatetime, AfterValidator(_to_the_minute)]
Minutes = Annotated[int, Field(ge=15, le=600)]
Line = Annotated[str, Field(max_length=200, pattern=PLAIN)]
Text = Annotated[str, Field(max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
Age = Annotated[int, Field(ge=0, le=120)]
RowNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class EventData(Message):
    """What a librarian says of an event.

    `places`: the seats of each session, null if one comes without registering. `series`: one
    registration is for all sessions. `must_confirm`: who registered early is asked a week before,
    and loses the seat three days before without an answer. `opens_on`: the first day of
    registering. `computers`: how many computers of the room a session takes. `scheme`: the
    vouchers that are taken for a seat.
    """

    kind: EventKind
    title: Annotated[str, Field(min_length=1, max_length=200, pattern=PLAIN_AND_SOME)]
    about: Text = ""
    site: SiteCode
    room: Line = ""
    places: Annotated[int, Field(ge=1, le=500)] | None = None
    series: bool = False
    least_age: Age | None = None
    most_age: Age | None = None
    must_confirm: bool = False
    published: bool = True
    opens_on: Day | None = None
    computers: Annotated[int, Field(ge=0, le=100)] = 0
    scheme: RowNumber | None = None


class When(Message):
    """A session: from an instant on, an hour by default."""

    starts_at: Start
    minutes: Minutes = 60


class NewEvent(EventData):
    """An event with its sessions."""

    sessions: Annotated[tuple[When, ...], Field(max_length=MOST_SESSIONS)]
    dry_run: bool = False


class EventChange(EventData):
    """What an event is to be; its sessions are moved one by one."""

    dry_run: bool = False


class MoreSessions(Message):
    """Further sessions; whoever is registered for the series gets a seat in them."""

    sessions: Annotated[tuple[When, ...], Field(max_length=MOST_SESSIONS)]
    dry_run: bool = False


class CallOff(Message):
    """Why a session or an event is called off, in a line that everybody reads."""

    reason: Line = ""
    dry_run: bool = False


class SessionInfo(Message):
    """A session at the desk.

    `seated` counts seats that are held, offers included; `came` who was there.
    """

    session: int
    event: int
    starts_at: datetime
    ends_at: datetime
    cancelled_at: datetime | None
    cancelled_for: str
    seated: int
    waiting: int
    came: int
    warnings: tuple[SessionWarning, ...]
    version: int


class EventInfo(EventData):
    """An event at the desk. `registered` and `waiting` count people, for all sessions together."""

    event: int
    site_name: str
    scheme_name: str
    sessions: tuple[SessionInfo, ...]
    registered: int
    waiting: int
    changed_at: datetime
    version: int


class EventChanged(EventInfo):
    """An event as it is now, and what that did: `offered` counts those who were given a seat.

    `slots_moved` and `slots_cancelled`: bookings of readers that stood in the way of its computers.
    """

    told: int = 0
    to_call: int = 0
    offered: int = 0
    slots_moved: int = 0
    slots_cancelled: int = 0


class DeskEntry(AgendaEntry):
    """A session in the list of a desk; `seated` counts seats that are held."""

    published: bool
    seated: int
    must_confirm: bool
    warnings: tuple[SessionWarning, ...] = ()


class DeskAgenda(Message):
    """Sessions by their start, also of events that are not published."""

    first: date
    last: date
    entries: tuple[DeskEntry, ...]


_EXAMPLE = NewEvent.model_validate(
    {
        "kind": "workshop",
        "title": "Premiers pas avec une souris",
        "site": "CENTRALE",
        "places": 8,
        "sessions": [{"starts_at": "2026-12-03T13:00:00Z"}],
    }
)
FIND_SESSIONS = Endpoint(
    "GET",
    "/v1/event-sessions",
    AgendaAsked,
    DeskAgenda,
    Scope.AGENDA,
    "List sessions, also of events that are not published",
)
ADD_EVENT = Endpoint(
    "POST",
    "/v1/events",
    NewEvent,
    EventChanged,
    Scope.AGENDA,
    "Add an event with its sessions",
    keyed=Keyed.HEADER,
    example=_EXAMPLE,
)
OPEN_EVENT = Endpoint(
    "GET", "/v1/events/{event}", Nothing, EventInfo, Scope.AGENDA, "Show an event at the desk"
)
CHANGE_EVENT = Endpoint(
    "PUT",
    "/v1/events/{event}",
    EventChange,
    EventChanged,
    Scope.AGENDA,
    "Change an event",
    match=True,
)
CALL_OFF_EVENT = Endpoint(
    "PUT",
    "/v1/events/{event}/cancellation",
    CallOff,
    EventChanged,
    Scope.AGENDA,
    "Call off all sessions of an event that are to come",
    match=True,
)
ADD_SESSIONS = Endpoint(
    "POST",
    "/v1/events/{event}/sessions",
    MoreSessions,
    EventChanged,
    Scope.AGENDA,
    "Add sessions to an event",
    keyed=Keyed.HEADER,
    example=MoreSessions(sessions=_EXAMPLE.sessions),
)
ENDPOINTS = (
    FIND_SESSIONS,
    ADD_EVENT,
    OPEN_EVENT,
    CHANGE_EVENT,
    CALL_OFF_EVENT,
    ADD_SESSIONS,
)
