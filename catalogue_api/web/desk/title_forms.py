"""Describing titles at the desk: a new one, one that is there, and deleting one."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.collection import (
    CREATE_TITLE,
    DELETE_TITLE,
    DESCRIBE_TITLE,
    SHOW_DESCRIPTION,
    Audience,
    TitleData,
    TitleInfo,
    TitleKind,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.services.titles.titles import as_stored
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.titles import ENTRY
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of

LINES = ("title", "subtitle", "volume", "author", "publisher", "extent", "contents", "platform")
MANY = ("contributors", "other_titles", "numbers", "subjects", "series")
"""One a line."""
NUMBERS = ("year", "parts_count", "pegi_age")
FIELDS = (*LINES, *MANY, *NUMBERS, "language", "kind", "audience", "summary")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the forms."""
    forms, scope = TitleForms(desk), ENTRY.scope
    address = r"/titles/{title:\d{1,9}}"
    app.router.add_get("/titles/new", desk.page(forms.ask, scope))
    app.router.add_post("/titles/new", desk.form(forms.create, scope))
    app.router.add_get(f"{address}/edit", desk.page(forms.edit, scope))
    app.router.add_post(f"{address}/edit", desk.form(forms.store, scope))
    app.router.add_post(f"{address}/delete", desk.form(forms.delete, scope))


def typed_of(title: TitleData | TitleInfo) -> dict[str, str]:
    """Return a title as it stands in the fields of its form."""
    shown = {name: getattr(title, name) for name in FIELDS}
    shown |= {name: "\n".join(shown[name]) for name in MANY}
    return {name: "" if value is None else str(value) for name, value in shown.items()}


def said_in(form: Form) -> dict[str, object]:
    """Return what a form says, as the contract takes it."""
    said: dict[str, object] = {name: form.text(name) for name in LINES}
    said |= {name: _lines(form.text(name)) for name in MANY}
    said |= {name: form.text(name) for name in NUMBERS if form.text(name)}
    said |= {name: form.text(name) for name in ("kind", "audience") if form.text(name)}
    said["language"] = form.text("language").lower()
    said["summary"] = " ".join(form.text("summary").split())
    return said


def _lines(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (line.strip() for line in text.splitlines())))


class TitleForms:
    """The form of a title."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: web.Request) -> web.Response:
        """Ask for a new title."""
        draft = self._desk.blank(kind="book", audience="anyone", parts_count="1", language="fre")
        return self._form(request, draft)

    async def create(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Describe a title that no record was imported for."""
        try:
            body = body_of(TitleData, said_in(form))
            made = await self._desk.call(request, CREATE_TITLE, body, key=form.key)
        except (Refused, Unfit) as refusal:
            return self._form(request, self._desk.kept(form, _placed(refusal)))
        address = f"{ENTRY.address}/{made.title_id}"
        raise self._desk.done(address, "titles.created", title=made.title)

    async def edit(self, request: web.Request) -> web.Response:
        """Show a title in its form."""
        info = await self._info(request)
        draft = editing(self._desk.parts.new_token(), typed_of(info), info.version)
        return self._form(request, draft, info)

    async def store(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Describe a title anew; whoever comes second is told what the first one changed."""
        path = {"title": request.match_info["title"]}
        try:
            body = body_of(TitleData, said_in(form))
        except Unfit as unfit:
            return self._form(request, self._desk.kept(form, unfit), await self._info(request))
        try:
            await self._desk.call(request, DESCRIBE_TITLE, body, path=path, version=form.version)
        except Refused as refused:
            info = await self._info(request)
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return self._form(request, self._desk.kept(form, _placed(refused)), info)
            said = typed_of(as_stored(body))
            draft = form.upon(typed_of(info), info.version, said)
            if draft is not None:
                return self._form(request, draft, info)
        raise self._desk.done(f"{ENTRY.address}/{path['title']}", "titles.stored", title=body.title)

    async def delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Delete a title that has no copies and never had any that mattered."""
        number = request.match_info["title"]
        try:
            await self._desk.call(
                request, DELETE_TITLE, Nothing(), path={"title": number}, version=form.version
            )
        except Refused as refused:
            there = f"{ENTRY.address}/{number}"
            raise self._desk.not_done(there, refused, "collection_refusal") from refused
        raise self._desk.done(ENTRY.address, "titles.deleted", title=form.text("what"))

    async def _info(self, request: web.Request) -> TitleInfo:
        path = {"title": request.match_info["title"]}
        return await self._desk.call(request, SHOW_DESCRIPTION, Nothing(), path=path)

    def _form(
        self, request: web.Request, draft: Draft, info: TitleInfo | None = None
    ) -> web.Response:
        words = words_of(request)
        place = f"{ENTRY.address}/{info.title_id}" if info else ENTRY.address
        return rendered(
            "titles/form.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=draft,
            info=info,
            place=place,
            kinds=[(kind.value, words.text(f"title_kind.{kind.value}")) for kind in TitleKind],
            audiences=[(one.value, words.text(f"audience.{one.value}")) for one in Audience],
            labels={name: words.text(f"titles.field.{name}") for name in FIELDS},
        )


def _placed(refusal: Refused | Unfit) -> Refused | Unfit:
    """Put what is no number of the trade beside its field."""
    if isinstance(refusal, Refused) and refusal.detail.startswith("numbers:"):
        return Unfit({"numbers": ("titles.no_number",)})
    return refusal
