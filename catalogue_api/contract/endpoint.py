"""An endpoint is a value: the server binds it, clients call it, OpenAPI is made from it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, Field

from catalogue_api.domain.roles import Scope

__all__ = [
    "PROBLEM_STATUS",
    "Cursor",
    "Endpoint",
    "Keyed",
    "Message",
    "Nothing",
    "PageSize",
    "Problem",
    "ProblemType",
    "Refused",
    "Scope",
    "Secret",
]

Request = TypeVar("Request", bound="Message")
Answer = TypeVar("Answer", bound="Message")

LARGEST_BODY = 64 * 1024
"""Bytes of a body, unless an endpoint says otherwise."""


class Message(BaseModel):
    """A body that travels: frozen, and a field it does not know is an error.

    Only in an answer it is none: see `Endpoint.heard`.
    An answer that has a field `version` travels with it as its `ETag`.
    """

    # What was sent is in no error, and so in no log.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Nothing(Message):
    """No body."""


Cursor = Annotated[str, Field(default="", max_length=200, pattern=r"^[A-Za-z0-9_.~-]*$")]
"""Where a page goes on: what the page before gave as `next`; empty for the first page."""

PageSize = Annotated[int, Field(default=50, ge=1, le=200)]
"""How many entries a page has at the most."""


Secret = Annotated[
    str, Field(min_length=1, max_length=128, repr=False, json_schema_extra={"format": "password"})
]
"""A password, a PIN or a token: in no log, and in no endpoint that stores answers or bodies."""


class ProblemType(StrEnum):
    """The closed list of problems; each travels as `/problems/<value>` (RFC 9457 `type`)."""

    INVALID_REQUEST = "invalid-request"
    NOT_AUTHENTICATED = "not-authenticated"
    NOT_ALLOWED = "not-allowed"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    IDEMPOTENCY_CONFLICT = "idempotency-conflict"
    CONFLICT = "conflict"
    REFUSED_BY_RULE = "refused-by-rule"
    CHANGED_MEANWHILE = "changed-meanwhile"
    PRECONDITION_REQUIRED = "precondition-required"
    TOO_LARGE = "too-large"
    WRONG_MEDIA_TYPE = "wrong-media-type"
    TOO_MANY_REQUESTS = "too-many-requests"
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
    ProblemType.REFUSED_BY_RULE: 409,
    ProblemType.CHANGED_MEANWHILE: 412,
    ProblemType.PRECONDITION_REQUIRED: 428,
    ProblemType.TOO_LARGE: 413,
    ProblemType.WRONG_MEDIA_TYPE: 415,
    ProblemType.TOO_MANY_REQUESTS: 429,
    ProblemType.UNAVAILABLE: 503,
    ProblemType.INTERNAL: 500,
}


class Problem(Message):
    """An error over HTTP: `application/problem+json` (RFC 9457).

    `reasons` are the keys of the rules that refused (for `refused-by-rule`), for programs; each
    comes from the closed list of the endpoint's area.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    reasons: tuple[str, ...] = ()


class Refused(Exception):
    """A call that was answered with a problem instead of its answer.

    `retry_after`: seconds to wait before asking again, 0 where waiting changes nothing.
    """

    def __init__(
        self,
        type: ProblemType,  # noqa: A002
        detail: str = "",
        reasons: tuple[str, ...] = (),
        retry_after: int = 0,
    ) -> None:
        super().__init__(f"{type.value}: {detail}" if detail else type.value)
        self.type = type
        self.detail = detail
        self.reasons = reasons
        self.retry_after = retry_after


class Keyed(StrEnum):
    """What makes a repeated call harmless."""

    HEADER = "header"
    """The header `Idempotency-Key`, which is required: the same key gets the same answer."""
    BODY = "body"
    """An identifier in the body, made by the caller."""
    NATURAL = "natural"
    """Saying it twice is saying it once: reading, putting, deleting."""


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[Request, Answer]):
    """Method, path template (`{name}` in braces), the bodies both ways, and who may call.

    A GET has no body: its `request` travels as the query. `match`: the call must carry
    `If-Match` with the `ETag` of what the caller saw. `largest` bounds the body, in bytes.
    `example` is a request that OpenAPI shows.
    """

    method: str
    path: str
    request: type[Request]
    answer: type[Answer]
    scope: Scope
    summary: str
    keyed: Keyed = Keyed.NATURAL
    match: bool = False
    largest: int = LARGEST_BODY
    example: Request | None = None

    @property
    def name(self) -> str:
        """Method and path: what tells this endpoint from every other."""
        return f"{self.method} {self.path}"

    def url(self, **values: str) -> str:
        """Return the path with its parameters percent-encoded."""
        return self.path.format(**{name: quote(value, safe="") for name, value in values.items()})

    def heard(self, content: bytes) -> Answer:
        """Return the answer that somebody else's program gave, as JSON. `ValueError`: it is none.

        A catalogue that is newer than who asks may say more: what is not known is passed over, so
        whatever an answer comes to say later must be safe to pass over.
        """
        return self.answer.model_validate_json(content, extra="ignore")

    def address(self, body: Request, **values: str) -> str:
        """Return the path, and behind it the body as a query if this is a GET."""
        if self.method != "GET":
            return self.url(**values)
        said = body.model_dump(mode="json", exclude_defaults=True)
        return self.url(**values) + (f"?{urlencode(said, doseq=True)}" if said else "")
