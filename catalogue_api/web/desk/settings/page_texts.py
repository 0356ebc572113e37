"""« Textes du portail »: the legal pages and the accessibility statement, in each language."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.page_texts import (
    PUT_TEXT,
    SHOW_TEXT,
    InLanguage,
    PageName,
    TextData,
    TextInfo,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.previews import HERE
from catalogue_api.web.pages.first_texts import first_text
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.texts import LANGUAGES

_HERE = "/desk/settings/texts"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list and the form."""
    page, one = TextsPage(desk), "/settings/texts/{text}/{language}"
    app.router.add_get("/settings/texts", desk.page(page.list_all, Scope.RULES))
    app.router.add_get(one, desk.page(page.edit, Scope.RULES))
    app.router.add_post(one, desk.form(page.store, Scope.RULES))


class TextsPage:
    """The texts that a library writes itself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_all(self, request: web.Request) -> web.Response:
        """Show which texts there are."""
        texts = [
            await self._shown(request, name.value, language)
            for name in PageName
            for language in LANGUAGES
        ]
        return rendered("settings/texts.html", request, here=HERE, texts=texts)

    async def edit(self, request: web.Request) -> web.Response:
        """Show a text in its form: ours while the library has not written its own."""
        found = await self._found(request)
        draft = editing(self._desk.parts.new_token(), {"body": _body(found)}, found.version)
        return self._form(request, found, draft)

    async def store(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Write a text; whoever comes second is told what the first one changed."""
        found = await self._found(request)
        typed = form.text("body").replace("\r\n", "\n")
        path = {"text": found.name.value}
        try:
            body = body_of(TextData, {"language": found.language, "body": typed})
            await self._desk.call(request, PUT_TEXT, body, path=path, version=form.version)
        except (Unfit, Refused) as refusal:
            overtaken = isinstance(refusal, Refused) and (
                refusal.type is ProblemType.CHANGED_MEANWHILE
            )
            if not overtaken:
                return self._form(request, found, self._desk.kept(form, refusal))
            draft = form.upon({"body": _body(found)}, found.version, {"body": typed})
            if draft is not None:
                return self._form(request, found, draft)
        raise self._desk.done(_HERE, "page_texts.stored")

    async def _found(self, request: web.Request) -> TextInfo:
        language = request.match_info["language"]
        if language not in LANGUAGES:
            raise web.HTTPNotFound
        return await self._shown(request, request.match_info["text"], language)

    async def _shown(self, request: web.Request, name: str, language: str) -> TextInfo:
        asked = body_of(InLanguage, {"language": language})
        return await self._desk.call(request, SHOW_TEXT, asked, path={"text": name})

    def _form(self, request: web.Request, found: TextInfo, draft: Draft) -> web.Response:
        return rendered(
            "settings/text.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            shown=found,
            draft=draft,
        )


def _body(found: TextInfo) -> str:
    return found.body or first_text(found.name, found.language)
