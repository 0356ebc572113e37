"""« Chèques » : what was taken for seats, sent to the scheme and paid back; schemes."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.vouchers import (
    ADD_SCHEME,
    CHANGE_SCHEME,
    FIND_VOUCHERS,
    LIST_SCHEMES,
    MOVE_VOUCHERS,
    FindVouchers,
    MoveVouchers,
    NewScheme,
    SchemeChange,
    SchemeInfo,
    VoucherInfo,
    VoucherStatus,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.domain.vouchers import NEXT
from catalogue_api.web.desk.agenda.places import ENTRY, HOME, NUMBER, session_at
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.previews import may_change, status_of
from catalogue_api.web.pages.forms import Body, Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.pages.sheets import Sheet, as_csv
from catalogue_api.web.texts import Words

HERE = f"{HOME}/vouchers"
_REASONS = "voucher_refusal"
_PAGE, _IN_FILE = 100, 200


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list, its file, and the forms of schemes."""
    page, router = VoucherPage(desk), app.router
    router.add_get("/agenda/vouchers", desk.page(page.show, Scope.AGENDA))
    router.add_get("/agenda/vouchers.csv", desk.page(page.file, Scope.AGENDA))
    router.add_post("/agenda/vouchers", desk.form(page.move, Scope.AGENDA))
    one = f"/agenda/schemes/{{scheme:{NUMBER}}}"
    router.add_get("/agenda/schemes/new", desk.page(page.ask_scheme, Scope.RULES))
    router.add_post("/agenda/schemes/new", desk.form(page.add_scheme, Scope.RULES))
    router.add_get(one, desk.page(page.open_scheme, Scope.RULES))
    router.add_post(one, desk.form(page.change_scheme, Scope.RULES))


