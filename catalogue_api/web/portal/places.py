"""« Lieux »: where the libraries are, when they open, and what there is for anybody.

The same is a printable list, and data for maps (GeoJSON, RFC 7946) and for spreadsheets (CSV).
"""

import json
from dataclasses import dataclass

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.facilities import LIST_FACILITIES, FacilitiesInfo
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.pages.sheets import Sheet, as_csv
from catalogue_api.web.portal.opening import Said, WeekLine, said_today, today_at, week_lines
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/lieux"
_OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Cache-Control": "public, max-age=300",
}
_COLUMNS = (
    *("site", "name", "street", "town", "phone", "email", "latitude", "longitude"),
    *("computers", "printers", "scanners", "wifi"),
    *("help_fr", "help_en", "access_fr", "access_en"),
)


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A site as the page shows it: what there is, how it opens today, and its week in term."""

    place: FacilitiesInfo
    today: Said
    week: list[WeekLine]
    help: str
    access: str


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page and the data."""
    pages = Places(portal)
    app.router.add_get(_HERE, portal.page(pages.show))
    app.router.add_get(f"{_HERE}.geojson", portal.page(pages.as_geojson))
    app.router.add_get(f"{_HERE}.csv", portal.page(pages.as_table))


class Places:
    """Where there is what."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show all sites."""
        places = await self._listed(request)
        return rendered(
            "places/places.html",
            request,
            here="places",
            places=await shown_places(self._portal, request, places),
        )

    async def as_geojson(self, request: web.Request) -> web.Response:
        """Give the sites that have a place on the map as GeoJSON."""
        features = [
            {
                "type": "Feature",
                "id": one.site,
                "geometry": {"type": "Point", "coordinates": [one.longitude, one.latitude]},
                "properties": {
                    name: getattr(one, name)
                    for name in _COLUMNS
                    if name not in {"latitude", "longitude"}
                },
            }
            for one in await self._listed(request)
            if one.latitude is not None
        ]
        said = {"type": "FeatureCollection", "features": features}
        return web.Response(
            text=json.dumps(said, ensure_ascii=False),
            content_type="application/geo+json",
            headers=_OPEN_TO_ALL,
        )

    async def as_table(self, request: web.Request) -> web.Response:
        """Give all sites as a file for a spreadsheet."""
        words = words_of(request)
        rows = tuple(
            tuple(_cell(getattr(one, name)) for name in _COLUMNS)
            for one in await self._listed(request)
        )
        body = as_csv(Sheet("", _COLUMNS, rows), words.number)
        attached = {"Content-Disposition": 'attachment; filename="lieux.csv"'}
        return web.Response(
            body=body, content_type="text/csv", charset="utf-8", headers=_OPEN_TO_ALL | attached
        )

    async def _listed(self, request: web.Request) -> tuple[FacilitiesInfo, ...]:
        return (await self._portal.ask(request, LIST_FACILITIES, Nothing())).sites


def _cell(value: object) -> str | int | None:
    """Return a cell; degrees keep their digits, and a point, whatever the language."""
    if isinstance(value, bool) or value is None:
        return None if value is None else int(value)
    return value if isinstance(value, int) else str(value)


async def shown_places(
    portal: Portal, request: web.Request, places: tuple[FacilitiesInfo, ...]
) -> list[ShownPlace]:
    """Return the sites with how they open, in the request's language."""
    now, words = portal.parts.clock(), words_of(request)
    rules = await portal.read(lambda db: portal.parts.rules.current(db.connection()))
    return [
        ShownPlace(
            one,
            said_today(words, today_at(calendar, now)),
            week_lines(words, calendar),
            getattr(one, f"help_{words.language}"),
            getattr(one, f"access_{words.language}"),
        )
        for one in places
        for calendar in [rules.calendar(one.site)]
    ]
