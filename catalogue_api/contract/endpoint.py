"""An endpoint is a value: the server binds it, clients call it, OpenAPI is made from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

Request = TypeVar("Request", bound="Message")
Answer = TypeVar("Answer", bound="Message")


class Message(BaseModel):
    """A body that travels: frozen, and a field it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(Message):
    """No body."""


class Scope(StrEnum):
    """Who may call an endpoint."""

    ANYONE = "anyone"
    KIOSK = "kiosk"
    STAFF = "staff"


class ProblemType(StrEnum):
    """The closed list of problems; each travels as `/problems/<value>` (RFC 9457 `type`)."""

    INVALID_REQUEST = "invalid-request"
    NOT_AUTHENTICATED = "not-authenticated"
    NOT_ALLOWED = "not-allowed"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    IDEMPOTENCY_CONFLICT = "idempotency-conflict"
    CONFLICT = "conflict"
    TOO_LARGE = "too-large"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"


PROBLEM_STATUS: dict[ProblemType, int] = {
    ProblemType.INVALID_REQUEST: 400,
    ProblemType.NOT_AUTHENTICATED: 401,
    ProblemType.NOT_ALLOWED: 403,
    ProblemType.NOT_FOUND: 404,
    ProblemType.METHOD_NOT_ALLOWED: 405,
    ProblemType.IDEMPOTENCY_CONFLICT: 409,
    ProblemType.CONFLICT: 409,
    ProblemType.TOO_LARGE: 413,
    ProblemType.UNAVAILABLE: 503,
    ProblemType.INTERNAL: 500,
}


class Problem(Message):
    """An error over HTTP: `application/problem+json` (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""


class Refused(Exception):
    """A call that was answered with a problem instead of its answer."""

    def __init__(self, type: ProblemType, detail: str = "") -> None:  # noqa: A002
        super().__init__(f"{type.value}: {detail}" if detail else type.value)
        self.type = type
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Request, Answer]):
    """Method, path template (`{name}` in braces), the bodies both ways, and who may call."""

    method: str
    path: str
    request: type[Request]
    answer: type[Answer]
    scope: Scope
    summary: str

    def url(self, **values: str) -> str:
        """Return the path with its parameters percent-encoded."""
        return self.path.format(**{name: quote(value, safe="") for name, value in values.items()})
