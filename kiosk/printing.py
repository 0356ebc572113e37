"""The printer's working day: print what is asked for, and know how the paper is."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from kiosk.journal import Journal, JournalFailed
from kiosk.printer import EscPosPrinter, NotPrintedHere, Paper
from kiosk.running import Run
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.receipts import named

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Press:
    """A printer, and what makes its bytes: of what is to be printed, and when.

    `look`: seconds between two looks at the paper.
    """

    printer: EscPosPrinter
    compose: Callable[[fx.PrintReceipt, datetime], bytes]
    look: float = 60.0


class Printing:
    """Carries out effects on the printer. A return never waits for it."""

    def __init__(
        self,
        press: Press | None,
        journal: Journal,
        run: Run,
        emit: Callable[[ev.Event], None],
        failed: Callable[[JournalFailed], None],
        wake: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        """`failed` is told when the journal takes nothing; `wake`: there is news to deliver."""
        self._press = press
        self._journal = journal
        self._run = run
        self._emit = emit
        self._failed = failed
        self._wake = wake
        self._now = now
        self._busy = asyncio.Lock()
        self._paper = Paper.NO_PRINTER

    @property
    def paper(self) -> Paper:
        """How the paper was when it was last looked at."""
        return self._paper

    async def print(self, effect: fx.PrintReceipt) -> None:
        """Note the number first: it holds whether paper comes out or not."""
        returned = [laid.return_id for laid in named(effect.items) if laid.return_id]
        try:
            await self._run(lambda: self._journal.give_receipt(returned, effect.code))
        except JournalFailed as error:
            self._emit(ev.NotPrinted(effect.code))
            self._failed(error)
            return
        self._wake()
        if self._press is None:
            self._emit(ev.NotPrinted(effect.code))
            return
        try:
            async with self._busy:
                data = self._press.compose(effect, self._now())
                self._see(await self._press.printer.print(data))
        except NotPrintedHere as error:
            self._see(error.paper)
            log.error("receipt_not_printed", code=effect.code, why=str(error))
            self._emit(ev.NotPrinted(effect.code, no_paper=error.paper is Paper.OUT))
        else:
            self._emit(ev.Printed(effect.code))

    async def watch_for_ever(self) -> None:
        """Look at the paper now and then, so that staff hear before a patron does."""
        while self._press is not None:
            await self.look()
            await asyncio.sleep(self._press.look)

    async def look(self) -> None:
        """Look at the paper now."""
        if self._press is not None:
            async with self._busy:
                self._see(await self._press.printer.paper())

    def _see(self, paper: Paper) -> None:
        if paper is not self._paper:
            (log.info if paper is Paper.ENOUGH else log.warning)("paper", state=paper.value)
        self._paper = paper
