"""The page of an event: what it is, when, and the way to a place in it."""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.agenda import SHOW_EVENT, EventShown
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.registrations import (
    LIST_MY_REGISTRATIONS,
    REGISTER_MYSELF,
    RegisterMyself,
    RegistrationInfo,
    RegistrationStatus,
)
from catalogue_api.web.pages.event_words import ages, when
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.agenda.places import HERE, HOME, event_at, registration_at, told_why
from catalogue_api.web.portal.agenda.structured import structured
from catalogue_api.web.portal.page import READER, rendered
from catalogue_api.web.portal.portal import Portal

_SERIES = 0
"""Stands for all sessions of a series, among the numbers of sessions."""


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page, and the form on it."""
    page, here = EventPage(portal), rf"{HOME}/{{event:[1-9]\d{{0,8}}}}"
    app.router.add_get(here, portal.page(page.show))
    app.router.add_post(f"{here}/inscrire", portal.form(page.register))
    app.router.add_get(f"{here}/inscrire", portal.page(page.back))


class EventPage:
    """The page of one event."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show an event; to a reader with a place in it, that too."""
        portal, words = self._portal, words_of(request)
        path = {"event": request.match_info["event"]}
        shown = await portal.ask(request, SHOW_EVENT, Nothing(), path)
        now = portal.parts.clock()
        return rendered(
            "agenda/event.html",
            request,
            here=HERE,
            shown=shown,
            mine=await self._mine(request, shown),
            ages=ages(words, shown.least_age, shown.most_age),
            when=lambda one: when(words, one.starts_at, one.ends_at),
            now=now,
            today=now.astimezone(words.zone).date(),
            takes=_takes(shown),
            key=portal.parts.new_token(),
            registration_at=registration_at,
            data=structured(shown, whole_address(request, portal.parts, event_at(shown.event))),
            canonical=whole_address(request, portal.parts, event_at(shown.event)),
        )

    async def register(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Register whoever is signed in; if it filled up meanwhile, they are asked first."""
        here = event_at(request.match_info["event"])
        said = {
            "event": request.match_info["event"],
            "session": form.text("session") or None,
            "or_wait": form.text("wait") == "yes",
        }
        try:
            body = body_of(RegisterMyself, said)
            found = await self._portal.call(request, REGISTER_MYSELF, body, key=form.key)
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        except Refused as refusal:
            raise told_why(self._portal, here, refusal) from refusal
        words = words_of(request)
        first = found.sessions[0]
        waits = found.status is RegistrationStatus.WAITING
        raise self._portal.done(
            f"{here}#inscription",
            "portal.agenda.you_wait" if waits else "portal.agenda.you_come",
            when=when(words, first.starts_at, first.ends_at),
        )

    async def back(self, request: web.Request) -> web.StreamResponse:
        """Lead who loads the address of the form again to the page."""
        raise web.HTTPSeeOther(event_at(request.match_info["event"]))

    async def _mine(
        self, request: web.Request, shown: EventShown
    ) -> Mapping[int, RegistrationInfo]:
        """Return the reader's open registrations, by the session that they are for."""
        if READER not in request:
            return {}
        own = await self._portal.call(request, LIST_MY_REGISTRATIONS, Nothing())
        return {
            one.session or _SERIES: one
            for one in own.registrations
            if one.event == shown.event and one.status is not RegistrationStatus.ENDED
        }


def _takes(shown: EventShown) -> bool:
    """Tell whether one registers for this event."""
    return shown.places is not None
