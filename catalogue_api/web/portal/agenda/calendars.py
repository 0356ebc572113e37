"""The agenda as text/calendar: all of it to subscribe to, and one event to keep."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from aiohttp import web

from catalogue_api.contract.agenda import LIST_AGENDA, MOST_DAYS, SHOW_EVENT, AgendaAsked
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.web.pages.ical import Event, calendar_text
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.agenda.places import event_at
from catalogue_api.web.portal.portal import Portal

_PAST = timedelta(days=7)
"""What was lately is still told, so that what was called off is taken out of other calendars."""


def add_routes(app: web.Application, portal: Portal) -> None:
    """Add the calendars."""
    calendars = Calendars(portal)
    app.router.add_get("/agenda.ics", portal.page(calendars.all))
    app.router.add_get(r"/agenda/{event:[1-9]\d{0,8}}.ics", portal.page(calendars.one))


class Calendars:
    """What calendar programs read."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    async def all(self, request: web.Request) -> web.Response:
        """Give what takes place in the next months."""
        now = self._portal.parts.clock()
        first = (now - _PAST).astimezone(self._portal.parts.zone).date()
        asked = AgendaAsked(first=first, last=first + timedelta(days=MOST_DAYS - 1))
        found = await self._portal.ask(request, LIST_AGENDA, asked)
        events = (
            Event(
                uid=f"session-{one.session}",
                starts=one.starts_at,
                ends=one.ends_at,
                summary=one.title,
                location=_where(one.site_name, one.room),
                url=whole_address(request, self._portal.parts, event_at(one.event)),
                cancelled=one.cancelled,
                sequence=one.version,
            )
            for one in found.entries
        )
        return self._answer(words_of(request).text("portal.agenda.calendar"), events, now)

    async def one(self, request: web.Request) -> web.Response:
        """Give the sessions of one event."""
        path = {"event": request.match_info["event"]}
        shown = await self._portal.ask(request, SHOW_EVENT, Nothing(), path)
        address = whole_address(request, self._portal.parts, event_at(shown.event))
        events = (
            Event(
                uid=f"session-{one.session}",
                starts=one.starts_at,
                ends=one.ends_at,
                summary=shown.title,
                description=shown.about,
                location=_where(shown.site_name, shown.room),
                url=address,
                cancelled=one.cancelled,
                sequence=one.version,
            )
            for one in shown.sessions
        )
        return self._answer(shown.title, events, self._portal.parts.clock())

    def _answer(self, name: str, events: Iterable[Event], now: datetime) -> web.Response:
        return web.Response(
            body=calendar_text(name, events, now),
            content_type="text/calendar",
            charset="utf-8",
            headers={"Cache-Control": "no-cache"},
        )


def _where(site: str, room: str) -> str:
    return f"{site}, {room}" if room else site
