"""What the pages of the desk are made with: who may see them, how they act, what they say after.

A page acts through the same endpoints as everybody who calls the API: so roles, audit, keys,
versions, dry runs and refusals are the same.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType, Refused
from catalogue_api.contract.places import place_of
from catalogue_api.domain.roles import Scope, may
from catalogue_api.services.answering import Asked, Handler, answer
from catalogue_api.services.handlers import HANDLERS
from catalogue_api.services.staff import SignedIn
from catalogue_api.web.desk.addresses import HOME, sign_in_for
from catalogue_api.web.desk.browsers import came_from_here, open_session, token_of, who
from catalogue_api.web.desk.fields import fields_of, require_same, same
from catalogue_api.web.desk.forms import Draft, Form, Unfit, carried
from catalogue_api.web.desk.page import FORM_COOKIE, LIBRARIAN, SITES, UNATTENDED, rendered
from catalogue_api.web.desk.sites import note_site
from catalogue_api.web.desk.told import tell
from catalogue_api.web.parts import Parts

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)
Value = TypeVar("Value")
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
Taking = Callable[[web.Request, Form], Awaitable[web.StreamResponse]]
_HANDLERS: dict[str, Handler[Any, Any]] = {one.endpoint.name: one for one in HANDLERS}


class RoleLacking(web.HTTPForbidden):
    """Whoever is signed in may not see this page."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The kit of every page."""

    parts: Parts

    def page(self, show: Page, scope: Scope) -> Page:
        """Let only staff of the right role see a page; others sign in first, and come back."""

        async def guarded(request: web.Request) -> web.StreamResponse:
            found = await who(self.parts, request)
            if found is None or found.locked:
                raise web.HTTPSeeOther(sign_in_for(request))
            _admit(request, found, scope)
            return await show(request)

        return guarded

    def form(self, take: Taking, scope: Scope) -> Page:
        """Take a form from staff of the right role.

        Where their session has ended, or the form was made for an earlier one, they are asked for
        the password or to confirm, and what they typed goes on from there.
        """

        async def guarded(request: web.Request) -> web.StreamResponse:
            fields = await fields_of(request)
            found = await who(self.parts, request)
            if found is None or found.locked:
                back = await self._come_back(request, fields, found)
                if isinstance(back, web.Response):
                    return back
                found = back
            elif not same(fields.get("csrf", ""), found.csrf):
                return self._ask_to_confirm(request, fields, found)
            _admit(request, found, scope, fields.get("site", ""))
            try:
                return await take(request, Form(fields))
            except Refused as refused:
                if refused.type is not ProblemType.NOT_AUTHENTICATED:
                    raise
                return self._ask_again(request, fields, None)  # it ended a moment ago

        return guarded

    async def call(
        self,
        request: web.Request,
        endpoint: Endpoint[Q, A],
        body: Q,
        *,
        path: Mapping[str, str] | None = None,
        key: str = "",
        version: int | None = None,
    ) -> A:
        """Call an endpoint as whoever is signed in, or raise `Refused`.

        `path`: the values of its path; `key`: the key of the form, for an endpoint that wants one;
        `version`: that of the form, for one that wants `If-Match`.
        """
        for name, value in (path or {}).items():
            if not place_of(name).fits(value):
                raise Refused(ProblemType.NOT_FOUND, f"{name}: there is none of this form")
        asked = Asked(
            token_of(request),
            dict(path or {}),
            body,
            key,
            version,
            request.remote or "",
            UNATTENDED in request.headers,
        )
        handler: Handler[Q, A] = _HANDLERS[endpoint.name]
        return await answer(self.parts.means, handler, asked, self.parts.clock())

    async def read(self, work: Callable[[Session], Value]) -> Value:
        """Run a reading function of the services."""
        return await self.parts.database.read(work)

    def blank(self, **values: str) -> Draft:
        """Return an empty form, or one with these values, under a key of its own."""
        return Draft(self.parts.new_token(), values)

    def kept(
        self,
        form: Form,
        refusal: Refused | Unfit,
        reasons: str = "",
        at: Mapping[str, str] | None = None,
    ) -> Draft:
        """Return a form as it was typed, with what speaks against it (see `Form.kept`)."""
        draft = form.kept(refusal, reasons, at)
        used = isinstance(refusal, Refused) and refusal.type is ProblemType.IDEMPOTENCY_CONFLICT
        # Somebody went back and sent the same form with other words: that is another form.
        return replace(draft, key=self.parts.new_token()) if used else draft

    def done(
        self,
        address: str,
        key: str,
        *,
        undo: str = "",
        fields: Mapping[str, str] | None = None,
        well: bool = True,
        **values: object,
    ) -> web.HTTPSeeOther:
        """Return the way to the next page, which says once what was done; to be raised.

        `undo` is the address of a form that takes it back, and `fields` are that form's. Not
        `well`: it says that nothing was done.
        """
        found = web.HTTPSeeOther(address)
        tell(found, key, values, undo, fields, well=well, secure=self.parts.https)
        return found

    def not_done(self, address: str, refusal: Refused, reasons: str = "") -> web.HTTPSeeOther:
        """Return the way to a page that says once why something was not done; to be raised.

        For forms that are one button: there is nothing typed to keep.
        """
        found = web.HTTPSeeOther(address)
        first = next(iter(refusal.reasons), "")
        key = f"{reasons}.{first}" if reasons and first else f"problem.{refusal.type.value}"
        tell(found, key, {}, well=False, secure=self.parts.https)
        return found

    async def _come_back(
        self, request: web.Request, fields: Mapping[str, str], found: SignedIn | None
    ) -> SignedIn | web.Response:
        if "again_password" not in fields:
            return self._ask_again(request, fields, found)
        require_same(fields.get("again_csrf", ""), request.cookies.get(FORM_COOKIE, ""))
        name = fields.get("again_name", "").strip()
        try:
            await open_session(self.parts, request, name, fields["again_password"])
        except Refused as refused:
            if refused.type not in {ProblemType.NOT_AUTHENTICATED, ProblemType.TOO_MANY_REQUESTS}:
                raise
            return self._ask_again(request, fields, found, refused)
        return await who(self.parts, request) or self._ask_again(request, fields, None)

    def _ask_again(
        self,
        request: web.Request,
        fields: Mapping[str, str],
        found: SignedIn | None,
        refused: Refused | None = None,
    ) -> web.Response:
        if not came_from_here(request):
            raise web.HTTPSeeOther("/desk/sign-in")
        token = request.cookies.get(FORM_COOKIE) or self.parts.new_token()
        return self._carrying(
            request,
            fields,
            token,
            name=found.staff if found else fields.get("again_name", ""),
            fixed=found is not None,
            refused=refused is not None and not refused.retry_after,
            wait=refused.retry_after if refused else 0,
        )

    def _ask_to_confirm(
        self, request: web.Request, fields: Mapping[str, str], found: SignedIn
    ) -> web.Response:
        if not came_from_here(request):
            raise web.HTTPForbidden
        request[LIBRARIAN] = found
        return self._carrying(request, fields, "", confirm=True)

    def _carrying(
        self, request: web.Request, fields: Mapping[str, str], token: str, **values: object
    ) -> web.Response:
        defaults = {"name": "", "fixed": False, "refused": False, "wait": 0, "confirm": False}
        return rendered(
            "again.html",
            request,
            status=HTTPStatus.FORBIDDEN,
            carried=carried(fields),
            form_token=token,
            back=HOME,
            **{**defaults, **values},
        )


def _admit(request: web.Request, found: SignedIn, scope: Scope, site: str = "") -> None:
    request[LIBRARIAN] = found
    note_site(request, site, request[SITES], found.site)
    if not may(found.role, scope):
        raise RoleLacking
