"""Find readers by any part of what is known of them."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.patrons import FIND_PATRONS, FindPatrons, PatronsPage
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.readers.reader_page import HERE, HOME
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of


class Finding:
    """One field, and the list of whom it finds. Names stay out of addresses: hence a form."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the empty field."""
        return self._page(request, self._desk.blank(), None)

    async def find(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Show who is found; to the only one, and to the holder of a scanned card, it goes."""
        words = form.text("words")
        try:
            body = body_of(FindPatrons, {"words": words, "cursor": form.text("cursor")})
        except Unfit as unfit:
            draft = self._desk.kept(form, unfit)
            return self._page(request, draft, None)
        found = await self._desk.call(request, FIND_PATRONS, body)
        exact = [line for line in found.patrons if line.card == words]
        only = exact or (found.patrons if not body.cursor else ())
        if len(only) == 1:
            raise web.HTTPSeeOther(f"{HOME}/{only[0].patron}")
        return self._page(request, self._desk.blank(words=words), found)

    def _page(self, request: web.Request, draft: Draft, found: PatronsPage | None) -> web.Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK
        today = self._desk.parts.clock().astimezone(self._desk.parts.zone).date()
        return rendered(
            "readers/find.html",
            request,
            status=status,
            here=HERE,
            draft=draft,
            found=found,
            today=today,
        )
