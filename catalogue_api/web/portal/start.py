"""The start page: the search box, what is open today, favourites, and ways on."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.facilities import LIST_FACILITIES
from catalogue_api.contract.favourites import LIST_FAVOURITES
from catalogue_api.web.portal.arrivals import newest
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.places import shown_places
from catalogue_api.web.portal.portal import Portal

_FAVOURITES = 3
_ARRIVALS = 6


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the start page."""
    app.router.add_get("/", portal.page(StartPage(portal).show))


class StartPage:
    """What somebody sees first."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the box to search, and what there is today."""
        listed = await self._portal.ask(request, LIST_FACILITIES, Nothing())
        favourites = await self._portal.ask(request, LIST_FAVOURITES, Nothing())
        return rendered(
            "start.html",
            request,
            places=await shown_places(self._portal, request, listed.sites),
            favourites=favourites.favourites[:_FAVOURITES],
            arrivals=await newest(self._portal, request, _ARRIVALS),
        )
