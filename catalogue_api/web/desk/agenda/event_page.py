"""The page of an event: its sessions, further ones, and calling all of it off."""

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.events import (
    ADD_SESSIONS,
    CALL_OFF_EVENT,
    OPEN_EVENT,
    CallOff,
    EventInfo,
    MoreSessions,
)
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.agenda.event_typed import AT, FIELDS, times_of
from catalogue_api.web.desk.agenda.places import ENTRY, EVENT, HOME, event_at
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.previews import (
    Preview,
    goes_back,
    renamed,
    shown_first,
    status_of,
    wants_to_save,
)
from catalogue_api.web.pages.event_words import ages, when
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the page and its forms."""
    page, router = EventPage(desk), app.router
    router.add_get(EVENT, desk.page(page.show, Scope.AGENDA))
    router.add_post(f"{EVENT}/sessions", desk.form(page.add, Scope.AGENDA))
    router.add_get(f"{EVENT}/sessions", desk.page(page.show, Scope.AGENDA))
    router.add_get(f"{EVENT}/call-off", desk.page(page.ask_off, Scope.AGENDA))
    router.add_post(f"{EVENT}/call-off", desk.form(page.call_off, Scope.AGENDA))


class EventPage:
    """One event."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show an event, with an empty form for one more session."""
        found = await self._found(request)
        return self._shown(request, found, self._desk.blank(minutes="60", times="1", weeks="1"))

    async def add(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Add sessions."""
        path = {"event": request.match_info["event"]}
        try:
            said = {"sessions": times_of(form, self._desk.parts.zone)}
            body = body_of(MoreSessions, said)
            await self._desk.call(request, ADD_SESSIONS, body, path=path, key=form.key)
        except (Refused, Unfit) as refusal:
            unfit = renamed(refusal, FIELDS) if isinstance(refusal, Unfit) else refusal
            draft = self._desk.kept(form, unfit, "event_refusal", AT)
            return self._shown(request, await self._found(request), draft)
        count = len(body.sessions)
        raise self._desk.done(event_at(path["event"]), "agenda.sessions_added", n=count)

    async def ask_off(self, request: web.Request) -> web.Response:
        """Ask why an event is called off."""
        return self._ask_off(request, await self._found(request), self._desk.blank())

    async def call_off(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell whom it touches, then call off all that is to come."""
        found, saving = await self._found(request), wants_to_save(form)
        here = event_at(found.event)
        if goes_back(form):
            raise web.HTTPSeeOther(here)
        version = form.version if saving else found.version
        try:
            body = body_of(CallOff, {"reason": form.text("reason"), "dry_run": not saving})
            after = await self._desk.call(
                request, CALL_OFF_EVENT, body, path={"event": str(found.event)}, version=version
            )
        except (Refused, Unfit) as refusal:
            draft = self._desk.kept(form, refusal, "event_refusal")
            return self._ask_off(request, found, draft)
        if saving:
            raise self._desk.done(here, "agenda.called_off", title=found.title)
        words = words_of(request)
        ahead = [
            when(words, one.starts_at, one.ends_at)
            for one, before in zip(after.sessions, found.sessions, strict=True)
            if one.cancelled_at is not None and before.cancelled_at is None
        ]
        effects = [
            words.count("agenda.are_told", after.told),
            words.count("agenda.to_call", after.to_call),
        ]
        title = words.text("agenda.call_off_all", title=found.title)
        preview = Preview(title, ahead, effects, here, risky=True)
        return shown_first(request, _with_version(form, found.version), preview)

    async def _found(self, request: web.Request) -> EventInfo:
        path = {"event": request.match_info["event"]}
        return await self._desk.call(request, OPEN_EVENT, Nothing(), path=path)

    def _shown(self, request: web.Request, found: EventInfo, draft: Draft) -> web.Response:
        words, now = words_of(request), self._desk.parts.clock()
        return rendered(
            "agenda/event.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            home=HOME,
            event=found,
            draft=draft,
            ages=ages(words, found.least_age, found.most_age),
            when=lambda one: when(words, one.starts_at, one.ends_at),
            now=now,
            ahead=any(one.starts_at > now and not one.cancelled_at for one in found.sessions),
        )

    def _ask_off(self, request: web.Request, found: EventInfo, draft: Draft) -> web.Response:
        return rendered(
            "agenda/call_off.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            draft=draft,
            title=words_of(request).text("agenda.call_off_all", title=found.title),
            at=f"{event_at(found.event)}/call-off",
            back=event_at(found.event),
        )


def _with_version(form: Form, version: int) -> Form:
    return Form({**form.fields, "version": str(version)})
