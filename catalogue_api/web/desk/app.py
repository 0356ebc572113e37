"""The wiring of the librarians' pages, under /desk/.

An area of the desk is a module with `add_routes(app, desk)`, its templates in a folder and its
texts in a file of its own name (see ARCHITECTURE.md). Here it gets a line, and one more if the
navigation leads to it.
"""

from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk import (
    choices,
    copies,
    entrance,
    favourites,
    figures,
    hold_area,
    holds,
    journal,
    kiosks,
    live,
    notice_calls,
    past_returns,
    questions,
    scanning,
    shelving,
    suggestions,
    taking_back,
    title_forms,
    titles,
    today,
)
from catalogue_api.web.desk.agenda import places as agenda_places
from catalogue_api.web.desk.agenda import routes as agenda
from catalogue_api.web.desk.computers import routes as computers
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import (
    DESK,
    ENTRIES,
    LOCK_AFTER,
    TRAINING,
    Entry,
    entries_of,
    rendered,
)
from catalogue_api.web.desk.readers import routes as readers
from catalogue_api.web.desk.settings import area as settings
from catalogue_api.web.pages.guard import Guard, RoleLacking
from catalogue_api.web.parts import Parts
from catalogue_api.web.templating import use_templates
from catalogue_api.web.texts import read_words

_NAVIGATION: tuple[Entry, ...] = (
    today.ENTRY,
    scanning.ENTRY,
    holds.ENTRY,
    readers.ENTRY,
    questions.ENTRY,
    titles.ENTRY,
    agenda_places.ENTRY,
    kiosks.ENTRY,
    computers.ENTRY,
    figures.ENTRY,
    settings.ENTRY,
    journal.ENTRY,
)
"""In the order of the head."""

_AREAS = (
    entrance.add_routes,
    choices.add_routes,
    live.add_routes,
    today.add_routes,
    scanning.add_routes,
    shelving.add_routes,
    taking_back.add_routes,
    hold_area.add_routes,
    notice_calls.add_routes,
    questions.add_routes,
    suggestions.add_routes,
    readers.add_routes,
    titles.add_routes,
    title_forms.add_routes,
    copies.add_routes,
    favourites.add_routes,
    agenda.add_routes,
    computers.add_routes,
    kiosks.add_routes,
    past_returns.add_routes,
    figures.add_routes,
    settings.add_routes,
    journal.add_routes,
)
"""`live` stands before the areas that offer it a view."""


def build_desk(parts: Parts) -> web.Application:
    """Return the application of the pages."""
    guard = Guard(DESK, parts, read_words(parts.zone), _show_error)
    app = web.Application(middlewares=[guard.around_all])
    use_templates(app)
    app[TRAINING] = parts.training
    app[ENTRIES], app[LOCK_AFTER] = _NAVIGATION, int(parts.lock_after.total_seconds())
    desk = Desk(parts)
    app.router.add_get("/", desk.page(_start, Scope.STAFF))
    for add_routes in _AREAS:
        add_routes(app, desk)
    return app


def _show_error(request: web.Request, status: int, kind: str) -> web.Response:
    return rendered("error.html", request, status=status, kind=kind)


async def _start(request: web.Request) -> web.StreamResponse:
    """Go to the first page of the navigation that whoever is signed in may see."""
    entries = entries_of(request)
    if not entries:
        raise RoleLacking
    raise web.HTTPSeeOther(entries[0].address)
