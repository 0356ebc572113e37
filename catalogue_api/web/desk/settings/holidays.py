"""« Vacances et jours fériés »: school holidays, and the public holidays on which one opens."""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.holidays import (
    CHANGE_HOLIDAYS,
    SHOW_HOLIDAYS,
    Holidays,
    HolidaysChange,
    HolidaysInfo,
)
from catalogue_api.domain.holidays import PublicHoliday
from catalogue_api.domain.roles import Scope
from catalogue_api.domain.school_holidays import ZONE_C
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.ending import ending_in_words, meets_something
from catalogue_api.web.desk.settings.moves import MOVES
from catalogue_api.web.desk.settings.previews import (
    HERE,
    Preview,
    may_change,
    status_of,
)
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

_HERE = "/desk/settings/holidays"
_FREE = 3
"""Empty lines behind those that are filled."""
_MOST = 100
_PARTS = ("first", "last", "label")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its form."""
    page = HolidaysPage(desk)
    app.router.add_get("/settings/holidays", desk.page(page.show, Scope.STAFF))
    app.router.add_post("/settings/holidays", desk.form(page.change, Scope.RULES))


class HolidaysPage(Changing[HolidaysChange, HolidaysInfo, HolidaysInfo]):
    """One form for all holidays."""

    async def show(self, request: web.Request) -> web.Response:
        """Show the holidays in force; with `zone_c` in the query, those that come along."""
        found = await self._found(request)
        words, values = words_of(request), _values(found)
        if "zone_c" in request.query and not found.school:
            values |= _lines([(one.first, one.last, one.label) for one in ZONE_C])
        key = self._desk.parts.new_token()
        return self._form(request, Draft(key, values, found.version, _was(words, found)), found)

    async def _found(self, request: web.Request) -> HolidaysInfo:
        return await self._desk.call(request, SHOW_HOLIDAYS, Nothing())

    def _in_words(self, request: web.Request, said: Holidays) -> dict[str, str]:
        return _was(words_of(request), said)

    def _body(self, form: Form, *, dry_run: bool) -> HolidaysChange:
        return _body(form, dry_run=dry_run)

    async def _send(
        self, request: web.Request, body: HolidaysChange, version: int | None
    ) -> HolidaysInfo:
        return await self._desk.call(request, CHANGE_HOLIDAYS, body, version=version)

    def _preview(self, request: web.Request, before: HolidaysInfo, after: HolidaysInfo) -> Preview:
        return _preview(words_of(request), before, after)

    def _stored(self, _request: web.Request, found: HolidaysInfo) -> web.HTTPSeeOther:
        there = MOVES if meets_something(found) else _HERE
        return self._desk.done(there, "holidays.stored")

    def _form(self, request: web.Request, draft: Draft, _found: HolidaysInfo) -> web.Response:
        words = words_of(request)
        numbers = [one for one in range(_MOST) if f"first.{one}" in draft.values]
        return rendered(
            "settings/holidays.html",
            request,
            status=status_of(draft),
            here=HERE,
            draft=draft,
            lines=range(min(max(numbers, default=-1) + 1, _MOST)),
            public=tuple(PublicHoliday),
            labels={name: words.text(f"holidays.{name}") for name in ("school", "opens_on")},
            empty=not any(draft.value(f"first.{number}") for number in numbers),
            may_change=may_change(request, Scope.RULES),
        )


def _lines(spans: list[tuple[object, object, str]]) -> dict[str, str]:
    free = min(_FREE, _MOST - len(spans))
    lines = [
        *((f"{first}", f"{last}", label) for first, last, label in spans),
        *free * [("", "", "")],
    ]
    return {
        f"{part}.{number}": said
        for number, line in enumerate(lines)
        for part, said in zip(_PARTS, line, strict=True)
    }


def _values(found: HolidaysInfo) -> dict[str, str]:
    spans: list[tuple[object, object, str]] = [
        (one.first_on, one.last_on, one.label) for one in found.school
    ]
    return _lines(spans) | {f"opens.{key.value}": "1" for key in found.opens_on}


def _was(words: Words, found: Holidays) -> dict[str, str]:
    return {
        "school": " · ".join(_school(words, found)),
        "opens_on": ", ".join(_opens(words, found)),
    }


def _school(words: Words, found: Holidays) -> list[str]:
    ordered = sorted(found.school, key=lambda one: (one.first_on, one.last_on, one.label))
    return [
        words.text(
            "holidays.span",
            label=one.label or words.text("holidays.school"),
            first=words.full_day(one.first_on),
            last=words.full_day(one.last_on),
        )
        for one in ordered
    ]


def _opens(words: Words, found: Holidays) -> list[str]:
    return [
        words.text(f"public_holiday.{key.value}") for key in PublicHoliday if key in found.opens_on
    ]


def _body(form: Form, *, dry_run: bool) -> HolidaysChange:
    spans: list[Mapping[str, object]] = []
    errors: dict[str, tuple[str, ...]] = {}
    for number in range(_MOST):
        first, last, label = (form.text(f"{part}.{number}") for part in _PARTS)
        if not first and not last:
            continue
        span = {"first_on": first, "last_on": last or first, "label": label}
        try:
            body_of(HolidaysChange, {"school": [span]})
        except Unfit:
            errors[f"first.{number}"] = ("holidays.wrong",)
        spans.append(span)
    if errors:
        raise Unfit(errors)
    return body_of(
        HolidaysChange,
        {"school": spans, "opens_on": form.chosen("opens."), "dry_run": dry_run},
    )


def _preview(words: Words, before: HolidaysInfo, found: HolidaysInfo) -> Preview:
    changes: list[str] = []
    for tell, key in ((_school, "school"), (_opens, "opens_on")):
        old, new = tell(words, before), tell(words, found)
        changes += [words.text(f"holidays.{key}.new", what=one) for one in new if one not in old]
        changes += [words.text(f"holidays.{key}.gone", what=one) for one in old if one not in new]
    return Preview(
        words.text("holidays.preview"),
        changes or [words.text("preview.nothing")],
        ending_in_words(words, found),
        _HERE,
    )
