"""The addresses of the computers at the desk."""

from aiohttp import web

from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.computers.blocks import BlockPages
from catalogue_api.web.desk.computers.booking import BookingPages
from catalogue_api.web.desk.computers.guests import GuestPages
from catalogue_api.web.desk.computers.keeping import KeepingPages
from catalogue_api.web.desk.computers.plan import ENTRY, PlanPage, view_of
from catalogue_api.web.desk.computers.programs import ProgramPages
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.live import LIVE

__all__ = ["ENTRY", "add_routes"]

_NUMBER = "[1-9][0-9]{0,8}"


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the pages."""
    _add_plan(app, desk)
    _add_programs(app, desk)
    _add_bookings(app.router, desk)
    _add_keeping(app.router, desk)


def _add_plan(app: web.Application, desk: Desk) -> None:
    plan, scope, router = PlanPage(desk), Scope.CIRCULATION, app.router
    app[LIVE].offer("computers", view_of(desk), scope)
    router.add_get("/computers", desk.page(plan.show, Scope.STAFF))
    router.add_post(f"/computers/slots/{{slot:{_NUMBER}}}", desk.form(plan.act, scope))
    router.add_post(f"/computers/rooms/{{room:{_NUMBER}}}/numbers", desk.form(plan.number, scope))
    router.add_post(f"/computers/numbers/{{walk_in:{_NUMBER}}}", desk.form(plan.called, scope))
    router.add_post(f"/computers/marks/{{computer:{_NUMBER}}}", desk.form(plan.mark, scope))


def _add_programs(app: web.Application, desk: Desk) -> None:
    programs, router = ProgramPages(desk), app.router
    app[LIVE].offer("programs", programs.look, Scope.STAFF)
    router.add_get("/computers/programs", desk.page(programs.show, Scope.STAFF))
    token = f"/computers/{{computer:{_NUMBER}}}/token"
    router.add_post(token, desk.form(programs.give, Scope.MACHINERY))
    router.add_post(f"{token}/revoked", desk.form(programs.revoke, Scope.MACHINERY))


def _add_bookings(router: web.UrlDispatcher, desk: Desk) -> None:
    guests, booking, blocks = GuestPages(desk), BookingPages(desk), BlockPages(desk)
    scope = Scope.CIRCULATION
    router.add_get("/computers/guests", desk.page(guests.show, scope))
    router.add_post("/computers/guests", desk.form(guests.make, scope))
    router.add_post(f"/computers/guests/{{guest_pass:{_NUMBER}}}", desk.form(guests.revoke, scope))
    router.add_get("/computers/book", desk.page(booking.ask, scope))
    router.add_post("/computers/book", desk.form(booking.book, scope))
    router.add_get(f"/computers/slots/{{slot:{_NUMBER}}}/move", desk.page(booking.ask_move, scope))
    router.add_post(f"/computers/slots/{{slot:{_NUMBER}}}/move", desk.form(booking.move, scope))
    router.add_get("/computers/block", desk.page(blocks.ask, scope))
    router.add_post("/computers/block", desk.form(blocks.take, scope))
    router.add_post(f"/computers/blocks/{{slot_block:{_NUMBER}}}", desk.form(blocks.remove, scope))


def _add_keeping(router: web.UrlDispatcher, desk: Desk) -> None:
    keeping = KeepingPages(desk)
    router.add_get("/computers/rooms", desk.page(keeping.show, Scope.STAFF))
    router.add_post("/computers/rooms", desk.form(keeping.add_room, Scope.COLLECTION))
    room = f"/computers/rooms/{{room:{_NUMBER}}}"
    router.add_post(room, desk.form(keeping.edit_room, Scope.COLLECTION))
    router.add_post(f"{room}/computers", desk.form(keeping.add_computer, Scope.COLLECTION))
    one = f"/computers/{{computer:{_NUMBER}}}"
    router.add_get(one, desk.page(keeping.ask_computer, Scope.COLLECTION))
    router.add_post(one, desk.form(keeping.edit_computer, Scope.COLLECTION))
    router.add_get("/computers/rules", desk.page(keeping.ask_rules, Scope.STAFF))
    router.add_post("/computers/rules", desk.form(keeping.change_rules, Scope.RULES))
