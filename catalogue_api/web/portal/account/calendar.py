"""One's calendar for other programs: its secret address, and what is read there."""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.calendar_feeds import (
    DROP_CALENDAR,
    MAKE_CALENDAR,
    READ_CALENDAR,
    SHOW_CALENDAR,
    CalendarEntry,
    CalendarRead,
    EntryKind,
    NewCalendar,
)
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.pages.ical import Event, calendar_text
from catalogue_api.web.portal.account.overview import HERE
from catalogue_api.web.portal.addresses import whole_address
from catalogue_api.web.portal.page import rendered
from catalogue_api.web.portal.portal import Portal
from catalogue_api.web.texts import LANGUAGES, Words, read_words

_HERE = "/compte/agenda"


class Calendars:
    """The page of the address, and the calendar itself."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._words: Mapping[str, Words] = read_words(portal.parts.zone)

    async def show(self, request: web.Request) -> web.Response:
        """Show whether there is an address."""
        return await self._shown(request, "")

    async def take(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Make an address, or another one, and show it this once; or take it away."""
        if form.text("act") == "drop":
            await self._portal.call(request, DROP_CALENDAR, Nothing())
            raise self._portal.done(_HERE, "portal.account.calendar.dropped")
        # Made of the form's key: the same form sent twice makes one address, and shows it again.
        secret = hashed(f"calendar {form.key}")
        await self._portal.call(request, MAKE_CALENDAR, NewCalendar(secret=secret))
        return await self._shown(request, secret)

    async def read(self, request: web.Request) -> web.Response:
        """Show a calendar to whoever has its address."""
        try:
            body = body_of(CalendarRead, {"secret": request.match_info["secret"]})
        except Unfit as unfit:
            raise web.HTTPNotFound from unfit
        found = await self._portal.ask(request, READ_CALENDAR, body)
        words = self._words[found.language if found.language in LANGUAGES else LANGUAGES[0]]
        account = whole_address(request, self._portal.parts, "/compte")
        events = [_event(words, entry, account) for entry in found.entries]
        name = words.text("portal.account.calendar.name")
        return web.Response(
            body=calendar_text(name, events, found.at),
            content_type="text/calendar",
            charset="utf-8",
            headers={"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"},
        )

    async def _shown(self, request: web.Request, secret: str) -> web.Response:
        state = await self._portal.call(request, SHOW_CALENDAR, Nothing())
        parts = self._portal.parts
        made = whole_address(request, parts, f"/calendrier/{secret}.ics") if secret else ""
        return rendered(
            "account/calendar.html",
            request,
            here=HERE,
            made_at=state.made_at,
            made=made,
            draft=self._portal.blank(),
        )


def _event(words: Words, entry: CalendarEntry, account: str) -> Event:
    if entry.kind is EntryKind.DUE:
        summary = words.count("portal.account.calendar.due", len(entry.titles))
    elif entry.kind is EntryKind.EVENT:
        summary = entry.titles[0]
    else:
        key = f"portal.account.calendar.{entry.kind.value}"
        summary = words.text(key, title=entry.titles[0])
    return Event(
        uid=entry.uid,
        starts=entry.starts_at or entry.on,
        ends=entry.ends_at or entry.on,
        summary=summary,
        description="\n".join(entry.titles) if entry.kind is EntryKind.DUE else "",
        location=entry.place,
        url=account,
        cancelled=entry.cancelled,
    )
