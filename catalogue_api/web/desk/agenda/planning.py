"""The agenda of a month: as a calendar on the wall, or as a list with who comes."""

from aiohttp import web

from catalogue_api.contract.agenda import AgendaAsked
from catalogue_api.contract.events import FIND_SESSIONS
from catalogue_api.domain.events import EventKind
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.agenda.places import ENTRY, HOME
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.pages.event_words import day_of
from catalogue_api.web.pages.months import days_of, month_of
from catalogue_api.web.pages.rendering import words_of


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page."""
    app.router.add_get("/agenda", desk.page(PlanningPage(desk).show, Scope.AGENDA))


class PlanningPage:
    """A month of one site, or of all."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the `month` of the query, at a site (`at`) and of a `kind` if it says so."""
        words, query, parts = words_of(request), request.query, self._desk.parts
        today = parts.clock().astimezone(parts.zone).date()
        month = month_of(query.get("month", ""), today)
        at = query.get("at", "")
        kind = query.get("kind", "")
        asked = AgendaAsked(
            first=month.first,
            last=month.last,
            site=at if at in request[SITES] else "",
            kind=EventKind(kind) if kind in set(EventKind) else None,
        )
        found = await self._desk.call(request, FIND_SESSIONS, asked)
        chosen = {"at": asked.site, "kind": asked.kind.value if asked.kind else ""}
        return rendered(
            "agenda/month.html",
            request,
            here=ENTRY.name,
            home=HOME,
            month=month,
            days=days_of(month, found.entries, lambda one: day_of(words, one.starts_at)),
            listed=found.entries,
            today=today,
            as_list=query.get("as") == "list",
            chosen=chosen,
            kinds=[("", words.text("agenda.any_kind"))]
            + [(one.value, words.text(f"event_kind.{one.value}")) for one in EventKind],
            places=[("", words.text("agenda.any_site")), *request[SITES].items()],
            hours=lambda one: words.hours(one.starts_at, one.ends_at),
            day_of=lambda one: day_of(words, one.starts_at),
        )
