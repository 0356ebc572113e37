"""The start page: the search box, and what there is today."""

from aiohttp import web

from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the start page."""
    app.router.add_get("/", portal.page(_show))


async def _show(request: web.Request) -> web.Response:
    return rendered("start.html", request)
