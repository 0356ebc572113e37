"""What is done to an account: cards, codes, blocks, history kept or not, and its end."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus

from aiohttp import web

from catalogue_api.contract.blocks import ADD_BLOCK, LIFT_BLOCK, NewBlock
from catalogue_api.contract.deletions import SHOW_PATRON_DELETION
from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.patrons import (
    DELETE_PATRON,
    RENEW_CARD,
    REPLACE_CARD,
    RESET_PIN,
    CardRenewal,
    CardReplacement,
)
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.page import rendered
from catalogue_api.web.desk.readers.lending import not_done
from catalogue_api.web.desk.readers.reader_page import (
    HERE,
    HOME,
    Act,
    ReaderPage,
    Said,
    address_of,
    key_of,
    unknown,
)
from catalogue_api.web.desk.readers.written import day_of
from catalogue_api.web.desk.scan_words import of_nothing
from catalogue_api.web.pages.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.pages.rendering import words_of

_AT = {"card_taken": "card"}


class Account:
    """The forms beside the lists."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page
        self.acts: Mapping[str, Act] = {
            "renew_card": self.renew_card,
            "replace_card": self.replace_card,
            "block": self.block,
            "lift": self.lift,
        }

    async def renew_card(self, request: web.Request, form: Form, _: str) -> web.StreamResponse:
        """Give the card another last day."""
        path, key = self._page.path(request), key_of(form, "renew_card")
        try:
            body = body_of(CardRenewal, {"expires_on": day_of(form.text("expires_on"))})
            reader = await self._desk.call(request, RENEW_CARD, body, path=path, key=key)
        except (Unfit, Refused) as refusal:
            draft = _at_day(self._kept(form, refusal), refusal, "expires_on", "readers.card_until")
            return await self._page.shown(request, drafts={"renew_card": draft})
        until = words_of(request).full_day(reader.expires_on) if reader.expires_on else ""
        raise self._desk.done(address_of(request), "readers.card_renewed", day=until)

    async def replace_card(self, request: web.Request, form: Form, _: str) -> web.StreamResponse:
        """Give the reader another card in place of a lost one."""
        path, key = self._page.path(request), key_of(form, "replace_card", form.text("card"))
        try:
            body = body_of(CardReplacement, {"card": form.text("card")})
            await self._desk.call(request, REPLACE_CARD, body, path=path, key=key)
        except (Unfit, Refused) as refusal:
            return await self._page.shown(
                request, drafts={"replace_card": self._kept(form, refusal)}
            )
        raise self._desk.done(address_of(request), "readers.card_replaced", card=body.card)

    async def block(self, request: web.Request, form: Form, _: str) -> web.StreamResponse:
        """Block the reader, for a reason."""
        path, until = self._page.path(request), form.text("until_on")
        said = {"kind": form.text("kind"), "reason": form.text("reason"), "until_on": day_of(until)}
        try:
            body = body_of(NewBlock, said)
            key = key_of(form, "block", body.model_dump_json())
            block = await self._desk.call(request, ADD_BLOCK, body, path=path, key=key)
        except (Unfit, Refused) as refusal:
            draft = _at_day(self._kept(form, refusal), refusal, "until_on", "readers.block_until")
            return await self._page.shown(request, drafts={"block": draft})
        undo = {"act": f"lift:{block.block}"}
        there = address_of(request)
        raise self._desk.done(there, "readers.blocked", undo=there, fields=undo)

    async def lift(self, request: web.Request, _form: Form, block: str) -> web.StreamResponse:
        """Lift a block."""
        path = self._page.path(request, block=block)
        try:
            await self._desk.call(request, LIFT_BLOCK, Nothing(), path=path)
        except Refused as refused:
            answer = not_done(words_of(request), refused, "")
            return await self._page.shown(request, Said(answer))
        raise self._desk.done(address_of(request), "readers.lifted")

    async def give_code(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Make a one-time code, and show it on a slip to hand over: once, and never again.

        The form carries the version of the reader: sent twice, it makes no second code, which
        would make worthless what was handed over.
        """
        path = self._page.path(request)
        try:
            code = await self._desk.call(
                request, RESET_PIN, Nothing(), path=path, version=form.version or 0
            )
        except Refused as refused:
            if refused.type is not ProblemType.CHANGED_MEANWHILE:
                raise
            answer = of_nothing(words_of(request), "readers.code_once", "")
            return await self._page.shown(request, Said(replace(answer, tone="onward")))
        return rendered(
            "readers/slip.html", request, here=HERE, code=code, there=address_of(request)
        )

    async def ask_to_delete(self, request: web.Request) -> web.StreamResponse:
        """Ask whether the reader is to be deleted, and say what stays."""
        return await self._asking(request)

    async def delete(self, request: web.Request, form: Form) -> web.StreamResponse:
        """Delete the reader; sent twice it says the same."""
        path = self._page.path(request)
        try:
            await self._desk.call(
                request, DELETE_PATRON, Nothing(), path=path, version=form.version or 0
            )
        except Refused as refused:
            if not unknown(refused):
                return await self._asking(request, self._kept(form, refused))
        raise self._desk.done(HOME, "readers.deleted")

    async def _asking(self, request: web.Request, draft: Draft | None = None) -> web.Response:
        reader, path = await self._page.reader(request), self._page.path(request)
        wish = await self._desk.call(request, SHOW_PATRON_DELETION, Nothing(), path=path)
        draft = draft or self._desk.blank()
        return rendered(
            "readers/delete.html",
            request,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if draft.errors else HTTPStatus.OK,
            here=HERE,
            reader=reader,
            wish=wish,
            draft=replace(draft, version=reader.version),
            there=address_of(request),
        )

    def _kept(self, form: Form, refusal: Refused | Unfit) -> Draft:
        return self._desk.kept(form, refusal, "patron_refusal", _AT)


def _at_day(draft: Draft, refusal: Refused | Unfit, name: str, key: str) -> Draft:
    """Let what the services say of a day stand beside its field."""
    invalid = isinstance(refusal, Refused) and refusal.type is ProblemType.INVALID_REQUEST
    return replace(draft, errors={name: (key,)}) if invalid else draft
