"""What readers are to be told whom no mail reaches, but ready reservations: those stand apart."""

from aiohttp import web

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
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Form, Unfit, body_of

_HERE = "/desk/notices/to-tell"
_PAGE = 60
_OVERTAKEN = {ProblemType.CHANGED_MEANWHILE, ProblemType.CONFLICT, ProblemType.NOT_FOUND}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = NoticeCalls(desk)
    app.router.add_get("/notices/to-tell", desk.page(page.show, Scope.CIRCULATION))
    app.router.add_post("/notices/to-tell", desk.form(page.told, Scope.CIRCULATION))


class NoticeCalls:
    """The list of a site, and the buttons that shorten it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show whom to tell what, what ends first first."""
        path, after = {"site": site_of(request)}, request.query.get("after", "")
        try:
            body = body_of(NoticesAsked, {"cursor": after, "limit": _PAGE})
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        found = await self._desk.call(request, LIST_NOTICES_TO_TELL, body, path=path)
        return rendered(
            "notices/to_tell.html",
            request,
            here=holds.ENTRY.name,
            notices=found.notices,
            after=after,
            following=found.next,
            hows=BY_LIBRARIANS,
            instant=instant,
        )

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
