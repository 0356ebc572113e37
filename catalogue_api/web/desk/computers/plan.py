"""« Ordinateurs »: the computers of a site as they are at this moment, and who waits."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.computers import MARK_COMPUTER, ComputerMark, Plan, RoomsAsked
from catalogue_api.contract.endpoint import Endpoint, Nothing, Refused
from catalogue_api.contract.slot_blocks import BlocksAsked
from catalogue_api.contract.slots import CANCEL_SLOT, CLAIM_SLOT, END_SLOT, EXTEND_SLOT
from catalogue_api.contract.walk_ins import (
    GIVE_NUMBER,
    SEAT_WALK_IN,
    TAKE_NUMBER_BACK,
    GiveNumber,
    WalkInInfo,
)
from catalogue_api.domain.roles import Role, Scope, may
from catalogue_api.services.call import Call, Caller
from catalogue_api.services.computers.computer_blocks import list_blocks
from catalogue_api.services.computers.computer_programs import silent_programs
from catalogue_api.services.computers.computers import list_rooms, show_plan
from catalogue_api.services.computers.walk_ins import list_walk_ins
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import digest_of
from catalogue_api.web.desk.page import SITES, Entry, librarian_of, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of

ENTRY = Entry("computers", "/desk/computers", Scope.STAFF, "o")
PROGRAMS = f"{ENTRY.address}/programs"
REASONS = "slot_refusal"
_ACTS: dict[str, Endpoint[Any, Any]] = {
    "claim": CLAIM_SLOT,
    "extend": EXTEND_SLOT,
    "end": END_SLOT,
    "cancel": CANCEL_SLOT,
}
_CALLED: dict[str, Endpoint[Any, Any]] = {"seat": SEAT_WALK_IN, "leave": TAKE_NUMBER_BACK}


@dataclass(frozen=True, slots=True)
class ShownRoom:
    """A room of the plan: its number, its name, and the numbers that wait there."""

    room: int
    name: str
    online: bool
    walk_ins: tuple[WalkInInfo, ...]


@dataclass(frozen=True, slots=True)
class ShownPlan:
    """All that the page shows of a site; `silent`: computers whose programs are not heard of."""

    plan: Plan
    rooms: tuple[ShownRoom, ...]
    blocks: tuple[Any, ...]
    silent: tuple[int, ...]


def view_of(desk: Desk) -> Callable[[Session, str, datetime], object]:
    """Return the view of a site's computers: it changes when anything there does."""

    def view(db: Session, site: str, now: datetime) -> object:
        try:
            shown = shown_plan(desk, db, site, now)
        except Refused:
            return None  # a site that is not there looks the same for ever
        # The instant itself says nothing: only what it makes of the computers.
        plan = shown.plan.model_copy(update={"at": None})
        return plan, shown.rooms, shown.blocks, shown.silent

    return view


def shown_plan(desk: Desk, db: Session, site: str, now: datetime) -> ShownPlan:
    """Return the computers of a site, its rooms and who waits there."""
    rules = desk.parts.rules.current(db.connection())
    somebody = Caller(Role.LIBRARIAN, "desk")

    def call(**path: str) -> Call:
        return Call(now, rules, path, somebody)

    rooms = list_rooms(db, call(), RoomsAsked(site=site)).rooms
    return ShownPlan(
        show_plan(db, call(site=site), Nothing()),
        tuple(
            ShownRoom(
                one.room,
                one.name,
                one.online,
                list_walk_ins(db, call(room=str(one.room)), Nothing()).walk_ins,
            )
            for one in rooms
        ),
        list_blocks(db, call(), BlocksAsked(site=site)).blocks,
        tuple(one.computer for one in silent_programs(db.connection(), site, rules, now)),
    )


class PlanPage:
    """The plan, and what is done there with one button."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the computers of the site; who may not see readers is led to their programs."""
        if not may(librarian_of(request).role, Scope.CIRCULATION):
            raise web.HTTPSeeOther(PROGRAMS)
        site, now = site_of(request), self._desk.parts.clock()
        view = view_of(self._desk)

        def read(db: Session) -> tuple[ShownPlan, str]:
            return shown_plan(self._desk, db, site, now), digest_of(view(db, site, now))

        shown, seen = await self._desk.read(read)
        return rendered(
            "computers/plan.html",
            request,
            here=ENTRY.name,
            plan=shown.plan,
            rooms=shown.rooms,
            blocks=shown.blocks,
            silent=shown.silent,
            seen=seen,
            names=request[SITES],
            draft=self._desk.blank(),
            clock=lambda at: f"{at.astimezone(self._desk.parts.zone):%H:%M}",
        )

    async def act(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Claim a slot, extend or end a session, cancel a slot."""
        act = form.text("act")
        if act not in _ACTS:
            raise web.HTTPBadRequest
        path = {"slot": request.match_info["slot"]}
        try:
            done = await self._desk.call(
                request, _ACTS[act], Nothing(), path=path, version=form.version or 0
            )
        except Refused as refused:
            raise self._desk.not_done(ENTRY.address, refused, REASONS) from refused
        at = words_of(request).moment(done.ends_at)
        raise self._desk.done(
            ENTRY.address, f"computers.done.{act}", computer=done.computer_name, at=at
        )

    async def number(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give a number to somebody who waits in a room."""
        path = {"room": request.match_info["room"]}
        try:
            body = body_of(GiveNumber, {"card": form.text("card")})
            given = await self._desk.call(request, GIVE_NUMBER, body, path=path, key=form.key)
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        except Refused as refused:
            raise self._desk.not_done(ENTRY.address, refused, REASONS) from refused
        key = "computers.number.called" if given.computer_name else "computers.number.waits"
        raise self._desk.done(
            ENTRY.address, key, number=given.number, computer=given.computer_name or "–"
        )

    async def called(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note that a called number sits down, or has left."""
        act = form.text("act")
        if act not in _CALLED:
            raise web.HTTPBadRequest
        path = {"walk_in": request.match_info["walk_in"]}
        try:
            done = await self._desk.call(request, _CALLED[act], Nothing(), path=path)
        except Refused as refused:
            raise self._desk.not_done(ENTRY.address, refused, REASONS) from refused
        raise self._desk.done(ENTRY.address, f"computers.number.{act}", number=done.number)

    async def mark(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Say that a computer is out of order, or works again."""
        broken = form.text("out_of_order") == "1"
        try:
            body = body_of(ComputerMark, {"out_of_order": broken, "remark": form.text("remark")})
            done = await self._desk.call(
                request,
                MARK_COMPUTER,
                body,
                path={"computer": request.match_info["computer"]},
                version=form.version or 0,
            )
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        except Refused as refused:
            raise self._desk.not_done(ENTRY.address, refused) from refused
        key = "computers.marked.broken" if broken else "computers.marked.works"
        raise self._desk.done(ENTRY.address, key, computer=done.name)
