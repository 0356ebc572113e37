"""A place of one's own in an event: seen, taken when offered, confirmed and given up.

The address of a registration stands in messages. It opens nothing by itself: whoever follows it
signs in, and sees it only if it is theirs.
"""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.endpoint import Endpoint, Nothing, Refused
from catalogue_api.contract.registrations import (
    ACCEPT_MY_OFFER,
    CANCEL_MY_REGISTRATION,
    CONFIRM_MY_SEAT,
    SHOW_MY_REGISTRATION,
    RegistrationInfo,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.agenda.places import HERE, OWN, registration_at, told_why
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_DEEDS: Mapping[str, Endpoint[Nothing, RegistrationInfo]] = {
    "prendre": ACCEPT_MY_OFFER,
    "confirmer": CONFIRM_MY_SEAT,
    "annuler": CANCEL_MY_REGISTRATION,
}


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page and its buttons."""
    page, one = OwnPage(portal), rf"{OWN}/{{registration:[1-9]\d{{0,8}}}}"
    app.router.add_get(one, portal.page(page.show, Scope.OWN))
    app.router.add_post(one, portal.form(page.take))


class OwnPage:
    """One registration of whoever is signed in."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show one registration, and what can be done."""
        words = words_of(request)
        found = await self._portal.call(
            request, SHOW_MY_REGISTRATION, Nothing(), path=self._path(request)
        )
        now = self._portal.parts.clock()
        return rendered(
            "agenda/registration.html",
            request,
            here=HERE,
            one=found,
            when=lambda one: when(words, one.starts_at, one.ends_at),
            over=found.offer_until is not None and found.offer_until <= now,
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take an offered place, say that one comes, or give a place up."""
        deed = form.text("faire")
        if deed not in _DEEDS:
            raise web.HTTPBadRequest
        there = registration_at(request.match_info["registration"])
        try:
            await self._portal.call(
                request,
                _DEEDS[deed],
                Nothing(),
                path=self._path(request),
                version=form.version,
            )
        except Refused as refusal:
            raise told_why(self._portal, there, refusal) from refusal
        raise self._portal.done(there, f"portal.agenda.done.{deed}")

    def _path(self, request: web.Request) -> dict[str, str]:
        return {"registration": request.match_info["registration"]}
