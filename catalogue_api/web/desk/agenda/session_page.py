"""The list of a session: registered, confirmed, given up, ticked off, and printed."""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.endpoint import Endpoint, Nothing, Refused
from catalogue_api.contract.registrations import (
    ACCEPT_OFFER,
    CANCEL_REGISTRATION,
    CONFIRM_SEAT,
    NOTE_ATTENDANCE,
    REGISTER,
    SHOW_SHEET,
    AttendanceSheet,
    Register,
    RegistrationInfo,
    RegistrationStatus,
    SessionSheet,
)
from catalogue_api.contract.vouchers import GIVE_VOUCHER_BACK, TAKE_VOUCHER, TakeVoucher
from catalogue_api.domain.roles import Scope
from catalogue_api.web.desk.agenda.places import ENTRY, HOME, SESSION, event_at, session_at
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.settings.previews import status_of
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.kit import Taking
from catalogue_api.web.pages.rendering import words_of

_REASONS = "workshop_refusal"
_DEEDS: Mapping[str, Endpoint[Nothing, RegistrationInfo]] = {
    "accept": ACCEPT_OFFER,
    "confirm": CONFIRM_SEAT,
    "cancel": CANCEL_REGISTRATION,
}
_AT = {
    "birth_year_unknown": "birth_year",
    "too_young": "birth_year",
    "too_old": "birth_year",
    "perhaps_registered": "name",
    "already_registered": "card",
    "elsewhere_then": "card",
}


def add_routes(app: web.Application, desk: Desk) -> None:
    """Add the list and its forms."""
    page, router = SessionPage(desk), app.router
    router.add_get(SESSION, desk.page(page.show, Scope.AGENDA))
    router.add_post(f"{SESSION}/register", desk.form(page.register, Scope.AGENDA))
    router.add_get(f"{SESSION}/register", desk.page(page.show, Scope.AGENDA))
    router.add_post(f"{SESSION}/came", desk.form(page.note, Scope.AGENDA))
    router.add_post(f"{SESSION}/voucher", desk.form(page.take_voucher, Scope.AGENDA))
    router.add_post(f"{SESSION}/voucher-back", desk.form(page.give_back, Scope.AGENDA))
    for deed in _DEEDS:
        router.add_post(f"{SESSION}/{deed}", desk.form(page.deed(deed), Scope.AGENDA))


class SessionPage:
    """One session and its people."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.Response:
        """Show the list."""
        return await self._shown(request, self._desk.blank())

    async def register(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Register somebody by card, or by name."""
        sheet = await self._found(request)
        said = {
            "event": sheet.event,
            "session": None if sheet.series else sheet.session.session,
            "card": form.text("card"),
            "name": "" if form.text("card") else form.text("name"),
            "phone": form.text("phone"),
            "birth_year": form.text("birth_year") or None,
            "anyway": form.text("anyway") == "on",
        }
        try:
            body = _registered(said)
            found = await self._desk.call(request, REGISTER, body, key=form.key)
        except (Refused, Unfit) as refusal:
            draft = self._desk.kept(form, refusal, _REASONS, _AT)
            return await self._shown(request, draft)
        waits = found.status is RegistrationStatus.WAITING
        key = "agenda.registered_waiting" if waits else "agenda.registered"
        raise self._desk.done(self._here(request), key, person=found.person)

    async def note(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Note who was there; only what was changed on the page is sent."""
        said = [
            {"registration": number, "attendance": form.text(f"came.{number}")}
            for number in form.chosen("came.")
            if form.text(f"came.{number}") != form.text(f"had.{number}")
        ]
        try:
            body = body_of(AttendanceSheet, {"marks": said})
            await self._desk.call(request, NOTE_ATTENDANCE, body, path=self._path(request))
        except Unfit as unfit:
            raise self._failed(request, "field.malformed") from unfit
        except Refused as refused:
            raise self._desk.not_done(self._here(request), refused, _REASONS) from refused
        raise self._desk.done(self._here(request), "agenda.noted")

    def deed(self, name: str) -> Taking:
        """Return what does a deed of one registration: a form that is one button."""
        endpoint = _DEEDS[name]

        async def take(request: web.Request, form: Form) -> web.StreamResponse:
            path = {"registration": form.text("registration")}
            try:
                found = await self._desk.call(
                    request, endpoint, Nothing(), path=path, version=form.version
                )
            except Refused as refused:
                raise self._desk.not_done(self._here(request), refused, _REASONS) from refused
            raise self._desk.done(self._here(request), f"agenda.done.{name}", person=found.person)

        return take

    async def take_voucher(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Take a voucher for a seat; its number is on no page again."""
        path = self._path(request) | {"registration": form.text("registration")}
        try:
            said = {"serial": form.text("serial"), "valid_until": form.text("until") or None}
            body = body_of(TakeVoucher, said)
            await self._desk.call(request, TAKE_VOUCHER, body, path=path)
        except Unfit as unfit:
            raise self._failed(request, "agenda.voucher_number") from unfit
        except Refused as refused:
            raise self._desk.not_done(self._here(request), refused, "voucher_refusal") from refused
        raise self._desk.done(self._here(request), "agenda.voucher_taken")

    async def give_back(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Give a voucher back."""
        path = self._path(request) | {"registration": form.text("registration")}
        try:
            await self._desk.call(request, GIVE_VOUCHER_BACK, Nothing(), path=path)
        except Refused as refused:
            raise self._desk.not_done(self._here(request), refused, "voucher_refusal") from refused
        raise self._desk.done(self._here(request), "agenda.voucher_back")

    def _failed(self, request: web.Request, key: str) -> web.HTTPSeeOther:
        return self._desk.done(self._here(request), key, well=False)

    async def _shown(self, request: web.Request, draft: Draft) -> web.Response:
        sheet, words = await self._found(request), words_of(request)
        one = sheet.session
        return rendered(
            "agenda/session.html",
            request,
            status=status_of(draft),
            here=ENTRY.name,
            home=HOME,
            sheet=sheet,
            one=one,
            draft=draft,
            when=when(words, one.starts_at, one.ends_at),
            event=event_at(sheet.event),
            at=session_at(one.session),
            free=None if sheet.places is None else sheet.places - _held(sheet),
            now=self._desk.parts.clock(),
            key=self._desk.parts.new_token(),
        )

    async def _found(self, request: web.Request) -> SessionSheet:
        return await self._desk.call(request, SHOW_SHEET, Nothing(), path=self._path(request))

    def _path(self, request: web.Request) -> dict[str, str]:
        return {"event_session": request.match_info["event_session"]}

    def _here(self, request: web.Request) -> str:
        return session_at(request.match_info["event_session"])


def _registered(said: Mapping[str, object]) -> Register:
    if not said["card"] and not said["name"]:
        raise Unfit({"card": ("agenda.card_or_name",)})
    return body_of(Register, said)


def _held(sheet: SessionSheet) -> int:
    return sum(line.seat is not None for line in sheet.seated)
