"""Slips for copies on the reservation shelf: a number instead of a name, one a page, to be cut."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.hold_search import FIND_HOLDS, FindHolds, HoldSought
from catalogue_api.contract.holds import SHOW_HOLD, HoldInfo, HoldStatus
from catalogue_api.domain.holds import LAST_SHELF_NUMBER
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.sites import site_of

_MOST = 200


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages."""
    page = SlipPage(desk)
    app.router.add_get("/holds/slips", desk.page(page.of_site, Scope.CIRCULATION))
    app.router.add_get(r"/holds/{hold:\d{1,9}}/slip", desk.page(page.of_one, Scope.CIRCULATION))


class SlipPage:
    """Slips as they are printed; nothing on them says who the reader is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def of_one(self, request: web.Request) -> web.Response:
        """Show the slip of one reservation that is ready."""
        path = {"hold": request.match_info["hold"]}
        hold = await self._desk.call(request, SHOW_HOLD, Nothing(), path=path)
        if hold.status is not HoldStatus.READY:
            raise web.HTTPSeeOther(f"/desk/holds/{hold.hold}")
        return self._page(request, [hold], "one")

    async def of_site(self, request: web.Request) -> web.Response:
        """Show the slips of the shelf here: of today, of a `number` on it, or of `all`."""
        site, parts = site_of(request), self._desk.parts
        body = FindHolds(site=site, state=HoldSought.READY, cursor="", limit=_MOST)
        found: list[HoldInfo] = []
        while True:
            page = await self._desk.call(request, FIND_HOLDS, body)
            found += page.holds
            if not page.next or len(found) > LAST_SHELF_NUMBER:
                break
            body = body.model_copy(update={"cursor": page.next})
        number, today = request.query.get("number", ""), parts.clock().astimezone(parts.zone).date()
        if number:
            found = [hold for hold in found if str(hold.shelf_number) == number]
        elif "all" not in request.query:
            found = [
                hold
                for hold in found
                if hold.ready_at and hold.ready_at.astimezone(parts.zone).date() == today
            ]
        which = "number" if number else "all" if "all" in request.query else "today"
        return self._page(request, found, which)

    def _page(self, request: web.Request, found: list[HoldInfo], which: str) -> web.Response:
        return rendered(
            "holds/slips.html",
            request,
            here=holds.ENTRY.name,
            slips=found,
            which=which,
            names=request[SITES],
        )
