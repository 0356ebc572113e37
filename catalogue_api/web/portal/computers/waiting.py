"""Waiting for a slot on a day that is full, and the offer that comes."""

from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from catalogue_api.contract.endpoint import Endpoint, Nothing, Refused
from catalogue_api.contract.slot_rules import SHOW_SLOT_RULES
from catalogue_api.contract.slot_wishes import (
    ANSWER_OFFER,
    CANCEL_WISH,
    WISH_FOR_SLOT,
    OfferAnswer,
    WishForSlot,
    WishStatus,
)
from catalogue_api.services.computers.free_slots import sites_with_computers
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.computers.booking import MINE, against
from catalogue_api.web.portal.computers.finding import NAME, chosen
from catalogue_api.web.portal.computers.mine import not_done
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

_PLACES = {"from_at": "from", "until_at": "until", "": "until"}


class WaitingPages:
    """The form of a wish, and the answer to an offer."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def ask(self, request: web.Request) -> web.Response:
        """Ask between which hours of the day."""
        return await self._shown(request, self._portal.blank())

    async def wait(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Let the reader wait."""
        zone, day = self._portal.parts.zone, form.text("day")
        values = {
            "site": form.text("at_site"),
            "from_at": _at(day, form.text("from"), zone),
            "until_at": _at(day, form.text("until"), zone),
            "minutes": form.text("minutes"),
            "abilities": [form.text("ability")] if form.text("ability") else [],
        }
        try:
            body = body_of(WishForSlot, values)
            wish = await self._portal.call(request, WISH_FOR_SLOT, body, key=form.key)
        except Unfit as unfit:
            placed = {_PLACES.get(name, name): keys for name, keys in unfit.errors.items()}
            return await self._shown(request, self._portal.kept(form, Unfit(placed)))
        except Refused as refused:
            return await self._shown(request, self._portal.kept(form, against(refused)))
        offered = wish.status is WishStatus.OFFERED
        raise self._portal.done(
            MINE, "portal.computers.offered" if offered else "portal.computers.waits"
        )

    async def answer(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take an offer, decline it, or wait no longer."""
        act, path = form.text("act"), {"wish": request.match_info["wish"]}
        answers: dict[str, tuple[Endpoint[Any, Any], Any]] = {
            "accept": (ANSWER_OFFER, OfferAnswer(accept=True)),
            "decline": (ANSWER_OFFER, OfferAnswer(accept=False)),
            "cancel": (CANCEL_WISH, Nothing()),
        }
        if act not in answers:
            raise web.HTTPBadRequest
        endpoint, body = answers[act]
        try:
            await self._portal.call(request, endpoint, body, path=path, version=form.version or 0)
        except Refused as refused:
            raise not_done(self._portal, refused) from refused
        raise self._portal.done(MINE, f"portal.computers.wish.{act}")

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        sites = await self._portal.read(sites_with_computers)
        rules = await self._portal.ask(request, SHOW_SLOT_RULES, Nothing())
        today = self._portal.parts.clock().astimezone(self._portal.parts.zone).date()
        choice = chosen(request, rules, tuple(sites), today)
        return rendered(
            "computers/wait.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=NAME,
            draft=draft,
            choice=choice,
            site_name=sites.get(choice.site, ""),
            rules=rules,
            address=request.path_qs,
            when=partial(when, words_of(request)),
        )


def _at(day: str, wall: str, zone: ZoneInfo) -> datetime | str:
    try:
        return datetime.fromisoformat(f"{day}T{wall}").replace(tzinfo=zone)
    except ValueError:
        return ""
