"""« Bornes »: how the kiosks are, what lies in their bins, what came in; and their tokens."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import PUT_KIOSK_MESSAGE, KioskMessage
from catalogue_api.contract.machinery import (
    GIVE_KIOSK_TOKEN,
    REVOKE_KIOSK_TOKEN,
    KioskPlace,
)
from catalogue_api.contract.past_returns import FindReturns, PastReturns
from catalogue_api.contract.transfers import SHELVE_ITEMS, Shelved
from catalogue_api.domain.roles import Scope, may
from catalogue_api.services.call import Call
from catalogue_api.services.kiosks.kiosk_watch import (
    KioskBin,
    WatchedKiosk,
    bins_of,
    watched_kiosk,
    watched_kiosks,
)
from catalogue_api.services.returns.undoing import find_returns
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.kiosk_words import LABELS, values_of, words_typed
from catalogue_api.web.desk.live import LIVE, View, digest_of
from catalogue_api.web.desk.page import SITES, Entry, librarian_of, rendered
from catalogue_api.web.desk.past_returns import lines_of
from catalogue_api.web.desk.taking_back import way_back
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of

ENTRY = Entry("kiosks", "/desk/kiosks", Scope.STAFF, "b")
_NEWEST = 20
_LONGEST_NAME = 64


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages of kiosks."""
    pages, tokens = KioskPages(desk), TokenPages(desk)
    app[LIVE].offer("kiosks", _list_view, Scope.STAFF)
    app[LIVE].offer("kiosk", _watched(_view_of(desk)), Scope.STAFF)
    router = app.router
    router.add_get("/kiosks", desk.page(pages.list_all, Scope.STAFF))
    router.add_get("/kiosks/{kiosk}", desk.page(pages.show, Scope.STAFF))
    router.add_post("/kiosks/{kiosk}/message", desk.form(pages.say, Scope.STAFF))
    router.add_post("/kiosks/{kiosk}/emptied", desk.form(pages.emptied, Scope.CIRCULATION))
    router.add_get("/kiosk-tokens", desk.page(tokens.ask, Scope.MACHINERY))
    router.add_post("/kiosk-tokens", desk.form(tokens.register, Scope.MACHINERY))
    router.add_post("/kiosks/{kiosk}/token", desk.form(tokens.renew, Scope.MACHINERY))
    router.add_post("/kiosks/{kiosk}/revoked", desk.form(tokens.revoke, Scope.MACHINERY))


@dataclass(frozen=True, slots=True)
class Shown:
    """All that the page of a kiosk shows."""

    kiosk: WatchedKiosk
    bins: tuple[KioskBin, ...]
    returns: PastReturns


def address_of(kiosk: str) -> str:
    """Return the address of a kiosk's page."""
    return f"{ENTRY.address}/{quote(kiosk, safe='')}"


