"""« Coups de cœur »: what librarians recommend, in their words; and the same as a feed."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.favourites import LIST_FAVOURITES
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.feeds import FeedEntry, given
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/coups-de-coeur"
_FEED = f"{_HERE}.atom"


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page and the feed."""
    pages = Favourites(portal)
    app.router.add_get(_HERE, portal.page(pages.show))
    app.router.add_get(_FEED, portal.page(pages.follow))


class Favourites:
    """The librarians' favourites, as they are shown now."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show them in their order."""
        listed = await self._portal.ask(request, LIST_FAVOURITES, Nothing())
        return rendered(
            "favourites/favourites.html",
            request,
            here="favourites",
            favourites=listed.favourites,
            feed=_FEED,
        )

    async def follow(self, request: web.Request) -> web.Response:
        """Give them as a feed."""
        listed = await self._portal.ask(request, LIST_FAVOURITES, Nothing())
        entries = [
            FeedEntry(
                whole_address(request, self._portal.parts, f"/titre/{one.title.id}"),
                one.title.title,
                one.added_at,
                one.title.author,
                f"{one.words} ({one.signed})" if one.signed else one.words,
            )
            for one in listed.favourites
        ]
        title = words_of(request).text("portal.favourites.title")
        return given(request, self._portal.parts, title, _HERE, entries)
