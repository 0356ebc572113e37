"""« Réservations »: find them by what is typed, by site and by state."""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.hold_search import FIND_HOLDS, FindHolds, HoldsFound, HoldSought
from catalogue_api.contract.search import SEARCH, Search, TitleFound
from catalogue_api.domain.roles import Scope
from catalogue_api.services.holds.queue_views import state_of_site
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import LIVE, digest_of
from catalogue_api.web.desk.page import SITE, SITES, Entry, rendered
from catalogue_api.web.pages.forms import Form, Unfit, body_of

ENTRY = Entry("holds", "/desk/holds", Scope.CIRCULATION, "r")
_TITLES = 5
_PAGE = 50


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = FindPage(desk)
    app[LIVE].offer("holds", state_of_site, Scope.CIRCULATION)
    app.router.add_get("/holds", desk.page(page.show, Scope.CIRCULATION))
    app.router.add_post("/holds", desk.form(page.find, Scope.CIRCULATION))


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody looks for; `place` is the site where it is fetched, "" for all."""

    words: str
    place: str
    state: HoldSought
    cursor: str

    @property
    def fields(self) -> dict[str, str]:
        """The fields of the form."""
        return {"words": self.words, "place": self.place, "state": self.state.value}


class FindPage:
    """The list; names stay out of addresses, so words are sent by a form."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the reservations of a site (`place`) in a state (`state`), from a cursor on."""
        query, sites = request.query, request[SITES]
        place = query.get("place", request[SITE])
        sought = Sought(
            "", place if place in sites else "", _state(query.get("state", "")),
            query.get("after", ""),
        )  # fmt: skip
        return await self._page(request, sought)

    async def find(self, request: web.Request, form: Form) -> web.Response:
        """Show what a form looks for; to send it again changes nothing."""
        place = form.text("place")
        sought = Sought(
            form.text("words"),
            place if place in request[SITES] else "",
            _state(form.text("state")),
            form.text("after"),
        )
        return await self._page(request, sought)

    async def _page(self, request: web.Request, sought: Sought) -> web.Response:
        now = self._desk.parts.clock()
        seen = await self._desk.read(lambda db: digest_of(state_of_site(db, sought.place, now)))
        draft, found = self._desk.blank(**sought.fields), None
        titles: tuple[TitleFound, ...] = ()
        try:
            found = await self._found(request, sought)
            titles = await self._titles(request, sought)
        except Unfit as unfit:
            if "words" not in unfit.errors:
                raise web.HTTPBadRequest from unfit
            draft = self._desk.kept(Form(sought.fields), unfit)
        return rendered(
            "holds/find.html",
            request,
            status=HTTPStatus.OK if found else HTTPStatus.UNPROCESSABLE_ENTITY,
            here=ENTRY.name,
            draft=draft,
            sought=sought,
            states=tuple(HoldSought),
            found=found,
            titles=titles,
            seen=seen,
        )

    async def _found(self, request: web.Request, sought: Sought) -> HoldsFound:
        asked = {
            "words": sought.words,
            "site": sought.place,
            "state": sought.state,
            "cursor": sought.cursor,
            "limit": _PAGE,
        }
        return await self._desk.call(request, FIND_HOLDS, body_of(FindHolds, asked))

    async def _titles(self, request: web.Request, sought: Sought) -> tuple[TitleFound, ...]:
        """Return titles that may be meant: somebody may want to reserve one."""
        if not sought.words or sought.cursor:
            return ()
        asked = {"q": sought.words, "limit": _TITLES, "exact": True, "cursor": ""}
        return (await self._desk.call(request, SEARCH, body_of(Search, asked))).hits


def _state(said: str) -> HoldSought:
    known = {state.value for state in HoldSought}
    return HoldSought(said) if said in known else HoldSought.OPEN
