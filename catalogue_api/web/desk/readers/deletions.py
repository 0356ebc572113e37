"""Readers who asked to be deleted: what is to be settled with them, and when they go."""

from aiohttp import web
from pydantic import ValidationError

from catalogue_api.contract.deletions import (
    ASK_FOR_PATRON,
    LIST_DELETIONS,
    STAY_FOR_PATRON,
    FindDeletions,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.readers.reader_page import HERE, HOME, ReaderPage, address_of
from catalogue_api.web.pages.forms import Form

ADDRESS = f"{HOME}/deletions"
_ON_A_PAGE = 100


class Deletions:
    """The list, and what is noted of the wish of one reader."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show who asked: first with whom something is to be settled, then who goes by itself."""
        try:
            asked = FindDeletions(cursor=request.query.get("after", ""), limit=_ON_A_PAGE)
        except ValidationError as error:
            raise web.HTTPNotFound from error
        found = await self._desk.call(request, LIST_DELETIONS, asked)
        return rendered(
            "readers/deletions.html",
            request,
            here=HERE,
            parts=[
                ("deletions.to_settle", [one for one in found.readers if one.against]),
                ("deletions.by_itself", [one for one in found.readers if not one.against]),
            ],
            number=len(found.readers),
            following=found.next,
            today=self._page.today(),
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that a reader asks to be deleted, or stays."""
        path, act = self._page.path(request), form.text("act")
        here = address_of(request, "/deletion")
        back = ADDRESS if form.text("back") == "list" else address_of(request)
        if act == "stay":
            await self._desk.call(request, STAY_FOR_PATRON, Nothing(), path=path)
            fields = {"act": "ask", "back": form.text("back")}
            raise self._desk.done(back, "deletions.stays", undo=here, fields=fields)
        if act != "ask":
            raise web.HTTPBadRequest
        found = await self._desk.call(request, ASK_FOR_PATRON, Nothing(), path=path)
        key = "deletions.asked_settle" if found.against else "deletions.asked"
        fields = {"act": "stay", "back": form.text("back")}
        raise self._desk.done(back, key, undo=here, fields=fields)
