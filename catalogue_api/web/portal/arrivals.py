"""« Nouveautés », by kind; and video games by console and age. Read as nobody."""

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.search import LIST_CONSOLES, SEARCH, Search, Sort, TitleFound
from catalogue_api.domain.collection import TitleKind
from catalogue_api.web.pages.forms import Unfit, body_of
from catalogue_api.web.pages.narrowing import address_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.feeds import FeedEntry, given
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_AGES = (3, 7, 12, 16, 18)
"""Those of PEGI."""
_SHOWN = 48
_LOOKED_AT = 80
"""Titles of which some may have no copy any more."""


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the pages and the feed."""
    pages = Arrivals(portal)
    app.router.add_get("/nouveautes", portal.page(pages.show))
    app.router.add_get("/nouveautes.atom", portal.page(pages.follow))
    app.router.add_get("/jeux-video", portal.page(pages.games))


class Arrivals:
    """What came in last."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the newest titles, of one kind if one was chosen."""
        kind = _kind(request)
        return rendered(
            "arrivals/arrivals.html",
            request,
            here="arrivals",
            kind=kind.value if kind else "",
            kinds=list(TitleKind),
            titles=await newest(self._portal, request, _SHOWN, kind),
            more=address_of("/recherche", {"sort": "newest"} | ({"kind": kind} if kind else {})),
            feed=f"/nouveautes.atom?kind={kind.value}" if kind else "/nouveautes.atom",
        )

    async def follow(self, request: web.Request) -> web.Response:
        """Give the newest titles as a feed."""
        kind, words, parts = _kind(request), words_of(request), self._portal.parts
        entries = [
            FeedEntry(
                whole_address(request, parts, f"/titre/{one.id}"),
                f"{one.title}, {one.volume}" if one.volume else one.title,
                one.added_at or parts.clock(),
                one.author,
                words.text(f"title_kind.{one.kind.value}"),
            )
            for one in await newest(self._portal, request, _SHOWN, kind)
        ]
        title = words.text("portal.arrivals.title")
        return given(request, parts, title, "/nouveautes", entries)

    async def games(self, request: web.Request) -> web.Response:
        """Show video games for a console and an age."""
        consoles = await self._portal.ask(request, LIST_CONSOLES, Nothing())
        console, age = request.query.get("console", ""), request.query.get("age", "")
        asked = {"kind": (TitleKind.VIDEO_GAME,), "sort": Sort.NEWEST, "limit": _SHOWN}
        asked |= {"platform": (console,)} if console else {}
        asked |= {"pegi_up_to": age} if age else {}
        try:
            found = await self._portal.ask(request, SEARCH, body_of(Search, asked | {"cursor": ""}))
        except Unfit:
            found = None
        further = {"kind": "video_game", "platform": console, "pegi_up_to": age}
        return rendered(
            "arrivals/games.html",
            request,
            status=HTTPStatus.OK if found else HTTPStatus.UNPROCESSABLE_ENTITY,
            consoles=consoles.consoles,
            ages=_AGES,
            console=console,
            age=age,
            titles=_with_copies(found.hits) if found else [],
            going_on=bool(found and found.next),
            more=address_of("/recherche", {name: said for name, said in further.items() if said}),
        )


async def newest(
    portal: Portal, request: web.Request, most: int, kind: TitleKind | None = None
) -> list[TitleFound]:
    """Return the titles that came in last and have a copy, of a kind or of any."""
    asked = Search(
        sort=Sort.NEWEST, kind=(kind,) if kind else (), limit=_LOOKED_AT, cursor="", exact=True
    )
    found = await portal.ask(request, SEARCH, asked)
    return _with_copies(found.hits)[:most]


def _with_copies(titles: Sequence[TitleFound]) -> list[TitleFound]:
    return [one for one in titles if one.availability.sites]


def _kind(request: web.Request) -> TitleKind | None:
    said = request.query.get("kind", "")
    if not said:
        return None
    try:
        return TitleKind(said)
    except ValueError as error:
        raise web.HTTPNotFound from error
