"""Lend and give back on the page of a reader, by barcode."""

from collections.abc import Mapping
from uuid import UUID

from aiohttp import web

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.loans import LEND_ITEM, OVERRIDABLE, LendItem, LoanRefusal
from catalogue_api.contract.patrons import FIND_PATRONS, FindPatrons
from catalogue_api.contract.returns import (
    DESK_RETURN,
    FACTS,
    UNDO_RETURN,
    DeskReturn,
    Note,
    Outcome,
    Returned,
)
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.forms import Draft, Form, Unfit, body_of
from catalogue_api.web.desk.page import words_of
from catalogue_api.web.desk.readers.reader_page import (
    HOME,
    Act,
    Despite,
    ReaderPage,
    Said,
    key_of,
    unknown,
)
from catalogue_api.web.desk.sites import site_of
from catalogue_api.web.texts import Words

_TONES = {Outcome.RETURNED: "right"}
_LONGEST_BARCODE = 64


class Lending:
    """The field of the page into which barcodes are scanned."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page
        self.acts: Mapping[str, Act] = {
            "lend": self.lend,
            "return": self.give_back,
            "undo": self.undo,
        }

    async def lend(self, request: web.Request, form: Form, _subject: str) -> web.StreamResponse:
        """Lend an item; what the rules refuse may be set aside, with a reason, where that may be.

        The answer to the form is the page itself: sent again it gets the same answer.
        """
        barcode, words = form.text("barcode"), words_of(request)
        if not barcode or len(barcode) > _LONGEST_BARCODE:
            return await self._page.shown(request)
        card = (await self._page.reader(request)).card
        aside, reason = named(form.text("override")), form.text("override_reason")
        said = {"barcode": barcode, "card": card, "site": site_of(request)}
        key = key_of(form, "lend", barcode, reason)
        try:
            body = body_of(LendItem, said | {"override": aside, "override_reason": reason})
            lent = await self._desk.call(request, LEND_ITEM, body, key=key)
        except Unfit as unfit:
            return await self._page.shown(request, _asks_why(words, form, unfit, barcode, aside))
        except Refused as refused:
            return await self._not_lent(request, form, refused, barcode)
        lines = [words.text("readers.lent.until", day=words.day(lent.due_on))]
        if lent.fulfilled_hold is not None:
            lines.append(words.text("readers.lent.hold"))
        head = words.text("readers.lent")
        return await self._page.shown(request, Said("right", head, lent.title, tuple(lines)))

    async def give_back(self, request: web.Request, form: Form, subject: str) -> web.StreamResponse:
        """Take an item back, whoever had it; the subject is its barcode if it was not scanned."""
        barcode, words = subject or form.text("barcode"), words_of(request)
        if not barcode or len(barcode) > _LONGEST_BARCODE:
            return await self._page.shown(request)
        return_id = UUID(key_of(form, "return", barcode))
        said = {"return_id": return_id, "barcode": barcode, "site": site_of(request)}
        try:
            body = body_of(DeskReturn, said)
            returned = await self._desk.call(request, DESK_RETURN, body)
        except (Unfit, Refused) as refusal:
            return await self._page.shown(request, not_done(words, refusal, barcode))
        if returned.outcome is Outcome.UNKNOWN_ITEM:
            await self._go_to_holder(request, barcode)
        return await self._page.shown(request, _told(words, returned, barcode))

    async def undo(self, request: web.Request, form: Form, subject: str) -> web.StreamResponse:
        """Take a return back."""
        words, path = words_of(request), {"return_id": subject}
        key = key_of(form, "undo", subject)
        try:
            await self._desk.call(request, UNDO_RETURN, Nothing(), path=path, key=key)
        except Refused as refused:
            said = not_done(words, refused, "", "readers.undo")
            return await self._page.shown(request, said)
        return await self._page.shown(request, Said("right", words.text("readers.undone")))

    async def _not_lent(
        self, request: web.Request, form: Form, refused: Refused, barcode: str
    ) -> web.StreamResponse:
        words = words_of(request)
        if unknown(refused):
            await self._go_to_holder(request, barcode)
            lines = (words.text("scan.unknown_barcode.detail", barcode=barcode),)
            head = words.text("scan.unknown_barcode")
            return await self._page.shown(request, Said("wrong", head, barcode, lines))
        refusals = named(",".join(refused.reasons))
        despite = None
        if refusals and OVERRIDABLE.issuperset(refusals):
            despite = Despite("lend", {"barcode": barcode}, refusals, Draft(form.key))
        said = not_done(words, refused, barcode, "loan", "readers.not_lent", despite)
        return await self._page.shown(request, said)

    async def _go_to_holder(self, request: web.Request, card: str) -> None:
        """Go to the page of the reader whose card was scanned instead of an item."""
        if len(card) < 2:
            return
        found = await self._desk.call(request, FIND_PATRONS, body_of(FindPatrons, {"words": card}))
        for line in found.patrons:
            if line.card == card:
                raise web.HTTPSeeOther(f"{HOME}/{line.patron}")


def named(refusals: str) -> tuple[LoanRefusal, ...]:
    """Return the refusals of a list with commas; what is none of them is left out."""
    known = {refusal.value: refusal for refusal in LoanRefusal}
    return tuple(known[one] for one in refusals.split(",") if one in known)


def not_done(
    words: Words,
    refusal: Refused | Unfit,
    what: str,
    reasons: str = "",
    head: str = "readers.not_done",
    despite: Despite | None = None,
) -> Said:
    """Return what is said of an act that was refused; `reasons` comes before their texts' dots."""
    lines: tuple[str, ...] = ()
    if isinstance(refusal, Refused):
        keys = (f"{reasons}.{one}" for one in refusal.reasons if reasons)
        problem = f"problem.{refusal.type.value}"
        lines = tuple(words.text(key) for key in keys) or (words.text(problem),)
    else:
        lines = tuple(words.text(key) for keys in refusal.errors.values() for key in keys)
    again = isinstance(refusal, Refused) and refusal.type is ProblemType.UNAVAILABLE
    tone = "onward" if again else "wrong"
    return Said(tone, words.text(head), what, lines, despite=despite)


def _asks_why(
    words: Words, form: Form, unfit: Unfit, barcode: str, aside: tuple[LoanRefusal, ...]
) -> Said:
    """Return the form again that sets refusals aside: its reason is missing or too long."""
    if not aside:
        return not_done(words, unfit, barcode)
    return Said(
        "wrong",
        words.text("readers.not_lent"),
        barcode,
        despite=Despite("lend", {"barcode": barcode}, aside, reason_draft(form)),
    )


def reason_draft(form: Form) -> Draft:
    """Return the reason as it was typed, and that it does not do."""
    reason = form.text("override_reason")
    error = "field.too_long" if reason else "field.required"
    errors = {"override_reason": (error,)}
    return Draft(form.key, {"override_reason": reason}, errors=errors)


def _told(words: Words, returned: Returned, barcode: str) -> Said:
    facts = FACTS[returned.outcome]
    tone = _TONES.get(returned.outcome, "onward" if facts.accepted else "wrong")
    lines = (
        words.text(f"outcome.{returned.outcome.value}"),
        *(_note(words, note) for note in returned.notes),
    )
    head = words.text("readers.returned" if facts.closes_loan else "readers.not_returned")
    undo = f"undo:{returned.return_id}" if facts.closes_loan else ""
    return Said(tone, head, returned.title or barcode, lines, undo=undo)


def _note(words: Words, note: Note) -> str:
    day = words.day(note.on) if note.on else ""
    return words.text(f"note.{note.kind.value}", date=day, contents=note.text)
