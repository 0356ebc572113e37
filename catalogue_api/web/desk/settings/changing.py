"""How a setting is changed: looked at first, then saved; overtaken, or sent twice.

A page says what it shows, what it sends and what it tells; when each of them is done is said here.
"""

from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar

from aiohttp import web

from catalogue_api.contract.endpoint import Message, ProblemType, Refused
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.settings.previews import (
    Preview,
    as_typed,
    goes_back,
    shown_first,
    wants_to_save,
)
from catalogue_api.web.pages.forms import Draft, Form, Unfit


class Versioned(Protocol):
    """What has a version that grows with each change."""

    @property
    def version(self) -> int:
        """The version of what is stored now."""


Body = TypeVar("Body", bound=Message)
Stored = TypeVar("Stored", bound=Versioned)
After = TypeVar("After", bound=Versioned)


class Changing(ABC, Generic[Body, Stored, After]):
    """A page that changes a setting.

    `Stored` is in force; `Body` asks for a change, dry or not; `After` is what then is in force,
    with what it does.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @abstractmethod
    async def _found(self, request: web.Request) -> Stored:
        """Return what is in force."""

    @abstractmethod
    def _in_words(self, request: web.Request, said: Body | Stored) -> dict[str, str]:
        """Return what is said, field by field, as the form carries it in `was.…`."""

    @abstractmethod
    def _body(self, form: Form, *, dry_run: bool) -> Body:
        """Return what a form says; raise `Unfit` for what the contract does not take."""

    @abstractmethod
    async def _send(self, request: web.Request, body: Body, version: int | None) -> After:
        """Change it, or tell what a change would do."""

    @abstractmethod
    def _preview(self, request: web.Request, before: Stored, after: After) -> Preview:
        """Return what is new, and whom it touches."""

    @abstractmethod
    def _stored(self, request: web.Request, found: Stored | After) -> web.HTTPSeeOther:
        """Return the way to the page that says what was stored."""

    @abstractmethod
    def _form(self, request: web.Request, draft: Draft, found: Stored) -> web.Response:
        """Show the form."""

    def _kept(self, form: Form, refusal: Refused | Unfit) -> Draft:
        return self._desk.kept(form, refusal)

    async def change(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell what a change does, then do it; whoever comes second is told what is new."""
        before, saving = await self._found(request), wants_to_save(form)
        if goes_back(form):
            return self._form(request, as_typed(form), before)
        try:
            body = self._body(form, dry_run=not saving)
        except Unfit as unfit:
            return self._form(request, self._kept(form, unfit), before)
        version = form.version
        if form.was == self._in_words(request, before):
            version = before.version  # what has changed since does not stand on this page
        try:
            after = await self._send(request, body, version)
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return self._form(request, self._kept(form, refused), before)
            return await self._overtaken(request, form, body)
        if not saving:
            return shown_first(request, form, self._preview(request, before, after))
        raise self._stored(request, after)

    async def _overtaken(self, request: web.Request, form: Form, body: Body) -> web.Response:
        found = await self._found(request)
        now, said = self._in_words(request, found), self._in_words(request, body)
        draft = form.upon(now, found.version, said)
        if draft is None:
            raise self._stored(request, found)
        return self._form(request, draft, found)
