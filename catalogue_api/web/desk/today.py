"""« Aujourd’hui »: what there is to do at a site now, and each thing done with one button."""

from datetime import datetime

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.anomalies import HANDLE_ANOMALY, Handling
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_shelf import CLEAR_COPY, NOT_FOUND_ON_SHELF
from catalogue_api.contract.marks import MARK_ITEM, Mark, MarkItem
from catalogue_api.contract.transfers import SEND_ITEMS, SHELVE_ITEMS, Sent, Shelved
from catalogue_api.domain.roles import Scope
from catalogue_api.services.desk.today import Today, beginnings, sheet, today
from catalogue_api.services.returns import anomalies
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import LIVE, digest_of
from catalogue_api.web.desk.page import SITES, Entry, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.desk.taking_back import reopening, way_back
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of

ENTRY = Entry("today", "/desk/today", Scope.CIRCULATION, "a")
_SECTIONS = (
    "kiosks", "picks", "caught", "arrivals", "clearing", "crates", "baskets", "anomalies", "agenda",
)  # fmt: skip
_LINES = 30
"""Of each list on the page of the day."""
_SHEET = 200
"""Of a list that is shown alone."""
_DIGITS = 6


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its buttons."""
    page = TodayPage(desk)
    app[LIVE].offer("today", page.look, Scope.CIRCULATION)
    app.router.add_get("/today", desk.page(page.show, Scope.CIRCULATION))
    for name, take in [
        ("not-found", page.not_found),
        ("found", page.found),
        ("cleared", page.cleared),
        ("sent", page.sent),
        ("shelved", page.shelved),
        ("handled", page.handled),
    ]:
        app.router.add_post(f"/today/{name}", desk.form(take, Scope.CIRCULATION))


class TodayPage:
    """The page of a site; every button leads back to it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def look(self, db: Session, site: str, now: datetime) -> Today:
        """Look at all lists."""
        return today(db, site, now, self._desk.parts.rules.current(db.connection()))

    async def show(self, request: web.Request) -> web.Response:
        """Show how all lists begin, or the whole one that the query names as `only`.

        That one is to be printed; a very long one goes on behind the line `from`.
        """
        site, now = site_of(request), self._desk.parts.clock()
        found = await self._desk.read(lambda db: self.look(db, site, now))
        only, numbers = request.query.get("only", ""), _numbers(found)
        first = _first_line(request) if only in _SECTIONS else 0
        last = first + _SHEET
        shown = sheet(found, first, last) if only in _SECTIONS else beginnings(found, _LINES)
        # Kiosks that are well are no news: then they come last.
        sections = _SECTIONS if numbers["kiosks"] else (*_SECTIONS[1:], _SECTIONS[0])
        return rendered(
            "today/today.html",
            request,
            here=ENTRY.name,
            found=shown,
            numbers=numbers,
            listed=_numbers(shown),
            first=first,
            following=last if only in _SECTIONS and last < numbers[only] else 0,
            sections=(only,) if only in _SECTIONS else sections,
            only=only in _SECTIONS,
            seen=digest_of(found),
            day=now.astimezone(self._desk.parts.zone).date(),
            key=self._desk.parts.new_token(),
            names=request[SITES],
            hours=lambda one: words_of(request).hours(one.starts_at, one.ends_at),
        )

    async def not_found(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that a copy is not on its shelf; it can be found again at once."""
        barcode, there = form.text("barcode"), _there("picks")
        path = {"site": site_of(request), "barcode": barcode}
        try:
            await self._desk.call(request, NOT_FOUND_ON_SHELF, Nothing(), path=path)
        except Refused as refused:
            raise self._desk.not_done(there, refused, "hold_refusal") from refused
        undo = {"barcode": barcode, "title": form.text("title")}
        raise self._desk.done(
            there,
            "today.not_found.done",
            undo="/desk/today/found",
            fields=undo,
            title=form.text("title"),
        )

    async def found(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take back that a copy is missing."""
        body, there = MarkItem(mark=Mark.AVAILABLE), _there("picks")
        path = {"barcode": form.text("barcode")}
        try:
            await self._desk.call(request, MARK_ITEM, body, path=path)
        except Refused as refused:
            raise self._desk.not_done(there, refused, "mark_refusal") from refused
        raise self._desk.done(there, "today.found.done", title=form.text("title"))

    async def cleared(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that a copy was taken down from the reservation shelf."""
        path = {"site": site_of(request), "barcode": form.text("barcode")}
        there = _there("clearing")
        try:
            found = await self._desk.call(request, CLEAR_COPY, Nothing(), path=path)
        except Refused as refused:
            raise self._desk.not_done(there, refused) from refused
        way = way_back(found.deed, there)
        raise self._desk.done(there, "today.cleared.done", **way, title=form.text("title"))

    async def sent(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that the ticked copies of a crate have left."""
        there = _there("crates")
        try:
            body = body_of(Sent, {"barcodes": tuple(form.chosen("copy."))})
            counted = await self._desk.call(request, SEND_ITEMS, body, key=form.key)
        except (Refused, Unfit) as refusal:
            raise self._desk.not_done(there, _refused(refusal)) from refusal
        way = way_back(counted.deed, there)
        raise self._desk.done(there, "today.sent.done", **way, n=counted.changed)

    async def shelved(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that the ticked copies are back on their shelves; no others of that bin."""
        there = _there("baskets")
        said = {"site": site_of(request), "barcodes": tuple(form.chosen("copy."))}
        try:
            body = body_of(Shelved, said)
            counted = await self._desk.call(request, SHELVE_ITEMS, body, key=form.key)
        except (Refused, Unfit) as refusal:
            raise self._desk.not_done(there, _refused(refusal)) from refusal
        way = way_back(counted.deed, there)
        raise self._desk.done(there, "today.shelved.done", **way, n=counted.changed)

    async def handled(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note what was done about an anomaly; whoever comes second is told who was faster."""
        number, there = form.text("anomaly"), _there("anomalies")
        try:
            body = body_of(Handling, {"remark": form.text("remark")})
            path = {"anomaly": number}
            entry = await self._desk.call(
                request, HANDLE_ANOMALY, body, path=path, version=form.version
            )
        except Unfit as unfit:
            raise self._desk.not_done(there, _refused(unfit)) from unfit
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                raise self._desk.not_done(there, refused) from refused
            seen = await self._desk.read(lambda db: anomalies.entry(db, int(number)))
            by, remark = (seen.handled_by, seen.remark) if seen else ("", "")
            raise self._desk.done(
                there, "today.handled.already", well=False, name=by, remark=remark
            ) from refused
        way = reopening(entry.id, entry.version, there)
        raise self._desk.done(there, "today.handled.done", **way)


def _first_line(request: web.Request) -> int:
    said = request.query.get("from", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < _DIGITS else 0


def _there(section: str) -> str:
    return f"/desk/today#{section}"


def _refused(refusal: Refused | Unfit) -> Refused:
    return refusal if isinstance(refusal, Refused) else Refused(ProblemType.INVALID_REQUEST)


def _numbers(found: Today) -> dict[str, int]:
    return {
        "kiosks": len(found.kiosks) + len(found.computers),
        "picks": len(found.picks),
        "caught": sum(len(one.copies) for one in found.caught),
        "arrivals": len(found.arrivals),
        "clearing": len(found.clearing),
        "crates": sum(len(one.copies) for one in found.crates),
        "baskets": sum(len(one.copies) for one in found.baskets),
        "anomalies": len(found.anomalies),
        "agenda": len(found.agenda),
    }
