"""For search engines: what they may read (RFC 9309), and where every title is (sitemaps.org)."""

from xml.etree import ElementTree as ET

from aiohttp import web

from catalogue_api.services.titles.sitemap import parts_of_titles, titles_of_part
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.portal import Portal

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_PAGES = (
    *("/", "/nouveautes", "/coups-de-coeur", "/jeux-video"),
    *("/agenda", "/ordinateurs", "/lieux", "/guides"),
)
_NOT_FOR_ROBOTS = (
    "/desk/",
    "/v1/",
    "/connexion",
    "/compte",
    "/code",
    "/calendrier/",
    "/langue/",
    "/recherche",
)


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the files."""
    files = Sitemap(portal)
    app.router.add_get("/robots.txt", portal.page(files.robots))
    app.router.add_get("/sitemap.xml", portal.page(files.index))
    app.router.add_get("/sitemap-pages.xml", portal.page(files.pages))
    app.router.add_get(r"/sitemap-{part:\d{1,6}}.xml", portal.page(files.titles))


class Sitemap:
    """The list of all pages for search engines."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def robots(self, request: web.Request) -> web.Response:
        """Say what robots may read."""
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS)]
        lines.append(f"Sitemap: {self._whole(request, '/sitemap.xml')}")
        return web.Response(text="\n".join(lines) + "\n", content_type="text/plain")

    async def index(self, request: web.Request) -> web.Response:
        """Name the parts."""
        count = await self._portal.read(parts_of_titles)
        root = ET.Element("sitemapindex", xmlns=_SPACE)
        for path in ("/sitemap-pages.xml", *(f"/sitemap-{part}.xml" for part in range(count))):
            ET.SubElement(ET.SubElement(root, "sitemap"), "loc").text = self._whole(request, path)
        return _xml(root)

    async def pages(self, request: web.Request) -> web.Response:
        """Name the pages that are no title's."""
        root = ET.Element("urlset", xmlns=_SPACE)
        for path in _PAGES:
            ET.SubElement(ET.SubElement(root, "url"), "loc").text = self._whole(request, path)
        return _xml(root)

    async def titles(self, request: web.Request) -> web.Response:
        """Name the titles of a part."""
        part = int(request.match_info["part"])
        if part >= await self._portal.read(parts_of_titles):
            raise web.HTTPNotFound
        root = ET.Element("urlset", xmlns=_SPACE)
        for number, changed in await self._portal.read(lambda db: titles_of_part(db, part)):
            url = ET.SubElement(root, "url")
            ET.SubElement(url, "loc").text = self._whole(request, f"/titre/{number}")
            if changed is not None:
                ET.SubElement(url, "lastmod").text = changed.date().isoformat()
        return _xml(root)

    def _whole(self, request: web.Request, path: str) -> str:
        return whole_address(request, self._portal.parts, path)


def _xml(root: ET.Element) -> web.Response:
    body = b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root)
    return web.Response(body=body, content_type="application/xml", charset="utf-8")