class VoucherPage:
    """Vouchers by where they are."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show those of the `status` of the query, those to be sent by default."""
        status = _status(request) or VoucherStatus.SPENT
        words = words_of(request)
        listed = await self._desk.call(request, LIST_SCHEMES, Nothing())
        cursor = request.query.get("cursor", "")
        try:
            asked = body_of(FindVouchers, {"status": status, "cursor": cursor, "limit": _PAGE})
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        found = await self._desk.call(request, FIND_VOUCHERS, asked)
        return rendered(
            "agenda/vouchers.html",
            request,
            here=ENTRY.name,
            home=HOME,
            schemes=listed.schemes,
            shown=status,
            statuses=list(VoucherStatus),
            following=NEXT.get(status),
            vouchers=found.vouchers,
            next=found.next,
            when=lambda one: words.moment_of_year(one.starts_at),
            session_at=session_at,
            key=self._desk.parts.new_token(),
            may_change=may_change(request, Scope.RULES),
        )

    async def file(self, request: web.Request) -> web.Response:
        """Give all of a status, or all, as a file for a spreadsheet: no serial number, no name."""
        words, status = words_of(request), _status(request)
        rows, cursor = [], ""
        while True:
            asked = FindVouchers(status=status, cursor=cursor, limit=_IN_FILE)
            found = await self._desk.call(request, FIND_VOUCHERS, asked)
            rows += [_row(words, one, request[SITES].get(one.site, one.site))
                     for one in found.vouchers]  # fmt: skip
            cursor = found.next
            if not cursor:
                break
        heads = ("number", "scheme", "value", "status", "title", "site", "session",
                 "received", "spent", "sent", "reimbursed")  # fmt: skip
        sheet = Sheet(
            words.text("agenda.vouchers"),
            tuple(words.text(f"voucher.head.{name}") for name in heads),
            tuple(rows),
        )
        name = f"cheques-{status.value}.csv" if status else "cheques.csv"
        return web.Response(
            body=as_csv(sheet, words.number),
            content_type="text/csv",
            charset="utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    async def move(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that the ticked vouchers were sent, or paid back."""
        there = f"{HERE}?status={form.text('from')}"
        try:
            said = {"vouchers": tuple(form.chosen("voucher.")), "status": form.text("to")}
            body = body_of(MoveVouchers, said)
            moved = await self._desk.call(request, MOVE_VOUCHERS, body)
        except Unfit as unfit:
            nothing = Refused(ProblemType.INVALID_REQUEST)
            raise self._desk.not_done(HERE, nothing) from unfit
        except Refused as refused:
            raise self._desk.not_done(HERE, refused, _REASONS) from refused
        euros = words_of(request).number(moved.value_cents / 100)
        key = f"voucher.moved.{body.status.value}"
        raise self._desk.done(there, key, count=moved.moved, euros=euros)

    async def ask_scheme(self, request: web.Request) -> web.Response:
        """Show an empty form of a scheme."""
        ticked = {f"site.{code}": "on" for code in request[SITES]}
        return self._scheme_form(
            request, self._desk.blank(euros="10", most_minutes="120", **ticked)
        )

    async def add_scheme(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Add a scheme."""
        try:
            body = _scheme(NewScheme, form)
            found = await self._desk.call(request, ADD_SCHEME, body, key=form.key)
        except (Refused, Unfit) as refusal:
            draft = self._desk.kept(form, refusal, _REASONS, {"scheme_known": "name"})
            return self._scheme_form(request, draft)
        raise self._desk.done(HERE, "agenda.scheme_added", name=found.name)

    async def open_scheme(self, request: web.Request) -> web.Response:
        """Show the form of a scheme."""
        found = await self._scheme(request)
        values = {
            "name": found.name,
            "euros": words_of(request).number(found.value_cents / 100),
            "most_minutes": str(found.most_minutes),
            "closed": "on" if found.closed_at else "",
            **{f"site.{code}": "on" for code in found.sites},
        }
        draft = editing(self._desk.parts.new_token(), values, found.version)
        return self._scheme_form(request, draft, found)

    async def change_scheme(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Change a scheme."""
        found = await self._scheme(request)
        try:
            body = _scheme(SchemeChange, form, closed=form.text("closed") == "on")
            path = {"scheme": str(found.scheme)}
            await self._desk.call(request, CHANGE_SCHEME, body, path=path, version=form.version)
        except (Refused, Unfit) as refusal:
            draft = self._desk.kept(form, refusal, _REASONS, {"scheme_known": "name"})
            return self._scheme_form(request, draft, found)
        raise self._desk.done(HERE, "agenda.scheme_changed", name=body.name)

    async def _scheme(self, request: web.Request) -> SchemeInfo:
        number = int(request.match_info["scheme"])
        listed = await self._desk.call(request, LIST_SCHEMES, Nothing())
        for one in listed.schemes:
            if one.scheme == number:
                return one
        raise web.HTTPNotFound

    def _scheme_form(
        self, request: web.Request, draft: Draft, found: SchemeInfo | None = None
    ) -> web.Response:
        return rendered(
            "agenda/scheme.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            draft=draft,
            found=found,
            at=f"{HOME}/schemes/{found.scheme if found else 'new'}",
            back=HERE,
        )


def _status(request: web.Request) -> VoucherStatus | None:
    said = request.query.get("status", "")
    return VoucherStatus(said) if said in set(VoucherStatus) else None


def _scheme(model: type[Body], form: Form, **more: object) -> Body:
    said = {
        "name": form.text("name"),
        "value_cents": _cents(form.text("euros")),
        "most_minutes": form.text("most_minutes"),
        "sites": tuple(form.chosen("site.")),
        **more,
    }
    try:
        return body_of(model, said)
    except Unfit as unfit:
        named = {"value_cents": "euros", "sites": "name"}
        raise Unfit({named.get(name, name): keys for name, keys in unfit.errors.items()}) from unfit


def _cents(euros: str) -> int:
    """Return an amount as people write it (« 10 », « 7,50 ») in cents; raise `Unfit`."""
    whole, _, part = euros.replace(".", ",").partition(",")
    fits = (whole + part).isascii() and whole.isdigit() and len(whole) <= 4 and len(part) <= 2
    if not fits or (part and not part.isdigit()):
        raise Unfit({"euros": ("field.malformed",)})
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def _row(words: Words, one: VoucherInfo, site: str) -> tuple[str | int | float | None, ...]:
    dates = (one.received_at, one.spent_at, one.sent_at, one.reimbursed_at)
    return (
        one.voucher,
        one.scheme_name,
        one.value_cents / 100,
        words.text(f"voucher.{one.status.value}"),
        one.title,
        site,
        words.moment_of_year(one.starts_at),
        *(at.astimezone(words.zone).date().isoformat() if at else None for at in dates),
    )
