"""An event is made or changed: told in words before it is done."""

from collections.abc import Mapping, Sequence

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.events import (
    ADD_EVENT,
    CHANGE_EVENT,
    OPEN_EVENT,
    EventChange,
    EventChanged,
    EventData,
    EventInfo,
    NewEvent,
    SessionInfo,
)
from catalogue_api.contract.vouchers import LIST_SCHEMES
from catalogue_api.domain.events import EventKind
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.agenda.event_typed import (
    AT,
    FIELDS,
    lasting,
    said_of_event,
    times_of,
    values_of,
)
from catalogue_api.web.desk.agenda.places import ENTRY, EVENT, HOME, event_at
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.settings.changing import Changing
from catalogue_api.web.desk.settings.previews import (
    Preview,
    as_typed,
    goes_back,
    renamed,
    shown_first,
    status_of,
    wants_to_save,
)
from catalogue_api.web.pages.event_words import ages, when
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

_REASONS = "event_refusal"
_SCHEMES = web.RequestKey("schemes", list[tuple[str, str]])
"""The schemes of vouchers to choose from, for every form of a request."""


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the forms."""
    pages, router = EventForms(desk), app.router
    router.add_get("/agenda/events/new", desk.page(pages.ask, Scope.AGENDA))
    router.add_post("/agenda/events/new", desk.form(pages.add, Scope.AGENDA))
    router.add_get(f"{EVENT}/edit", desk.page(pages.open, Scope.AGENDA))
    router.add_post(f"{EVENT}/edit", desk.form(pages.change, Scope.AGENDA))


class EventForms(Changing[EventChange, EventInfo, EventChanged]):
    """The form of a new event, and that of one that is there."""

    async def ask(self, request: web.Request) -> web.Response:
        """Show an empty form, for the `kind` and on the `day` of the query."""
        kind = request.query.get("kind", EventKind.WORKSHOP.value)
        known = kind if kind in set(EventKind) else EventKind.WORKSHOP.value
        day = request.query.get("day", "")[:10]
        names: Mapping[str, str] = request[SITES]
        draft = self._desk.blank(**lasting(known), first_on=day, at=next(iter(names), ""))
        await self._note_schemes(request)
        return self._shown(request, draft, None)

    async def add(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell what a new event is, then add it."""
        saving = wants_to_save(form)
        await self._note_schemes(request)
        if goes_back(form):
            return self._shown(request, as_typed(form), None)
        try:
            times = times_of(form, self._desk.parts.zone)
            said = {**said_of_event(form), "sessions": times, "dry_run": not saving}
            body = body_of(NewEvent, said)
            found = await self._desk.call(request, ADD_EVENT, body, key=form.key)
        except Unfit as unfit:
            return self._shown(request, self._kept(form, renamed(unfit, FIELDS)), None)
        except Refused as refused:
            return self._shown(request, self._kept(form, refused), None)
        if not saving:
            words = words_of(request)
            changes = [*_facts(words, found), *_sessions(words, found.sessions)]
            effects = [*_effects(words, found), *_warnings(words, found.sessions)] or [
                words.text("agenda.no_warning")
            ]
            return shown_first(
                request, form, Preview(words.text("agenda.new"), changes, effects, HOME)
            )
        raise self._desk.done(event_at(found.event), "agenda.added", title=found.title)

    async def open(self, request: web.Request) -> web.Response:
        """Show the form of an event."""
        found = await self._found(request)
        draft = editing(self._desk.parts.new_token(), values_of(found), found.version)
        return self._shown(request, draft, found)

    async def _found(self, request: web.Request) -> EventInfo:
        await self._note_schemes(request)
        path = {"event": request.match_info["event"]}
        return await self._desk.call(request, OPEN_EVENT, Nothing(), path=path)

    def _in_words(self, _request: web.Request, said: EventData) -> dict[str, str]:
        return values_of(said)

    def _body(self, form: Form, *, dry_run: bool) -> EventChange:
        try:
            return body_of(EventChange, {**said_of_event(form), "dry_run": dry_run})
        except Unfit as unfit:
            raise renamed(unfit, FIELDS) from unfit

    async def _send(
        self, request: web.Request, body: EventChange, version: int | None
    ) -> EventChanged:
        path = {"event": request.match_info["event"]}
        return await self._desk.call(request, CHANGE_EVENT, body, path=path, version=version)

    def _preview(self, request: web.Request, before: EventInfo, after: EventChanged) -> Preview:
        words = words_of(request)
        was, now = _facts(words, before), _facts(words, after)
        changes = [line for line in now if line not in was] or [words.text("preview.nothing")]
        effects = [*_effects(words, after), *_warnings(words, after.sessions)]
        title = words.text("agenda.change")
        back = event_at(after.event)
        return Preview(title, changes, effects or [words.text("agenda.nobody_told")], back)

    def _stored(self, _request: web.Request, found: EventInfo) -> web.HTTPSeeOther:
        return self._desk.done(event_at(found.event), "agenda.changed", title=found.title)

    def _kept(self, form: Form, refusal: Refused | Unfit) -> Draft:
        return self._desk.kept(form, refusal, _REASONS, AT)

    def _form(self, request: web.Request, draft: Draft, found: EventInfo) -> web.Response:
        return self._shown(request, draft, found)

    async def _note_schemes(self, request: web.Request) -> None:
        listed = await self._desk.call(request, LIST_SCHEMES, Nothing())
        request[_SCHEMES] = [
            (str(one.scheme), one.name) for one in listed.schemes if one.closed_at is None
        ]

    def _shown(self, request: web.Request, draft: Draft, found: EventInfo | None) -> web.Response:
        words = words_of(request)
        return rendered(
            "agenda/event_form.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            draft=draft,
            found=found,
            at=f"{event_at(found.event)}/edit" if found else f"{HOME}/events/new",
            back=event_at(found.event) if found else HOME,
            kinds=[(one.value, words.text(f"event_kind.{one.value}")) for one in EventKind],
            places=list(request[SITES].items()),
            schemes=[("", words.text("agenda.no_scheme")), *request[_SCHEMES]],
        )


