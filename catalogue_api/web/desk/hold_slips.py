"""Slips for copies on the reservation shelf: a number instead of a name, one a page, to be cut."""

from collections.abc import Sequence
from datetime import datetime, time

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.hold_search import FIND_HOLDS, FindHolds, HoldSought
from catalogue_api.contract.holds import SHOW_HOLD, HoldInfo, HoldStatus
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Unfit, body_of

_PAGE = 60


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
        number, which = request.query.get("number", ""), "all"
        asked: dict[str, object] = {
            "site": site_of(request),
            "state": HoldSought.READY,
            "cursor": request.query.get("after", ""),
            "limit": _PAGE,
        }
        if number:
            which, asked["shelf_number"] = "number", number
        elif "all" not in request.query:
            which, asked["ready_since"] = "today", self._midnight()
        try:
            body = body_of(FindHolds, asked)
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        found = await self._desk.call(request, FIND_HOLDS, body)
        return self._page(request, found.holds, which, found.next)

    def _midnight(self) -> datetime:
        zone = self._desk.parts.zone
        return datetime.combine(self._desk.parts.clock().astimezone(zone).date(), time.min, zone)

    def _page(
        self, request: web.Request, found: Sequence[HoldInfo], which: str, following: str = ""
    ) -> web.Response:
        return rendered(
            "holds/slips.html",
            request,
            here=holds.ENTRY.name,
            slips=found,
            which=which,
            after=request.query.get("after", ""),
            following=following,
            names=request[SITES],
        )
