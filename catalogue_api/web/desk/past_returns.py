"""« Je l'ai rendu »: looking returns up, answering in words, and taking one back on its own day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from catalogue_api.contract.collection import SHOW_ITEM, ItemInfo
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.past_returns import (
    FIND_RETURNS,
    UNDO_RETURN,
    FindReturns,
    PastReturn,
    PastReturns,
)
from catalogue_api.contract.receipts import NoReceiptNumber, read_receipt_number
from catalogue_api.contract.returns import FACTS, Outcome
from catalogue_api.domain.retention import FOUR_MONTHS
from catalogue_api.domain.roles import Scope
from catalogue_api.services.kiosks.kiosk_watch import WatchedKiosk, watched_kiosks
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import DESK, SITES, rendered
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

ADDRESS = "/desk/returns"
_AROUND = timedelta(hours=1)
_LONGEST = 64
_ASKED = ("q", "kiosk", "day", "around")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the search, and the way back."""
    page = PastReturnsPage(desk)
    app.router.add_get("/returns", desk.page(page.search, Scope.CIRCULATION))
    app.router.add_post("/returns/{return_id}/undo", desk.form(page.undo, Scope.CIRCULATION))


@dataclass(frozen=True, slots=True)
class Line:
    """A return in a list; `undoable`: it is of today, and changed something."""

    past: PastReturn
    undoable: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What a librarian can say to the reader: the key of a text and its values."""

    key: str
    tone: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: `errors` by field where it could not be understood."""

    q: str = ""
    kiosk: str = ""
    since: datetime | None = None
    until: datetime | None = None
    errors: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether nothing was asked."""
        return not (self.q or self.kiosk or self.since)


def lines_of(returns: Iterable[PastReturn], now: datetime, zone: ZoneInfo) -> list[Line]:
    """Return returns as they stand in a list today."""
    today = now.astimezone(zone).date()
    return [Line(one, _is_undoable(one, today, zone)) for one in returns]


def _is_undoable(one: PastReturn, today: date, zone: ZoneInfo) -> bool:
    changed = FACTS[one.outcome].accepted and one.outcome is not Outcome.OVERTAKEN
    of_today = one.received_at.astimezone(zone).date() == today
    return changed and of_today and one.undone_at is None


def asked_of(said: Mapping[str, str], now: datetime, zone: ZoneInfo) -> Asked:
    """Read what was typed; returns are looked up over four months."""
    q, kiosk = said.get("q", "").strip(), said.get("kiosk", "").strip()
    errors: dict[str, tuple[str, ...]] = {}
    for name, value in (("q", q), ("kiosk", kiosk)):
        if len(value) > _LONGEST or not value.isprintable():
            errors[name] = ("field.malformed",)
    today = now.astimezone(zone).date()
    try:
        typed = said.get("day", "").strip()
        day = date.fromisoformat(typed) if typed else None
    except ValueError:
        day, errors["day"] = None, ("field.malformed",)
    try:
        typed = said.get("around", "").strip()
        around = time.fromisoformat(typed) if typed else None
    except ValueError:
        around, errors["around"] = None, ("field.malformed",)
    if day is not None and not FOUR_MONTHS.first_kept(today) <= day <= today:
        errors["day"] = ("returns.not_kept" if day < today else "returns.not_yet",)
    if errors:
        return Asked(q, kiosk, errors=errors)
    since, until = _between(day or (today if around else None), around, zone)
    return Asked(q, kiosk, since, until)


def _between(
    day: date | None, around: time | None, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    if day is None:
        return None, None
    if around is None:
        begin = datetime.combine(day, time.min, zone)
        return begin, datetime.combine(day + timedelta(days=1), time.min, zone)
    middle = datetime.combine(day, around.replace(tzinfo=None), zone)
    return middle - _AROUND, middle + _AROUND


class PastReturnsPage:
    """The search for returns of all kiosks and desks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def search(self, request: web.Request) -> web.Response:
        """Answer what is asked in the query."""
        now, zone = self._desk.parts.clock(), self._desk.parts.zone
        asked = asked_of(request.query, now, zone)
        watched = await self._desk.read(lambda db: watched_kiosks(db, now))
        found, answer = PastReturns(returns=(), next=""), None
        if not asked.errors and not asked.nothing:
            found = await self._found(request, asked, now)
            answer = await self._answer(request, asked, found)
        values = {name: request.query.get(name, "") for name in _ASKED}
        return rendered(
            "kiosks/returns.html",
            request,
            here="kiosks",
            asked=asked,
            draft=Draft("", values, errors=asked.errors),
            answer=answer,
            lines=lines_of(found.returns, now, zone),
            more=_address(values | {"cursor": found.next}) if found.next else "",
            kiosks=[one.row.name for one in watched],
            behind=_behind(watched) if answer and answer.tone != "right" else [],
            first_day=FOUR_MONTHS.first_kept(now.astimezone(zone).date()),
            last_day=now.astimezone(zone).date(),
            names=request[SITES],
        )

    async def undo(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take a return back, and come back to the page that it stood on."""
        back = DESK.own(form.text("back"))
        back = ADDRESS if back == DESK.home else back
        path = {"return_id": request.match_info["return_id"]}
        try:
            await self._desk.call(request, UNDO_RETURN, Nothing(), path=path, key=form.key)
        except Refused as refused:
            raise self._desk.not_done(back, refused, "undo_refusal") from refused
        raise self._desk.done(back, "returns.undone", what=form.text("what"))

    async def _found(self, request: web.Request, asked: Asked, now: datetime) -> PastReturns:
        """Find by the number of a receipt if it is one, else by barcode."""
        fixed = {
            "kiosk": asked.kiosk,
            "since": FOUR_MONTHS.kept_since(
                now.astimezone(self._desk.parts.zone).date(), self._desk.parts.zone
            ),
            "laid_since": asked.since,
            "laid_until": asked.until,
            "cursor": request.query.get("cursor", ""),
        }
        ways = [{"barcode": asked.q}]
        if _is_receipt(asked.q):
            ways.insert(0, {"receipt": asked.q})
        found = PastReturns(returns=(), next="")
        for way in ways:
            try:
                body = body_of(FindReturns, fixed | way)
            except Unfit as unfit:
                raise Refused(ProblemType.INVALID_REQUEST) from unfit
            found = await self._desk.call(request, FIND_RETURNS, body)
            if found.returns:
                break
        return found

    async def _answer(
        self, request: web.Request, asked: Asked, found: PastReturns
    ) -> Answer | None:
        """Put into words what was found of one item or one receipt."""
        words = words_of(request)
        if found.returns and asked.q:
            newest = found.returns[0]
            if newest.barcode == asked.q:
                return of_return(newest, words, request[SITES])
            return Answer("returns.answer.receipt", "right", _where(newest, words, request[SITES]))
        if found.returns:
            return None
        if not asked.q or _is_receipt(asked.q):
            return Answer("returns.answer.none", "onward")
        item = await self._item(request, asked.q)
        if item is None:
            return Answer("returns.answer.unknown", "onward", {"barcode": asked.q})
        key = "still_on_loan" if item.on_loan else "never"
        return Answer(f"returns.answer.{key}", "onward", {"title": item.title})

    async def _item(self, request: web.Request, barcode: str) -> ItemInfo | None:
        try:
            return await self._desk.call(request, SHOW_ITEM, Nothing(), path={"barcode": barcode})
        except Refused as refused:
            if refused.type is not ProblemType.NOT_FOUND:
                raise
            return None


def of_return(one: PastReturn, words: Words, names: Mapping[str, str]) -> Answer:
    """Return what can be said of the last return of an item."""
    values = _where(one, words, names)
    if one.undone_at is not None:
        undone = {"undone": words.moment(one.undone_at), "by": one.undone_by or "–"}
        return Answer("returns.answer.undone", "wrong", values | undone)
    facts = FACTS[one.outcome]
    tone = "right" if facts.accepted and one.outcome is not Outcome.OVERTAKEN else "wrong"
    return Answer(f"returns.answer.{one.outcome.value}", tone, values)


def _where(one: PastReturn, words: Words, names: Mapping[str, str]) -> dict[str, str]:
    site = names.get(one.site, one.site)
    place = (
        words.text("returns.at_kiosk", kiosk=one.kiosk, site=site)
        if one.kiosk
        else words.text("returns.at_desk", site=site)
    )
    return {"title": one.title or one.barcode, "at": words.moment(one.occurred_at), "place": place}


def _behind(watched: Iterable[WatchedKiosk]) -> list[WatchedKiosk]:
    """Return the kiosks that may know of a return that is not here yet."""
    return [
        one
        for one in watched
        if one.row.revoked_at is None
        and (one.row.health is None or one.row.health.undelivered or _is_silent(one))
    ]


def _is_silent(watched: WatchedKiosk) -> bool:
    return any(one.need.value == "silent" for one in watched.needs)


def _is_receipt(typed: str) -> bool:
    try:
        read_receipt_number(typed)
    except NoReceiptNumber:
        return False
    return True


def _address(values: Mapping[str, str]) -> str:
    return f"{ADDRESS}?{urlencode({name: value for name, value in values.items() if value})}"
