"""Rooms, computers and their rules, kept by librarians and managers."""

from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.computers import (
    ADD_COMPUTER,
    ADD_ROOM,
    EDIT_COMPUTER,
    EDIT_ROOM,
    LIST_ROOMS,
    Ability,
    ComputerData,
    ComputerInfo,
    RoomData,
    RoomInfo,
    RoomsAsked,
)
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.slot_rules import (
    CHANGE_SLOT_RULES,
    SHOW_SLOT_RULES,
    SlotRulesData,
)
from catalogue_api.domain.roles import Scope, may
from catalogue_api.web.desk.computers.plan import ENTRY, REASONS
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import librarian_of, rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing

_ROOMS, _RULES = "/desk/computers/rooms", "/desk/computers/rules"
_NAMES = tuple(SlotRulesData.model_fields)
_GRIDS = ("15", "30", "60")


class KeepingPages:
    """The pages on which what there is, and how it may be used, is written down."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the rooms of the site with their computers, and the forms that add to them."""
        return await self._rooms(request, self._desk.blank())

    async def add_room(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Add a room to the site."""
        try:
            body = body_of(RoomData, {"site": site_of(request), "name": form.text("name")})
            done = await self._desk.call(request, ADD_ROOM, body, key=form.key)
        except (Unfit, Refused) as refusal:
            return await self._rooms(request, self._kept(form, refusal))
        raise self._desk.done(_ROOMS, "computers.room.added", name=done.name)

    async def edit_room(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Rename a room, or say whether readers book there themselves."""
        room = await self._room(request)
        online = form.text("online") == "1"
        try:
            body = body_of(
                RoomData, {"site": room.site, "name": form.text("name"), "online": online}
            )
            path = {"room": request.match_info["room"]}
            version = form.version or 0
            done = await self._desk.call(request, EDIT_ROOM, body, path=path, version=version)
        except (Unfit, Refused) as refusal:
            return await self._rooms(request, self._kept(form, refusal))
        raise self._desk.done(_ROOMS, "computers.room.changed", name=done.name)

    async def add_computer(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Add a computer to a room; what it has is written down on its own page."""
        path = {"room": request.match_info["room"]}
        try:
            body = body_of(ComputerData, {"name": form.text("name")})
            done = await self._desk.call(request, ADD_COMPUTER, body, path=path, key=form.key)
        except (Unfit, Refused) as refusal:
            return await self._rooms(request, self._kept(form, refusal))
        raise self._desk.done(
            f"{ENTRY.address}/{done.computer}", "computers.computer.added", name=done.name
        )

    async def ask_computer(self, request: web.Request) -> web.Response:
        """Show the form of a computer."""
        found = await self._computer(request)
        values = {
            "name": found.name,
            "least_age": "" if found.least_age is None else str(found.least_age),
            "most_age": "" if found.most_age is None else str(found.most_age),
            "withdrawn": "1" if found.withdrawn else "",
        } | {f"can.{one.value}": "1" for one in found.abilities}
        draft = editing(self._desk.parts.new_token(), values, found.version)
        return self._form(request, found, draft)

    async def edit_computer(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Write down what a computer has and who may sit there."""
        found = await self._computer(request)
        values = {
            "name": form.text("name"),
            "abilities": form.chosen("can."),
            "least_age": form.text("least_age") or None,
            "most_age": form.text("most_age") or None,
            "withdrawn": form.text("withdrawn") == "1",
        }
        try:
            body = body_of(ComputerData, values)
            path = {"computer": request.match_info["computer"]}
            version = form.version or 0
            done = await self._desk.call(request, EDIT_COMPUTER, body, path=path, version=version)
        except (Unfit, Refused) as refusal:
            return self._form(request, found, self._kept(form, refusal))
        raise self._desk.done(_ROOMS, "computers.computer.changed", name=done.name)

    async def ask_rules(self, request: web.Request) -> web.Response:
        """Show the rules of the computers."""
        rules = await self._desk.call(request, SHOW_SLOT_RULES, Nothing())
        shown = {name: getattr(rules, name) for name in _NAMES}
        values = {name: "" if value is None else str(value) for name, value in shown.items()}
        return self._rules(request, editing(self._desk.parts.new_token(), values, rules.version))

    async def change_rules(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Put other rules in force."""
        values: dict[str, object] = {name: form.text(name) or None for name in _NAMES}
        grid = form.text("grid")
        values["grid"] = int(grid) if grid in _GRIDS else ""
        try:
            body = body_of(SlotRulesData, values)
            version = form.version or 0
            await self._desk.call(request, CHANGE_SLOT_RULES, body, version=version)
        except (Unfit, Refused) as refusal:
            return self._rules(request, self._kept(form, refusal))
        raise self._desk.done(_RULES, "computers.rules.changed")

    def _kept(self, form: Form, refusal: Refused | Unfit) -> Draft:
        return self._desk.kept(form, refusal, REASONS)

    async def _listed(self, request: web.Request) -> tuple[RoomInfo, ...]:
        asked = RoomsAsked(site=site_of(request))
        return (await self._desk.call(request, LIST_ROOMS, asked)).rooms

    async def _room(self, request: web.Request) -> RoomInfo:
        for room in (await self._desk.call(request, LIST_ROOMS, RoomsAsked())).rooms:
            if room.room == int(request.match_info["room"]):
                return room
        raise Refused(ProblemType.NOT_FOUND, "there is no such room")

    async def _computer(self, request: web.Request) -> ComputerInfo:
        for room in (await self._desk.call(request, LIST_ROOMS, RoomsAsked())).rooms:
            for one in room.computers:
                if one.computer == int(request.match_info["computer"]):
                    return one
        raise Refused(ProblemType.NOT_FOUND, "there is no such computer")

    async def _rooms(self, request: web.Request, draft: Draft) -> web.Response:
        return rendered(
            "computers/rooms.html",
            request,
            status=_status(draft),
            here=ENTRY.name,
            draft=draft,
            rooms=await self._listed(request),
            keeps=may(librarian_of(request).role, Scope.COLLECTION),
        )

    def _form(self, request: web.Request, found: ComputerInfo, draft: Draft) -> web.Response:
        return rendered(
            "computers/computer.html",
            request,
            status=_status(draft),
            here=ENTRY.name,
            draft=draft,
            found=found,
            abilities=list(Ability),
        )

    def _rules(self, request: web.Request, draft: Draft) -> web.Response:
        return rendered(
            "computers/rules.html",
            request,
            status=_status(draft),
            here=ENTRY.name,
            draft=draft,
            names=_NAMES,
            may_change=may(librarian_of(request).role, Scope.RULES),
        )


def _status(draft: Draft) -> int:
    return HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK
