"""« Codes d’invité »: codes for people without a card, on a slip to hand over."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.computers import LIST_ROOMS, RoomsAsked
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.guest_passes import (
    LIST_GUEST_PASSES,
    MAKE_GUEST_PASS,
    REVOKE_GUEST_PASS,
    NewGuestPass,
    PassState,
)
from catalogue_api.web.desk.computers.plan import ENTRY, REASONS
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Draft, Form
from catalogue_api.web.pages.rendering import words_of

ADDRESS = f"{ENTRY.address}/guests"


class GuestPages:
    """The codes of a site, the slip of a new one, and taking one back."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the codes of the day, and the form that makes one."""
        return await self._listed(request, self._desk.blank())

    async def make(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Make a code and show it on its slip; the same form sent again shows the same slip."""
        path = {"room": form.text("room")}
        try:
            body = NewGuestPass(made_of=str(form.identifier))
            made = await self._desk.call(request, MAKE_GUEST_PASS, body, path=path)
        except Refused as refused:
            if refused.type is ProblemType.CONFLICT:
                raise self._desk.done(ADDRESS, "guests.made_before", well=False) from refused
            return await self._listed(request, self._desk.kept(form, refused, REASONS))
        return rendered(
            "computers/guest_slip.html", request, here=ENTRY.name, made=made, there=ADDRESS
        )

    async def revoke(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Make a code worthless that nobody has used yet."""
        path = {"guest_pass": request.match_info["guest_pass"]}
        try:
            found = await self._desk.call(request, REVOKE_GUEST_PASS, Nothing(), path=path)
        except Refused as refused:
            if refused.type is ProblemType.CONFLICT:
                raise self._desk.done(ADDRESS, "guests.used_before", well=False) from refused
            raise self._desk.not_done(ADDRESS, refused) from refused
        raise self._desk.done(ADDRESS, "guests.revoked", number=found.number)

    async def _listed(self, request: web.Request, draft: Draft) -> web.Response:
        site = site_of(request)
        rooms = (await self._desk.call(request, LIST_ROOMS, RoomsAsked(site=site))).rooms
        found = await self._desk.call(request, LIST_GUEST_PASSES, Nothing(), path={"site": site})
        return rendered(
            "computers/guests.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=draft,
            rooms=[(str(one.room), one.name) for one in rooms],
            passes=found.passes,
            ready=PassState.READY,
            clock=words_of(request).clock,
        )
