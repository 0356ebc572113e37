"""One time that was chosen: which computer, and yes; the same page moves a slot."""

from functools import partial
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.my_slots import BOOK_MY_SLOT, MOVE_MY_SLOT, SHOW_MY_SLOT
from catalogue_api.contract.slot_rules import SHOW_SLOT_RULES
from catalogue_api.contract.slots import (
    FIND_FREE_SLOTS,
    Ability,
    BookMySlot,
    FreeComputer,
    FreeSlotsAsked,
    MoveMySlot,
    SlotInfo,
)
from catalogue_api.services.computers.free_slots import sites_with_computers
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.computers.finding import (
    HERE,
    NAME,
    Choice,
    chosen,
    instant_in,
)
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal

MINE = f"{HERE}/mes-creneaux"


def against(refused: Refused) -> Unfit:
    """Return a refusal in the words that readers understand."""
    keys = tuple(f"slot_refusal.{one}.patron" for one in refused.reasons)
    return Unfit({"": keys or (f"problem.{refused.type.value}",)})


class BookingPages:
    """The page that asks once more, and the form that books or moves."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def ask(self, request: web.Request) -> web.Response:
        """Show the time that was chosen, and the computers that are free then."""
        return await self._shown(request, self._portal.blank())

    async def book(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Book, or move; somebody else may have been quicker: then the page says so."""
        try:
            done = await self._done(request, form)
        except Unfit as unfit:
            raise web.HTTPBadRequest from unfit
        except Refused as refused:
            if refused.type is ProblemType.NOT_FOUND:
                raise
            kept = self._portal.kept(form, against(refused))
            return await self._shown(request, kept)
        time = when(words_of(request), done.starts_at, done.ends_at)
        key = "portal.computers.moved" if form.text("move") else "portal.computers.booked"
        raise self._portal.done(MINE, key, time=time, computer=done.computer_name)

    async def _done(self, request: web.Request, form: Form) -> SlotInfo:
        said: dict[str, object] = {
            "starts_at": form.text("at"),
            "minutes": form.text("minutes") or None,
            "computer": form.text("computer") or None,
        }
        if form.text("move"):
            path = {"slot": form.text("move")}
            body = body_of(MoveMySlot, said)
            version = form.version or 0
            return await self._portal.call(request, MOVE_MY_SLOT, body, path=path, version=version)
        said |= {
            "site": form.text("at_site"),
            "abilities": [form.text("ability")] if form.text("ability") else [],
        }
        return await self._portal.call(
            request, BOOK_MY_SLOT, body_of(BookMySlot, said), key=form.key
        )

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        sites = await self._portal.read(sites_with_computers)
        rules = await self._portal.ask(request, SHOW_SLOT_RULES, Nothing())
        starts = instant_in(request, "a")
        zone = self._portal.parts.zone
        today = self._portal.parts.clock().astimezone(zone).date()
        choice = chosen(request, rules, tuple(sites), today)
        asked = FreeSlotsAsked(
            day=starts.astimezone(zone).date(),
            minutes=choice.minutes,
            abilities=(Ability(choice.ability),) if choice.ability else (),
        )
        path = {"site": choice.site}
        found = await self._portal.call(request, FIND_FREE_SLOTS, asked, path=path)
        slot = next((one for one in found.times if one.starts_at == starts), None)
        if slot is None:
            raise self._portal.done(
                f"{HERE}?{choice.query()}", "slot_refusal.in_the_past.patron", well=False
            )
        free = [one for one in found.computers if one.computer in slot.computers and one.suits]
        return rendered(
            "computers/book.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=NAME,
            draft=draft,
            choice=choice,
            site_name=found.site_name,
            slot=slot,
            free=free,
            rules=rules,
            moved=await self._moved(request, choice),
            address=request.path_qs,
            named=partial(_named, request),
            when=partial(when, words_of(request)),
        )

    async def _moved(self, request: web.Request, choice: Choice) -> SlotInfo | None:
        """Return the slot that is to get this time instead, None to book a new one."""
        if not choice.move:
            return None
        return await self._portal.call(request, SHOW_MY_SLOT, Nothing(), path={"slot": choice.move})


def _named(request: web.Request, one: FreeComputer) -> str:
    """Return a computer with its room and what it has, in a line."""
    words = words_of(request)
    has = [words.text(f"ability.{can.value}") for can in one.abilities]
    ages = []
    if one.least_age is not None:
        ages.append(words.text("computers.from_age", age=one.least_age))
    if one.most_age is not None:
        ages.append(words.text("computers.to_age", age=one.most_age))
    return " · ".join([one.room_name, one.name, *has, *ages])
