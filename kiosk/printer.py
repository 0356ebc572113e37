"""A receipt printer that speaks ESC/POS, over a serial line or TCP.

What its paper is doing is asked with `DLE EOT n` (Epson's ESC/POS reference, *transmit real-time
status*): each answer is one byte of which bits 1 and 4 are set and bits 0 and 7 are not.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from catalogue_api.contract.kiosks import Paper
from drivers.errors import ReaderLost
from drivers.interface import ByteLink
from kiosk.lines import OpenLine

__all__ = ["EscPosPrinter", "NotPrintedHere", "Paper"]


class NotPrintedHere(Exception):
    """The receipt was not printed; `paper` says why."""

    def __init__(self, paper: Paper, message: str) -> None:
        super().__init__(message)
        self.paper = paper


_QUESTION: Final = b"\x10\x04"  # DLE EOT, then the number of the question
_PRINTER, _OFFLINE_CAUSE, _ROLL = 1, 2, 4
_FIXED_MASK, _FIXED = 0b1001_0011, 0b0001_0010
_IS_OFFLINE: Final = 0b0000_1000
_COVER: Final = 0b0000_0100
_ROLL_END, _ROLL_NEAR = 0b0110_0000, 0b0000_1100


@dataclass(frozen=True, slots=True)
class EscPosPrinter:
    """A printer; its line is opened for each receipt. Times in seconds.

    `patience`: for an answer; `writing`: for the whole receipt.
    """

    open_line: OpenLine
    patience: float = 1.0
    writing: float = 10.0

    async def paper(self) -> Paper:
        """Ask how the paper is; a printer that does not answer is `AWAY`."""
        try:
            link = await self.open_line()
        except ReaderLost:
            return Paper.AWAY
        try:
            return await self._paper(link)
        except (ReaderLost, TimeoutError):
            return Paper.AWAY
        finally:
            await link.close()

    async def print(self, data: bytes) -> Paper:
        """Print, and return how the paper is then. Raises `NotPrintedHere`."""
        try:
            link = await self.open_line()
        except ReaderLost as error:
            raise NotPrintedHere(Paper.AWAY, str(error)) from error
        try:
            self._require(await self._paper(link))
            async with asyncio.timeout(self.writing):
                await link.send(data)
            return self._require(await self._paper(link))
        except ReaderLost as error:
            raise NotPrintedHere(Paper.AWAY, str(error)) from error
        except TimeoutError as error:
            raise NotPrintedHere(
                Paper.AWAY, "the printer does not answer: check its power and cable"
            ) from error
        finally:
            await link.close()

    @staticmethod
    def _require(paper: Paper) -> Paper:
        if paper not in {Paper.ENOUGH, Paper.LOW}:
            raise NotPrintedHere(paper, f"the printer says: {paper.value.replace('_', ' ')}")
        return paper

    async def _paper(self, link: ByteLink) -> Paper:
        roll = await self._ask(link, _ROLL)
        if roll & _ROLL_END == _ROLL_END:
            return Paper.OUT
        if await self._ask(link, _OFFLINE_CAUSE) & _COVER:
            return Paper.COVER_OPEN
        if await self._ask(link, _PRINTER) & _IS_OFFLINE:
            return Paper.AWAY
        return Paper.LOW if roll & _ROLL_NEAR else Paper.ENOUGH

    async def _ask(self, link: ByteLink, question: int) -> int:
        """Put one question; bytes that are no answer to it are passed over."""
        async with asyncio.timeout(self.patience):
            await link.send(_QUESTION + bytes([question]))
            while True:
                for byte in await link.receive():
                    if byte & _FIXED_MASK == _FIXED:
                        return byte
