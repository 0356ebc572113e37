"""The wiring of the readers' portal, at /.

An area of the portal is a module with `add_routes(app, portal)`, its templates in a folder of its
name under `templates/portal/`, its texts in a file `portal_NAME.po` (see ARCHITECTURE.md). Here it
gets a line, and one more if the navigation leads to it.
"""

from aiohttp import web

from catalogue_api.web.pages.guard import Guard
from catalogue_api.web.parts import Parts
from catalogue_api.web.portal import (
    arrivals,
    entrance,
    favourites,
    guides,
    page_texts,
    places,
    questions,
    search,
    sitemap,
    start,
    suggestions,
    title,
    unsubscribing,
)
from catalogue_api.web.portal.account import routes as account
from catalogue_api.web.portal.agenda import routes as agenda
from catalogue_api.web.portal.computers import routes as computers
from catalogue_api.web.portal.page import (
    ENTRIES,
    PARTS,
    PORTAL,
    Entry,
    rendered,
)
from catalogue_api.web.portal.portal import Portal
from catalogue_api.web.templating import use_templates
from catalogue_api.web.texts import read_words

_NAVIGATION: tuple[Entry, ...] = (
    Entry("search", "/recherche"),
    Entry("arrivals", "/nouveautes"),
    Entry("favourites", "/coups-de-coeur"),
    agenda.ENTRY,
    computers.ENTRY,
    Entry("places", "/lieux"),
    account.ENTRY,
)
"""In the order of the head."""

_AREAS = (
    start.add_routes,
    search.add_routes,
    title.add_routes,
    arrivals.add_routes,
    favourites.add_routes,
    agenda.add_routes,
    computers.add_routes,
    places.add_routes,
    guides.add_routes,
    page_texts.add_routes,
    sitemap.add_routes,
    entrance.add_routes,
    account.add_routes,
    unsubscribing.add_routes,
    questions.add_routes,
    suggestions.add_routes,
)


def add_portal(app: web.Application, parts: Parts) -> Guard:
    """Add the pages to the outermost application: nothing of its own can hang at `/`.

    Return the guard, which also makes the page for an address that is nobody's.
    """
    use_templates(app, "portal")
    app[ENTRIES], app[PARTS] = _NAVIGATION, parts
    guard = Guard(PORTAL, parts, read_words(parts.zone), _show_error)
    portal = Portal(parts, guard)
    for add_routes in _AREAS:
        add_routes(app, portal)
    return guard


def _show_error(request: web.Request, status: int, kind: str) -> web.Response:
    return rendered("error.html", request, status=status, kind=kind)
