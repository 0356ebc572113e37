"""« Coups de cœur » at the desk: which titles librarians recommend, in what words and order."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.favourites import (
    ADD_FAVOURITE,
    CHANGE_FAVOURITE,
    LIST_ALL_FAVOURITES,
    MOVE_FAVOURITE,
    REMOVE_FAVOURITE,
    FavouriteData,
    FavouriteInfo,
    Move,
    NewFavourite,
)
from catalogue_api.contract.search import SHOW_TITLE
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.readers.written import day_of
from catalogue_api.web.desk.titles import ENTRY
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing

HERE = "/desk/favourites"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list and the forms."""
    pages, scope, one = FavouritePages(desk), ENTRY.scope, r"/favourites/{favourite:\d{1,9}}"
    app.router.add_get("/favourites", desk.page(pages.show, scope))
    app.router.add_get(one, desk.page(pages.edit, scope))
    app.router.add_post(one, desk.form(pages.store, scope))
    app.router.add_post(f"{one}/move", desk.form(pages.move, scope))
    app.router.add_post(f"{one}/remove", desk.form(pages.remove, scope))
    of_title = r"/titles/{title:\d{1,9}}/favourite"
    app.router.add_get(of_title, desk.page(pages.ask, scope))
    app.router.add_post(of_title, desk.form(pages.add, scope))


class FavouritePages:
    """The list of favourites, and the form of one."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show all favourites in their order, those that are no longer shown too."""
        today = self._desk.parts.clock().astimezone(self._desk.parts.zone).date()
        return rendered(
            "favourites/list.html",
            request,
            here=ENTRY.name,
            favourites=await self._all(request),
            today=today,
        )

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Ask why a title is one; one that is a favourite already is edited."""
        number = int(request.match_info["title"])
        known = [one for one in await self._all(request) if one.title.id == number]
        if known:
            raise web.HTTPSeeOther(f"{HERE}/{known[0].favourite}")
        return await self._new(request, self._desk.blank())

    async def add(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Make a title a favourite."""
        try:
            body = body_of(NewFavourite, _said(form) | {"title": int(request.match_info["title"])})
            added = await self._desk.call(request, ADD_FAVOURITE, body, key=form.key)
        except (Unfit, Refused) as refusal:
            return await self._new(request, self._desk.kept(form, refusal, "favourite_refusal"))
        raise self._desk.done(HERE, "favourites.added", title=added.title.title)

    async def edit(self, request: web.Request) -> web.Response:
        """Show a favourite in its form."""
        found = await self._found(request)
        return self._form(
            request, found, editing(self._desk.parts.new_token(), _typed(found), found.version)
        )

    async def store(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Store what is said of it; whoever comes second is told what the first one changed."""
        path = {"favourite": request.match_info["favourite"]}
        try:
            body = body_of(FavouriteData, _said(form))
            await self._desk.call(request, CHANGE_FAVOURITE, body, path=path, version=form.version)
        except (Unfit, Refused) as refusal:
            found = await self._found(request)
            overtaken = isinstance(refusal, Refused) and (
                refusal.type is ProblemType.CHANGED_MEANWHILE
            )
            if not overtaken:
                return self._form(request, found, self._desk.kept(form, refusal))
            draft = form.upon(_typed(found), found.version, _typed_in(form))
            if draft is not None:
                return self._form(request, found, draft)
        raise self._desk.done(HERE, "favourites.stored")

    async def move(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Put it elsewhere in the order."""
        path = {"favourite": request.match_info["favourite"]}
        try:
            body = body_of(Move, {"place": form.text("place")})
            await self._desk.call(request, MOVE_FAVOURITE, body, path=path)
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        raise web.HTTPSeeOther(f"{HERE}#favourite-{path['favourite']}")

    async def remove(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take it out of the favourites."""
        path = {"favourite": request.match_info["favourite"]}
        try:
            await self._desk.call(
                request, REMOVE_FAVOURITE, Nothing(), path=path, version=form.version
            )
        except Refused as refused:
            raise self._desk.not_done(HERE, refused) from refused
        raise self._desk.done(HERE, "favourites.removed")

    async def _all(self, request: web.Request) -> tuple[FavouriteInfo, ...]:
        return (await self._desk.call(request, LIST_ALL_FAVOURITES, Nothing())).favourites

    async def _found(self, request: web.Request) -> FavouriteInfo:
        number = int(request.match_info["favourite"])
        for one in await self._all(request):
            if one.favourite == number:
                return one
        raise web.HTTPNotFound

    async def _new(self, request: web.Request, draft: Draft) -> web.Response:
        path = {"title": str(int(request.match_info["title"]))}
        title = await self._desk.call(request, SHOW_TITLE, Nothing(), path=path)
        return self._rendered(request, draft, title.title, f"/desk/titles/{title.id}/favourite")

    def _form(self, request: web.Request, found: FavouriteInfo, draft: Draft) -> web.Response:
        address = f"{HERE}/{found.favourite}"
        return self._rendered(request, draft, found.title.title, address)

    def _rendered(
        self, request: web.Request, draft: Draft, title: str, address: str
    ) -> web.Response:
        return rendered(
            "favourites/form.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=draft,
            full_title=title,
            place=address,
        )


def _typed_in(form: Form) -> dict[str, str]:
    return {name: form.text(name) for name in ("words", "signed", "until")}


def _said(form: Form) -> dict[str, object]:
    typed = _typed_in(form)
    words = typed["words"].replace("\r\n", "\n")
    return {"words": words, "signed": typed["signed"], "until": day_of(typed["until"])}


def _typed(found: FavouriteInfo) -> Mapping[str, str]:
    until = found.until.isoformat() if found.until else ""
    return {"words": found.words, "signed": found.signed, "until": until}
