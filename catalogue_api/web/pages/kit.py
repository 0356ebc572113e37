"""What the pages of a face are made with: how they act, how forms are taken, what they say after.

A page acts through the same endpoints as everybody who calls the API: so roles, audit, keys,
versions, dry runs and refusals are the same.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType, Refused
from catalogue_api.contract.places import place_of
from catalogue_api.services.answers.answering import Asked, Handler, answer
from catalogue_api.services.answers.handlers import HANDLERS
from catalogue_api.web.pages.browsers import UNATTENDED, came_from_here, token_of
from catalogue_api.web.pages.faces import Face
from catalogue_api.web.pages.fields import fields_of, require_same, same
from catalogue_api.web.pages.forms import Draft, Form, Unfit, carried
from catalogue_api.web.pages.told import tell
from catalogue_api.web.parts import Parts
from catalogue_api.web.proxies import origin_of


class Here(Protocol):
    """Somebody who is signed in."""

    @property
    def csrf(self) -> str:
        """The token of their forms."""

    @property
    def locked(self) -> bool:
        """Whether they have to give their password again first."""

    @property
    def called(self) -> str:
        """The name under which they sign in."""


Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)
Value = TypeVar("Value")
Somebody = TypeVar("Somebody", bound=Here)
Page = Callable[[web.Request], Awaitable[web.StreamResponse]]
Taking = Callable[[web.Request, Form], Awaitable[web.StreamResponse]]
_HANDLERS: dict[str, Handler[Any, Any]] = {one.endpoint.name: one for one in HANDLERS}
_ON_THE_FORM = {ProblemType.NOT_AUTHENTICATED, ProblemType.TOO_MANY_REQUESTS}


@dataclass(frozen=True, slots=True)
class Kit(ABC, Generic[Somebody]):
    """The kit of every page; a face says who is there, how they come in, and how pages look."""

    parts: Parts
    face: ClassVar[Face]
    problems: ClassVar[str] = "problem"
    """The name before the dot in the texts of problems."""

    @abstractmethod
    async def who(self, request: web.Request) -> Somebody | None:
        """Return who is signed in, also where they are locked out."""

    @abstractmethod
    async def open_session(self, request: web.Request, name: str, secret: str) -> None:
        """Sign somebody in, in place of this browser's session; or raise `Refused`."""

    @abstractmethod
    def note(self, request: web.Request, somebody: Somebody) -> None:
        """Let the page know who is signed in."""

    @abstractmethod
    def render(
        self, template: str, request: web.Request, status: int = 200, **values: object
    ) -> web.Response:
        """Render a page of this face."""

    def taking(
        self, take: Taking, admit: Callable[[web.Request, Somebody, Mapping[str, str]], None]
    ) -> Page:
        """Take a form from somebody whom `admit` lets in.

        Where their session has ended, or the form was made for an earlier one, they are asked for
        the password or to confirm, and what they typed goes on from there.
        """

        async def guarded(request: web.Request) -> web.StreamResponse:
            fields = await fields_of(request)
            found = await self.who(request)
            if found is None or found.locked:
                back = await self._come_back(request, fields, found)
                if isinstance(back, web.Response):
                    return back
                found = back
            elif not same(fields.get("csrf", ""), found.csrf):
                return self.ask_to_confirm(request, fields, found)
            admit(request, found, fields)
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
        token = token_of(self.face, request)
        return await self.call_as(token, request, endpoint, body, path or {}, key, version)

    async def call_as(
        self,
        token: str,
        request: web.Request,
        endpoint: Endpoint[Q, A],
        body: Q,
        path: Mapping[str, str],
        key: str = "",
        version: int | None = None,
    ) -> A:
        """Call an endpoint as whoever has a token ("" for nobody), or raise `Refused`."""
        for name, value in path.items():
            if not place_of(name).fits(value):
                raise Refused(ProblemType.NOT_FOUND, f"{name}: there is none of this form")
        asked = Asked(
            token,
            dict(path),
            body,
            key,
            version,
            origin_of(request),
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
        tell(self.face, found, key, values, undo, fields, well=well, secure=self.parts.https)
        return found

    def not_done(self, address: str, refusal: Refused, reasons: str = "") -> web.HTTPSeeOther:
        """Return the way to a page that says once why something was not done; to be raised.

        For forms that are one button: there is nothing typed to keep.
        """
        found = web.HTTPSeeOther(address)
        first = next(iter(refusal.reasons), "")
        key = f"{reasons}.{first}" if reasons and first else f"{self.problems}.{refusal.type.value}"
        tell(self.face, found, key, {}, well=False, secure=self.parts.https)
        return found

    def ask_to_confirm(
        self, request: web.Request, fields: Mapping[str, str], found: Somebody | None
    ) -> web.Response:
        """Show what a form carries, to be sent again knowingly; a stranger's is refused."""
        if not came_from_here(self.face, request):
            raise web.HTTPForbidden
        if found is not None:
            self.note(request, found)
        return self._carrying(request, fields, confirm=True)

    async def _come_back(
        self, request: web.Request, fields: Mapping[str, str], found: Somebody | None
    ) -> Somebody | web.Response:
        if "again_password" not in fields:
            return self._ask_again(request, fields, found)
        require_same(fields.get("again_csrf", ""), request.cookies.get(self.face.form_cookie, ""))
        name = fields.get("again_name", "").strip()
        try:
            await self.open_session(request, name, fields["again_password"])
        except Refused as refused:
            if refused.type not in _ON_THE_FORM:
                raise
            return self._ask_again(request, fields, found, refused)
        return await self.who(request) or self._ask_again(request, fields, None)

    def _ask_again(
        self,
        request: web.Request,
        fields: Mapping[str, str],
        found: Somebody | None,
        refused: Refused | None = None,
    ) -> web.Response:
        if not came_from_here(self.face, request):
            raise web.HTTPSeeOther(self.face.sign_in)
        token = request.cookies.get(self.face.form_cookie) or self.parts.new_token()
        answer = self._carrying(
            request,
            fields,
            form_token=token,
            name=found.called if found else fields.get("again_name", ""),
            fixed=found is not None,
            refused=refused is not None and not refused.retry_after,
            wait=refused.retry_after if refused else 0,
        )
        self.face.give(answer, self.face.form_cookie, token, secure=self.parts.https)
        return answer

    def _carrying(
        self, request: web.Request, fields: Mapping[str, str], **values: object
    ) -> web.Response:
        shown = {
            "carried": carried(fields),
            "form_token": "",
            "name": "",
            "fixed": False,
            "refused": False,
            "wait": 0,
            "confirm": False,
            "back": self.face.home,
        }
        return self.render("again.html", request, HTTPStatus.FORBIDDEN, **(shown | values))
