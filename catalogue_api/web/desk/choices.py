"""What a browser keeps for itself: its language and the site at which it stands."""

from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import DESK, SITES, rendered
from catalogue_api.web.desk.sites import SITE_COOKIE
from catalogue_api.web.pages.faces import A_YEAR
from catalogue_api.web.pages.forms import Form


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the choices."""
    choices = Choices(desk)
    app.router.add_get("/language/{code}", choices.choose_language)
    app.router.add_get("/site", desk.page(choices.show_sites, Scope.STAFF))
    app.router.add_post("/site", desk.form(choices.choose_site, Scope.STAFF))
    app.router.add_get("/help", desk.page(choices.show_keys, Scope.STAFF))


class Choices:
    """The pages on which something is chosen, and the one that tells the keys."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def choose_language(self, request: web.Request) -> web.StreamResponse:
        """Keep a language, and come back to the same page in it."""
        raise DESK.in_language(request, secure=self._desk.parts.https)

    async def show_sites(self, request: web.Request) -> web.Response:
        """Show the sites."""
        return rendered("sites.html", request, back=DESK.next_of(request))

    async def choose_site(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Keep a site, and go on with the page that asked for one."""
        code = form.text("chosen")
        if code not in request[SITES]:
            raise web.HTTPNotFound
        answer = web.HTTPSeeOther(DESK.next_of(request))
        DESK.give(answer, SITE_COOKIE, code, secure=self._desk.parts.https, seconds=A_YEAR)
        raise answer

    async def show_keys(self, request: web.Request) -> web.Response:
        """Show which keys do what."""
        return rendered("help.html", request)
