"""Sign in with card and PIN, sign out, and choose the language.

What is answered to a wrong card and to a wrong PIN is the same, takes as long, and is slowed down
alike: nobody finds out here which cards exist.
"""

import structlog
from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.sessions import SIGN_OUT
from catalogue_api.web.pages.fields import fields_of, require_same
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import again
from catalogue_api.web.pages.training import TRAINING_PASSWORD
from catalogue_api.web.portal.page import PORTAL, READER, rendered
from catalogue_api.web.portal.portal import Portal

_SHOWN_ON_THE_FORM = {ProblemType.NOT_AUTHENTICATED, ProblemType.TOO_MANY_REQUESTS}

log = structlog.get_logger("catalogue_api.portal")


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the way in and out."""
    entrance = Entrance(portal)
    app.router.add_get("/connexion", portal.page(entrance.show))
    app.router.add_post("/connexion", portal.page(entrance.enter))
    app.router.add_post("/deconnexion", portal.form(entrance.leave))
    app.router.add_get("/langue/{code}", portal.page(entrance.choose_language))


class Entrance:
    """The pages of signing in and out."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the form; whoever is signed in already goes on."""
        if READER in request:
            raise web.HTTPSeeOther(PORTAL.next_of(request))
        return self._form(request)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Check a card and a PIN; slow down whoever guesses."""
        fields = await fields_of(request)
        require_same(fields.get("csrf", ""), request.cookies.get(PORTAL.form_cookie, ""))
        card = "".join(fields.get("card", "").split())
        try:
            await self._portal.open_session(request, card, fields.get("pin", ""))
        except Refused as refused:
            if refused.type not in _SHOWN_ON_THE_FORM:
                raise
            log.warning("reader_sign_in_failed", address=request.remote)
            request.pop(READER, None)
            return self._form(request, card, refused)
        raise web.HTTPSeeOther(PORTAL.next_of(request))

    async def leave(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Sign out; the session is worthless at once."""
        await self._portal.call(request, SIGN_OUT, Nothing())
        answer = self._portal.done(PORTAL.home, "portal.signed_out")
        PORTAL.forget(answer, PORTAL.session_cookie)
        raise answer

    async def choose_language(self, request: web.Request) -> web.StreamResponse:
        """Keep a language, and come back to the same page in it."""
        raise PORTAL.in_language(request, secure=self._portal.parts.https)

    def _form(
        self, request: web.Request, card: str = "", refused: Refused | None = None
    ) -> web.Response:
        wait = refused.retry_after if refused else 0
        answer = rendered(
            "sign_in.html",
            request,
            card=card,
            refused=refused is not None and not wait,
            wait=wait,
            back=PORTAL.next_of(request),
            training_password=TRAINING_PASSWORD,
        )
        return again(answer, wrong=refused is not None, wait=wait)
