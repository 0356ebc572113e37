"""Guides: short how-tos with a picture for each step, one page each, made to be printed."""

from dataclasses import dataclass

from aiohttp import web

from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal


@dataclass(frozen=True, slots=True)
class Guide:
    """A how-to: `portal.guide.NAME` is its title, and each of its steps a text and a picture.

    The picture of a step is `portal/guides/PICTURE.svg`.
    """

    name: str
    address: str
    pictures: tuple[str, ...]


GUIDES = (
    Guide("return", "rendre", ("lay", "read", "done", "receipt")),
    Guide("reserve", "reserver", ("search", "choose", "wait", "fetch")),
    Guide("computer", "ordinateur", ("screen", "hour", "card", "end")),
)
_HERE = "/guides"


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the list and a page for each."""
    app.router.add_get(_HERE, portal.page(_list))
    app.router.add_get(_HERE + "/{guide}", portal.page(_show))


async def _list(request: web.Request) -> web.Response:
    return rendered("guides/list.html", request, guides=GUIDES)


async def _show(request: web.Request) -> web.Response:
    for one in GUIDES:
        if one.address == request.match_info["guide"]:
            return rendered("guides/guide.html", request, guide=one)
    raise web.HTTPNotFound
