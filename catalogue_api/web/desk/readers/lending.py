"""Lend and give back on the page of a reader, by barcode."""

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.loans import LEND_ITEM, LendItem, LoanRefusal
from catalogue_api.contract.past_returns import UNDO_RETURN
from catalogue_api.contract.returns import DESK_RETURN, DeskReturn, Outcome
from catalogue_api.services.desk.scanning import see
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import SITES
from catalogue_api.web.desk.readers.reader_page import (
    HOME,
    Act,
    ReaderPage,
    Said,
    key_of,
    unknown,
)
from catalogue_api.web.desk.scan_words import (
    Answer,
    of_loan,
    of_nothing,
    of_refused_loan,
    of_return,
)
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of
from catalogue_api.web.texts import Words

_LONGEST_CODE = 64


class Lending:
    """The field of the page into which barcodes are scanned.

    The answer to its form is the page itself: sent again it gets the same answer.
    """

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page
        self.acts: Mapping[str, Act] = {
            "lend": self.lend,
            "return": self.give_back,
            "undo": self.undo,
        }

    async def lend(self, request: web.Request, form: Form, _: str) -> web.StreamResponse:
        """Lend an item; what may be set aside of the refusals is, with a reason."""
        code, words = form.text("barcode"), words_of(request)
        if not _is_code(code):
            return await self._page.shown(request)
        aside, reason = form.text("override"), form.text("override_reason")
        try:
            body = body_of(
                LendItem,
                {
                    "barcode": code,
                    "card": (await self._page.reader(request)).card,
                    "site": site_of(request),
                    "override": named(aside),
                    "override_reason": reason,
                },
            )
            key = key_of(form, "lend", code, reason)
            lent = await self._desk.call(request, LEND_ITEM, body, key=key)
        except Unfit:
            again = Answer("wrong", words.text("scan_refused.head"), code=code,
                           overridable=named(aside))  # fmt: skip
            return await self._page.shown(request, Said(again, draft=reason_draft(form)))
        except Refused as refused:
            if unknown(refused):
                return await self._of_unknown(request, code)
            return await self._page.shown(request, Said(refusal(words, refused, code)))
        return await self._page.shown(request, Said(of_loan(words, lent)))

    async def give_back(self, request: web.Request, form: Form, barcode: str) -> web.StreamResponse:
        """Take an item back, whoever had it: that of a button, or what was scanned."""
        code, words = barcode or form.text("barcode"), words_of(request)
        if not _is_code(code):
            return await self._page.shown(request)
        return_id = UUID(key_of(form, "return", code))
        body = DeskReturn(return_id=return_id, barcode=code, site=site_of(request))
        try:
            returned = await self._desk.call(request, DESK_RETURN, body)
        except Refused as refused:
            return await self._page.shown(request, Said(not_done(words, refused, code)))
        if returned.outcome is Outcome.UNKNOWN_ITEM:
            return await self._of_unknown(request, code)
        answer = of_return(words, returned, request[SITES], code)
        return await self._page.shown(request, Said(answer))

    async def undo(self, request: web.Request, form: Form, return_id: str) -> web.StreamResponse:
        """Take a return back."""
        words, code, path = words_of(request), form.text("barcode"), {"return_id": return_id}
        key = key_of(form, "undo", return_id)
        try:
            await self._desk.call(request, UNDO_RETURN, Nothing(), path=path, key=key)
        except Refused as refused:
            for reason in refused.reasons:
                answer = of_nothing(words, f"scan_not_undone.{reason}", code)
                return await self._page.shown(request, Said(answer))
            return await self._page.shown(request, Said(not_done(words, refused, code)))
        lines = (words.text("scan_undone.detail"),)
        answer = Answer("onward", words.text("scan_undone"), lines=lines, code=code)
        return await self._page.shown(request, Said(answer))

    async def _of_unknown(self, request: web.Request, code: str) -> web.Response:
        """Go to the reader whose card was scanned, or say that it is nothing of ours."""
        parts = self._desk.parts
        now, rules = parts.clock(), parts.rules
        seen = await self._desk.read(
            lambda db: see(db, code, "", now, rules.current(db.connection()))
        )
        if seen.patron:
            raise web.HTTPSeeOther(f"{HOME}/{seen.patron}")
        return await self._page.shown(
            request, Said(of_nothing(words_of(request), "scan_unknown", code))
        )


def named(refusals: str) -> tuple[LoanRefusal, ...]:
    """Return the refusals of a list with commas; what is none of them is left out."""
    known = {refusal.value: refusal for refusal in LoanRefusal}
    return tuple(known[one] for one in refusals.split(",") if one in known)


def refusal(words: Words, refused: Refused, code: str) -> Answer:
    """Return what is said of a loan that is not made or renewed."""
    return (
        of_refused_loan(words, refused, code) if refused.reasons else not_done(words, refused, code)
    )


def not_done(words: Words, refused: Refused, code: str, reasons: str = "") -> Answer:
    """Return what is said where nothing was done; `reasons`: before the dot of their texts."""
    keys = [f"{reasons}.{reason}" for reason in refused.reasons if reasons]
    keys = keys or [f"problem.{refused.type.value}"]
    lines = tuple(words.text(key) for key in keys)
    return Answer("wrong", words.text("readers.not_done"), lines=lines, code=code)


def reason_draft(form: Form) -> Draft:
    """Return the reason as it was typed, and that it does not do."""
    reason = form.text("override_reason")
    error = "field.too_long" if reason else "field.required"
    errors = {"override_reason": (error,)}
    return Draft(form.key, {"override_reason": reason}, errors=errors)


def _is_code(said: str) -> bool:
    return bool(said) and len(said) <= _LONGEST_CODE and said.isprintable()
