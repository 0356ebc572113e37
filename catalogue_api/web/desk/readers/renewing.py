"""Renew one loan of a reader or all of them, with a reason for each that is not renewed."""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.loans import OVERRIDABLE, RENEW_ALL, RENEW_LOAN, Renewal
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.desk.page import words_of
from catalogue_api.web.desk.readers.lending import named, not_done, reason_draft
from catalogue_api.web.desk.readers.reader_page import Act, Despite, ReaderPage, Said, key_of


class Renewing:
    """The buttons that renew."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page
        self.acts: Mapping[str, Act] = {"renew": self.renew, "renew_all": self.renew_all}

    async def renew(self, request: web.Request, form: Form, loan: str) -> web.StreamResponse:
        """Renew a loan; refusals may be set aside with a reason, where that may be."""
        words, title = words_of(request), form.text(f"title.{loan}")
        aside, reason = named(form.text("override")), form.text("override_reason")
        key, path = key_of(form, "renew", loan, reason), {"loan": loan}
        again = {f"title.{loan}": title}
        try:
            body = body_of(Renewal, {"override": aside, "override_reason": reason})
            result = await self._desk.call(request, RENEW_LOAN, body, path=path, key=key)
        except Unfit as unfit:
            despite = Despite(f"renew:{loan}", again, aside, reason_draft(form)) if aside else None
            said = not_done(words, unfit, title, head="readers.not_renewed", despite=despite)
            return await self._page.shown(request, said)
        except Refused as refused:
            refusals, despite = named(",".join(refused.reasons)), None
            if refusals and OVERRIDABLE.issuperset(refusals):
                despite = Despite(f"renew:{loan}", again, refusals, Draft(form.key))
            said = not_done(words, refused, title, "loan", "readers.not_renewed", despite)
            return await self._page.shown(request, said)
        line = words.text("readers.renewed.until", day=words.day(result.due_on))
        said = Said("right", words.text("readers.renewed"), result.title, (line,))
        return await self._page.shown(request, said)

    async def renew_all(self, request: web.Request, form: Form, _all: str) -> web.StreamResponse:
        """Renew whatever can be; the page says of each loan what became of it."""
        words, path, key = words_of(request), self._page.path(request), key_of(form, "renew_all")
        try:
            found = await self._desk.call(request, RENEW_ALL, Renewal(), path=path, key=key)
        except Refused as refused:
            said = not_done(words, refused, "", head="readers.not_renewed")
            return await self._page.shown(request, said)
        renewed = sum(result.renewed for result in found.results)
        tone = "right" if renewed == len(found.results) else "onward" if renewed else "wrong"
        head = words.count("readers.renewed_all", renewed) if renewed else ""
        said = Said(tone, head or words.text("readers.renewed_none"), results=found.results)
        return await self._page.shown(request, said)
