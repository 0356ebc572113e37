"""« Horaires »: the week of a site in term and in school holidays, typed day by day."""

from aiohttp import web

from catalogue_api.contract.calendars import (
    CHANGE_HOURS,
    SHOW_HOURS,
    SiteHours,
    SiteHoursChange,
    SiteHoursInfo,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.ending import ending_in_words, meets_something
from catalogue_api.web.desk.settings.hours_typed import typed, written
from catalogue_api.web.desk.settings.moves import MOVES
from catalogue_api.web.desk.settings.previews import (
    HERE,
    Preview,
    may_change,
    status_of,
)
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import WHOLE, Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

_HERE = "/desk/settings/hours"
WEEKS = ("term", "school_holidays")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its form."""
    page = HoursPage(desk)
    app.router.add_get("/settings/hours", desk.page(page.show, Scope.STAFF))
    app.router.add_post("/settings/hours", desk.form(page.change, Scope.RULES))


class HoursPage(Changing[SiteHoursChange, SiteHoursInfo, SiteHoursInfo]):
    """The week of the site at which somebody works."""

    async def show(self, request: web.Request) -> web.Response:
        """Show the week, as a form for those who may change it."""
        found = await self._found(request)
        draft = editing(self._desk.parts.new_token(), _values(found), found.version)
        return self._form(request, draft, found)

    async def _found(self, request: web.Request) -> SiteHoursInfo:
        return await self._desk.call(
            request, SHOW_HOURS, Nothing(), path={"site": site_of(request)}
        )

    def _in_words(self, _request: web.Request, said: SiteHours) -> dict[str, str]:
        return _values(said)

    def _body(self, form: Form, *, dry_run: bool) -> SiteHoursChange:
        return _body(form, dry_run=dry_run)

    async def _send(
        self, request: web.Request, body: SiteHoursChange, version: int | None
    ) -> SiteHoursInfo:
        path = {"site": site_of(request)}
        return await self._desk.call(request, CHANGE_HOURS, body, path=path, version=version)

    def _preview(
        self, request: web.Request, before: SiteHoursInfo, after: SiteHoursInfo
    ) -> Preview:
        return _preview(request, _values(before), after)

    def _stored(self, request: web.Request, found: SiteHoursInfo) -> web.HTTPSeeOther:
        there = MOVES if meets_something(found) else _HERE
        return self._desk.done(there, "hours.stored", place=request[SITES][site_of(request)])

    def _form(self, request: web.Request, draft: Draft, _found: SiteHoursInfo) -> web.Response:
        words = words_of(request)
        return rendered(
            "settings/hours.html",
            request,
            status=status_of(draft),
            here=HERE,
            draft=draft,
            weeks=WEEKS,
            same=not any(draft.value(f"school_holidays.{weekday}") for weekday in range(7)),
            names=[words.weekday(weekday) for weekday in range(7)],
            labels={name: _label(words, name) for name in draft.values},
            may_change=may_change(request, Scope.RULES),
        )


def _label(words: Words, name: str) -> str:
    week, _, weekday = name.partition(".")
    return f"{words.weekday(int(weekday))}, {words.text(f'hours.{week}')}"


def _values(found: SiteHours) -> dict[str, str]:
    return {
        f"{week}.{weekday}": written(one for one in getattr(found, week) if one.weekday == weekday)
        for week in WEEKS
        for weekday in range(7)
    }


def _body(form: Form, *, dry_run: bool) -> SiteHoursChange:
    weeks: dict[str, list[dict[str, object]]] = {week: [] for week in WEEKS}
    errors: dict[str, tuple[str, ...]] = {}
    for week in WEEKS:
        for weekday in range(7):
            name = f"{week}.{weekday}"
            stretches = typed(form.text(name))
            if stretches is None or not _in_order(stretches):
                errors[name] = ("hours.wrong",)
                continue
            weeks[week] += [
                {"weekday": weekday, "opens": opens, "closes": closes}
                for opens, closes in stretches
            ]
    if errors:
        raise Unfit(errors)
    if weeks["school_holidays"] and not weeks["term"]:
        raise Unfit({WHOLE: ("hours.term_missing",)})
    return body_of(SiteHoursChange, {**weeks, "dry_run": dry_run})


def _in_order(stretches: tuple[tuple[str, str], ...]) -> bool:
    """Tell whether each opens before it closes, and begins when the one before has ended."""
    walls = [wall for stretch in sorted(stretches) for wall in stretch]
    return walls == sorted(walls) and all(opens < closes for opens, closes in stretches)


def _preview(request: web.Request, before: dict[str, str], found: SiteHoursInfo) -> Preview:
    words, after = words_of(request), _values(found)
    closed = words.text("hours.closed")
    changes = [
        words.text(
            "preview.change",
            what=_label(words, name),
            before=before[name] or closed,
            after=after[name] or closed,
        )
        for name in after
        if before[name] != after[name]
    ]
    if not found.term:
        changes.append(words.text("hours.none"))
    elif not found.school_holidays:
        changes.append(words.text("hours.same_in_holidays"))
    return Preview(
        words.text("hours.preview", place=request[SITES][site_of(request)]),
        changes or [words.text("preview.nothing")],
        ending_in_words(words, found),
        _HERE,
    )
