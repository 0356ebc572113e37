"""The address in a mail that declines its kind: opening it asks, only the POST declines.

Programs that look through mails open every address in them; a mail program's own button posts
`List-Unsubscribe=One-Click` (RFC 8058). What stands in the address is the whole right to it, so no
session and no token of a form is asked for.
"""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.notices import SHOW_UNSUBSCRIPTION, UNSUBSCRIBE, Unsubscribe
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_ADDRESS = "/desabonnement/{token}"


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page and what it asks for."""
    pages = Unsubscribing(portal)
    app.router.add_get(_ADDRESS, portal.page(pages.show))
    app.router.add_post(_ADDRESS, portal.page(pages.take))


class Unsubscribing:
    """The one page there is."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Ask whether this kind of notice is to stop."""
        path = {"unsubscription": request.match_info["token"]}
        found = await self._portal.ask(request, SHOW_UNSUBSCRIPTION, Nothing(), path)
        return self._shown(request, found.kind, declined=found.declined)

    async def take(self, request: web.Request) -> web.Response:
        """Let it stop."""
        path = {"unsubscription": request.match_info["token"]}
        found = await self._portal.ask(request, UNSUBSCRIBE, Unsubscribe(), path)
        return self._shown(request, found.kind, declined=True)

    def _shown(self, request: web.Request, kind: str, *, declined: bool) -> web.Response:
        answer = rendered("unsubscribing/unsubscribing.html", request, kind=kind, declined=declined)
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["X-Robots-Tag"] = "noindex"
        return answer
