"""What readers are to be told whom no mail reaches, but ready reservations: those stand apart."""

from collections.abc import Mapping

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.notices import (
    LIST_NOTICES_TO_TELL,
    NOTE_NOTICE_TOLD,
    NoticesAsked,
    NoticeTold,
)
from catalogue_api.domain.holds import BY_LIBRARIANS
from catalogue_api.domain.notices import instant
from catalogue_api.domain.roles import Scope
from catalogue_api.mail.writing import House, Writer
from catalogue_api.services.notices.letters_to_tell import letters_to_tell
from catalogue_api.services.notices.outbox import Letter
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Form, Unfit, body_of

_HERE = "/desk/notices/to-tell"
_PAGE = 60
_OVERTAKEN = {ProblemType.CHANGED_MEANWHILE, ProblemType.CONFLICT, ProblemType.NOT_FOUND}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = NoticeCalls(desk)
    app.router.add_get("/notices/to-tell", desk.page(page.show, Scope.CIRCULATION))
    app.router.add_get("/notices/letters", desk.page(page.letters, Scope.CIRCULATION))
    app.router.add_post("/notices/to-tell", desk.form(page.told, Scope.CIRCULATION))


class NoticeCalls:
    """The list of a site, and the buttons that shorten it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._writers: dict[str, Writer] = {}
        """By the name of the site that writes."""

    async def show(self, request: web.Request) -> web.Response:
        """Show whom to tell what, what ends first first."""
        return await self._shown(request, "notices/to_tell.html")

    async def letters(self, request: web.Request) -> web.Response:
        """Show the same as letters to print: to those without telephone, or (`to`) to all."""
        return await self._shown(request, "notices/letters.html")

    async def _shown(self, request: web.Request, template: str) -> web.Response:
        site, after, parts = site_of(request), request.query.get("after", ""), self._desk.parts
        now = parts.clock()
        try:
            body = body_of(NoticesAsked, {"cursor": after, "limit": _PAGE})
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        found = await self._desk.call(request, LIST_NOTICES_TO_TELL, body, path={"site": site})

        def read(session: Session) -> Mapping[int, Letter]:
            rules = parts.rules.current(session.connection())
            return letters_to_tell(session, [one.notice for one in found.notices], now, rules)

        writer = self._writer(request[SITES].get(site, site))
        letters = await self._desk.read(read)
        to_all = "to" in request.query
        return rendered(
            template,
            request,
            here=holds.ENTRY.name,
            notices=found.notices,
            after=after,
            following=found.next,
            written={number: writer.write(letter) for number, letter in letters.items()},
            printed=[one for one in found.notices if to_all or not one.phone.strip()],
            to_all=to_all,
            today=now.astimezone(parts.zone).date(),
            hows=BY_LIBRARIANS,
            instant=instant,
        )

    def _writer(self, site_name: str) -> Writer:
        if site_name not in self._writers:
            house = House(site_name, "")
            self._writers[site_name] = Writer(house, self._desk.parts.zone)
        return self._writers[site_name]

    async def told(self, request: web.Request, form: Form) -> web.Response:
        """Note that a reader was told."""
        try:
            body = body_of(NoticeTold, {"how": form.text("how")})
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        path, version = {"notice": form.text("notice")}, form.version or 0
        try:
            await self._desk.call(request, NOTE_NOTICE_TOLD, body, path=path, version=version)
        except Refused as refused:
            if refused.type not in _OVERTAKEN:
                raise
            raise self._desk.done(_HERE, "holds.told_already", well=False) from refused
        raise self._desk.done(_HERE, "notices.noted", reader=form.text("reader") or "–")
