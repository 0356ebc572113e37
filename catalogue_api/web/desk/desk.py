"""What the pages of the desk are made with: who may see them, beside what all pages share."""

from collections.abc import Mapping
from urllib.parse import quote

from aiohttp import web

from catalogue_api.domain.roles import Scope, may
from catalogue_api.services.staff.staff import SignedIn
from catalogue_api.web.desk.browsers import open_session, who
from catalogue_api.web.desk.page import DESK, LIBRARIAN, OWN_PASSWORD, SITES, rendered
from catalogue_api.web.desk.sites import note_site
from catalogue_api.web.pages.guard import RoleLacking
from catalogue_api.web.pages.kit import Kit, Page, Taking


class Desk(Kit[SignedIn]):
    """The kit of every page of the desk."""

    face = DESK

    def page(self, show: Page, scope: Scope, *, with_given: bool = False) -> Page:
        """Let only staff of the right role see a page; others sign in first, and come back.

        `with_given`: it is seen also with a password that somebody else made; from every other
        page such a visitor is led to where they choose their own.
        """

        async def guarded(request: web.Request) -> web.StreamResponse:
            found = await self.who(request)
            if found is None or found.locked:
                raise web.HTTPSeeOther(DESK.sign_in_for(request))
            if found.password_given and not with_given:
                raise web.HTTPSeeOther(own_password_for(request))
            _admit(request, found, scope)
            return await show(request)

        return guarded

    def form(self, take: Taking, scope: Scope, *, with_given: bool = False) -> Page:
        """Take a form from staff of the right role (see `Kit.taking`, and `page`)."""

        def admit(request: web.Request, found: SignedIn, fields: Mapping[str, str]) -> None:
            if found.password_given and not with_given:
                raise web.HTTPSeeOther(own_password_for(request))
            _admit(request, found, scope, fields.get("site", ""))

        return self.taking(take, admit)

    async def who(self, request: web.Request) -> SignedIn | None:
        """Return who is signed in, also where the desk is locked."""
        return await who(self.parts, request)

    async def open_session(self, request: web.Request, name: str, secret: str) -> None:
        """Sign a member of staff in, in place of this browser's session; or raise `Refused`."""
        await open_session(self.parts, request, name, secret)

    def note(self, request: web.Request, somebody: SignedIn) -> None:
        """Let the page know who is signed in."""
        request[LIBRARIAN] = somebody

    def render(
        self, template: str, request: web.Request, status: int = 200, **values: object
    ) -> web.Response:
        """Render a page of the desk."""
        return rendered(template, request, status=status, **values)


def own_password_for(request: web.Request) -> str:
    """Return where somebody chooses their own password, and comes back to this page."""
    here = DESK.own(request.path_qs) if request.method == "GET" else DESK.home
    return OWN_PASSWORD if here == DESK.home else f"{OWN_PASSWORD}?next={quote(here, safe='')}"


def _admit(request: web.Request, found: SignedIn, scope: Scope, site: str = "") -> None:
    request[LIBRARIAN] = found
    note_site(request, site, request[SITES], found.site)
    if not may(found.role, scope):
        raise RoleLacking
