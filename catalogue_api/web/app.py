"""The wiring of the web face: the contract under /v1, health, OpenAPI, the portal, the desk.

`handler_cancellation` stays False, aiohttp's default in production: a caller that hangs up does
not stop its handler, so what was begun is finished and recorded. (aiohttp's own test server
turns it on; the tests here do not use it.)
"""

import json
from functools import cache

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from sqlalchemy import text
from sqlmodel import Session

from catalogue_api.contract.endpoint import LARGEST_BODY, ProblemType
from catalogue_api.storage.engine.errors import StorageError
from catalogue_api.web import binding, logs, openapi, problems
from catalogue_api.web.assets import add_assets
from catalogue_api.web.described import build_described
from catalogue_api.web.desk.app import build_desk
from catalogue_api.web.pages.guard import Guard
from catalogue_api.web.parts import Parts
from catalogue_api.web.portal.app import add_portal
from catalogue_api.web.proxies import behind

log = structlog.get_logger("catalogue_api.web")


def build(parts: Parts) -> web.Application:
    """Return the application; everything that it needs is in `parts`."""
    outermost = [behind(parts.proxies)] if parts.proxies else []
    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[*outermost, logs.requests],
    )
    app.add_routes(binding.routes(parts))
    description = _description()

    async def describe(_request: web.Request) -> web.Response:
        return web.Response(body=description, content_type="application/json")

    async def health(_request: web.Request) -> web.Response:
        try:
            await parts.database.read(_answers)
        except StorageError as error:
            log.error("database_unavailable", error=str(error))
            return web.json_response({"status": "unavailable", "database": "no answer"}, status=503)
        return web.json_response({"status": "ok", "database": "ok"})

    async def desk_page(_request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/desk/")

    async def docs_page(_request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/docs/")

    app.router.add_get("/openapi.json", describe)
    app.router.add_get("/healthz", health)
    app.router.add_get("/desk", desk_page)
    app.router.add_get("/docs", docs_page)
    add_assets(app)
    app.middlewares.append(_errors_shown(add_portal(app, parts)))
    app.add_subapp("/docs/", build_described(parts))
    app.add_subapp("/desk/", build_desk(parts))
    return app


@cache
def _description() -> bytes:
    return json.dumps(openapi.describe(), ensure_ascii=False).encode()


def _answers(session: Session) -> None:
    session.connection().execute(text("SELECT count(*) FROM sites")).scalar_one()


def _errors_shown(portal: Guard) -> Middleware:
    """Turn whatever went wrong into a problem, or into a page where a browser asked for a page.

    What is answered by a page shows its own errors before this.
    """

    @web.middleware
    async def shown(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as error:
            if error.status < 400:  # a redirection is an answer
                raise
            if isinstance(error, web.HTTPMethodNotAllowed) and request.method == "OPTIONS":
                allowed = ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))
                return web.Response(status=204, headers={"Allow": allowed})
            if not _wants_a_page(request):
                return problems.of_http(error)
            wrong = error
        except Exception:
            log.exception("uncaught", route=str(request.match_info.route.resource))
            return problems.response(ProblemType.INTERNAL)

        async def fail(_request: web.Request) -> web.StreamResponse:
            raise wrong

        return await portal.around(request, fail)

    return shown


def _wants_a_page(request: web.Request) -> bool:
    return "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/v1/")
