"""« Fermetures »: closures and days at other hours; what ends in them is told before and after."""

from collections.abc import Mapping
from datetime import date

from aiohttp import web

from catalogue_api.contract.closures import (
    ADD_EXCEPTION,
    EDIT_EXCEPTION,
    LIST_EXCEPTIONS,
    REMOVE_EXCEPTION,
    ExceptionChange,
    ExceptionData,
    ExceptionInfo,
    ExceptionsAsked,
    NewException,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.ending import ending_in_words, meets_something
from catalogue_api.web.desk.settings.previews import (
    HERE,
    Preview,
    as_typed,
    goes_back,
    may_change,
    renamed,
    shown_first,
    status_of,
    wants_to_save,
)
from catalogue_api.web.pages.forms import WHOLE, Body, Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

LIST = "/desk/settings/closures"
_PLACES = {
    "site": ("where", ""),
    "hours": ("opens", "closures.hours_wrong"),
    WHOLE: ("last_on", "closures.order_wrong"),
}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list and its forms."""
    pages = ClosurePages(desk)
    router, one = app.router, "/settings/closures/{exception:[1-9][0-9]{0,8}}"
    router.add_get("/settings/closures", desk.page(pages.list_all, Scope.STAFF))
    router.add_get("/settings/closures/new", desk.page(pages.ask, Scope.RULES))
    router.add_post("/settings/closures/new", desk.form(pages.add, Scope.RULES))
    router.add_get(one, desk.page(pages.open, Scope.RULES))
    router.add_post(one, desk.form(pages.change, Scope.RULES))
    router.add_get(f"{one}/remove", desk.page(pages.ask_to_remove, Scope.RULES))
    router.add_post(f"{one}/remove", desk.form(pages.remove, Scope.RULES))


class ClosurePages(Changing[ExceptionChange, ExceptionInfo, ExceptionInfo]):
    """The list of closures and other exceptions, and the forms that change it."""

    async def list_all(self, request: web.Request) -> web.Response:
        """Show what is to come, with `past` in the query all."""
        past = "past" in request.query
        listed = await self._desk.call(request, LIST_EXCEPTIONS, ExceptionsAsked(past=past))
        return rendered(
            "settings/closures.html",
            request,
            here=HERE,
            exceptions=listed.exceptions,
            past=past,
            names=request[SITES],
            in_words=lambda one: in_words(words_of(request), one, request[SITES]),
            ending=any(map(meets_something, listed.exceptions)),
            may_change=may_change(request, Scope.RULES),
        )

    async def ask(self, request: web.Request) -> web.Response:
        """Show an empty form, or one for the `day` of the query."""
        day = _day(request.query.get("day", ""))
        return self._form(request, self._desk.blank(first_on=day, last_on=day))

    async def add(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell what a new exception does, then add it."""
        saving = wants_to_save(form)
        if goes_back(form):
            return self._form(request, as_typed(form))
        try:
            body = _body(NewException, form, dry_run=not saving)
            found = await self._desk.call(request, ADD_EXCEPTION, body, key=form.key)
        except (Refused, Unfit) as refusal:
            return self._form(request, self._kept(form, refusal))
        if not saving:
            return shown_first(request, form, _preview(request, found, "closures.new"))
        raise self._stored(request, found)

    async def open(self, request: web.Request) -> web.Response:
        """Show the form of an exception."""
        found = await self._found(request)
        draft = editing(self._desk.parts.new_token(), _values(found), found.version)
        return self._form(request, draft, found)

    async def ask_to_remove(self, request: web.Request) -> web.Response:
        """Tell what it means to take an exception away."""
        found, words = await self._found(request), words_of(request)
        form = Form({"key": self._desk.parts.new_token(), "version": str(found.version)})
        line = in_words(words, found, request[SITES])
        preview = Preview(
            words.text("closures.remove"),
            [line],
            [words.text("closures.remove.effect")],
            LIST,
            risky=True,
        )
        return shown_first(request, form, preview)

    async def remove(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take an exception away; a second click finds it gone."""
        if goes_back(form):
            raise web.HTTPSeeOther(LIST)
        path = {"exception": request.match_info["exception"]}
        try:
            await self._desk.call(
                request, REMOVE_EXCEPTION, Nothing(), path=path, version=form.version
            )
        except Refused as refused:
            if refused.type is not ProblemType.NOT_FOUND:
                raise self._desk.not_done(LIST, refused) from refused
        raise self._desk.done(LIST, "closures.removed")

    async def _found(self, request: web.Request) -> ExceptionInfo:
        """Return the exception of the path; one that somebody took away is told of."""
        number = int(request.match_info["exception"])
        listed = await self._desk.call(request, LIST_EXCEPTIONS, ExceptionsAsked(past=True))
        for one in listed.exceptions:
            if one.exception == number:
                return one
        raise self._desk.done(LIST, "closures.gone", well=False)

    def _stored(self, request: web.Request, found: ExceptionInfo) -> web.HTTPSeeOther:
        key = "closures.stored_ending" if meets_something(found) else "closures.stored"
        line = in_words(words_of(request), found, request[SITES])
        return self._desk.done(f"{LIST}#closure-{found.exception}", key, closure=line)

    def _in_words(self, _request: web.Request, said: ExceptionData) -> dict[str, str]:
        return _values(said)

    def _body(self, form: Form, *, dry_run: bool) -> ExceptionChange:
        return _body(ExceptionChange, form, dry_run=dry_run)

    async def _send(
        self, request: web.Request, body: ExceptionChange, version: int | None
    ) -> ExceptionInfo:
        path = {"exception": request.match_info["exception"]}
        return await self._desk.call(request, EDIT_EXCEPTION, body, path=path, version=version)

    def _preview(
        self, request: web.Request, before: ExceptionInfo, after: ExceptionInfo
    ) -> Preview:
        return _preview(request, after, "closures.change", before)

    def _form(
        self, request: web.Request, draft: Draft, found: ExceptionInfo | None = None
    ) -> web.Response:
        return rendered(
            "settings/closure.html",
            request,
            status=status_of(draft),
            here=HERE,
            draft=draft,
            address=f"{LIST}/{found.exception if found else 'new'}",
            found=found,
            choices=[("", words_of(request).text("closures.everywhere")), *request[SITES].items()],
        )


def in_words(words: Words, one: ExceptionData, names: Mapping[str, str]) -> str:
    """Return what an exception says, in a line."""
    where = names.get(one.site, one.site) if one.site else words.text("closures.everywhere")
    days = words.full_day(one.first_on)
    if one.last_on != one.first_on:
        days = words.text("closures.days", first=days, last=words.full_day(one.last_on))
    if one.hours is None:
        return words.text("closures.closed", where=where, days=days)
    opens, closes = f"{one.hours.opens:%H:%M}", f"{one.hours.closes:%H:%M}"
    return words.text("closures.open", where=where, days=days, opens=opens, closes=closes)


def _preview(
    request: web.Request, found: ExceptionInfo, title: str, before: ExceptionInfo | None = None
) -> Preview:
    words, names = words_of(request), request[SITES]
    changes = [in_words(words, found, names)]
    if before is not None:
        said = in_words(words, before, names)
        changes = [
            words.text("preview.before", what=said),
            words.text("preview.after", what=changes[0]),
        ]
    if found.label:
        changes.append(words.text("closures.label_is", label=found.label))
    return Preview(words.text(title), changes, ending_in_words(words, found), LIST)


def _body(model: type[Body], form: Form, *, dry_run: bool) -> Body:
    opens, closes = form.text("opens"), form.text("closes")
    said = {
        "site": form.text("where") or None,
        "first_on": form.text("first_on"),
        "last_on": form.text("last_on") or form.text("first_on"),
        "hours": {"opens": opens, "closes": closes} if opens or closes else None,
        "label": form.text("label"),
        "dry_run": dry_run,
    }
    try:
        return body_of(model, said)
    except Unfit as unfit:
        raise renamed(unfit, _PLACES) from unfit


def _values(found: ExceptionData) -> dict[str, str]:
    return {
        "where": found.site or "",
        "first_on": found.first_on.isoformat(),
        "last_on": found.last_on.isoformat(),
        "opens": f"{found.hours.opens:%H:%M}" if found.hours else "",
        "closes": f"{found.hours.closes:%H:%M}" if found.hours else "",
        "label": found.label,
    }


def _day(said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError:
        return ""
