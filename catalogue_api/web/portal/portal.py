"""What the pages of the portal are made with: for anybody or for readers, as in the desk's kit.

Whatever can be read without knowing who asks is read by `ask`: so the catalogue stays open to
anybody, also where no session can be looked up or noted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session

from catalogue_api.contract.endpoint import Endpoint, ProblemType, Refused
from catalogue_api.contract.sessions import SIGN_IN_PATRON, SignInPatron
from catalogue_api.domain.roles import Scope
from catalogue_api.services.readers import reader_browsers
from catalogue_api.services.readers.reader_browsers import ReaderHere
from catalogue_api.storage.engine.errors import StorageError
from catalogue_api.web.pages.browsers import FRESH, UNATTENDED, token_of
from catalogue_api.web.pages.fields import fields_of, same
from catalogue_api.web.pages.forms import Draft, Form, Unfit
from catalogue_api.web.pages.guard import Guard, log
from catalogue_api.web.pages.kit import A, Kit, Page, Q, Taking
from catalogue_api.web.portal.page import PORTAL, READER, rendered


@dataclass(frozen=True, slots=True)
class Portal(Kit[ReaderHere]):
    """The kit of every page of the portal."""

    guard: Guard
    face = PORTAL
    problems = "portal.problem"

    def page(self, show: Page, scope: Scope = Scope.ANYONE) -> Page:
        """Show a page to anybody, or (`Scope.OWN`) to readers, who sign in first and come back."""

        async def admitted(request: web.Request) -> web.StreamResponse:
            found = await self._who_if_known(request, scope)
            if found is not None:
                self.note(request, found)
            elif scope is Scope.OWN:
                raise web.HTTPSeeOther(PORTAL.sign_in_for(request))
            return await show(request)

        return self._guarded(admitted)

    def form(self, take: Taking, scope: Scope = Scope.OWN) -> Page:
        """Take a form from a reader (see `Kit.taking`), or (`Scope.ANYONE`) from anybody."""
        if scope is Scope.ANYONE:
            return self._guarded(self._open_to_all(take))
        return self._guarded(self.taking(take, self._admit))

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
        """Call an endpoint as the reader who is signed in, or as nobody; or raise `Refused`."""
        token = token_of(PORTAL, request) if READER in request else ""
        return await self.call_as(token, request, endpoint, body, path or {}, key, version)

    async def ask(
        self,
        request: web.Request,
        endpoint: Endpoint[Q, A],
        body: Q,
        path: Mapping[str, str] | None = None,
    ) -> A:
        """Ask what anybody may know, as nobody: no session is looked up."""
        return await self.call_as("", request, endpoint, body, path or {})

    def kept(
        self,
        form: Form,
        refusal: Refused | Unfit,
        reasons: str = "",
        at: Mapping[str, str] | None = None,
    ) -> Draft:
        """Return a form as it was typed, with what speaks against it in words for readers."""
        draft = Kit.kept(self, form, refusal, reasons, at)
        errors = {
            name: tuple(f"portal.{key}" if key.startswith("problem.") else key for key in keys)
            for name, keys in draft.errors.items()
        }
        return replace(draft, errors=errors)

    async def who(self, request: web.Request) -> ReaderHere | None:
        """Return who is signed in; unless a page looked by itself, the session stays awake."""
        token, now = token_of(PORTAL, request), self.parts.clock()
        if not token:
            return None

        def look(db: Session) -> ReaderHere | None:
            return reader_browsers.reader_of(db, token, now)

        found = await self.parts.database.read(look)
        if found is not None and found.stale and UNATTENDED not in request.headers:
            try:
                await self.parts.database.write(lambda db: reader_browsers.seen(db, token, now))
            except StorageError as error:  # whoever reads on may do so
                log.warning("session_not_noted", error=str(error))
        return found

    async def open_session(self, request: web.Request, name: str, secret: str) -> None:
        """Sign a reader in by card and PIN, in place of this browser's session; or refuse."""
        try:
            body = SignInPatron(card=name, pin=secret)
        except ValidationError as error:  # empty or far too long: it is nobody's
            raise Refused(ProblemType.NOT_AUTHENTICATED) from error
        before = token_of(PORTAL, request)
        opened = await self.call_as("", request, SIGN_IN_PATRON, body, {})
        await self.parts.database.write(
            lambda db: reader_browsers.take_over(db, before, opened.token)
        )
        request[FRESH] = opened.token

    def note(self, request: web.Request, somebody: ReaderHere) -> None:
        """Let the page know who is signed in."""
        request[READER] = somebody

    def render(
        self, template: str, request: web.Request, status: int = 200, **values: object
    ) -> web.Response:
        """Render a page of the portal."""
        return rendered(template, request, status=status, **values)

    def _guarded(self, page: Page) -> Page:
        async def guarded(request: web.Request) -> web.StreamResponse:
            return await self.guard.around(request, page)

        return guarded

    def _admit(self, request: web.Request, found: ReaderHere, _fields: Mapping[str, str]) -> None:
        self.note(request, found)

    def _open_to_all(self, take: Taking) -> Page:
        async def taken(request: web.Request) -> web.StreamResponse:
            fields = await fields_of(request)
            found = await self.who(request)
            expected = found.csrf if found else request.cookies.get(PORTAL.form_cookie, "")
            if not same(fields.get("csrf", ""), expected):
                return self.ask_to_confirm(request, fields, found)
            if found is not None:
                self.note(request, found)
            return await take(request, Form(fields))

        return taken

    async def _who_if_known(self, request: web.Request, scope: Scope) -> ReaderHere | None:
        """Return who is signed in; a page for anybody does without where that is not known."""
        try:
            return await self.who(request)
        except StorageError as error:
            if scope is not Scope.ANYONE:
                raise
            log.warning("session_unknown", error=str(error))
            return None
