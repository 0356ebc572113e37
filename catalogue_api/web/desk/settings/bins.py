"""« Bacs des automates »: which bin an item goes into, looked at before it is set."""

from collections.abc import Sequence
from urllib.parse import quote

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.sorting import (
    PUT_SORTING,
    SHOW_SORTING,
    KioskSorting,
    SortingChange,
    SortingChanged,
    SortingLine,
)
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.roles import Scope
from catalogue_api.services.kiosks.kiosk_watch import watched_kiosks
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings import bin_words
from catalogue_api.web.desk.settings.bins_typed import body_typed, numbers, values_of
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.previews import HERE, Preview, status_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit
from catalogue_api.web.pages.rendering import words_of

LIST = "/desk/settings/bins"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list of kiosks and the form of each."""
    page = BinsPage(desk)
    app.router.add_get("/settings/bins", desk.page(page.list_all, Scope.STAFF))
    app.router.add_get("/settings/bins/{kiosk}", desk.page(page.ask, Scope.STAFF))
    app.router.add_post("/settings/bins/{kiosk}", desk.form(page.change, Scope.STAFF))


def address_of(kiosk: str) -> str:
    """Return the address of a kiosk's form."""
    return f"{LIST}/{quote(kiosk, safe='')}"


class BinsPage(Changing[SortingChange, KioskSorting, SortingChanged]):
    """What goes into which bin: how it stands, and as a form."""

    async def list_all(self, request: web.Request) -> web.Response:
        """Show what every kiosk sorts by."""
        now, words = self._desk.parts.clock(), words_of(request)
        watched = await self._desk.read(lambda db: watched_kiosks(db, now))
        names = [one.row.name for one in watched if one.row.revoked_at is None]
        found = [await self._of(request, name) for name in names]
        return rendered(
            "settings/bins.html",
            request,
            here=HERE,
            found=found,
            address_of=address_of,
            lines_of=lambda one: bin_words.in_words(words, one, request[SITES]).values(),
        )

    async def ask(self, request: web.Request) -> web.Response:
        """Show the table of a kiosk as a form."""
        found = await self._found(request)
        was = self._in_words(request, found)
        draft = Draft(self._desk.parts.new_token(), values_of(found), found.version, was)
        return self._form(request, draft, found)

    async def _of(self, request: web.Request, kiosk: str) -> KioskSorting:
        return await self._desk.call(request, SHOW_SORTING, Nothing(), path={"kiosk": kiosk})

    async def _found(self, request: web.Request) -> KioskSorting:
        return await self._of(request, request.match_info["kiosk"])

    def _in_words(self, request: web.Request, said: SortingChange | KioskSorting) -> dict[str, str]:
        return bin_words.in_words(words_of(request), said, request[SITES])

    def _body(self, form: Form, *, dry_run: bool) -> SortingChange:
        return body_typed(form, dry_run=dry_run)

    async def _send(
        self, request: web.Request, body: SortingChange, version: int | None
    ) -> SortingChanged:
        path = {"kiosk": request.match_info["kiosk"]}
        return await self._desk.call(request, PUT_SORTING, body, path=path, version=version)

    def _kept(self, form: Form, refusal: Refused | Unfit) -> Draft:
        return self._desk.kept(form, refusal, "bins_refusal")

    def _stored(self, request: web.Request, _found: KioskSorting) -> web.HTTPSeeOther:
        kiosk = request.match_info["kiosk"]
        return self._desk.done(address_of(kiosk), "bins.stored", kiosk=kiosk)

    def _preview(
        self, request: web.Request, before: KioskSorting, after: SortingChanged
    ) -> Preview:
        words, kiosk = words_of(request), before.kiosk
        said = bin_words.changes(words, _in_use(before), _in_use(after), request[SITES])
        follows = [words.text("bins.follows", kiosk=kiosk), words.text("bins.not_moved")]
        return Preview(
            words.text("bins.preview", kiosk=kiosk),
            list(said) or [words.text("bins.nothing_moves")],
            follows,
            address_of(kiosk),
        )

    def _form(self, request: web.Request, draft: Draft, found: KioskSorting) -> web.Response:
        words = words_of(request)
        kinds = [(kind.value, words.text(f"title_kind.{kind.value}")) for kind in TitleKind]
        return rendered(
            "settings/bins_form.html",
            request,
            status=status_of(draft),
            here=HERE,
            draft=draft,
            found=found,
            lines=numbers(draft.values),
            whats=bin_words.choices(words),
            places=[("", words.text("bins.any_site")), *request[SITES].items()],
            kinds=[("", words.text("bins.any_kind")), *kinds],
            bins=[("", "–"), *((name, name) for name in found.bins)],
            place=address_of(found.kiosk),
        )


def _in_use(found: KioskSorting) -> Sequence[SortingLine]:
    """Return what a kiosk goes by: what is set, or else its own."""
    return found.lines or (found.used.own if found.used else ())