def _facts(words: Words, event: EventInfo) -> list[str]:
    kind = words.text(f"event_kind.{event.kind.value}")
    where = f"{event.site_name}, {event.room}" if event.room else event.site_name
    facts = [f"{kind} · {event.title}", where]
    if event.places is None:
        facts.append(words.text("event.no_registration"))
    else:
        facts.append(words.count("event.places", event.places))
    facts += [words.text(f"agenda.{name}_is") for name in ("series", "must_confirm")
              if getattr(event, name)]  # fmt: skip
    of_age = ages(words, event.least_age, event.most_age)
    facts += [of_age] if of_age else []
    if event.opens_on:
        facts.append(words.text("event.opens_on", day=words.full_day(event.opens_on)))
    facts.append(words.text("agenda.is_published" if event.published else "agenda.is_draft"))
    facts += [words.count("agenda.takes_computers", event.computers)] if event.computers else []
    facts += [words.text("event.voucher", name=event.scheme_name)] if event.scheme_name else []
    facts += [event.about] if event.about else []
    return facts


def _sessions(words: Words, sessions: Sequence[SessionInfo]) -> list[str]:
    return [when(words, one.starts_at, one.ends_at) for one in sessions]


def _warnings(words: Words, sessions: Sequence[SessionInfo]) -> list[str]:
    return [
        words.text(
            f"session_warning.{warning.value}.on", when=when(words, one.starts_at, one.ends_at)
        )
        for one in sessions
        for warning in one.warnings
    ]


def _effects(words: Words, after: EventChanged) -> list[str]:
    counted = (
        ("agenda.are_told", after.told),
        ("agenda.to_call", after.to_call),
        ("agenda.are_offered", after.offered),
        ("agenda.slots_moved", after.slots_moved),
        ("agenda.slots_cancelled", after.slots_cancelled),
    )
    return [words.count(key, number) for key, number in counted if number]
