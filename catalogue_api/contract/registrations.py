"""Places in events: taken, waited for, offered, confirmed and given up; and who was there.

Every endpoint of a desk that changes one has its twin under `/v1/me`, for the reader's own.
"""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.events import RowNumber, SessionInfo
from catalogue_api.contract.lines import PLAIN
from catalogue_api.domain.events import EventKind
from catalogue_api.domain.workshops import (
    Attendance,
    RegistrationEnd,
    RegistrationStatus,
    WorkshopRefusal,
)

__all__ = [
    "ACCEPT_MY_OFFER",
    "ACCEPT_OFFER",
    "CANCEL_MY_REGISTRATION",
    "CANCEL_REGISTRATION",
    "CONFIRM_MY_SEAT",
    "CONFIRM_SEAT",
    "ENDPOINTS",
    "LIST_MY_REGISTRATIONS",
    "LIST_PATRON_REGISTRATIONS",
    "NOTE_ATTENDANCE",
    "REGISTER",
    "REGISTER_MYSELF",
    "SHOW_MY_REGISTRATION",
    "SHOW_REGISTRATION",
    "SHOW_SHEET",
    "Attendance",
    "AttendanceSheet",
    "Mark",
    "Register",
    "RegisterMyself",
    "RegistrationEnd",
    "RegistrationInfo",
    "RegistrationList",
    "RegistrationStatus",
    "SessionSheet",
    "SessionTime",
    "SheetLine",
    "WorkshopRefusal",
]

Name = Annotated[str, Field(max_length=100, pattern=PLAIN)]


class RegisterMyself(Message):
    """Take a place in a session, or (without one) in all sessions of a series.

    `or_wait`: if it is full, wait; without it a full house is refused.
    """

    event: RowNumber
    session: RowNumber | None = None
    or_wait: bool = True


class Register(RegisterMyself):
    """The same for the reader with a `card`, or for a person without an account by `name`.

    Of the latter only what is needed is asked: the telephone to tell them, the year of birth
    where there is an age limit. `anyway`: somebody of that name is registered, and is another.
    """

    card: Annotated[str, Field(max_length=64)] = ""
    name: Name = ""
    phone: Annotated[str, Field(max_length=40, pattern=PLAIN)] = ""
    birth_year: Annotated[int, Field(ge=1900, le=2100)] | None = None
    anyway: bool = False


class SessionTime(Message):
    """When a session is."""

    session: int
    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False


class RegistrationInfo(Message):
    """A registration. `position` (1 is next) while it waits; `offer_until` while a seat is held.

    `confirm_by`: until when the seat has to be confirmed, null if it has not. For a desk only,
    and empty for the reader, are `patron`, `person`, `phone` and `birth_year`.
    """

    registration: int
    event: int
    session: int | None
    kind: EventKind
    title: str
    site: str
    site_name: str
    room: str
    sessions: tuple[SessionTime, ...]
    status: RegistrationStatus
    made_at: datetime
    position: int | None = None
    offer_until: datetime | None = None
    confirm_by: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    ended_for: RegistrationEnd | None = None
    patron: int | None = None
    person: str = ""
    phone: str = ""
    birth_year: int | None = None
    version: int


class RegistrationList(Message):
    """The registrations of a reader that are open, and those that ended lately; by their start."""

    registrations: tuple[RegistrationInfo, ...]


class SheetLine(Message):
    """Somebody on the list of a session.

    `seat` is the number of the seat, null for who waits or was late. `reachable`: by message.
    `voucher`: one was taken for the seat.
    """

    registration: int
    patron: int | None
    person: str
    phone: str
    birth_year: int | None
    status: RegistrationStatus
    seat: int | None
    attendance: Attendance
    to_confirm: bool
    confirmed: bool
    reachable: bool
    voucher: bool
    offer_until: datetime | None
    position: int | None
    version: int


class SessionSheet(Message):
    """The list of a session: who has a seat, by name, then who waits, in the order of coming."""

    event: int
    kind: EventKind
    title: str
    site: str
    site_name: str
    room: str
    places: int | None
    series: bool
    scheme: int | None
    scheme_name: str
    session: SessionInfo
    seated: tuple[SheetLine, ...]
    waiting: tuple[SheetLine, ...]