class KioskPages:
    """The list, and the page of one kiosk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._view = _view_of(desk)

    async def list_all(self, request: web.Request) -> web.Response:
        """Show all kiosks."""
        now = self._desk.parts.clock()
        found = await self._desk.read(lambda db: _list_view(db, "", now))
        return rendered(
            "kiosks/list.html",
            request,
            here=ENTRY.name,
            kiosks=found,
            seen=digest_of(found),
            names=request[SITES],
            address_of=address_of,
            searches=may(librarian_of(request).role, Scope.CIRCULATION),
            registers=may(librarian_of(request).role, Scope.MACHINERY),
        )

    async def show(self, request: web.Request) -> web.Response:
        """Show one kiosk."""
        return await self._page(request)

    async def say(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Let a kiosk's screen say something, or nothing any more."""
        name, parts = request.match_info["kiosk"], self._desk.parts
        path, version = {"kiosk": name}, form.version
        try:
            body = words_typed(form, parts.clock(), parts.zone)
            said = await self._desk.call(
                request, PUT_KIOSK_MESSAGE, body, path=path, version=version
            )
        except Unfit as unfit:
            return await self._page(request, self._desk.kept(form, unfit))
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                raise
            return await self._overtaken(request, form)
        raise self._said(request, name, said)

    async def _overtaken(self, request: web.Request, form: Form) -> web.Response:
        """Show the form upon what a colleague has said meanwhile; sent twice, it is done."""
        name, parts = request.match_info["kiosk"], self._desk.parts
        now, zone = parts.clock(), parts.zone
        said = (await self._desk.read(lambda db: watched_kiosk(db, name, now))).row.message
        found, typed = values_of(said, zone), words_typed(form, now, zone)
        same = (typed.message_fr, typed.message_en) == (said.message_fr, said.message_en)
        if same and typed.until in {None, said.until}:
            raise self._said(request, name, said)
        return await self._page(request, form.overtaken(found, said.version))

    def _said(self, request: web.Request, name: str, said: KioskMessage) -> web.HTTPSeeOther:
        says = bool(said.message_fr or said.message_en)
        key = "put_until" if said.until else "put" if says else "taken_away"
        ends = words_of(request).moment(said.until) if said.until else ""
        return self._desk.done(address_of(name), f"kiosks.message.{key}", kiosk=name, at=ends)

    async def emptied(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that what a bin held is back on its shelves: what the page showed, and no more."""
        name, barcodes = request.match_info["kiosk"], tuple(form.chosen("copy."))
        there = f"{address_of(name)}#bins"
        try:
            body = body_of(Shelved, {"site": form.text("at"), "barcodes": barcodes})
            counted = await self._desk.call(request, SHELVE_ITEMS, body, key=form.key)
        except Unfit as unfit:
            raise self._desk.not_done(there, Refused(ProblemType.INVALID_REQUEST)) from unfit
        except Refused as refused:
            raise self._desk.not_done(there, refused) from refused
        bin_name, number = form.text("bin"), counted.changed
        way = way_back(counted.deed, there)
        raise self._desk.done(there, "kiosks.emptied", **way, bin=bin_name, number=number)

    async def _page(self, request: web.Request, draft: Draft | None = None) -> web.Response:
        name, parts = request.match_info["kiosk"], self._desk.parts
        now = parts.clock()
        found = await self._desk.read(lambda db: self._view(db, name, now))
        row, role, words = found.kiosk.row, librarian_of(request).role, words_of(request)
        message = row.message
        return rendered(
            "kiosks/kiosk.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft else HTTPStatus.OK,
            here=ENTRY.name,
            found=found,
            watched=found.kiosk,
            row=row,
            seen=digest_of(found),
            names=request[SITES],
            place=address_of(name),
            lines=lines_of(found.returns.returns, now, parts.zone),
            message=draft
            or editing(parts.new_token(), values_of(message, parts.zone), message.version),
            message_names={name: words.text(f"kiosks.{name}") for name in LABELS},
            digest_of=digest_of,
            circulates=may(role, Scope.CIRCULATION),
            registers=may(role, Scope.MACHINERY),
        )


class TokenPages:
    """Tokens of kiosks: shown once, and taken away."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: web.Request) -> web.Response:
        """Ask for the name and the place of a new kiosk."""
        return self._form(request, self._desk.blank())

    async def register(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give a new kiosk its token; a name that one has already keeps the token it has."""
        name, now = form.text("kiosk"), self._desk.parts.clock()
        known = await self._desk.read(lambda db: watched_kiosks(db, now))
        taken = any(one.row.name == name and not one.row.revoked_at for one in known)
        problem = "field.required" if not name else "kiosks.name_taken" if taken else ""
        if not problem and len(name) > _LONGEST_NAME:
            problem = "field.too_long"
        if problem:
            return self._form(request, self._desk.kept(form, Unfit({"kiosk": (problem,)})))
        try:
            return await self._given(request, name, form.text("at"))
        except Refused as refused:
            if refused.type not in {ProblemType.NOT_FOUND, ProblemType.INVALID_REQUEST}:
                raise
            unfit = Unfit({"kiosk": ("field.malformed",)})
            return self._form(request, self._desk.kept(form, unfit))

    async def renew(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give a kiosk another token; the one before is worthless."""
        return await self._given(request, request.match_info["kiosk"], form.text("at"))

    async def revoke(self, request: web.Request, _form: Form) -> web.StreamResponse:
        """Make the token of a kiosk worthless."""
        name = request.match_info["kiosk"]
        await self._desk.call(request, REVOKE_KIOSK_TOKEN, Nothing(), path={"kiosk": name})
        raise self._desk.done(address_of(name), "kiosks.revoked", kiosk=name)

    async def _given(self, request: web.Request, name: str, site: str) -> web.Response:
        try:
            body = body_of(KioskPlace, {"site": site})
        except Unfit as unfit:
            raise Refused(ProblemType.INVALID_REQUEST) from unfit
        given = await self._desk.call(request, GIVE_KIOSK_TOKEN, body, path={"kiosk": name})
        return rendered(
            "kiosks/given.html",
            request,
            here=ENTRY.name,
            given=given,
            site_name=request[SITES].get(site, site),
            place=address_of(name),
        )

    def _form(self, request: web.Request, draft: Draft) -> web.Response:
        status = HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK
        places = list(request[SITES].items())
        return rendered(
            "kiosks/new.html", request, status=status, here=ENTRY.name, draft=draft, places=places
        )


def _list_view(db: Session, _site: str, now: datetime) -> tuple[WatchedKiosk, ...]:
    return watched_kiosks(db, now)


def _watched(view: Callable[[Session, str, datetime], Shown]) -> View:
    """Let a kiosk be watched that is not there: it looks the same for ever."""

    def look(db: Session, kiosk: str, now: datetime) -> object:
        try:
            return view(db, kiosk, now)
        except Refused:
            return None

    return look


def _view_of(desk: Desk) -> Callable[[Session, str, datetime], Shown]:
    """Return the view of one kiosk: it is watched under its name."""

    def view(db: Session, kiosk: str, now: datetime) -> Shown:
        watched = watched_kiosk(db, kiosk, now)
        call = Call(now, desk.parts.rules.current(db.connection()))
        newest = find_returns(db, call, FindReturns(kiosk=kiosk, limit=_NEWEST))
        return Shown(watched, bins_of(db, watched.row), newest)

    return view
