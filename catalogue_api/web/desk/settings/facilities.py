"""« Lieux et équipements »: what there is at each site, for the portal's page of places."""

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.facilities import (
    LIST_FACILITIES,
    PUT_FACILITIES,
    FacilitiesData,
    FacilitiesInfo,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.previews import HERE
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of

_HERE = "/desk/settings/places"
_LINES = (
    *("street", "town", "phone", "email"),
    *("help_fr", "help_en", "access_fr", "access_en"),
)
_COUNTS = ("computers", "printers", "scanners")
_DEGREES = ("latitude", "longitude")


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list and the form."""
    page, scope = FacilitiesPage(desk), Scope.COLLECTION
    app.router.add_get("/settings/places", desk.page(page.list_all, scope))
    app.router.add_get("/settings/places/{place}", desk.page(page.edit, scope))
    app.router.add_post("/settings/places/{place}", desk.form(page.store, scope))


class FacilitiesPage:
    """What there is at a site."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_all(self, request: web.Request) -> web.Response:
        """Show all sites."""
        found = await self._desk.call(request, LIST_FACILITIES, Nothing())
        return rendered("settings/places.html", request, here=HERE, places=found.sites)

    async def edit(self, request: web.Request) -> web.Response:
        """Show a site in its form."""
        found = await self._found(request)
        draft = editing(self._desk.parts.new_token(), _typed(found), found.version)
        return self._form(request, found, draft)

    async def store(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Write down what there is; whoever comes second is told what the first one changed."""
        found = await self._found(request)
        path = {"site": found.site}
        try:
            body = body_of(FacilitiesData, _said(form))
        except Unfit as unfit:
            return self._form(request, found, self._desk.kept(form, unfit))
        try:
            await self._desk.call(request, PUT_FACILITIES, body, path=path, version=form.version)
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return self._form(request, found, self._desk.kept(form, refused))
            draft = form.upon(_typed(found), found.version, _typed(body))
            if draft is not None:
                return self._form(request, found, draft)
        raise self._desk.done(_HERE, "places.stored", site=found.name)

    async def _found(self, request: web.Request) -> FacilitiesInfo:
        sites = (await self._desk.call(request, LIST_FACILITIES, Nothing())).sites
        for one in sites:
            if one.site == request.match_info["place"]:
                return one
        raise web.HTTPNotFound

    def _form(self, request: web.Request, found: FacilitiesInfo, draft: Draft) -> web.Response:
        words = words_of(request)
        names = (*_LINES, *_COUNTS, *_DEGREES, "wifi")
        return rendered(
            "settings/place.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            place=found,
            draft=draft,
            counts=_COUNTS,
            labels={name: words.text(f"places.field.{name}") for name in names},
        )


def _said(form: Form) -> dict[str, object]:
    said: dict[str, object] = {name: form.text(name) for name in _LINES}
    said |= {name: form.text(name) or "0" for name in _COUNTS}
    said |= {name: form.text(name).replace(",", ".") or None for name in _DEGREES}
    return said | {"wifi": bool(form.text("wifi"))}


def _typed(found: FacilitiesData) -> Mapping[str, str]:
    typed = {name: str(getattr(found, name)) for name in (*_LINES, *_COUNTS)}
    degrees = {name: getattr(found, name) for name in _DEGREES}
    typed |= {name: "" if value is None else f"{value}" for name, value in degrees.items()}
    return typed | {"wifi": "1" if found.wifi else ""}
