"""« Réservations à mettre de côté »: the caught copies by bin, and one field to scan them into."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from urllib.parse import quote

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.hold_shelf import SCAN_ONTO_SHELF, CopyScanned
from catalogue_api.domain.roles import Scope
from catalogue_api.services.holds import holds
from catalogue_api.services.holds.holds import Shelving
from catalogue_api.storage.shelf import CaughtCopy
from catalogue_api.web.desk import today
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import LIVE, digest_of
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Form

_LONGEST_BARCODE = 64


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = ShelvingPage(desk)
    app[LIVE].offer("shelving", _shown, Scope.CIRCULATION)
    app.router.add_get("/shelving", desk.page(page.start, Scope.CIRCULATION))
    address = "/sites/{site}/shelving"
    app.router.add_get(address, desk.page(page.show, Scope.CIRCULATION), name="shelving")
    app.router.add_post(address, desk.form(page.scan, Scope.CIRCULATION))


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of a kiosk and the caught copies in it; both names are "" where none is known."""

    name: str
    kiosk: str
    copies: tuple[CaughtCopy, ...]


class ShelvingPage:
    """The page of one site, and the scans onto its shelf."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Go to the page of the site that was chosen."""
        raise web.HTTPSeeOther(f"/desk/sites/{quote(site_of(request), safe='')}/shelving")

    async def show(self, request: web.Request) -> web.Response:
        """Show what there is to put aside."""
        return await self._page(request, None)

    async def scan(self, request: web.Request, form: Form) -> web.Response:
        """Take a scanned barcode; the same page says what came of it.

        The answer to the form is the page itself: to send the form again is harmless, for a
        second scan changes nothing.
        """
        barcode, site = form.text("barcode"), request.match_info["site"]
        if not barcode or len(barcode) > _LONGEST_BARCODE or site not in request[SITES]:
            return await self._page(request, None)
        path = {"site": site, "barcode": barcode}
        scanned = await self._desk.call(request, SCAN_ONTO_SHELF, Nothing(), path=path)
        return await self._page(request, scanned)

    async def _page(self, request: web.Request, scanned: CopyScanned | None) -> web.Response:
        site = request.match_info["site"]
        sites = request[SITES]
        if site not in sites:
            raise web.HTTPNotFound
        now = self._desk.parts.clock()
        found = await self._desk.read(lambda db: _shown(db, site, now))
        return rendered(
            "shelving.html",
            request,
            here=today.ENTRY.name,
            seen=digest_of(found),
            site=site,
            site_name=sites[site],
            scanned=scanned,
            bins=_by_bin(found.here),
            number_here=len(found.here),
            coming=found.coming,
            leaving=_by_bin(found.leaving),
        )


def _shown(db: Session, site: str, _now: datetime) -> Shelving:
    return holds.to_shelve(db, site)


def _by_bin(copies: tuple[CaughtCopy, ...]) -> list[Bin]:
    def place(copy: CaughtCopy) -> tuple[str, str]:
        return copy.kiosk or "", copy.bin or ""

    ordered = sorted(copies, key=place)
    return [Bin(name, kiosk, tuple(group)) for (kiosk, name), group in groupby(ordered, key=place)]
