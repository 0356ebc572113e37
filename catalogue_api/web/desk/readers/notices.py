"""What a reader was told and how they want to be told, on a page beside theirs."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.notices import (
    CHOOSE_NOTICES,
    LIST_NOTICES,
    SEND_NOTICE_AGAIN,
    SHOW_NOTICE_CHOICES,
    ChooseNotices,
    NoticeChoices,
    NoticesAsked,
)
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.readers.reader_page import HERE, ReaderPage, address_of
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.texts import LANGUAGES

_ON_A_PAGE = 50
_WAY = "way."
"""Before the kind in the name of a field."""


class ReaderNotices:
    """The page of notices of a reader."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show what was sent, and the choices."""
        reader, path = await self._page.reader(request), self._page.path(request)
        try:
            asked = body_of(
                NoticesAsked, {"cursor": request.query.get("after", ""), "limit": _ON_A_PAGE}
            )
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        found = await self._desk.call(request, LIST_NOTICES, asked, path=path)
        choices = await self._choices(request)
        return rendered(
            "readers/notices.html",
            request,
            status=HTTPStatus.OK,
            here=HERE,
            reader=reader,
            draft=self._desk.blank(),
            found=found,
            choices=choices,
            languages=dict.fromkeys((choices.language, *LANGUAGES)),
            there=address_of(request),
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Send a notice again, or take the choices."""
        act, _, number = form.text("act").partition(":")
        if act == "again":
            await self._send_again(request, form, number)
        if act != "choose":
            raise web.HTTPBadRequest
        said = [{"kind": name, "way": form.text(f"{_WAY}{name}")} for name in form.chosen(_WAY)]
        try:
            body = body_of(ChooseNotices, {"language": form.text("language"), "ways": said})
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        await self._desk.call(request, CHOOSE_NOTICES, body, path=self._page.path(request))
        raise self._desk.done(address_of(request, "/notices"), "notices.chosen")

    async def _send_again(self, request: web.Request, form: Form, number: str) -> None:
        there = address_of(request, "/notices")
        try:
            await self._desk.call(
                request, SEND_NOTICE_AGAIN, Nothing(), path={"notice": number}, key=form.key
            )
        except Refused as refused:
            if refused.type is not ProblemType.CONFLICT:
                raise
            raise self._desk.not_done(there, refused) from refused
        raise self._desk.done(there, "notices.sent_again")

    async def _choices(self, request: web.Request) -> NoticeChoices:
        path = self._page.path(request)
        return await self._desk.call(request, SHOW_NOTICE_CHOICES, Nothing(), path=path)
