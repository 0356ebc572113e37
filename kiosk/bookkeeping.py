"""What a kiosk writes down and asks: the journal first, then the catalogue."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from functools import partial
from typing import assert_never
from uuid import UUID

import structlog

from catalogue_api.contract.returns import Placement, ReturnItem
from kiosk.bins import Bins
from kiosk.clock import Clock
from kiosk.journal import Journal, JournalFailed
from kiosk.running import Run
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.contents import BinContent
from kiosk.session.sorting import Sorting
from kiosk.session.states import Fault
from kiosk.sync import Sync

_JOURNAL_PROBE = 5.0  # seconds

log = structlog.get_logger(__name__)


class Bookkeeping:
    """Carries out effects on the journal, and makes events of what came of them."""

    def __init__(
        self,
        journal: Journal,
        run: Run,
        sync: Sync,
        sorting: Sorting,
        emit: Callable[[ev.Event], None],
        spawn: Callable[[Coroutine[None, None, None]], None],
        clock: Clock,
    ) -> None:
        """`spawn` begins what goes on beside everything else."""
        self._journal = journal
        self._run = run
        self._sync = sync
        self._emit = emit
        self._spawn = spawn
        self._clock = clock
        self._bins = Bins(journal)
        self._limits = {one.name: one.limit for one in sorting.bins if one.limit}
        self._sensed: frozenset[str] = frozenset()
        self._full: frozenset[str] = frozenset()
        self._unread: set[UUID] = set()
        self._unsettled: dict[UUID, Placement] = {}
        self._probing = False

    async def open(self, load: Callable[[], Awaitable[None]]) -> None:
        """Open the journal, `load` from it, and count what is in the bins.

        A disk that fails now may work later.
        """
        try:
            await self._run(self._journal.open)
            await load()
            if await self._run(self._bins.is_closed):
                self._emit(ev.FaultAppeared(Fault.STAFF))
            await self._count()
        except JournalFailed as error:
            self.failed(error)

    def perform(self, effect: fx.JournalEffect) -> Coroutine[None, None, None]:
        """Do what is asked."""
        match effect:
            case fx.Record():
                return self._record(effect)
            case fx.KeepUnread():
                return self._keep_unread(effect)
            case fx.Ask():
                return self._ask(effect)
            case fx.Settle():
                return self._settle(effect)
            case _ as never:
                assert_never(never)

    def failed(self, error: JournalFailed) -> None:
        """Go out of service until the disk takes a synced write again."""
        log.error("journal_failed", error=str(error))
        if not self._probing:
            self._probing = True
            self._spawn(self._probe())
        self._emit(ev.FaultAppeared(Fault.JOURNAL))

    async def counts(self) -> dict[str, int]:
        """Count what lies in each bin that is not empty. Raises `JournalFailed`."""
        return await self._run(self._bins.counts)

    async def content(self, name: str) -> BinContent:
        """Return what lies in a bin. Raises `JournalFailed`."""
        return await self._run(partial(self._bins.content, name))

    async def empty(self, name: str, at: datetime) -> BinContent:
        """Note that a bin was emptied; return what was in it. Raises `JournalFailed`."""
        content = await self._run(partial(self._bins.empty, name, at))
        await self._count()
        return content

    async def keep_closed(self, at: datetime, *, closed: bool) -> None:
        """Keep that staff have put the kiosk out of service. Raises `JournalFailed`."""
        await self._run(partial(self._bins.keep_closed, at, closed=closed))

    async def sense(self, full: frozenset[str]) -> None:
        """Sensors say which bins are full."""
        self._sensed = full
        try:
            await self._count()
        except JournalFailed as error:
            self.failed(error)

    async def _count(self) -> None:
        """Tell the session which bins are full: by their sensors, or by what the journal counts."""
        counted = await self._run(
            lambda: {name for name, limit in self._limits.items() if self._bins.has(name, limit)}
        )
        full = self._sensed | counted
        if full != self._full:
            self._full = full
            log.info("bins_full", bins=sorted(full))
            self._emit(ev.BinsFull(full))

    async def _record(self, effect: fx.Record) -> None:
        moment = self._clock.moment()
        date = self._clock.date_of(moment.uptime)
        dated = date is not None
        request = ReturnItem(
            return_id=effect.return_id,
            barcode=effect.item.barcode,
            occurred_at=date or effect.at,
            owner=effect.item.owner,
            warnings=effect.item.warnings,
            parts_check=effect.check,
        )
        try:
            await self._run(lambda: self._journal.record(effect.uid, request, moment, dated=dated))
        except JournalFailed as error:
            self._emit(ev.NotRecorded(effect.return_id))
            self.failed(error)
        else:
            self._emit(ev.Recorded(effect.return_id))

    async def _keep_unread(self, effect: fx.KeepUnread) -> None:
        try:
            await self._run(
                lambda: self._bins.keep_unread(
                    effect.return_id, effect.uid, effect.why, effect.at, effect.bin
                )
            )
        except JournalFailed as error:
            self._emit(ev.NotRecorded(effect.return_id))
            self.failed(error)
        else:
            self._unread.add(effect.return_id)
            log.warning("taken_unread", uid=effect.uid, why=effect.why)
            self._emit(ev.Recorded(effect.return_id))

    async def _ask(self, effect: fx.Ask) -> None:
        try:
            entry = await self._run(lambda: self._journal.entry(effect.return_id))
        except JournalFailed as error:
            self.failed(error)
            return
        if entry is not None:
            await self._sync.ask(entry, effect.within)

    async def _settle(self, effect: fx.Settle) -> None:
        self._unsettled[effect.return_id] = Placement(bin=effect.bin, security=effect.security)
        try:
            await self._settle_all()
        except JournalFailed as error:
            self.failed(error)

    async def _settle_all(self) -> None:
        """Write down where things went; what the disk does not take now it gets when it can."""
        while self._unsettled:
            return_id, placement = self._unsettled.popitem()
            try:
                if return_id in self._unread:
                    await self._run(partial(self._bins.settle_unread, return_id, placement.bin))
                else:
                    await self._run(partial(self._journal.settle, return_id, placement))
            except JournalFailed:
                self._unsettled.setdefault(return_id, placement)
                raise
            self._sync.wake()
        await self._count()

    async def _probe(self) -> None:
        while self._probing:
            await asyncio.sleep(_JOURNAL_PROBE)
            try:
                await self._run(self._journal.check)
                await self._settle_all()
            except JournalFailed as error:
                log.error("journal_failed", error=str(error))
            else:
                self._probing = False
        self._emit(ev.FaultCleared(Fault.JOURNAL))
