"""The agenda of a month: a list on a phone, a calendar on a wide screen and on paper."""

from aiohttp import web

from catalogue_api.contract.agenda import LIST_AGENDA, AgendaAsked
from catalogue_api.domain.events import EventKind
from catalogue_api.services.rules import libraries
from catalogue_api.web.pages.event_words import day_of
from catalogue_api.web.pages.months import days_of, month_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.agenda.places import HERE, HOME
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the page."""
    app.router.add_get(HOME, portal.page(MonthPage(portal).show))


class MonthPage:
    """A month of one place, or of all."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def show(self, request: web.Request) -> web.Response:
        """Show the month that the query names (`mois=2026-12`), narrowed by `lieu` and `genre`."""
        words, query, parts = words_of(request), request.query, self._portal.parts
        today = parts.clock().astimezone(parts.zone).date()
        month = month_of(query.get("mois", ""), today)
        sites = await self._portal.read(libraries.sites)
        place, kind = query.get("lieu", ""), query.get("genre", "")
        asked = AgendaAsked(
            first=month.first,
            last=month.last,
            site=place if place in sites else "",
            kind=EventKind(kind) if kind in set(EventKind) else None,
        )
        found = await self._portal.ask(request, LIST_AGENDA, asked)
        return rendered(
            "agenda/month.html",
            request,
            here=HERE,
            month=month,
            days=days_of(month, found.entries, lambda one: day_of(words, one.starts_at)),
            ahead=any(day_of(words, one.starts_at) >= today for one in found.entries),
            today=today,
            found=found.entries,
            chosen={"lieu": asked.site, "genre": asked.kind.value if asked.kind else ""},
            kinds=[(one.value, words.text(f"event_kind.{one.value}")) for one in EventKind],
            places=list(sites.items()),
            hours=lambda one: words.hours(one.starts_at, one.ends_at),
        )
