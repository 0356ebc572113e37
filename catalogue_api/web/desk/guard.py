"""What stands around every page: language, security headers, fresh cookies, errors as pages."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from catalogue_api.contract.endpoint import PROBLEM_STATUS, ProblemType, Refused
from catalogue_api.storage.errors import StorageError
from catalogue_api.web.desk.addresses import sign_in_for
from catalogue_api.web.desk.browsers import FRESH, SESSION_COOKIE, set_own_cookie
from catalogue_api.web.desk.desk import RoleLacking
from catalogue_api.web.desk.page import LANGUAGE_COOKIE, WORDS, rendered
from catalogue_api.web.parts import Parts
from catalogue_api.web.texts import LANGUAGES, Words, preferred

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_WORTH_PACKING = 2048  # bytes
_KINDS = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.FORBIDDEN: "form_expired",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}

log = structlog.get_logger("catalogue_api.desk")


def outer(parts: Parts, words: Mapping[str, Words]) -> Middleware:
    """Choose the language, add headers and fresh cookies, and turn errors into pages."""

    @web.middleware
    async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen not in LANGUAGES:
            chosen = preferred(request.headers.get("Accept-Language", ""))
        request[WORDS] = words[chosen]
        try:
            answer = await _with_error_page(request, handler)
        except web.HTTPRedirection as redirection:
            _complete(request, redirection, parts)
            raise
        if not answer.prepared:
            _complete(request, answer, parts)
        return answer

    return around


async def _with_error_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    if "\0" in request.path or "\0" in request.query_string:  # PostgreSQL knows no such text
        return _error_page(request, HTTPStatus.NOT_FOUND)
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except RoleLacking:
        return rendered("error.html", request, status=HTTPStatus.FORBIDDEN, kind="not_allowed")
    except web.HTTPException as error:
        return _error_page(request, HTTPStatus(error.status))
    except Refused as refused:
        return _of_refusal(request, refused)
    except StorageError as error:
        log.error("database_unavailable", error=str(error))
        return _error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
    except Exception:
        log.exception("uncaught", route=str(request.match_info.route.resource))
        return _error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)


def _of_refusal(request: web.Request, refused: Refused) -> web.Response:
    if refused.type is ProblemType.NOT_AUTHENTICATED:
        raise web.HTTPSeeOther(sign_in_for(request))
    status = HTTPStatus(PROBLEM_STATUS[refused.type])
    if refused.type is ProblemType.NOT_ALLOWED:
        return rendered("error.html", request, status=status, kind="not_allowed")
    return _error_page(request, status)


def _error_page(request: web.Request, status: HTTPStatus) -> web.Response:
    kind = _KINDS.get(status, "failed" if status >= 500 else "bad_request")
    return rendered("error.html", request, status=status, kind=kind)


def _complete(request: web.Request, answer: web.StreamResponse, parts: Parts) -> None:
    add_headers(answer, parts)
    if answer.content_type == "text/html" and (answer.content_length or 0) > _WORTH_PACKING:
        answer.enable_compression()
    fresh = request.get(FRESH)
    if fresh and SESSION_COOKIE not in answer.cookies:
        set_own_cookie(answer, SESSION_COOKIE, fresh, secure=parts.https)


def add_headers(answer: web.StreamResponse, parts: Parts) -> None:
    """Add what every answer carries."""
    answer.headers.update(_HEADERS)
    answer.headers["Cache-Control"] = "no-store"
    if parts.https:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
