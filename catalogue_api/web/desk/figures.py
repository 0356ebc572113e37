"""« Chiffres »: what the library did in a span of days, and the year for the ministry."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType, Refused
from catalogue_api.contract.figures import (
    COUNT_LOANS,
    COUNT_RETURNS,
    COUNT_WAITS,
    COUNT_YEAR,
    CountLoans,
    CountReturns,
    CountWaits,
    CountYear,
    ReturnFigures,
    WaitFigures,
)
from catalogue_api.contract.slot_figures import COUNT_SLOTS, CountSlots
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.figure_words import Figure, Style, of_loans, of_returns, of_waits
from catalogue_api.web.desk.page import SITES, Entry, rendered
from catalogue_api.web.desk.slot_figure_words import of_slots
from catalogue_api.web.desk.year_words import borrowers_of, kinds_of
from catalogue_api.web.pages.forms import Draft, Errors, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.pages.sheets import Sheet, as_csv

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)
ENTRY = Entry("figures", "/desk/figures", Scope.STAFF, "c")
_USUAL = timedelta(days=27)  # before today: four weeks in all
_MONTHS = 12
_RECENT = timedelta(minutes=10)
_MOST_KEPT = 100
_FIELDS = ("first", "last", "site", "minutes_each", "within")
_LATEST_YEARS = 5


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted for a page: the figures in front, and a chapter for each kind."""

    returns: ReturnFigures
    waits: WaitFigures
    chapters: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A span that is chosen by one click: `figures.span.NAME` is its text."""

    name: str
    first: date
    last: date


class Recently:
    """Answers that were counted a moment ago: a page and its files ask the same.

    Whoever may see one of them may see all: they are of one scope, and know nobody.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._kept: dict[tuple[str, str], tuple[datetime, Message]] = {}

    async def call(self, request: web.Request, endpoint: Endpoint[Q, A], body: Q) -> A:
        """Return what was answered within the last minutes, or ask."""
        now, key = self._desk.parts.clock(), (endpoint.name, body.model_dump_json())
        at, answer = self._kept.get(key, (now, None))
        if isinstance(answer, endpoint.answer) and timedelta(0) <= now - at < _RECENT:
            return answer
        fresh = await self._desk.call(request, endpoint, body)
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = now, fresh
        return fresh


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages of figures, and their files."""
    pages = FigurePages(desk)
    app.router.add_get("/figures", desk.page(pages.show, Scope.STAFF))
    app.router.add_get("/figures/year", desk.page(pages.show_year, Scope.STAFF))
    app.router.add_get("/figures/{name}.csv", desk.page(pages.give_file, Scope.STAFF))


def presets(today: date) -> tuple[Preset, ...]:
    """Return the spans that are asked for most."""
    this_month = today.replace(day=1)
    before = this_month - timedelta(days=1)
    return (
        Preset("weeks", today - _USUAL, today),
        Preset("this_month", this_month, today),
        Preset("month_before", before.replace(day=1), before),
        Preset("year", today.replace(month=1, day=1), today),
    )


def months_before(last: date, count: int) -> date:
    """Return the first day of so many months that end with that of a day."""
    month = last.year * 12 + last.month - count
    return date(month // 12, month % 12 + 1, 1)


class FigurePages:
    """The figures of a span, those of a year, and the files of both."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._recently = Recently(desk)

    async def show(self, request: web.Request) -> web.Response:
        """Show the figures of a span of days."""
        draft, today = self._draft(request), self._today()
        counted = None
        try:
            counted = await self._count(request, draft)
        except Unfit as unfit:
            draft = Draft("", draft.values, errors=_placed(unfit.errors))
        words = words_of(request)
        return rendered(
            "figures/figures.html",
            request,
            status=HTTPStatus.OK if counted else HTTPStatus.UNPROCESSABLE_ENTITY,
            here=ENTRY.name,
            draft=draft,
            counted=counted,
            style=Style(words),
            places=[("", words.text("figures.all_sites")), *request[SITES].items()],
            presets=presets(today),
            query=urlencode(draft.values),
            keep={name: draft.value(name) for name in ("site", "minutes_each", "within")},
            urlencode=urlencode,
            last_year=today.year - 1,
        )

    async def show_year(self, request: web.Request) -> web.Response:
        """Show a year."""
        today = self._today()
        year, sheets = await self._year(request)
        return rendered(
            "figures/year.html",
            request,
            here=ENTRY.name,
            year=year,
            sheets=sheets,
            style=Style(words_of(request)),
            years=range(today.year, today.year - _LATEST_YEARS, -1),
            goes_on=year == today.year,
        )

    async def give_file(self, request: web.Request) -> web.Response:
        """Give a sheet as a file for a spreadsheet."""
        name = request.match_info["name"]
        if name in ("kinds", "borrowers"):
            year, of_year = await self._year(request)
            return _file(request, of_year[name], f"{name}-{year}")
        draft = self._draft(request)
        try:
            counted = await self._count(request, draft)
        except Unfit as unfit:
            raise Refused(ProblemType.INVALID_REQUEST) from unfit
        sheets = {chapter.name: chapter.sheet for chapter in counted.chapters}
        if name not in sheets:
            raise web.HTTPNotFound
        span = f"{counted.returns.first}-{counted.returns.last}"
        return _file(request, sheets[name], f"{name}-{span}")

    async def _count(self, request: web.Request, draft: Draft) -> Counted:
        """Count all that a span asks for; raise `Unfit` where it is none."""
        values, words = draft.values, words_of(request)
        span: dict[str, object] = {name: values[name] for name in ("first", "last", "site")}
        if values["site"] and values["site"] not in request[SITES]:
            raise Unfit({"site": ("field.malformed",)})
        minutes = values["minutes_each"].replace(",", ".")
        returns = body_of(CountReturns, span | {"minutes_each": minutes})
        waits = body_of(CountWaits, span | {"within": values["within"]})
        since = min(returns.first, months_before(returns.last, _MONTHS))
        loans = body_of(CountLoans, span | {"first": max(since, date(2000, 1, 1))})
        returned = await self._recently.call(request, COUNT_RETURNS, returns)
        waited = await self._recently.call(request, COUNT_WAITS, waits)
        lent = await self._recently.call(request, COUNT_LOANS, loans)
        used = await self._recently.call(request, COUNT_SLOTS, body_of(CountSlots, span))
        style = Style(words)
        chapters = (
            of_returns(returned, style),
            of_loans(lent, style, request[SITES], self._today()),
            of_waits(waited, style),
            of_slots(used, style),
        )
        return Counted(returned, waited, chapters)

    async def _year(self, request: web.Request) -> tuple[int, Mapping[str, Sheet]]:
        asked = request.query.get("year", str(self._today().year))
        try:
            body = body_of(CountYear, {"year": asked})
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        told = await self._recently.call(request, COUNT_YEAR, body)
        words = words_of(request)
        sheets = {"kinds": kinds_of(told, words), "borrowers": borrowers_of(told, words)}
        return told.year, sheets

    def _draft(self, request: web.Request) -> Draft:
        """Return the span as it was chosen; four weeks that end today if nothing was."""
        today = self._today()
        usual = ((today - _USUAL).isoformat(), today.isoformat(), "", "1", "7")
        return Draft(
            "",
            {
                name: request.query.get(name, preset).strip()
                for name, preset in zip(_FIELDS, usual, strict=True)
            },
        )

    def _today(self) -> date:
        parts = self._desk.parts
        return parts.clock().astimezone(parts.zone).date()


def _placed(errors: Errors) -> Errors:
    """Say beside its end what is wrong with a span as a whole."""
    return {name or "last": keys if name else ("figures.no_span",) for name, keys in errors.items()}


def _file(request: web.Request, sheet: Sheet, name: str) -> web.Response:
    return web.Response(
        body=as_csv(sheet, Style(words_of(request)).plain),
        content_type="text/csv",
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )
