"""What staff have done through their menu."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime
from typing import assert_never

import structlog

from kiosk.bookkeeping import Bookkeeping
from kiosk.journal import JournalFailed
from kiosk.printing import Printing
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.contents import Finding
from kiosk.session.states import Fault

log = structlog.get_logger(__name__)


class StaffWork:
    """Carries out the effects of the menu, and makes events of what came of them."""

    def __init__(
        self,
        books: Bookkeeping,
        printing: Printing,
        bins: Sequence[str],
        emit: Callable[[ev.Event], None],
        now: Callable[[], datetime],
        check: Callable[[], Awaitable[tuple[Finding, ...]]],
        restart: Callable[[], None],
    ) -> None:
        """`check` tries the parts of the kiosk that runs; `restart` ends the program."""
        self._books = books
        self._printing = printing
        self._bins = bins
        self._emit = emit
        self._now = now
        self._check = check
        self._restart = restart

    async def perform(self, effect: fx.StaffEffect) -> None:
        """Do what is asked."""
        try:
            await self._perform(effect)
        except JournalFailed as error:
            self._books.failed(error)

    def _perform(self, effect: fx.StaffEffect) -> Coroutine[None, None, None]:
        match effect:
            case fx.ShowBins():
                return self._count()
            case fx.ShowBin(name):
                return self._show(name)
            case fx.EmptyBin(name):
                return self._empty(name)
            case fx.LookAtPaper():
                return self._look_at_paper()
            case fx.RunCheck():
                return self._run_check()
            case fx.KeepClosed(closed):
                return self._keep_closed(closed=closed)
            case fx.Restart():
                return self._end()
            case _ as never:
                assert_never(never)

    async def _count(self) -> None:
        counts = await self._books.counts()
        names = (*self._bins, *sorted(set(counts) - set(self._bins)))
        self._emit(ev.BinsCounted(tuple((name, counts.get(name, 0)) for name in names)))

    async def _show(self, name: str) -> None:
        self._emit(ev.BinShown(await self._books.content(name)))

    async def _empty(self, name: str) -> None:
        content = await self._books.empty(name, self._now())
        log.info("bin_emptied", bin=name, things=len(content.things))
        self._emit(ev.BinEmptied(content))

    async def _look_at_paper(self) -> None:
        await self._printing.look()
        self._emit(ev.PaperSeen(self._printing.paper))

    async def _run_check(self) -> None:
        findings = await self._check()
        for finding in findings:
            log.info("checked", part=finding.part, well=finding.well, detail=finding.detail)
        self._emit(ev.Checked(findings))

    async def _keep_closed(self, *, closed: bool) -> None:
        """On disk first: a power cut does not open what staff have closed."""
        await self._books.keep_closed(self._now(), closed=closed)
        log.info("closed_by_staff" if closed else "opened_by_staff")
        fault = ev.FaultAppeared if closed else ev.FaultCleared
        self._emit(fault(Fault.STAFF))

    async def _end(self) -> None:
        log.info("restart_by_staff")
        self._restart()
