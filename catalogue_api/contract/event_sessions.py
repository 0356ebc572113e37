"""Sessions at the desk: moved, called off, or meant to lie outside the opening hours."""

from catalogue_api.contract.endpoint import Endpoint, Message, Scope
from catalogue_api.contract.events import CallOff, SessionInfo, When


class MoveSession(When):
    """Another time for a session; everybody is told."""

    dry_run: bool = False


class SessionChanged(SessionInfo):
    """A session as it is now, and what that did.

    `told`: readers to whom a message goes. `to_call`: people who can only be called.
    `slots_moved` and `slots_cancelled`: bookings of readers that stood in the way of its computers.
    """

    told: int
    to_call: int
    slots_moved: int = 0
    slots_cancelled: int = 0


class MeantSo(Message):
    """Whether a session is meant to lie outside the opening hours: until it is moved."""

    meant: bool = True


MOVE_SESSION = Endpoint(
    "PUT",
    "/v1/event-sessions/{event_session}",
    MoveSession,
    SessionChanged,
    Scope.AGENDA,
    "Move a session to another time",
    match=True,
    example=MoveSession.model_validate({"starts_at": "2026-12-03T13:00:00Z"}),
)
CALL_OFF_SESSION = Endpoint(
    "PUT",
    "/v1/event-sessions/{event_session}/cancellation",
    CallOff,
    SessionChanged,
    Scope.AGENDA,
    "Call off a session",
    match=True,
)
MEAN_SO = Endpoint(
    "PUT",
    "/v1/event-sessions/{event_session}/outside-hours",
    MeantSo,
    MeantSo,
    Scope.AGENDA,
    "Say that a session is meant to lie outside the opening hours",
)

ENDPOINTS = (MOVE_SESSION, CALL_OFF_SESSION, MEAN_SO)
