"""The wiring of the librarians' pages, under /desk/."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp_jinja2
import jinja2
from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.guard import outer, signed_in
from catalogue_api.web.desk.page import LANGUAGE_COOKIE
from catalogue_api.web.desk.shelving import ShelvingPage
from catalogue_api.web.desk.signing_in import SigningIn
from catalogue_api.web.parts import Parts
from catalogue_api.web.texts import LANGUAGES, read_words

_WEB = Path(__file__).parent.parent
_YEAR = 365 * 24 * 3600


def build_desk(parts: Parts) -> web.Application:
    """Return the application of the pages."""
    app = web.Application(middlewares=[outer(parts, read_words(parts.zone))])
    aiohttp_jinja2.setup(
        app,
        loader=jinja2.FileSystemLoader(_WEB / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    entrance, shelving = SigningIn(parts), ShelvingPage(parts)
    app.router.add_get("/sign-in", entrance.show)
    app.router.add_post("/sign-in", entrance.enter)
    app.router.add_post("/sign-out", signed_in(parts, entrance.leave, Scope.STAFF))
    app.router.add_get("/language/{code}", _choose_language(parts))
    app.router.add_get("/", signed_in(parts, shelving.start, Scope.CIRCULATION))
    app.router.add_get(
        "/sites/{site}/shelving",
        signed_in(parts, shelving.show, Scope.CIRCULATION),
        name="shelving",
    )
    app.router.add_post(
        "/sites/{site}/shelving", signed_in(parts, shelving.scan, Scope.CIRCULATION)
    )
    app.router.add_static("/static", _WEB / "static")
    return app


def _choose_language(parts: Parts) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def choose(request: web.Request) -> web.StreamResponse:
        code = request.match_info["code"]
        if code not in LANGUAGES:
            raise web.HTTPNotFound
        answer = web.HTTPSeeOther("/desk/")
        answer.set_cookie(
            LANGUAGE_COOKIE, code, path="/desk", max_age=_YEAR, samesite="Lax", secure=parts.https
        )
        raise answer

    return choose
