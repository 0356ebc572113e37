"""A slot for a reader at the desk: booked by card, now or later, and moved."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

from aiohttp import web

from catalogue_api.contract.computers import SHOW_PLAN
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.slots import (
    BOOK_SLOT,
    MOVE_SLOT,
    SHOW_SLOT,
    BookSlot,
    MoveSlot,
    SlotInfo,
    SlotRefusal,
)
from catalogue_api.domain.slots import OVERRIDABLE
from catalogue_api.web.desk.computers.plan import ENTRY, REASONS
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of

_NOW, _LATER = "now", "later"
_PLACES = {"starts_at": "time", "minutes": "minutes"}
MINUTES = (15, 30, 45, 60, 75, 90, 105, 120)


class BookingPages:
    """The form that books, and the one that moves."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask(self, request: web.Request) -> web.Response:
        """Show the form; a card or a computer may stand in the query."""
        now = self._desk.parts.clock().astimezone(self._desk.parts.zone)
        draft = self._desk.blank(
            when=_NOW,
            day=now.date().isoformat(),
            computer=request.query.get("computer", ""),
            minutes="",
        )
        return await self._form(request, draft)

    async def book(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Book; what a librarian may let pass is asked for, and everything typed is kept."""
        values = {
            "site": site_of(request),
            "computer": form.text("computer") or None,
            "card": form.text("card"),
            "now": form.text("when") != _LATER,
            "starts_at": self._starts(form),
            "minutes": form.text("minutes") or None,
            "override": form.chosen("override."),
        }
        try:
            body = body_of(BookSlot, values)
            done = await self._desk.call(request, BOOK_SLOT, body, key=form.key)
        except Unfit as unfit:
            kept = self._desk.kept(form, Unfit(_placed(unfit.errors)))
            return await self._form(request, kept)
        except Refused as refused:
            passed = [one for one in refused.reasons if one in OVERRIDABLE]
            ask = passed if len(passed) == len(refused.reasons) else []
            return await self._form(request, self._desk.kept(form, refused, REASONS), ask)
        raise self._said(request, "computers.booked", done)

    async def ask_move(self, request: web.Request) -> web.Response:
        """Show where a slot is, to be given another time or computer."""
        found = await self._slot(request)
        wall = found.starts_at.astimezone(self._desk.parts.zone)
        draft = Draft(
            self._desk.parts.new_token(),
            {
                "day": wall.date().isoformat(),
                "time": f"{wall:%H:%M}",
                "computer": str(found.computer),
                "minutes": "",
            },
            found.version,
        )
        return await self._move_form(request, found, draft)

    async def move(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Move it; its reader is told."""
        values = {
            "starts_at": self._starts(form),
            "minutes": form.text("minutes") or None,
            "computer": form.text("computer") or None,
            "override": form.chosen("override."),
        }
        path = {"slot": request.match_info["slot"]}
        try:
            body = body_of(MoveSlot, values)
            done = await self._desk.call(
                request, MOVE_SLOT, body, path=path, version=form.version or 0
            )
        except Unfit as unfit:
            kept = self._desk.kept(form, Unfit(_placed(unfit.errors)))
            return await self._move_form(request, await self._slot(request), kept)
        except Refused as refused:
            passed = [one for one in refused.reasons if one in OVERRIDABLE]
            ask = passed if len(passed) == len(refused.reasons) else []
            kept = self._desk.kept(form, refused, REASONS)
            return await self._move_form(request, await self._slot(request), kept, ask)
        raise self._said(request, "computers.moved", done)

    def _said(self, request: web.Request, key: str, done: SlotInfo) -> web.HTTPSeeOther:
        words = words_of(request)
        return self._desk.done(
            ENTRY.address,
            key,
            computer=done.computer_name,
            reader=done.reader,
            at=words.moment(done.starts_at),
            until=words.moment(done.ends_at),
        )

    async def _slot(self, request: web.Request) -> SlotInfo:
        path = {"slot": request.match_info["slot"]}
        return await self._desk.call(request, SHOW_SLOT, Nothing(), path=path)

    async def _form(
        self, request: web.Request, draft: Draft, ask: list[str] | None = None
    ) -> web.Response:
        return await self._shown(request, "computers/book.html", draft, ask)

    async def _move_form(
        self, request: web.Request, found: SlotInfo, draft: Draft, ask: list[str] | None = None
    ) -> web.Response:
        return await self._shown(request, "computers/move.html", draft, ask, found=found)

    async def _shown(
        self,
        request: web.Request,
        template: str,
        draft: Draft,
        ask: list[str] | None,
        **values: object,
    ) -> web.Response:
        plan = await self._desk.call(request, SHOW_PLAN, Nothing(), path={"site": site_of(request)})
        return rendered(
            template,
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=ENTRY.name,
            draft=draft,
            computers=[(str(one.computer), f"{one.room_name} · {one.name}")
                       for one in plan.computers],
            minutes=_lengths(request),
            ask=[SlotRefusal(one) for one in ask or ()],
            **values,
        )  # fmt: skip

    def _starts(self, form: Form) -> datetime | str:
        return instant_of(form.text("day"), form.text("time"), self._desk.parts.zone) or (
            self._desk.parts.clock() if form.text("when") == _NOW else ""
        )


def _lengths(request: web.Request) -> list[tuple[str, str]]:
    words = words_of(request)
    as_said = [(str(one), words.count("computers.minutes_of", one)) for one in MINUTES]
    return [("", words.text("computers.as_rules")), *as_said]


def instant_of(day: str, wall: str, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which the clock on the wall shows this on a day; None if it is none."""
    try:
        return datetime.fromisoformat(f"{day}T{wall}").replace(tzinfo=zone)
    except ValueError:
        return None


def _placed(errors: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {_PLACES.get(name, name): keys for name, keys in errors.items()}
