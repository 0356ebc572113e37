"""A session is moved to another time or called off: whom that touches is told first.

Or it is said to be meant for hours at which its site is closed.
"""

from datetime import timedelta

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.event_sessions import (
    CALL_OFF_SESSION,
    MEAN_SO,
    MOVE_SESSION,
    MeantSo,
    MoveSession,
    SessionChanged,
)
from catalogue_api.contract.events import CallOff
from catalogue_api.contract.registrations import SHOW_SHEET, SessionSheet
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.agenda.event_typed import AT, times_of
from catalogue_api.web.desk.agenda.places import ENTRY, SESSION, session_at
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.moves import MOVES
from catalogue_api.web.desk.settings.previews import (
    Preview,
    as_typed,
    goes_back,
    shown_first,
    status_of,
    wants_to_save,
)
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

_REASONS = "event_refusal"
_AT = AT | {"starts_at": "starts", "too_few_computers": "starts"}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the forms."""
    pages, router = SessionMoves(desk), app.router
    router.add_get(f"{SESSION}/move", desk.page(pages.ask_move, Scope.AGENDA))
    router.add_post(f"{SESSION}/move", desk.form(pages.move, Scope.AGENDA))
    router.add_get(f"{SESSION}/call-off", desk.page(pages.ask_off, Scope.AGENDA))
    router.add_post(f"{SESSION}/call-off", desk.form(pages.call_off, Scope.AGENDA))
    router.add_post(f"{SESSION}/meant-so", desk.form(pages.mean_so, Scope.AGENDA))


class SessionMoves:
    """The forms of one session."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ask_move(self, request: web.Request) -> web.Response:
        """Ask for another time."""
        sheet = await self._found(request)
        zone, one = self._desk.parts.zone, sheet.session
        start = one.starts_at.astimezone(zone)
        values = {
            "first_on": start.date().isoformat(),
            "starts": f"{start:%H:%M}",
            "minutes": str((one.ends_at - one.starts_at) // timedelta(minutes=1)),
        }
        draft = editing(self._desk.parts.new_token(), values, one.version)
        return self._move_form(request, sheet, draft)

    async def move(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell whom another time touches, then move the session."""
        sheet, saving = await self._found(request), wants_to_save(form)
        if goes_back(form):
            return self._move_form(request, sheet, as_typed(form))
        try:
            (time,) = times_of(form, self._desk.parts.zone)
            body = body_of(MoveSession, {**time, "dry_run": not saving})
            path = {"event_session": str(sheet.session.session)}
            after = await self._desk.call(
                request, MOVE_SESSION, body, path=path, version=form.version
            )
        except (Refused, Unfit) as refusal:
            draft = self._desk.kept(form, refusal, _REASONS, _AT)
            return self._move_form(request, sheet, draft)
        words, there = words_of(request), session_at(sheet.session.session)
        new = when(words, after.starts_at, after.ends_at)
        if saving:
            raise self._desk.done(there, "agenda.moved", when=new)
        old = when(words, sheet.session.starts_at, sheet.session.ends_at)
        changes = [words.text("preview.before", what=old), words.text("preview.after", what=new)]
        title = words.text("agenda.move_title", title=sheet.title)
        effects = _effects(words, after)
        return shown_first(request, form, Preview(title, changes, effects, there))

    async def ask_off(self, request: web.Request) -> web.Response:
        """Ask why a session is called off."""
        return self._off_form(request, await self._found(request), self._desk.blank())

    async def call_off(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Tell whom it touches, then call the session off."""
        sheet, saving = await self._found(request), wants_to_save(form)
        there, one = session_at(sheet.session.session), sheet.session
        if goes_back(form):
            raise web.HTTPSeeOther(there)
        try:
            body = body_of(CallOff, {"reason": form.text("reason"), "dry_run": not saving})
            after = await self._desk.call(
                request,
                CALL_OFF_SESSION,
                body,
                path={"event_session": str(one.session)},
                version=form.version if saving else one.version,
            )
        except (Refused, Unfit) as refusal:
            return self._off_form(request, sheet, self._desk.kept(form, refusal, _REASONS))
        words = words_of(request)
        if saving:
            raise self._desk.done(there, "agenda.called_off", title=sheet.title)
        title = words.text("agenda.call_off_title", title=sheet.title)
        changes = [when(words, one.starts_at, one.ends_at)]
        seen = Form({**form.fields, "version": str(one.version)})
        preview = Preview(title, changes, _effects(words, after), there, risky=True)
        return shown_first(request, seen, preview)

    async def mean_so(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take a session from the list of what lies outside the opening hours, or put it back."""
        sheet, meant = await self._found(request), form.text("meant") != "no"
        path = {"event_session": str(sheet.session.session)}
        try:
            await self._desk.call(request, MEAN_SO, MeantSo(meant=meant), path=path)
        except Refused as refused:
            raise self._desk.not_done(MOVES, refused, _REASONS) from refused
        raise self._desk.done(
            MOVES,
            "moves.sessions.noted" if meant else "moves.sessions.listed",
            undo=f"{session_at(sheet.session.session)}/meant-so",
            fields={"meant": "no" if meant else "yes"},
            title=sheet.title,
        )

    async def _found(self, request: web.Request) -> SessionSheet:
        path = {"event_session": request.match_info["event_session"]}
        return await self._desk.call(request, SHOW_SHEET, Nothing(), path=path)

    def _move_form(self, request: web.Request, sheet: SessionSheet, draft: Draft) -> web.Response:
        return rendered(
            "agenda/move.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            draft=draft,
            sheet=sheet,
            at=f"{session_at(sheet.session.session)}/move",
            back=session_at(sheet.session.session),
        )

    def _off_form(self, request: web.Request, sheet: SessionSheet, draft: Draft) -> web.Response:
        words = words_of(request)
        return rendered(
            "agenda/call_off.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            draft=draft,
            title=words.text("agenda.call_off_title", title=sheet.title),
            at=f"{session_at(sheet.session.session)}/call-off",
            back=session_at(sheet.session.session),
        )


def _effects(words: Words, after: SessionChanged) -> list[str]:
    counted = (
        ("agenda.are_told", after.told),
        ("agenda.to_call", after.to_call),
        ("agenda.slots_moved", after.slots_moved),
        ("agenda.slots_cancelled", after.slots_cancelled),
    )
    found = [words.count(key, number) for key, number in counted if number]
    found += [
        words.text(
            f"session_warning.{warning.value}.on",
            when=when(words, after.starts_at, after.ends_at),
        )
        for warning in after.warnings
    ]
    return found or [words.text("agenda.nobody_told")]
