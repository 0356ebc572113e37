"""« Pour un groupe »: many computers at once, and what becomes of the bookings in the way."""

from collections.abc import Sequence
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.computers import SHOW_PLAN
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.slot_blocks import (
    BLOCK_COMPUTERS,
    REMOVE_BLOCK,
    BlockComputers,
    InTheWay,
    Settlement,
)
from catalogue_api.web.desk.computers.booking import instant_of
from catalogue_api.web.desk.computers.plan import ENTRY, REASONS
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import BUTTON, Draft, Form, Unfit, body_of

_PLACES = {"starts_at": "starts", "ends_at": "ends", "computers": "", "": "ends"}
_SAVE = "save"


class BlockPages:
    """The form, its preview, and taking a block away."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: web.Request) -> web.Response:
        """Show an empty form."""
        day = self._desk.parts.clock().astimezone(self._desk.parts.zone).date()
        return await self._shown(request, self._desk.blank(day=day.isoformat()))

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell what is in the way; with everything settled, take the computers."""
        saving = form.text(BUTTON) == _SAVE
        try:
            body = self._body(form, dry_run=not saving)
            made = await self._desk.call(request, BLOCK_COMPUTERS, body, key=form.key)
        except Unfit as unfit:
            return await self._shown(request, self._desk.kept(form, unfit))
        except Refused as refused:
            return await self._shown(request, self._desk.kept(form, refused, REASONS))
        if not saving or made.block is None:
            kept = Draft(form.key, form.typed)
            return await self._shown(request, kept, made.in_the_way, looked=True)
        raise self._desk.done(
            ENTRY.address,
            "computers.block.made",
            number=len(made.block.computers),
            settled=made.settled,
            label=made.block.label,
        )

    async def remove(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give the computers of a block free."""
        path = {"slot_block": request.match_info["slot_block"]}
        try:
            gone = await self._desk.call(
                request, REMOVE_BLOCK, Nothing(), path=path, version=form.version or 0
            )
        except Refused as refused:
            raise self._desk.not_done(ENTRY.address, refused) from refused
        raise self._desk.done(ENTRY.address, "computers.block.removed", label=gone.label)

    def _body(self, form: Form, *, dry_run: bool) -> BlockComputers:
        zone = self._desk.parts.zone
        day = form.text("day")
        settle = [
            {
                "slot": slot,
                "version": form.text(f"version.{slot}"),
                "how": form.text(f"how.{slot}"),
            }
            for slot in form.chosen("how.")
        ]
        values = {
            "computers": form.chosen("pc."),
            "starts_at": instant_of(day, form.text("starts"), zone) or "",
            "ends_at": instant_of(day, form.text("ends"), zone) or "",
            "label": form.text("label"),
            "settle": settle,
            "dry_run": dry_run,
        }
        if not values["computers"]:
            raise Unfit({"": ("computers.block.choose",)})
        try:
            return body_of(BlockComputers, values)
        except Unfit as unfit:
            placed = {_PLACES.get(name, name): keys for name, keys in unfit.errors.items()}
            raise Unfit(placed) from unfit

    async def _shown(
        self,
        request: web.Request,
        draft: Draft,
        in_the_way: Sequence[InTheWay] = (),
        *,
        looked: bool = False,
    ) -> web.Response:
        plan = await self._desk.call(request, SHOW_PLAN, Nothing(), path={"site": site_of(request)})
        return rendered(
            "computers/block.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=draft,
            plan=plan,
            in_the_way=in_the_way,
            looked=looked,
            ways=list(Settlement),
            clock=lambda at: f"{at.astimezone(self._desk.parts.zone):%H:%M}",
        )
