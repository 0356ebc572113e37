"""What is kept of a reader's past: shown as far as the law lets it, handed out, forgotten."""

from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError

from catalogue_api.contract.blocks import LIST_BLOCKS, BlocksAsked
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.patrons import EDIT_PATRON, PatronData
from catalogue_api.contract.personal_data import (
    EXPORT_PATRON,
    FORGET_HISTORY,
    LIST_ENDED_LOANS,
    EndedLoansAsked,
)
from catalogue_api.domain.retention import RULES
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.readers.reader_page import HERE, ReaderPage, address_of
from catalogue_api.web.pages.forms import Draft, Form

_ON_A_PAGE = 100


class Past:
    """The page of what was, and the document of all that is held."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show ended loans and blocks."""
        return await self._shown(request, self._desk.blank())

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Keep the history from now on, keep it no more, or forget at once what there is."""
        act, there = form.text("act"), address_of(request, "/history")
        if act == "forget":
            path = self._page.path(request)
            gone = await self._desk.call(request, FORGET_HISTORY, Nothing(), path=path)
            count = gone.loans + gone.holds
            raise self._desk.done(there, "readers.forgotten", count=count)
        if act not in {"keep", "keep_not"}:
            raise web.HTTPBadRequest
        try:
            await self._choose(request, form, keeps=act == "keep")
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                raise
            return await self._shown(request, self._desk.kept(form, refused))
        raise self._desk.done(there, f"readers.history.{act}")

    async def hand_out(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Hand out all that is held of the reader, as a file."""
        path = self._page.path(request)
        held = await self._desk.call(request, EXPORT_PATRON, Nothing(), path=path)
        name = f"lecteur-{held.reader.patron}.json"
        return web.Response(
            text=held.model_dump_json(indent=2),
            content_type="application/json",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def _choose(self, request: web.Request, form: Form, *, keeps: bool) -> None:
        reader, path = await self._page.reader(request), self._page.path(request)
        if reader.keeps_history is keeps:
            return
        now = {name: getattr(reader, name) for name in PatronData.model_fields}
        # As it stands, also where an import wrote what no form takes.
        body = PatronData.model_construct(**now | {"keeps_history": keeps})
        await self._desk.call(request, EDIT_PATRON, body, path=path, version=form.version or 0)

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        reader, path = await self._page.reader(request), self._page.path(request)
        try:
            asked = EndedLoansAsked(cursor=request.query.get("after", ""), limit=_ON_A_PAGE)
        except ValidationError as error:
            raise web.HTTPNotFound from error
        loans = await self._desk.call(request, LIST_ENDED_LOANS, asked, path=path)
        blocks = await self._desk.call(request, LIST_BLOCKS, BlocksAsked(past=True), path=path)
        return rendered(
            "readers/history.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            reader=reader,
            draft=draft,
            loans=loans.loans,
            more=loans.next,
            blocks=[one for one in blocks.blocks if not one.in_force],
            since=RULES["loans"].period.first_kept(self._page.today()),
            there=address_of(request),
        )
