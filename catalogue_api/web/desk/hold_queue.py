"""The queue of a title: who waits, why there and until when; and to reserve it for a reader."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_queue import LIST_TITLE_HOLDS, QUEUE_HISTORY, QueuePage
from catalogue_api.contract.hold_search import FIND_HOLDS, FindHolds, HoldSought
from catalogue_api.contract.holds import PLACE_HOLD, HoldInfo, PlaceHold
from catalogue_api.contract.search import SHOW_TITLE
from catalogue_api.domain.roles import Scope
from catalogue_api.services.holds.queue_views import state_of_queue
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import LIVE, digest_of
from catalogue_api.web.desk.page import SITE, rendered
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of

_PAGE = 50
_MOVES = 20
_KEPT = (HoldSought.READY, HoldSought.ON_THE_WAY)
_AT = {
    "card_expired": "card",
    "blocked": "card",
    "too_many_holds": "card",
    "too_many_of_kind": "card",
    "not_lent_to_reader": "card",
    "already_reserved": "card",
    "has_on_loan": "card",
    "unknown_site": "pickup",
    "on_the_shelf": "pickup",
    "another_title": "only",
}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    page = QueueOfTitle(desk)
    address = r"/titles/{title:\d{1,9}}/holds"
    app[LIVE].offer("queue", lambda db, title, now: state_of_queue(db, _number(title), now),
                    Scope.CIRCULATION)  # fmt: skip
    app.router.add_get(address, desk.page(page.show, Scope.CIRCULATION))
    app.router.add_post(address, desk.form(page.place, Scope.CIRCULATION))


class QueueOfTitle:
    """The page of a queue."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the queue, from a cursor (`after`) on."""
        return await self._page(request, self._desk.blank(pickup=request[SITE]))

    async def place(self, request: web.Request, form: Form) -> web.Response:
        """Reserve for the reader with a card; it can be taken back at once."""
        try:
            placed = await self._desk.call(
                request,
                PLACE_HOLD,
                body_of(PlaceHold, {
                    "card": form.text("card"),
                    "title": _number(request.match_info["title"]),
                    "pickup_site": form.text("pickup"),
                    "barcode": form.text("only") or None,
                }),
                key=form.key,
            )  # fmt: skip
        except Unfit as unfit:
            names = {"pickup_site": "pickup", "barcode": "only"}
            renamed = {names.get(name, name): keys for name, keys in unfit.errors.items()}
            return await self._page(request, self._desk.kept(form, Unfit(renamed)))
        except Refused as refused:
            return await self._page(request, await self._refused(request, form, refused))
        raise self._desk.done(
            f"/desk/holds/{placed.hold}",
            "holds.done.placed",
            undo=f"/desk/holds/{placed.hold}/cancel",
            fields={"version": str(placed.version)},
            reader=placed.reader,
            title=placed.full_title,
        )

    async def _refused(self, request: web.Request, form: Form, refused: Refused) -> Draft:
        if refused.type is not ProblemType.NOT_FOUND:
            return self._desk.kept(form, refused, "hold_refusal", _AT)
        path = {"title": request.match_info["title"]}
        shown = await self._desk.call(request, SHOW_TITLE, Nothing(), path=path)
        only = form.text("only")
        known = not only or only in {copy.barcode for copy in shown.copies}
        field, key = ("card", "holds.no_such_card") if known else ("only", "holds.no_such_copy")
        return self._desk.kept(form, Unfit({field: (key,)}))

    async def _page(self, request: web.Request, draft: Draft) -> web.Response:
        title, now = request.match_info["title"], self._desk.parts.clock()
        path, after = {"title": title}, request.query.get("after", "")
        call = self._desk.call
        seen = await self._desk.read(lambda db: digest_of(state_of_queue(db, _number(title), now)))
        shown = await call(request, SHOW_TITLE, Nothing(), path=path)
        try:
            asked = body_of(QueuePage, {"cursor": after, "limit": _PAGE})
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        queue = await call(request, LIST_TITLE_HOLDS, asked, path=path)
        asked = QueuePage(cursor="", limit=_MOVES)
        moves = await call(request, QUEUE_HISTORY, asked, path=path)
        kept: list[HoldInfo] = []
        for state in _KEPT:
            wanted = FindHolds(title=_number(title), state=state, cursor="", limit=_PAGE)
            kept += (await call(request, FIND_HOLDS, wanted)).holds
        return rendered(
            "holds/queue.html",
            request,
            status=HTTPStatus.CONFLICT if draft.errors else HTTPStatus.OK,
            here=holds.ENTRY.name,
            shown=shown,
            queue=queue,
            moves=moves,
            kept=kept,
            draft=draft,
            live=request.method == "GET",
            seen=seen,
        )


def _number(said: str) -> int:
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 9 else 0
