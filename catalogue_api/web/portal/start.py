"""The start page: the search box, what is open today, what takes place, favourites, ways on."""

from dataclasses import dataclass

from aiohttp import web

from catalogue_api.contract.agenda import LIST_AGENDA, AgendaAsked, AgendaEntry
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.facilities import LIST_FACILITIES
from catalogue_api.contract.favourites import LIST_FAVOURITES
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.arrivals import newest
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.places import shown_places
from catalogue_api.web.portal.portal import Portal

_EVENTS = 3
_FAVOURITES = 3
_ARRIVALS = 6


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the start page."""
    app.router.add_get("/", portal.page(StartPage(portal).show))


@dataclass(frozen=True, slots=True)
class Coming:
    """A session that comes: the day and the hour are in words."""

    entry: AgendaEntry
    day: str
    hour: str


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
            events=await self._coming(request),
            arrivals=await newest(self._portal, request, _ARRIVALS),
        )

    async def _coming(self, request: web.Request) -> list[Coming]:
        """Return what takes place next."""
        parts, words = self._portal.parts, words_of(request)
        agenda = await self._portal.ask(request, LIST_AGENDA, AgendaAsked())
        ahead = [
            one for one in agenda.entries if not one.cancelled and one.starts_at > parts.clock()
        ]
        local = [(one, one.starts_at.astimezone(parts.zone)) for one in ahead[:_EVENTS]]
        return [Coming(one, words.day(at.date()), words.clock(at)) for one, at in local]
