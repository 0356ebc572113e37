"""Readers without e-mail: whom to call, the letters to print, and that they have been told."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_notices import (
    LIST_TO_TELL,
    NOTE_NOT_TOLD,
    NOTE_TOLD,
    ReaderTold,
    ReaderToTell,
    ToTell,
    ToTellPage,
)
from catalogue_api.contract.holds import HOLD_HISTORY, SHOW_HOLD
from catalogue_api.domain.roles import Scope
from catalogue_api.services.holds.queue_views import state_of_site
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import digest_of
from catalogue_api.web.desk.page import SITES, librarian_of, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.texts import LANGUAGES, Words, read_words

_CALLS = "/desk/holds/to-tell"
_NAMED = "hold."
"""Before the number of a reservation in the name of a field; its value is the version."""

_OVERTAKEN = {
    ProblemType.CHANGED_MEANWHILE, ProblemType.REFUSED_BY_RULE, ProblemType.NOT_FOUND,
}  # fmt: skip
_MOST_TO_UNDO = 60
"""Reservations that the form which takes back may carry: it travels in a cookie."""
_PAGE = _MOST_TO_UNDO
"""Readers on a page: so what is done with a page of letters can be taken back."""


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages."""
    page = CallPage(desk)
    app.router.add_get("/holds/to-tell", desk.page(page.show, Scope.CIRCULATION))
    app.router.add_post("/holds/to-tell", desk.form(page.told, Scope.CIRCULATION))
    app.router.add_post("/holds/to-tell/undo", desk.form(page.not_told, Scope.CIRCULATION))
    app.router.add_get("/holds/letters", desk.page(page.letters, Scope.CIRCULATION))


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to a reader, in the words of a language that they read."""

    words: Words
    reader: ReaderToTell


class CallPage:
    """The list of a site, its letters, and the forms that shorten it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._words: Mapping[str, Words] = read_words(desk.parts.zone)

    async def show(self, request: web.Request) -> web.Response:
        """Show whom to call at the site that was chosen."""
        site, now = site_of(request), self._desk.parts.clock()
        seen = await self._desk.read(lambda db: digest_of(state_of_site(db, site, now)))
        return rendered(
            "holds/to_tell.html",
            request,
            here=holds.ENTRY.name,
            found=await self._listed(request),
            after=request.query.get("after", ""),
            seen=seen,
        )

    async def letters(self, request: web.Request) -> web.Response:
        """Show the letters to print: to those without telephone, or (`to`) to all or to one."""
        to = request.query.get("to", "")
        one = {"patron": to} if to not in {"", "all"} else {}
        found = await self._listed(request, without_phone=not to, **one)
        site = site_of(request)
        today = self._desk.parts.clock().astimezone(self._desk.parts.zone).date()
        return rendered(
            "holds/letters.html",
            request,
            here=holds.ENTRY.name,
            letters=[Letter(self._language(reader), reader) for reader in found.readers],
            after=request.query.get("after", ""),
            following=found.next,
            to=to,
            today=today,
            site_name=request[SITES].get(site, site),
        )

    async def told(self, request: web.Request, form: Form) -> web.Response:
        """Note that readers were told of what the form names."""
        try:
            body = body_of(ReaderTold, {"how": form.text("how")})
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        done, there = {}, _calls(form.text("after"))
        for hold, version in _named(form):
            noted = await self._tell(request, body, hold, version)
            if noted is not None:
                done[f"{_NAMED}{hold}"] = str(noted)
        if not done:
            raise self._desk.done(there, "holds.told_already", well=False)
        undo = f"{_CALLS}/undo" if len(done) <= _MOST_TO_UNDO else ""
        reader = form.text("reader")
        if reader:
            fields = done | {"reader": reader}
            raise self._desk.done(
                there, "holds.done.called", undo=undo, fields=fields, reader=reader
            )
        raise self._desk.done(there, "holds.done.letters", undo=undo, fields=done, n=len(done))

    async def _tell(
        self, request: web.Request, body: ReaderTold, hold: str, version: int
    ) -> int | None:
        """Note it of one reservation; None if it has changed, but for a second click of my own."""
        path = {"hold": hold}
        try:
            noted = await self._desk.call(request, NOTE_TOLD, body, path=path, version=version)
        except Refused as refused:
            if refused.type not in _OVERTAKEN:
                raise
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return None
            now = await self._desk.call(request, SHOW_HOLD, Nothing(), path=path)
            history = await self._desk.call(request, HOLD_HISTORY, Nothing(), path=path)
            me = librarian_of(request).staff
            mine = now.told_how is body.how and history.events[-1].by == me
            return now.version if mine else None
        return noted.version

    async def not_told(self, request: web.Request, form: Form) -> web.Response:
        """Take that back: the readers are on the list again."""
        undone = 0
        for hold, version in _named(form):
            try:
                await self._desk.call(
                    request, NOTE_NOT_TOLD, Nothing(), path={"hold": hold}, version=version
                )
            except Refused as refused:
                if refused.type not in _OVERTAKEN:
                    raise
            else:
                undone += 1
        key = "holds.done.untold" if undone else "holds.told_already"
        raise self._desk.done(_CALLS, key, well=bool(undone), reader=form.text("reader") or "–")

    async def _listed(self, request: web.Request, **asked: object) -> ToTell:
        path, after = {"site": site_of(request)}, request.query.get("after", "")
        try:
            body = body_of(ToTellPage, {"cursor": after, "limit": _PAGE} | asked)
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        return await self._desk.call(request, LIST_TO_TELL, body, path=path)

    def _language(self, reader: ReaderToTell) -> Words:
        code = reader.language.partition("-")[0].lower()
        return self._words[code if code in LANGUAGES else LANGUAGES[0]]


def _calls(after: str) -> str:
    return f"{_CALLS}?after={quote(after, safe='')}" if after else _CALLS


def _named(form: Form) -> list[tuple[str, int]]:
    """Return the reservations that a form names, each with the version that was seen."""
    found = []
    for hold in form.chosen(_NAMED):
        version = form.text(f"{_NAMED}{hold}")
        if version.isascii() and version.isdigit() and len(version) < 10:
            found.append((hold, int(version)))
    return found
