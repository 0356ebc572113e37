"""Errors over HTTP: problem+json (RFC 9457) of the closed list, and never a stack trace."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import PROBLEM_STATUS, Problem, ProblemType, Refused

CONTENT_TYPE = "application/problem+json"

_TYPE_OF_STATUS = {
    HTTPStatus.NOT_FOUND: ProblemType.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED: ProblemType.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ProblemType.TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ProblemType.WRONG_MEDIA_TYPE,
}
TITLES = {
    ProblemType.INVALID_REQUEST: "The request is not what this address takes",
    ProblemType.NOT_AUTHENTICATED: "Nobody has proved who is calling",
    ProblemType.NOT_ALLOWED: "The caller may not do this",
    ProblemType.NOT_FOUND: "There is nothing here",
    ProblemType.METHOD_NOT_ALLOWED: "This address takes other methods",
    ProblemType.IDEMPOTENCY_CONFLICT: "The same identifier came with another content",
    ProblemType.CONFLICT: "This contradicts what is recorded",
    ProblemType.REFUSED_BY_RULE: "The rules of the library do not allow this",
    ProblemType.CHANGED_MEANWHILE: "Somebody else has changed this meanwhile",
    ProblemType.PRECONDITION_REQUIRED: "Say with If-Match which version this changes",
    ProblemType.TOO_MANY_REQUESTS: "Too many tries: wait a little",
    ProblemType.TOO_LARGE: "The request is too large",
    ProblemType.WRONG_MEDIA_TYPE: "The body is not JSON in UTF-8, as it is",
    ProblemType.UNAVAILABLE: "The catalogue cannot answer now",
    ProblemType.INTERNAL: "The catalogue failed",
}


def problem(type_: ProblemType, detail: str = "", reasons: tuple[str, ...] = ()) -> Problem:
    """Return a problem of the closed list."""
    return Problem(
        type=f"/problems/{type_.value}",
        title=TITLES[type_],
        status=PROBLEM_STATUS[type_],
        detail=detail,
        reasons=reasons,
    )


def response(type_: ProblemType, detail: str = "", reasons: tuple[str, ...] = ()) -> web.Response:
    """Return a problem as an answer."""
    body = problem(type_, detail, reasons)
    headers = {"WWW-Authenticate": "Bearer"} if body.status == HTTPStatus.UNAUTHORIZED else None
    return web.Response(
        body=body.model_dump_json().encode(),
        status=body.status,
        content_type=CONTENT_TYPE,
        headers=headers,
    )


def of_refusal(refused: Refused) -> web.Response:
    """Return the answer to a call that was refused."""
    answer = response(refused.type, refused.detail, refused.reasons)
    if refused.retry_after:
        answer.headers["Retry-After"] = str(refused.retry_after)
    return answer


def of_http(error: web.HTTPException) -> web.Response:
    """Return the problem that stands for an error of the HTTP library itself."""
    type_ = _TYPE_OF_STATUS.get(HTTPStatus(error.status), ProblemType.INVALID_REQUEST)
    answer = response(type_)
    if isinstance(error, web.HTTPMethodNotAllowed):
        answer.headers["Allow"] = ", ".join(sorted(error.allowed_methods))
    return answer
