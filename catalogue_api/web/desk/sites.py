"""The site at which somebody works: their own, or the one they chose in this browser."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from catalogue_api.web.desk.page import SITE

SITE_COOKIE = "ritournelle_site"


def note_site(request: web.Request, said: str, sites: Mapping[str, str], own: str | None) -> None:
    """Note the site of a request: what its form says, or the choice, one's own, or the only one.

    A form for a site that is gone is for none: it does not move to another.
    """
    only = next(iter(sites)) if len(sites) == 1 else ""
    wishes = (said,) if said else (request.cookies.get(SITE_COOKIE, ""), own or "", only)
    request[SITE] = next((wish for wish in wishes if wish in sites), "")


def site_of(request: web.Request) -> str:
    """Return the code of the site; somebody who has none chooses one first."""
    found = request[SITE]
    if not found:
        here = quote(request.path_qs, safe="") if request.method == "GET" else ""
        raise web.HTTPSeeOther(f"/desk/site?next={here}")
    return found
