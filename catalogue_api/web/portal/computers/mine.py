"""One's own slots and wishes: seen, moved, cancelled; offers taken or declined."""

from functools import partial

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.my_slots import CANCEL_MY_SLOT, LIST_MY_SLOTS
from catalogue_api.contract.slot_wishes import LIST_MY_WISHES
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.computers.booking import MINE
from catalogue_api.web.portal.computers.finding import NAME
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal


def not_done(portal: Portal, refused: Refused) -> web.HTTPSeeOther:
    """Return the way to one's slots, which says in readers’ words why nothing was done."""
    if refused.reasons:
        return portal.done(MINE, f"slot_refusal.{refused.reasons[0]}.patron", well=False)
    return portal.not_done(MINE, refused)


class MinePages:
    """The list, and its buttons."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show what is booked, and what one waits for."""
        slots = (await self._portal.call(request, LIST_MY_SLOTS, Nothing())).slots
        wishes = (await self._portal.call(request, LIST_MY_WISHES, Nothing())).wishes
        return rendered(
            "computers/mine.html",
            request,
            here=NAME,
            slots=[slot for slot in slots if slot.status.value != "offered"],
            wishes=wishes,
            when=partial(when, words_of(request)),
        )

    async def cancel(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give a slot up."""
        path = {"slot": request.match_info["slot"]}
        try:
            await self._portal.call(
                request, CANCEL_MY_SLOT, Nothing(), path=path, version=form.version or 0
            )
        except Refused as refused:
            if "has_ended" not in refused.reasons:
                raise not_done(self._portal, refused) from refused
        raise self._portal.done(MINE, "portal.computers.cancelled")
