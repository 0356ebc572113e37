"""What a reader says of something they have: lost, or brought back long ago; and taking it back."""

from collections.abc import Mapping

from aiohttp import web

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.marks import MARK_ITEM, Mark, MarkItem
from catalogue_api.web.desk.desk import Desk
from catalogue_api.web.desk.readers.lending import not_done
from catalogue_api.web.desk.readers.reader_page import Act, ReaderPage, Said, address_of
from catalogue_api.web.pages.forms import Form
from catalogue_api.web.pages.rendering import words_of

_OF_A_LOAN = (Mark.LOST, Mark.CLAIMED_RETURNED, Mark.WITH_READER)


class Marks:
    """The buttons that say what became of a loan; each is an act of its own name."""

    def __init__(self, desk: Desk, page: ReaderPage) -> None:
        self._desk = desk
        self._page = page
        self.acts: Mapping[str, Act] = {mark.value: self._marking(mark) for mark in _OF_A_LOAN}

    def _marking(self, mark: Mark) -> Act:
        async def say(request: web.Request, _form: Form, barcode: str) -> web.StreamResponse:
            path = {"barcode": barcode}
            try:
                marked = await self._desk.call(request, MARK_ITEM, MarkItem(mark=mark), path=path)
            except Refused as refused:
                answer = not_done(words_of(request), refused, barcode, "mark_refusal")
                return await self._page.shown(request, Said(answer))
            there, undo = address_of(request), {"act": f"{Mark.WITH_READER.value}:{barcode}"}
            final = mark is Mark.WITH_READER
            raise self._desk.done(
                there,
                f"readers.marked.{mark.value}",
                undo="" if final else there,
                fields={} if final else undo,
                title=marked.title,
            )

        return say
