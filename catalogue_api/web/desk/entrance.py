"""Sign in and out, and come back to a desk that is locked: with the password alone.

The first form has no session yet: its token lives in a cookie beside it.
"""

import structlog
from aiohttp import web

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.roles import Scope
from catalogue_api.services.staff import staff
from catalogue_api.web.desk.browsers import open_session, who
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import DESK, rendered
from catalogue_api.web.pages.browsers import token_of
from catalogue_api.web.pages.fields import fields_of, require_same
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import again

_SHOWN_ON_THE_FORM = {ProblemType.NOT_AUTHENTICATED, ProblemType.TOO_MANY_REQUESTS}

log = structlog.get_logger("catalogue_api.desk")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the way in and out."""
    entrance = Entrance(desk)
    app.router.add_get("/sign-in", entrance.show)
    app.router.add_post("/sign-in", entrance.enter)
    app.router.add_post("/sign-out", desk.form(entrance.leave, Scope.STAFF, with_given=True))


class Entrance:
    """The pages of signing in and out."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._parts = desk.parts

    async def show(self, request: web.Request) -> web.Response:
        """Show the form; where the desk is locked, for whoever was there."""
        found = await who(self._parts, request)
        locked = found is not None and found.locked and "other" not in request.query
        return self._form(request, name=found.staff if locked and found else "", locked=locked)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Check a name and a password; slow down whoever guesses."""
        fields = await fields_of(request)
        require_same(fields.get("csrf", ""), request.cookies.get(DESK.form_cookie, ""))
        name, locked = fields.get("name", "").strip(), "locked" in fields
        try:
            await open_session(self._parts, request, name, fields.get("password", ""))
        except Refused as refused:
            if refused.type not in _SHOWN_ON_THE_FORM:
                raise
            log.warning("sign_in_failed", address=request.remote)
            return self._form(request, name=name, refused=refused, locked=locked)
        log.info("signed_in", staff=name)
        raise web.HTTPSeeOther(DESK.next_of(request))

    async def leave(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Sign out; the session is worthless at once."""
        token = token_of(DESK, request)
        await self._parts.database.write(lambda db: staff.close_session(db, token))
        answer = web.HTTPSeeOther("/desk/sign-in")
        DESK.forget(answer, DESK.session_cookie)
        raise answer

    def _form(
        self,
        request: web.Request,
        *,
        name: str = "",
        refused: Refused | None = None,
        locked: bool = False,
    ) -> web.Response:
        wait = refused.retry_after if refused else 0
        token = request.cookies.get(DESK.form_cookie) or self._parts.new_token()
        answer = rendered(
            "sign_in.html",
            request,
            form_token=token,
            name=name,
            locked=locked,
            refused=refused is not None and not wait,
            wait=wait,
            back=DESK.next_of(request),
        )
        DESK.give(answer, DESK.form_cookie, token, secure=self._parts.https)
        return again(answer, wrong=refused is not None, wait=wait)
