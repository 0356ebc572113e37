"""One reservation: what is known of it, what happened to it, and everything that can be done."""

from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from itertools import takewhile

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.hold_queue import LIST_TITLE_HOLDS, QUEUE_HISTORY, Moved, QueuePage
from catalogue_api.contract.holds import (
    HOLD_HISTORY,
    SHOW_HOLD,
    HoldEventTold,
    HoldInfo,
    MoveReason,
)
from catalogue_api.domain.holds import BY_LIBRARIANS
from catalogue_api.domain.roles import Scope
from catalogue_api.services.holds.queue_views import PlaceInQueue, places_in_queue, state_of_queue
from catalogue_api.web.desk import holds
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.hold_deeds import DEEDS, Deed
from catalogue_api.web.desk.hold_words import doer_of, facts_of, place_of
from catalogue_api.web.desk.live import digest_of
from catalogue_api.web.desk.page import librarian_of, rendered
from catalogue_api.web.pages.forms import Draft, Form, Unfit, editing
from catalogue_api.web.pages.rendering import words_of

_MOVES = 20
_TURNS = 8


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its forms."""
    page = HoldPage(desk)
    address = r"/holds/{hold:\d{1,9}}"
    app.router.add_get(address, desk.page(page.show, Scope.CIRCULATION))
    app.router.add_post(f"{address}/{{deed}}", desk.form(page.act, Scope.CIRCULATION))
    app.router.add_get(f"{address}/{{deed}}", desk.page(page.back, Scope.CIRCULATION))


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What others did since a form was made: to the reservation, and to the order of its queue."""

    events: tuple[HoldEventTold, ...] = ()
    moves: tuple[Moved, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """What the page shows; `places` are those to which it can be moved.

    `turns` are the first of its queue, and this one.
    """

    hold: HoldInfo
    events: tuple[HoldEventTold, ...]
    moves: tuple[Moved, ...]
    places: tuple[PlaceInQueue, ...]
    turns: tuple[HoldInfo, ...]


class HoldPage:
    """The page of a reservation."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show it."""
        return await self._page(request, None, Meanwhile())

    async def back(self, request: web.Request) -> web.StreamResponse:
        """Lead from the address of a form, kept or loaded anew, to the page."""
        raise web.HTTPSeeOther(f"/desk/holds/{request.match_info['hold']}")

    async def act(self, request: web.Request, form: Form) -> web.Response:
        """Do what the form of the page asks for."""
        deed = DEEDS.get(request.match_info["deed"])
        if deed is None:
            raise web.HTTPNotFound
        return await self._do(request, form, deed, form.version)

    async def _do(
        self, request: web.Request, form: Form, deed: Deed, version: int | None
    ) -> web.Response:
        path = {"hold": request.match_info["hold"]}
        try:
            body = deed.body(form)
            after = await self._desk.call(request, deed.endpoint, body, path=path, version=version)
        except Unfit as unfit:
            return await self._page(request, self._desk.kept(form, unfit), Meanwhile())
        except Refused as refused:
            if refused.type is ProblemType.CHANGED_MEANWHILE:
                return await self._overtaken(request, form, deed, version)
            draft = self._desk.kept(form, refused, "hold_refusal", deed.at)
            if refused.type is ProblemType.NOT_FOUND and form.text("barcode"):
                draft = self._desk.kept(form, Unfit({"barcode": ("holds.no_such_copy",)}))
            return await self._page(request, draft, Meanwhile())
        raise self._done(form, deed, after)

    def _done(self, form: Form, deed: Deed, after: HoldInfo) -> web.HTTPSeeOther:
        there, undo = f"/desk/holds/{after.hold}", deed.undo(form)
        return self._desk.done(
            there,
            f"holds.done.{deed.name}",
            undo=f"{there}/{undo[0]}" if undo else "",
            fields={"version": str(after.version), **undo[1]} if undo else None,
            reader=after.reader or "–",
            pickup=after.pickup_name,
        )

    async def _overtaken(
        self, request: web.Request, form: Form, deed: Deed, version: int | None
    ) -> web.Response:
        """Say what others did meanwhile; what one did oneself surprises nobody."""
        found = await self._found(request)
        meanwhile, me = _since(found, form), librarian_of(request).staff
        mine = all(event.by == me for event in meanwhile.events)
        if mine and deed.is_so(found.hold, form):
            raise self._done(form, deed, found.hold)  # a second click on the same button
        if mine and meanwhile.events and form.text("seen") and found.hold.version != version:
            return await self._do(request, form, deed, found.hold.version)
        draft = form.overtaken(facts_of(words_of(request), found.hold), found.hold.version)
        return await self._page(request, draft, meanwhile)

    async def _found(self, request: web.Request) -> _Found:
        path = {"hold": request.match_info["hold"]}
        hold = await self._desk.call(request, SHOW_HOLD, Nothing(), path=path)
        history = await self._desk.call(request, HOLD_HISTORY, Nothing(), path=path)
        asked, title = QueuePage(cursor="", limit=_MOVES), {"title": str(hold.title)}
        moves = await self._desk.call(request, QUEUE_HISTORY, asked, path=title)
        places = await self._desk.read(lambda db: places_in_queue(db, hold.hold))
        turns: tuple[HoldInfo, ...] = ()
        if hold.position is not None:
            first = QueuePage(cursor="", limit=_TURNS)
            turns = (await self._desk.call(request, LIST_TITLE_HOLDS, first, path=title)).holds
            turns += () if hold.position <= _TURNS else (hold,)
        return _Found(hold, history.events, moves.moves, places, turns)

    async def _page(
        self, request: web.Request, draft: Draft | None, meanwhile: Meanwhile
    ) -> web.Response:
        found, words = await self._found(request), words_of(request)
        hold, now, parts = found.hold, self._desk.parts.clock(), self._desk.parts
        seen = await self._desk.read(lambda db: digest_of(state_of_queue(db, hold.title, now)))
        ended = hold.ended_at.astimezone(parts.zone).date() if hold.ended_at else None
        return rendered(
            "holds/hold.html",
            request,
            status=HTTPStatus.CONFLICT if draft else HTTPStatus.OK,
            here=holds.ENTRY.name,
            hold=hold,
            events=found.events,
            last_move=_mark(found.moves),
            places=found.places,
            turns=found.turns,
            draft=draft or editing(parts.new_token(), facts_of(words, hold), hold.version),
            meanwhile=meanwhile,
            ended_today=ended == now.astimezone(parts.zone).date(),
            today=now.astimezone(parts.zone).date(),
            reasons=tuple(MoveReason),
            hows=BY_LIBRARIANS,
            place=partial(place_of, words),
            doer=partial(doer_of, words),
            live=draft is None,
            seen=seen,
        )


def _mark(moves: tuple[Moved, ...]) -> str:
    """Return what tells the newest move of a queue from all others."""
    return f"{moves[0].hold}@{moves[0].at.isoformat()}" if moves else "none"


def _since(found: _Found, form: Form) -> Meanwhile:
    """Return what happened since a form was made; of one that does not say when, the last."""
    seen, last = form.text("seen"), form.text("last")
    number = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else -1
    moves = takewhile(lambda move: _mark((move,)) != last, found.moves) if last else ()
    return Meanwhile(
        found.events[number:], tuple(move for move in moves if move.hold != found.hold.hold)
    )
