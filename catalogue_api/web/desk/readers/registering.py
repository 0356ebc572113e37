"""Register a reader, and change what is written of one."""

from dataclasses import replace
from http import HTTPStatus

from aiohttp import web
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.patrons import (
    EDIT_PATRON,
    REGISTER_PATRON,
    SHOW_PATRON,
    NewPatron,
    PatronData,
    PatronInfo,
    PatronLine,
    PatronRefusal,
)
from catalogue_api.services.readers.patrons import alike, renewed_until
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES, rendered
from catalogue_api.web.desk.readers.reader_page import HERE, HOME, address_of
from catalogue_api.web.desk.readers.written import categories, data_of, languages, values_of
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of, editing

_AT = {PatronRefusal.CARD_TAKEN.value: "card"}


class Registering:
    """The form of a reader's data, empty or filled."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show_blank(self, request: web.Request) -> web.StreamResponse:
        """Show the form of a new reader, with what most of them have."""
        parts = self._desk.parts
        today = parts.clock().astimezone(parts.zone).date()
        draft = self._desk.blank(
            category="adult",
            language="fr",
            home_site=site_of(request),
            expires_on=renewed_until(None, today).isoformat(),
        )
        return await self._page(request, draft)

    async def register(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Register a reader; of somebody who seems to be known already it warns first."""
        try:
            known = not form.text("somebody_else")
            body = body_of(NewPatron, data_of(form) | {"unless_known": known})
            reader = await self._desk.call(request, REGISTER_PATRON, body, key=form.key)
        except Unfit as unfit:
            return await self._page(request, self._desk.kept(form, unfit))
        except Refused as refused:
            draft = self._kept(form, refused)
            seem: tuple[PatronLine, ...] = ()
            if PatronRefusal.PERHAPS_KNOWN.value in refused.reasons:
                seem = await self._desk.read(lambda db: alike(db, body))
            return await self._page(request, draft, seem=seem)
        name = f"{reader.given_name} {reader.family_name}".strip()
        raise self._desk.done(f"{HOME}/{reader.patron}", "readers.registered", name=name)

    async def show_edit(self, request: web.Request) -> web.StreamResponse:
        """Show the form with what is written of a reader."""
        reader = await self._reader(request)
        draft = editing(self._desk.blank().key, values_of(reader), reader.version)
        return await self._page(request, draft, reader)

    async def edit(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Change what is written of a reader; what a colleague changed meanwhile is told."""
        path = {"patron": request.match_info["patron"]}
        try:
            body = body_of(PatronData, data_of(form))
        except Unfit as unfit:
            return await self._page(
                request, self._desk.kept(form, unfit), await self._reader(request)
            )
        try:
            await self._desk.call(request, EDIT_PATRON, body, path=path, version=form.version or 0)
        except Refused as refused:
            now = await self._reader(request)
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                return await self._page(request, self._kept(form, refused), now)
            draft = form.upon(values_of(now), now.version, values_of(body))
            if draft is not None:
                return await self._page(request, draft, now)
        raise self._desk.done(address_of(request), "readers.changed")

    async def _reader(self, request: web.Request) -> PatronInfo:
        path = {"patron": request.match_info["patron"]}
        return await self._desk.call(request, SHOW_PATRON, Nothing(), path=path)

    async def _page(
        self,
        request: web.Request,
        draft: Draft,
        reader: PatronInfo | None = None,
        seem: tuple[PatronLine, ...] = (),
    ) -> web.Response:
        parts = self._desk.parts

        def in_rules(db: Session) -> set[str]:
            rules = parts.rules.current(db.connection())
            return {key[0] for key in rules.loan_rules} | {key[0] for key in rules.limits}

        return rendered(
            "readers/form.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            reader=reader,
            draft=draft,
            seem=seem,
            categories=categories(await self._desk.read(in_rules), draft.value("category")),
            languages=languages(draft.value("language")),
            places=request[SITES],
        )

    def _kept(self, form: Form, refused: Refused) -> Draft:
        draft = self._desk.kept(form, refused, "patron_refusal", _AT)
        if refused.type is ProblemType.INVALID_REQUEST:
            return replace(draft, errors={"home_site": ("field.malformed",)})
        return draft
