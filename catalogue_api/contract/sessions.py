"""Signing in, for staff and for patrons: a bearer token, its end, and the list of one's sessions.

A card number alone never suffices: it stands on the card, and everybody who saw it knows it.
Nothing here stores an answer (no `Idempotency-Key`): the answers and bodies hold secrets.
"""

from typing import Annotated

from pydantic import AwareDatetime, Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope, Secret
from catalogue_api.domain.roles import Role

StaffName = Annotated[str, Field(min_length=1, max_length=64)]


class SignInStaff(Message):
    """A member of staff and their password."""

    name: StaffName
    password: Secret


class SignInPatron(Message):
    """A reader's card and its PIN."""

    card: str = Field(min_length=1, max_length=64)
    pin: Secret


class SessionOpened(Message):
    """Send `token` as `Authorization: Bearer TOKEN`; it is told this once.

    It ends at `expires_at`, or after `idle_seconds` in which it was not used. `password_given`: it
    opens nothing before a password of one's own is chosen.
    """

    token: Secret
    expires_at: AwareDatetime
    idle_seconds: int
    role: Role
    password_given: bool = False


class SessionInfo(Message):
    """A session: `current` is the one that asks. `name` is a member of staff or a reader's number.

    `session` is its handle, which signs nobody in.
    """

    session: str
    role: Role
    name: str
    site: str = ""
    created_at: AwareDatetime
    last_seen_at: AwareDatetime
    expires_at: AwareDatetime
    current: bool


class SessionList(Message):
    """One's own sessions that have not ended, the newest first."""

    sessions: tuple[SessionInfo, ...]


class SessionsEnded(Message):
    """How many sessions have ended with this call."""

    ended: int


SIGN_IN_STAFF = Endpoint(
    "POST",
    "/v1/staff-sessions",
    SignInStaff,
    SessionOpened,
    Scope.ANYONE,
    "Sign in as a member of staff",
    example=SignInStaff.model_validate({"name": "camille", "password": "correct horse battery"}),
)
SIGN_IN_PATRON = Endpoint(
    "POST",
    "/v1/patron-sessions",
    SignInPatron,
    SessionOpened,
    Scope.ANYONE,
    "Sign in as a reader",
    example=SignInPatron(card="29416000000017", pin="4821"),
)
SEE_SESSION = Endpoint(
    "GET", "/v1/session", Nothing, SessionInfo, Scope.SESSION, "See who is signed in"
)
SIGN_OUT = Endpoint("DELETE", "/v1/session", Nothing, SessionsEnded, Scope.SESSION, "Sign out")
LIST_SESSIONS = Endpoint(
    "GET", "/v1/sessions", Nothing, SessionList, Scope.SESSION, "List one’s own sessions"
)
END_SESSIONS = Endpoint(
    "DELETE", "/v1/sessions", Nothing, SessionsEnded, Scope.SESSION, "Sign out everywhere"
)
END_SESSION = Endpoint(
    "DELETE",
    "/v1/sessions/{session}",
    Nothing,
    SessionsEnded,
    Scope.SESSION,
    "End one of one’s own sessions",
)
END_SESSIONS_OF_STAFF = Endpoint(
    "DELETE",
    "/v1/staff/{staff}/sessions",
    Nothing,
    SessionsEnded,
    Scope.ACCOUNTS,
    "End all sessions of a member of staff",
)
END_SESSIONS_OF_PATRON = Endpoint(
    "DELETE",
    "/v1/patrons/{patron}/sessions",
    Nothing,
    SessionsEnded,
    Scope.ACCOUNTS,
    "End all sessions of a reader",
)

ENDPOINTS = (
    SIGN_IN_STAFF,
    SIGN_IN_PATRON,
    SEE_SESSION,
    SIGN_OUT,
    LIST_SESSIONS,
    END_SESSIONS,
    END_SESSION,
    END_SESSIONS_OF_STAFF,
    END_SESSIONS_OF_PATRON,
)
