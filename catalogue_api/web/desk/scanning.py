"""The scan box: one field that takes a barcode or a card, and does what is expected with it."""

from dataclasses import dataclass, replace

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_shelf import SCAN_ONTO_SHELF
from catalogue_api.contract.loans import (
    LEND_ITEM,
    LIST_LOANS,
    RENEW_LOAN,
    LendItem,
    LoanInfo,
    LoansAsked,
    Renewal,
)
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.contract.patrons import SHOW_PATRON, PatronInfo
from catalogue_api.contract.returns import DESK_RETURN, DeskReturn
from catalogue_api.domain.roles import Scope
from catalogue_api.services.desk.scanning import Deed, Seen, deed_of, see
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.night_drop import NightDrop, goes_on
from catalogue_api.web.desk.page import DESK, SITES, Entry, rendered
from catalogue_api.web.desk.scan_words import (
    Answer,
    of_loan,
    of_night,
    of_nothing,
    of_refused_loan,
    of_renewal,
    of_return,
    of_shelf,
)
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.faces import A_YEAR
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of

ENTRY = Entry("scan", "/desk/scan", Scope.CIRCULATION, "s", "F2")
WAYS_COOKIE = "ritournelle_ways"
WAYS = ("return_only", "silent")
_SAID_HERE = {ProblemType.IDEMPOTENCY_CONFLICT, ProblemType.CONFLICT, ProblemType.NOT_FOUND}
_LONGEST_CODE = 64
_LOANS_SHOWN = 20


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page, what its buttons do, and the switches of a workstation."""
    page = ScanPage(desk)
    app.router.add_get("/scan", desk.page(page.show, Scope.CIRCULATION))
    app.router.add_post("/scan", desk.form(page.take, Scope.CIRCULATION))
    app.router.add_post("/scan/night", desk.form(page.empty_drop, Scope.CIRCULATION))
    app.router.add_post("/scan/undo", desk.form(page.undo, Scope.CIRCULATION))
    app.router.add_post("/scan/ways", desk.form(page.choose, Scope.CIRCULATION))


@dataclass(frozen=True, slots=True)
class OpenReader:
    """The reader whose account is open: what the desk needs in front of them."""

    info: PatronInfo
    loans: tuple[LoanInfo, ...]


class ScanPage:
    """The page; the answer to a scan is the page itself, and sent again it changes nothing more."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the field, with the reader that the query names as `reader`."""
        return await self._page(request, _number(request.query.get("reader", "")))

    async def take(self, request: web.Request, form: Form) -> web.Response:
        """Take a scan."""
        code, reader = form.text("barcode"), _number(form.text("reader"))
        words = words_of(request)
        if not code:
            return await self._page(request, reader)
        if len(code) > _LONGEST_CODE or not code.isprintable():
            answer = of_nothing(words, "scan_unknown", code[:_LONGEST_CODE])
            return await self._page(request, reader, answer)
        seen, night = await self._see(code, form), await self._night(request, form)
        only = night is not None or "return_only" in ways_of(request)
        deed = deed_of(seen, reader, return_only=only, said=form.text("as"))
        if deed is Deed.OPEN_READER:
            return await self._page(request, seen.patron, opened=True)
        if deed is Deed.CLOSE_READER:
            return await self._page(request, 0)
        try:
            answer = await self._done(request, form, deed, seen, reader, night)
        except Refused as refused:
            if refused.type not in _SAID_HERE:
                raise
            answer = Answer("wrong", words.text(f"problem.{refused.type.value}"), code=code)
        return await self._page(request, reader, answer, night=night)

    async def empty_drop(self, request: web.Request, form: Form) -> web.Response:
        """Begin to empty the book drop of the night, or end it."""
        if form.text("night"):
            return await self._page(request, 0)
        return await self._page(request, 0, night=await self._drop(request))

    async def _done(
        self,
        request: web.Request,
        form: Form,
        deed: Deed,
        seen: Seen,
        reader: int,
        night: NightDrop | None,
    ) -> Answer:
        words, code = words_of(request), form.text("barcode")
        match deed:
            case Deed.LEND:
                return await self._lend(request, form, seen, reader)
            case Deed.RENEW:
                return await self._renew(request, form, seen)
            case Deed.RETURN:
                return await self._return(request, form, code, night)
            case Deed.SHELVE:
                path = {"site": site_of(request), "barcode": code}
                scanned = await self._desk.call(request, SCAN_ONTO_SHELF, Nothing(), path=path)
                return of_shelf(words, scanned)
            case Deed.ASK:
                return of_nothing(words, "scan_ask", code, "card", "item")
            case _:
                return of_nothing(words, "scan_unknown", code)

    async def undo(self, request: web.Request, form: Form) -> web.Response:
        """Take a return back."""
        words, code = words_of(request), form.text("barcode")
        path = {"return_id": form.text("return_id")}
        try:
            await self._desk.call(request, UNDO_RETURN, Nothing(), path=path, key=form.key)
        except Refused as refused:
            if refused.type is not ProblemType.REFUSED_BY_RULE:
                raise
            answer = of_nothing(words, f"scan_not_undone.{refused.reasons[0]}", code)
        else:
            answer = Answer(
                "onward", words.text("scan_undone"), form.text("title"),
                (words.text("scan_undone.detail"),), code=code,
            )  # fmt: skip
        return await self._page(request, _number(form.text("reader")), answer)

    async def choose(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Turn one of the ways of this workstation on or off."""
        way = form.text("way")
        ways = ways_of(request) ^ {way} if way in WAYS else ways_of(request)
        answer = web.HTTPSeeOther("/desk/scan")
        kept, secure = ".".join(sorted(ways)), self._desk.parts.https
        DESK.give(answer, WAYS_COOKIE, kept, secure=secure, seconds=A_YEAR)
        raise answer

    async def _see(self, code: str, form: Form) -> Seen:
        rules, now, number = self._desk.parts.rules, self._desk.parts.clock(), str(form.identifier)
        return await self._desk.read(
            lambda db: see(db, code, number, now, rules.current(db.connection()))
        )

    async def _lend(self, request: web.Request, form: Form, seen: Seen, reader: int) -> Answer:
        words, code = words_of(request), form.text("barcode")
        shown = await self._reader(request, reader)
        if shown is None:
            return of_nothing(words, "scan_unknown", code)
        override = tuple(form.chosen("override."))
        said = {
            "barcode": code,
            "card": shown.info.card,
            "site": site_of(request),
            "override": override,
            "override_reason": form.text("reason") if override else "",
        }
        try:
            body = body_of(LendItem, said)
            lent = await self._desk.call(request, LEND_ITEM, body, key=form.key)
        except Unfit:
            return of_nothing(words, "scan_no_reason", code)
        except Refused as refused:
            if refused.type is not ProblemType.REFUSED_BY_RULE:
                raise
            return of_refused_loan(words, refused, code, seen.title)
        return of_loan(words, lent)

    async def _renew(self, request: web.Request, form: Form, seen: Seen) -> Answer:
        path = {"loan": str(seen.loan)}
        try:
            result = await self._desk.call(request, RENEW_LOAN, Renewal(), path=path, key=form.key)
        except Refused as refused:
            if refused.type is not ProblemType.REFUSED_BY_RULE:
                raise
            return of_refused_loan(words_of(request), refused, form.text("barcode"), seen.title)
        return of_renewal(words_of(request), result)

    async def _return(
        self, request: web.Request, form: Form, code: str, night: NightDrop | None
    ) -> Answer:
        counts_at = night.counts_at if night and form.text("as") != "now" else None
        body = DeskReturn(
            return_id=form.identifier, barcode=code, site=site_of(request), occurred_at=counts_at
        )
        returned = await self._desk.call(request, DESK_RETURN, body)
        words = words_of(request)
        answer = of_return(words, returned, request[SITES], code)
        if counts_at is not None:
            return of_night(words, answer, returned.outcome, counts_at)
        if form.text("night") and night is None:
            return replace(answer, lines=(*answer.lines, words.text("scan_night.over")))
        return answer

    async def _night(self, request: web.Request, form: Form) -> NightDrop | None:
        going = goes_on(form.text("night"), self._desk.parts.clock())
        return await self._drop(request) if going else None

    async def _drop(self, request: web.Request) -> NightDrop:
        rules, now, site = self._desk.parts.rules, self._desk.parts.clock(), site_of(request)
        book = await self._desk.read(lambda db: rules.current(db.connection()))
        return NightDrop(book.calendar(site).last_closing(book.day(now)), now)

    async def _reader(self, request: web.Request, number: int) -> OpenReader | None:
        if not number:
            return None
        path = {"patron": str(number)}
        try:
            info = await self._desk.call(request, SHOW_PATRON, Nothing(), path=path)
            asked = body_of(LoansAsked, {"limit": _LOANS_SHOWN})
            loans = await self._desk.call(request, LIST_LOANS, asked, path=path)
        except Refused as refused:
            if refused.type is not ProblemType.NOT_FOUND:
                raise
            return None
        return OpenReader(info, loans.loans)

    async def _page(
        self,
        request: web.Request,
        reader: int,
        answer: Answer | None = None,
        *,
        opened: bool = False,
        night: NightDrop | None = None,
    ) -> web.Response:
        site_of(request)
        return rendered(
            "scanning/scan.html",
            request,
            here=ENTRY.name,
            draft=self._desk.blank(),
            answer=answer,
            reader=await self._reader(request, reader),
            opened=opened,
            ways=ways_of(request),
            night=night,
            today=self._desk.parts.clock().astimezone(self._desk.parts.zone).date(),
        )


def ways_of(request: web.Request) -> set[str]:
    """Return what is switched on at this workstation: some of `WAYS`."""
    return set(request.cookies.get(WAYS_COOKIE, "").split(".")) & set(WAYS)


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else 0
