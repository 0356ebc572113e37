"""The wiring of the web face: the contract under /v1, health, OpenAPI, the librarians' pages.

`handler_cancellation` stays False, aiohttp's default in production: a caller that hangs up does
not stop its handler, so what was begun is finished and recorded. (aiohttp's own test server
turns it on; the tests here do not use it.)
"""

import json

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from sqlalchemy import text
from sqlmodel import Session

from catalogue_api.contract.endpoint import LARGEST_BODY, ProblemType
from catalogue_api.storage.errors import StorageError
from catalogue_api.web import binding, logs, openapi, problems
from catalogue_api.web.assets import add_assets
from catalogue_api.web.described import build_described
from catalogue_api.web.desk.app import build_desk
from catalogue_api.web.parts import Parts
from catalogue_api.web.proxies import behind

log = structlog.get_logger("catalogue_api.web")


def build(parts: Parts) -> web.Application:
    """Return the application; everything that it needs is in `parts`."""
    outermost = [behind(parts.proxies)] if parts.proxies else []
    app = web.Application(
        client_max_size=LARGEST_BODY,
        middlewares=[*outermost, logs.requests, _errors_as_problems],
    )
    app.add_routes(binding.routes(parts))
    description = json.dumps(openapi.describe(), ensure_ascii=False).encode()

    async def describe(_request: web.Request) -> web.Response:
        return web.Response(body=description, content_type="application/json")

    async def health(_request: web.Request) -> web.Response:
        try:
            await parts.database.read(_answers)
        except StorageError as error:
            log.error("database_unavailable", error=str(error))
            return web.json_response({"status": "unavailable", "database": "no answer"}, status=503)
        return web.json_response({"status": "ok", "database": "ok"})

    async def start_page(_request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/desk/")

    async def docs_page(_request: web.Request) -> web.Response:
        raise web.HTTPSeeOther("/docs/")

    app.router.add_get("/openapi.json", describe)
    app.router.add_get("/healthz", health)
    for door in ("/", "/desk"):
        app.router.add_get(door, start_page)
    app.router.add_get("/docs", docs_page)
    add_assets(app)
    app.add_subapp("/docs/", build_described(parts))
    app.add_subapp("/desk/", build_desk(parts))
    return app


def _answers(session: Session) -> None:
    session.connection().execute(text("SELECT count(*) FROM sites")).scalar_one()


@web.middleware
async def _errors_as_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever went wrong into a problem; the pages show their own errors before this."""
    try:
        return await handler(request)
    except web.HTTPMethodNotAllowed as error:
        if request.method != "OPTIONS":
            return problems.of_http(error)
        allowed = ", ".join(sorted({*error.allowed_methods, "OPTIONS"}))
        return web.Response(status=204, headers={"Allow": allowed})
    except web.HTTPException as error:
        if error.status < 400:  # a redirection is an answer
            raise
        return problems.of_http(error)
    except Exception:
        log.exception("uncaught", route=str(request.match_info.route.resource))
        return problems.response(ProblemType.INTERNAL)
