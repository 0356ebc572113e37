"""« Documents »: finding titles, and the page of one with all its copies."""

from http import HTTPStatus
from urllib.parse import quote

from aiohttp import web

from catalogue_api.contract.collection import SHOW_DESCRIPTION, SHOW_ITEM
from catalogue_api.contract.copies import LIST_COPIES
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.search import SEARCH, Found, Search, Sort
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, Entry, rendered
from catalogue_api.web.pages.forms import Unfit, body_of
from catalogue_api.web.pages.narrowing import address_of, asked_of, choices, without
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.pages.title_words import language_name

ENTRY = Entry("titles", "/desk/titles", Scope.COLLECTION, "d")
_LONGEST_BARCODE = 64


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the search, the page of a title, and its record as a file."""
    pages = TitlePages(desk)
    app.router.add_get("/titles", desk.page(pages.search, ENTRY.scope))
    app.router.add_get(r"/titles/{title:\d{1,9}}", desk.page(pages.show, ENTRY.scope))
    app.router.add_get(r"/titles/{title:\d{1,9}}/record", desk.page(pages.record, ENTRY.scope))


class TitlePages:
    """The search, and one title."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def search(self, request: web.Request) -> web.Response:
        """Show what is found; the barcode of a copy leads to it at once."""
        said, words = asked_of(request.query), words_of(request)
        typed = str(said.get("q", ""))
        if await self._is_barcode(request, typed):
            raise web.HTTPSeeOther(f"/desk/items/{quote(typed, safe='')}")
        found: Found | None = None
        if said:
            try:
                body = body_of(Search, said | {"facets": True, "cursor": _cursor(request)})
                found = await self._desk.call(request, SEARCH, body)
            except (Unfit, Refused) as problem:
                if isinstance(problem, Refused) and problem.type is not ProblemType.INVALID_REQUEST:
                    raise
        wrong = bool(said) and found is None
        return rendered(
            "titles/search.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if wrong else HTTPStatus.OK,
            here=ENTRY.name,
            said=said,
            typed=typed,
            wrong=wrong,
            found=found,
            facets=choices(ENTRY.address, said, found.facets, words)
            if found and found.facets
            else {},
            sorts=list(Sort),
            sorted=said.get("sort", ""),
            first="cursor" not in request.query,
            following=address_of(ENTRY.address, said) + f"&cursor={found.next}"
            if found and found.next
            else "",
            start_over=address_of(ENTRY.address, said),
            only_available=address_of(ENTRY.address, said | {"available": "1"}),
            not_only_available=address_of(ENTRY.address, without(said, "available")),
        )

    async def show(self, request: web.Request) -> web.Response:
        """Show a title with all its copies, those that the public does not see too."""
        path = {"title": request.match_info["title"]}
        info = await self._desk.call(request, SHOW_DESCRIPTION, Nothing(), path=path)
        copies = await self._desk.call(request, LIST_COPIES, Nothing(), path=path)
        words = words_of(request)
        return rendered(
            "titles/title.html",
            request,
            here=ENTRY.name,
            info=info,
            copies=copies.copies,
            waiting=copies.waiting,
            language=language_name(words, info.language) if info.language else "",
            names=request[SITES],
            place=f"{ENTRY.address}/{info.title_id}",
            draft=self._desk.blank(),
        )

    async def record(self, request: web.Request) -> web.Response:
        """Give the record of a title as a file, with its copies as they are now."""
        number = int(request.match_info["title"])
        exported = self._desk.parts.exported
        body = await self._desk.read(lambda db: exported(db, number))
        is_xml = body.startswith(b"<")
        kind = "application/marcxml+xml" if is_xml else "application/marc"
        name = f"{number}.{'xml' if is_xml else 'mrc'}"
        said = {"Content-Disposition": f'attachment; filename="{name}"'}
        return web.Response(body=body, content_type=kind, headers=said)

    async def _is_barcode(self, request: web.Request, typed: str) -> bool:
        if not typed or len(typed) > _LONGEST_BARCODE or " " in typed:
            return False
        try:
            await self._desk.call(request, SHOW_ITEM, Nothing(), path={"barcode": typed})
        except Refused as refused:
            if refused.type is not ProblemType.NOT_FOUND:
                raise
            return False
        return True


def _cursor(request: web.Request) -> str:
    return request.query.get("cursor", "")
