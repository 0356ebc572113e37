"""Renew one loan of a reader or all of them, with a reason for each that is not renewed."""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.loans import RENEW_ALL, RENEW_LOAN, Renewal
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.readers.lending import named, not_done, reason_draft, refusal
from catalogue_api.web.desk.readers.reader_page import Act, ReaderPage, Said, key_of
from catalogue_api.web.desk.scan_words import Answer, of_renewal
from catalogue_api.web.pages.forms import Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of


class Renewing:
    """The buttons that renew."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page
        self.acts: Mapping[str, Act] = {"renew": self.renew, "renew_all": self.renew_all}

    async def renew(self, request: web.Request, form: Form, loan: str) -> web.StreamResponse:
        """Renew a loan; what may be set aside of the refusals is, with a reason."""
        words, title = words_of(request), form.text(f"title.{loan}")
        aside, reason = form.text("override"), form.text("override_reason")
        head, again = words.text("readers.not_renewed"), f"renew:{loan}"
        fields = {f"title.{loan}": title}
        try:
            body = body_of(Renewal, {"override": named(aside), "override_reason": reason})
            key, path = key_of(form, "renew", loan, reason), {"loan": loan}
            result = await self._desk.call(request, RENEW_LOAN, body, path=path, key=key)
        except Unfit:
            answer = Answer("wrong", head, title, overridable=named(aside))
            said = Said(answer, again=again, fields=fields, draft=reason_draft(form))
            return await self._page.shown(request, said)
        except Refused as refused:
            answer = replace(refusal(words, refused, ""), head=head, title=title, offers=())
            return await self._page.shown(request, Said(answer, again=again, fields=fields))
        return await self._page.shown(request, Said(of_renewal(words, result)))

    async def renew_all(self, request: web.Request, form: Form, _all: str) -> web.StreamResponse:
        """Renew whatever can be; the page says of each loan what became of it."""
        words, path, key = words_of(request), self._page.path(request), key_of(form, "renew_all")
        try:
            found = await self._desk.call(request, RENEW_ALL, Renewal(), path=path, key=key)
        except Refused as refused:
            return await self._page.shown(request, Said(not_done(words, refused, "")))
        renewed = sum(result.renewed for result in found.results)
        tone = "right" if renewed == len(found.results) else "onward" if renewed else "wrong"
        head = words.count("readers.renewed_all", renewed) if renewed else ""
        answer = Answer(tone, head or words.text("readers.renewed_none"))
        return await self._page.shown(request, Said(answer, found.results))
