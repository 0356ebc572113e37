"""What stands around every page: language, security headers, fresh cookies, errors as pages."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from catalogue_api.contract.endpoint import PROBLEM_STATUS, ProblemType, Refused
from catalogue_api.storage.engine.errors import StorageError
from catalogue_api.web.pages.browsers import FORM_TOKEN, FRESH
from catalogue_api.web.pages.faces import Face
from catalogue_api.web.pages.rendering import WORDS
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
_PACKED = {"text/html", "application/xml", "application/atom+xml", "application/rss+xml"}
_KINDS = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.FORBIDDEN: "form_expired",
    HTTPStatus.CONFLICT: "conflict",
    HTTPStatus.PRECONDITION_FAILED: "conflict",
    HTTPStatus.SERVICE_UNAVAILABLE: "unavailable",
}

log = structlog.get_logger("catalogue_api.pages")


class RoleLacking(web.HTTPForbidden):
    """Whoever is signed in may not see this page."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Chooses the language, adds headers and fresh cookies, and turns errors into pages.

    `show_error` makes a page of a kind of error; its text is `error.KIND`.
    """

    face: Face
    parts: Parts
    words: Mapping[str, Words]
    show_error: Callable[[web.Request, int, str], web.Response]

    @property
    def around_all(self) -> Middleware:
        """The guard around every page of an application."""

        @web.middleware
        async def around(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self.around(request, handler)

        return around

    async def around(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Answer a request by a handler, guarded."""
        chosen = request.cookies.get(self.face.language_cookie, "")
        if chosen not in LANGUAGES:
            chosen = preferred(request.headers.get("Accept-Language", ""))
        request[WORDS] = self.words[chosen]
        try:
            answer = await self._with_error_page(request, handler)
        except web.HTTPRedirection as redirection:
            self._complete(request, redirection)
            raise
        if not answer.prepared:
            self._complete(request, answer)
        return answer

    async def _with_error_page(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if "\0" in request.path or "\0" in request.query_string:  # PostgreSQL knows no such text
            return self._error_page(request, HTTPStatus.NOT_FOUND)
        try:
            return await handler(request)
        except web.HTTPRedirection:
            raise
        except RoleLacking:
            return self.show_error(request, HTTPStatus.FORBIDDEN, "not_allowed")
        except web.HTTPException as error:
            return self._error_page(request, HTTPStatus(error.status))
        except Refused as refused:
            return self._of_refusal(request, refused)
        except StorageError as error:
            log.error("database_unavailable", error=str(error))
            return self._error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
        except Exception:
            log.exception("uncaught", route=str(request.match_info.route.resource))
            return self._error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)

    def _of_refusal(self, request: web.Request, refused: Refused) -> web.Response:
        if refused.type is ProblemType.NOT_AUTHENTICATED:
            raise web.HTTPSeeOther(self.face.sign_in_for(request))
        status = HTTPStatus(PROBLEM_STATUS[refused.type])
        if refused.type is ProblemType.NOT_ALLOWED:
            return self.show_error(request, status, "not_allowed")
        return self._error_page(request, status)

    def _error_page(self, request: web.Request, status: HTTPStatus) -> web.Response:
        kind = _KINDS.get(status, "failed" if status >= 500 else "bad_request")
        return self.show_error(request, status, kind)

    def _complete(self, request: web.Request, answer: web.StreamResponse) -> None:
        add_headers(answer, self.parts)
        if answer.content_type in _PACKED and (answer.content_length or 0) > _WORTH_PACKING:
            answer.enable_compression()
        fresh = request.get(FRESH)
        if fresh and self.face.session_cookie not in answer.cookies:
            self.face.give(answer, self.face.session_cookie, fresh, secure=self.parts.https)
        token = request.get(FORM_TOKEN)
        if token and self.face.form_cookie not in answer.cookies:
            self.face.give(answer, self.face.form_cookie, token, secure=self.parts.https)


def add_headers(answer: web.StreamResponse, parts: Parts) -> None:
    """Add what every answer carries."""
    for name, value in _HEADERS.items():
        answer.headers.setdefault(name, value)
    answer.headers.setdefault("Cache-Control", "no-store")
    if parts.https:
        answer.headers["Strict-Transport-Security"] = "max-age=31536000"