class Mark(Message):
    """Whether somebody was there."""

    registration: RowNumber
    attendance: Attendance


class AttendanceSheet(Message):
    """Who was there; others stay as they were noted."""

    marks: Annotated[tuple[Mark, ...], Field(max_length=500)]


def _endpoint(
    method: str, path: str, summary: str, scope: Scope, *, match: bool = False
) -> Endpoint[Nothing, RegistrationInfo]:
    return Endpoint(method, path, Nothing, RegistrationInfo, scope, summary, match=match)


_ONE, _MINE = "/v1/registrations/{registration}", "/v1/me/registrations/{registration}"
REGISTER = Endpoint(
    "POST",
    "/v1/registrations",
    Register,
    RegistrationInfo,
    Scope.AGENDA,
    "Register somebody for a session or a series",
    keyed=Keyed.HEADER,
    example=Register(event=3, session=7, card="29416000000017"),
)
REGISTER_MYSELF = Endpoint(
    "POST",
    "/v1/me/registrations",
    RegisterMyself,
    RegistrationInfo,
    Scope.OWN,
    "Register for a session or a series",
    keyed=Keyed.HEADER,
    example=RegisterMyself(event=3, session=7),
)
LIST_MY_REGISTRATIONS = Endpoint(
    "GET",
    "/v1/me/registrations",
    Nothing,
    RegistrationList,
    Scope.OWN,
    "List one’s own registrations",
)
LIST_PATRON_REGISTRATIONS = Endpoint(
    "GET",
    "/v1/patrons/{patron}/registrations",
    Nothing,
    RegistrationList,
    Scope.AGENDA,
    "List a reader’s registrations",
)
SHOW_REGISTRATION = _endpoint("GET", _ONE, "Show a registration", Scope.AGENDA)
SHOW_MY_REGISTRATION = _endpoint("GET", _MINE, "Show one’s own registration", Scope.OWN)
ACCEPT_OFFER = _endpoint(
    "PUT", f"{_ONE}/offer", "Take the seat that is offered", Scope.AGENDA, match=True
)
ACCEPT_MY_OFFER = _endpoint(
    "PUT", f"{_MINE}/offer", "Take the seat that one is offered", Scope.OWN, match=True
)
CONFIRM_SEAT = _endpoint(
    "PUT", f"{_ONE}/confirmation", "Note that somebody will come", Scope.AGENDA, match=True
)
CONFIRM_MY_SEAT = _endpoint(
    "PUT", f"{_MINE}/confirmation", "Say that one will come", Scope.OWN, match=True
)
CANCEL_REGISTRATION = _endpoint(
    "DELETE", _ONE, "Give up somebody’s seat, offer or turn", Scope.AGENDA, match=True
)
CANCEL_MY_REGISTRATION = _endpoint(
    "DELETE", _MINE, "Give up one’s own seat, offer or turn", Scope.OWN, match=True
)
SHOW_SHEET = Endpoint(
    "GET",
    "/v1/event-sessions/{event_session}",
    Nothing,
    SessionSheet,
    Scope.AGENDA,
    "Show the list of a session: who has a seat, who waits, who came",
)
NOTE_ATTENDANCE = Endpoint(
    "PUT",
    "/v1/event-sessions/{event_session}/attendance",
    AttendanceSheet,
    SessionSheet,
    Scope.AGENDA,
    "Note who was there",
    example=AttendanceSheet(marks=(Mark(registration=5, attendance=Attendance.CAME),)),
)

ENDPOINTS = (
    REGISTER,
    REGISTER_MYSELF,
    LIST_MY_REGISTRATIONS,
    LIST_PATRON_REGISTRATIONS,
    SHOW_REGISTRATION,
    SHOW_MY_REGISTRATION,
    ACCEPT_OFFER,
    ACCEPT_MY_OFFER,
    CONFIRM_SEAT,
    CONFIRM_MY_SEAT,
    CANCEL_REGISTRATION,
    CANCEL_MY_REGISTRATION,
    SHOW_SHEET,
    NOTE_ATTENDANCE,
)
