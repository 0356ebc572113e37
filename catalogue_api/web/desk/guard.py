"""What stands before every page: language, security headers, the session, the form's token."""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from catalogue_api.domain.roles import Scope, may
from catalogue_api.services import staff
from catalogue_api.storage.errors import StorageError
from catalogue_api.web.desk.page import (
    LANGUAGE_COOKIE,
    LIBRARIAN,
    WORDS,
    librarian_of,
    rendered,
)
from catalogue_api.web.parts import Parts
from catalogue_api.web.texts import LANGUAGES, Words, preferred

SESSION_COOKIE = "ritournelle_desk"
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
_LARGEST_FIELD = 1024

log = structlog.get_logger("catalogue_api.desk")
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]


class RoleLacking(web.HTTPForbidden):
    """Whoever is signed in may not see this page."""


def outer(parts: Parts, words: Mapping[str, Words]) -> Middleware:
    """Choose the language, add the headers, and turn errors into pages."""

    @web.middleware
    async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
        chosen = request.cookies.get(LANGUAGE_COOKIE, "")
        if chosen not in LANGUAGES:
            chosen = preferred(request.headers.get("Accept-Language", ""))
        request[WORDS] = words[chosen]
        try:
            answer = await _with_error_page(request, handler)
        except web.HTTPRedirection as redirection:
            _add_headers(request, redirection, parts)
            raise
        _add_headers(request, answer, parts)
        return answer

    return around


async def _with_error_page(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPRedirection:
        raise
    except RoleLacking:
        return rendered("error.html", request, status=HTTPStatus.FORBIDDEN, kind="not_allowed")
    except web.HTTPException as error:
        status = error.status
    except StorageError as error:
        log.error("database_unavailable", error=str(error))
        status = HTTPStatus.SERVICE_UNAVAILABLE
    except Exception:
        log.exception("uncaught", route=str(request.match_info.route.resource))
        status = HTTPStatus.INTERNAL_SERVER_ERROR
    kind = {
        HTTPStatus.NOT_FOUND: "not_found",
        HTTPStatus.FORBIDDEN: "form_expired",
        HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
    }.get(HTTPStatus(status), "failed" if status >= 500 else "bad_request")
    return rendered("error.html", request, status=status, kind=kind)


def _add_headers(request: web.Request, answer: web.StreamResponse, parts: Parts) -> None:
    answer.headers.update(_HEADERS)
    # Style and script are asked for again each time, but sent only when they changed.
    caching = "no-cache" if request.path.startswith("/desk/static/") else "no-store"
    answer.headers["Cache-Control"] = caching
    if parts.https:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"


def signed_in(parts: Parts, page: Page, scope: Scope) -> Page:
    """Let only staff of the right role through; a form must carry the token of their session."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        token, now = request.cookies.get(SESSION_COOKIE, ""), parts.clock()
        found = await parts.database.read(lambda db: staff.session_of(db, token, now))
        if found is None:
            raise web.HTTPSeeOther("/desk/sign-in")
        if found.stale:
            await parts.database.write(lambda db: staff.seen(db, token, now))
        request[LIBRARIAN] = found
        if not may(found.role, scope):
            raise RoleLacking
        return await page(request)

    return guarded


async def form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form; what no form of ours can send is refused."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise web.HTTPUnsupportedMediaType
    try:
        fields = await request.post()
    except (UnicodeDecodeError, LookupError, ValueError) as error:
        raise web.HTTPBadRequest from error
    texts = {name: value for name, value in fields.items() if isinstance(value, str)}
    if any(len(value) > _LARGEST_FIELD for value in texts.values()):
        raise web.HTTPBadRequest
    return texts


async def own_form_of(request: web.Request) -> dict[str, str]:
    """Return the fields of a form that this session was given; 403 for any other."""
    fields = await form_of(request)
    require_same(fields.get("csrf", ""), librarian_of(request).csrf)
    return fields


def require_same(given: str, expected: str) -> None:
    """Refuse a form whose token is not the one it was made with."""
    if not expected or not secrets.compare_digest(given.encode(), expected.encode()):
        raise web.HTTPForbidden
