"""« Réservations à mettre de côté »: the caught copies by bin, and one field to scan them into."""

from dataclasses import dataclass
from itertools import groupby

from aiohttp import web

from catalogue_api.services import holds, libraries
from catalogue_api.services.holds import Scanned
from catalogue_api.storage.shelf import CaughtCopy
from catalogue_api.web.desk.guard import own_form_of
from catalogue_api.web.desk.page import librarian_of, rendered
from catalogue_api.web.parts import Parts


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin of a kiosk and the caught copies in it; both names are "" where none is known."""

    name: str
    kiosk: str
    copies: tuple[CaughtCopy, ...]


class ShelvingPage:
    """The page of one site, and the scans onto its shelf."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def start(self, request: web.Request) -> web.StreamResponse:
        """Go to the librarian's own site, or let them choose one."""
        sites = await self._parts.database.read(libraries.sites)
        own = librarian_of(request).site
        if len(sites) == 1:
            own = next(iter(sites))
        if own is not None and "choose" not in request.query:
            raise web.HTTPSeeOther(str(request.app.router["shelving"].url_for(site=own)))
        return rendered("sites.html", request, sites=sites)

    async def show(self, request: web.Request) -> web.Response:
        """Show what there is to put aside."""
        return await self._page(request, None)

    async def scan(self, request: web.Request) -> web.Response:
        """Take a scanned barcode; the same page says what came of it.

        The answer to the form is the page itself: to send the form again is harmless, for a
        second scan changes nothing.
        """
        fields = await own_form_of(request)
        barcode, site = fields.get("barcode", "").strip(), request.match_info["site"]
        if not barcode or site not in await self._parts.database.read(libraries.sites):
            return await self._page(request, None)
        now, rules, by = self._parts.clock(), self._parts.rules, librarian_of(request).staff
        scanned = await self._parts.database.write(
            lambda db: holds.scan_onto_shelf(
                db, site, barcode, now, rules.current(db.connection()), by
            )
        )
        return await self._page(request, scanned)

    async def _page(self, request: web.Request, scanned: Scanned | None) -> web.Response:
        site = request.match_info["site"]
        sites = await self._parts.database.read(libraries.sites)
        if site not in sites:
            raise web.HTTPNotFound
        found = await self._parts.database.read(lambda db: holds.to_shelve(db, site))
        return rendered(
            "shelving.html",
            request,
            site_name=sites[site],
            many_sites=len(sites) > 1,
            scanned=scanned,
            bins=_by_bin(found.here),
            number_here=len(found.here),
            coming=found.coming,
            leaving=_by_bin(found.leaving),
        )


def _by_bin(copies: tuple[CaughtCopy, ...]) -> list[Bin]:
    def place(copy: CaughtCopy) -> tuple[str, str]:
        return copy.kiosk or "", copy.bin or ""

    ordered = sorted(copies, key=place)
    return [Bin(name, kiosk, tuple(group)) for (kiosk, name), group in groupby(ordered, key=place)]
