"""Where one is signed in: each ended alone, or all of them."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.sessions import END_SESSION, END_SESSIONS, LIST_SESSIONS
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.portal.account.overview import HERE
from catalogue_api.web.portal.page import PORTAL, rendered
from catalogue_api.web.portal.portal import Portal

_HERE = "/compte/appareils"


class Sessions:
    """The page at /compte/appareils."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show one's sessions, this one among them."""
        found = await self._portal.call(request, LIST_SESSIONS, Nothing())
        return rendered(
            "account/sessions.html",
            request,
            here=HERE,
            sessions=found.sessions,
            draft=self._portal.blank(),
        )

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """End one of them, or all: then this browser is signed out too."""
        which = form.text("end")
        if which == "all":
            await self._portal.call(request, END_SESSIONS, Nothing())
            answer = self._portal.done(PORTAL.home, "portal.account.sessions.all_ended")
            PORTAL.forget(answer, PORTAL.session_cookie)
            raise answer
        try:
            await self._portal.call(request, END_SESSION, Nothing(), path={"session": which})
        except Refused as refused:
            if refused.type is not ProblemType.NOT_FOUND:  # it has ended already: so it is
                raise
        raise self._portal.done(_HERE, "portal.account.sessions.ended")
