"""Finding a slot: a site, a day, how long, with what; then the times that are free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.slot_rules import SHOW_SLOT_RULES, SlotRulesInfo
from catalogue_api.contract.slots import (
    FIND_FREE_SLOTS,
    Ability,
    FreeSlots,
    FreeSlotsAsked,
)
from catalogue_api.services.computers.free_slots import sites_with_computers
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.page import READER, rendered
from catalogue_api.web.portal.portal import Portal

HERE, NAME = "/ordinateurs", "computers"
_BEFORE, _AFTER = 2000, 2199  # years; by every clock, what lies between them is a day of ours


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen so far, as the addresses of these pages carry it.

    `move`: the slot that is to get another time, "" to book a new one.
    """

    site: str
    day: date
    minutes: int
    ability: str = ""
    move: str = ""

    def query(self, **other: object) -> str:
        """Return it as a query, with something else in the place of what is given."""
        said: dict[str, object] = {
            "site": self.site,
            "jour": self.day.isoformat(),
            "duree": self.minutes,
            "avec": self.ability,
            "deplacer": self.move,
        }
        return urlencode({name: value for name, value in (said | other).items() if value})


@dataclass(frozen=True, slots=True)
class Time:
    """A time of the day; so many computers are `left` for whoever looks.

    `by_age`: so many more are free that are for some ages, where nobody knows who looks.
    """

    starts_at: datetime
    left: int
    by_age: int


def chosen(request: web.Request, rules: SlotRulesInfo, sites: Sequence[str], today: date) -> Choice:
    """Return what the query says; where it says nothing that can be, what most people want."""
    said = request.query
    site = said.get("site", "")
    ability = said.get("avec", "")
    move = said.get("deplacer", "")
    return Choice(
        site if site in sites else next(iter(sites), ""),
        _day(said.get("jour", ""), rules, today),
        _minutes(said.get("duree", ""), rules),
        ability if ability in {one.value for one in Ability} else "",
        move if move.isascii() and move.isdigit() and len(move) < 10 else "",
    )


def lengths(rules: SlotRulesInfo) -> list[int]:
    """Return how long a slot may be, in minutes, by steps of the grid."""
    first = -(-rules.least // rules.grid) * rules.grid
    return list(range(first, rules.session + 1, rules.grid))


class FindingPage:
    """The page that shows what is free; anybody may look."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the times of a day at a site."""
        sites = await self._portal.read(sites_with_computers)
        rules = await self._portal.ask(request, SHOW_SLOT_RULES, Nothing())
        today = self._portal.parts.clock().astimezone(self._portal.parts.zone).date()
        choice = chosen(request, rules, tuple(sites), today)
        words = words_of(request)
        found = await self._free(request, choice) if choice.site else None
        known = READER in request
        times = _times(found, known=known) if found else []
        return rendered(
            "computers/find.html",
            request,
            here=NAME,
            sites=sites,
            choice=choice,
            lengths=lengths(rules),
            abilities=list(Ability),
            days=[today + timedelta(days=step) for step in range(rules.ahead_days + 1)],
            halves=_halves(times, words.zone),
            full=bool(times) and not all(one.left or one.by_age for one in times),
            known=known,
            other_ages=sum(not one.suits for one in found.computers) if found else 0,
            clock=words.clock,
        )

    async def _free(self, request: web.Request, choice: Choice) -> FreeSlots:
        asked = FreeSlotsAsked(
            day=choice.day,
            minutes=choice.minutes,
            abilities=(Ability(choice.ability),) if choice.ability else (),
        )
        path = {"site": choice.site}
        return await self._portal.call(request, FIND_FREE_SLOTS, asked, path=path)


def _times(found: FreeSlots, *, known: bool) -> list[Time]:
    """Return the times with the computers that count; `known`: we know who looks."""
    suits = {one.computer for one in found.computers if one.suits}
    times = []
    for one in found.times:
        left = len(suits & set(one.computers))
        times.append(Time(one.starts_at, left, 0 if known else len(one.computers) - left))
    return times


def _halves(times: Sequence[Time], zone: ZoneInfo) -> list[tuple[str, list[Time]]]:
    """Return the times of the morning and those of the afternoon."""
    noon = 12
    morning = [one for one in times if one.starts_at.astimezone(zone).hour < noon]
    afternoon = [one for one in times if one.starts_at.astimezone(zone).hour >= noon]
    return [(name, some) for name, some in (("morning", morning), ("afternoon", afternoon)) if some]


def _day(said: str, rules: SlotRulesInfo, today: date) -> date:
    try:
        found = date.fromisoformat(said)
    except ValueError:
        return today
    return found if 0 <= (found - today).days <= rules.ahead_days else today


def _minutes(said: str, rules: SlotRulesInfo) -> int:
    possible = lengths(rules)
    return int(said) if said in map(str, possible) else possible[-1]


def instant_in(request: web.Request, name: str) -> datetime:
    """Return an instant that stands in the query; nothing else leads here."""
    try:
        found = datetime.fromisoformat(request.query.get(name, ""))
    except ValueError as error:
        raise Refused(ProblemType.NOT_FOUND) from error
    if found.tzinfo is None or not _BEFORE < found.year < _AFTER:
        raise Refused(ProblemType.NOT_FOUND)
    return found
