"""The page of one reader: who they are, what they have, what they wait for, what stands against."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from uuid import uuid5

from aiohttp import web
from pydantic import ValidationError
from sqlmodel import Session

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.holds import LIST_PATRON_HOLDS
from catalogue_api.contract.loans import LIST_LOANS, LoanRefusal, LoansAsked, RenewalResult
from catalogue_api.contract.patrons import SHOW_PATRON, PatronInfo
from catalogue_api.contract.registrations import LIST_PATRON_REGISTRATIONS
from catalogue_api.domain.loans import Reader, against_reader, in_order
from catalogue_api.domain.patrons import Blocked
from catalogue_api.services.loans.lending import late_too_often
from catalogue_api.services.readers.patrons import renewed_until
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.scan_words import Answer
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.event_words import when
from catalogue_api.web.pages.forms import Draft, Form
from catalogue_api.web.pages.rendering import words_of

HOME = "/desk/readers"
HERE = "readers"
_LOANS_ON_A_PAGE = 100
_FORMS = ("block", "renew_card", "replace_card")

Act = Callable[[web.Request, Form, str], Awaitable[web.StreamResponse]]
"""What a button of the page does; the text is what stands behind the colon of its name."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a button: an answer, and for a renewal of all what became of each loan.

    Where refusals may be set aside, `again` is the act that does so, `fields` is what it needs, and
    `draft` the reason as it was typed.
    """

    answer: Answer
    results: tuple[RenewalResult, ...] = ()
    again: str = "lend"
    fields: Mapping[str, str] = field(default_factory=dict)
    draft: Draft | None = None


def address_of(request: web.Request, rest: str = "") -> str:
    """Return the address of the reader's page, or of one below it."""
    return f"{HOME}/{request.match_info['patron']}{rest}"


def key_of(form: Form, *about: str) -> str:
    """Return the key of one act: a page has one key, and each thing done from it has its own."""
    return str(uuid5(form.identifier, "\n".join(about)))


class ReaderPage:
    """The page, and what came of the buttons on it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def show(self, request: web.Request) -> web.StreamResponse:
        """Show the page."""
        site_of(request)  # what is lent here is lent at a site
        return await self.shown(request)

    async def go_back(self, request: web.Request) -> web.StreamResponse:
        """Come back from the answer to a form, which has no page of its own."""
        raise web.HTTPSeeOther(address_of(request))

    async def reader(self, request: web.Request) -> PatronInfo:
        """Return the reader of the address."""
        return await self._desk.call(request, SHOW_PATRON, Nothing(), path=self.path(request))

    def path(self, request: web.Request, **more: str) -> dict[str, str]:
        """Return the values of a path that names the reader."""
        return {"patron": request.match_info["patron"], **more}

    def today(self) -> date:
        """Return the day it is in the library."""
        return self._desk.parts.clock().astimezone(self._desk.parts.zone).date()

    async def shown(
        self,
        request: web.Request,
        said: Said | None = None,
        drafts: Mapping[str, Draft] | None = None,
    ) -> web.Response:
        """Return the page; `drafts` are its forms, by name, that were not taken."""
        reader, path = await self.reader(request), self.path(request)
        loans = await self._desk.call(request, LIST_LOANS, _asked(request), path=path)
        holds = await self._desk.call(request, LIST_PATRON_HOLDS, Nothing(), path=path)
        places = await self._desk.call(request, LIST_PATRON_REGISTRATIONS, Nothing(), path=path)
        return rendered(
            "readers/reader.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if drafts else HTTPStatus.OK,
            here=HERE,
            reader=reader,
            loans=loans.loans,
            more_loans=loans.next,
            holds=holds.holds,
            registrations=[one for one in places.registrations if one.ended_at is None],
            when=lambda one: when(words_of(request), one.starts_at, one.ends_at),
            against=await self._against(reader),
            today=self.today(),
            said=said,
            draft=self._desk.blank(),
            blank=self._desk.blank(expires_on=self._renewed_until(reader), kind="staff"),
            drafts={name: (drafts or {}).get(name) for name in _FORMS},
        )

    async def _against(self, reader: PatronInfo) -> tuple[LoanRefusal, ...]:
        blocks = tuple(Blocked(one.kind, one.until_on) for one in reader.blocks)
        today, site, parts = self.today(), reader.home_site or "", self._desk.parts

        def late(db: Session) -> bool:
            rules = parts.rules.current(db.connection())
            return late_too_often(db.connection(), rules, reader.patron, site, today)

        who = Reader(reader.patron, reader.expires_on, blocks, await self._desk.read(late))
        return in_order(set(against_reader(who, today)))

    def _renewed_until(self, reader: PatronInfo) -> str:
        return renewed_until(reader.expires_on, self.today()).isoformat()


def _asked(request: web.Request) -> LoansAsked:
    cursor = request.query.get("after", "")
    try:
        return LoansAsked(cursor=cursor, limit=_LOANS_ON_A_PAGE)
    except ValidationError as error:
        raise web.HTTPNotFound from error


def unknown(refused: Refused) -> bool:
    """Tell whether something was refused because it is not there."""
    return refused.type is ProblemType.NOT_FOUND
