"""The shell around the session: events in, effects out, one TaskGroup."""

import asyncio
from collections.abc import Collection, Coroutine
from typing import assert_never

import structlog

from catalogue_api.contract.kiosks import Paper
from drivers import presence
from kiosk import checking
from kiosk.antenna import Antenna, Pace
from kiosk.bookkeeping import Bookkeeping
from kiosk.comparing import Comparing
from kiosk.mouth import Mouth
from kiosk.ordered_sorting import OrderedSorting
from kiosk.printing import Printing
from kiosk.reader_watch import ReaderWatch
from kiosk.refreshing import Refreshing
from kiosk.securing import Alarm
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.contents import Finding
from kiosk.session.machine import advance
from kiosk.session.states import Fault, Rules, Session, Shape, Stage, Visit
from kiosk.snapshot import Snapshot
from kiosk.staffwork import StaffWork
from kiosk.sync import Sync
from kiosk.tagwork import TagWork
from kiosk.world import World

_WORK_COMES_AFTER = {Stage.READING, Stage.RECORDING, Stage.ASKING, Stage.SECURING}

log = structlog.get_logger(__name__)


class Daemon:
    """One kiosk. `run` ends only by being cancelled or by an error nobody foresaw."""

    def __init__(
        self,
        kiosk: str,
        owners: Collection[str],
        rules: Rules,
        world: World,
        pace: Pace | None = None,
        alarm: Alarm = Alarm.AFI,
    ) -> None:
        """`owners`: the ISILs on tags that are ours. `alarm`: what the gates listen to."""
        self._kiosk = kiosk
        self._world = world
        # Until the reader is open, nothing can be taken, and whoever asks is told so.
        fresh = Session(rules=rules, language=rules.language)
        self._session, _ = advance(fresh, ev.FaultAppeared(Fault.READER))
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._timer: asyncio.TimerHandle | None = None
        self._antenna = Antenna(self._notice, self._work_is_coming, pace, alarm)
        self._comparing = Comparing(kiosk, world.journal, world.run, world.catalogue, world.clock)
        self._sync = self._syncing()
        self._tasks = asyncio.TaskGroup()
        self._reader = ReaderWatch(world.open_reader, self._antenna, alarm, self.emit)
        self._books = self._bookkeeping(rules)
        self._tags = self._tag_work(owners)
        self._printing = self._printer_work()
        self._staff = self._staff_work(rules)
        self.sorting = OrderedSorting(
            world.journal, world.run, rules.sorting, self.emit, self._books.failed
        )
        """By which table it sorts."""
        needed = rules.shape is Shape.SLOT
        self._mouth = Mouth(
            world.open_sorter, self.emit, self._books.sense, needed=needed, look=world.look
        )

    # -- the parts

    def _syncing(self) -> Sync:
        world = self._world
        return Sync(
            self._kiosk,
            world.journal,
            world.run,
            world.catalogue,
            self.emit,
            world.chance,
            world.clock,
            self._comparing,
        )

    def _bookkeeping(self, rules: Rules) -> Bookkeeping:
        world = self._world
        return Bookkeeping(
            world.journal,
            world.run,
            self._sync,
            rules.sorting,
            self.emit,
            self._spawn,
            world.clock,
        )

    def _tag_work(self, owners: Collection[str]) -> TagWork:
        world = self._world
        return TagWork(
            frozenset(owners),
            world.staff_cards,
            self._antenna,
            world.journal,
            world.run,
            self.emit,
            self._books.failed,
            world.clock,
            world.new_id,
            world.snapshot,
        )

    def _printer_work(self) -> Printing:
        world = self._world
        return Printing(
            world.press,
            world.journal,
            world.run,
            self.emit,
            self._books.failed,
            self._sync.wake,
            world.clock.now,
        )

    def _staff_work(self, rules: Rules) -> StaffWork:
        return StaffWork(
            self._books,
            self._printing,
            [one.name for one in rules.sorting.bins],
            self.emit,
            self._world.clock.now,
            self._check,
            self._world.restart,
        )

    def _refreshing(self, snapshot: Snapshot) -> Refreshing:
        world = self._world
        return Refreshing(
            snapshot,
            world.run,
            world.catalogue,
            self._comparing,
            world.clock,
            world.chance,
            world.refresh,
        )

    # -- from outside

    @property
    def session(self) -> Session:
        """The present state."""
        return self._session

    @property
    def reader(self) -> str:
        """Family and firmware of the open reader; empty while there is none."""
        return self._reader.reader

    @property
    def paper(self) -> Paper:
        """How the paper was when it was last looked at."""
        return self._printing.paper

    def emit(self, event: ev.Event) -> None:
        """Hand an event to the session, from anywhere on the loop."""
        self._events.put_nowait(event)

    def take_barcode(self, text: str) -> None:
        """Somebody typed or scanned a barcode."""
        self._spawn(self._tags.take_barcode(text))

    def look(self) -> None:
        """Look at the antenna at once: something is known to have moved there."""
        self._antenna.stir()

    def look_at_sorter(self) -> None:
        """Look at the sensors of the sorter at once: something is known to have changed there."""
        self._mouth.stir()

    async def run(self) -> None:
        """Work for ever."""
        self._world.screen.show(self._session)
        async with self._tasks:
            await self._books.open(self.sorting.load)
            self._spawn(self._reader.watch_for_ever())
            self._spawn(self._sync.sweep_forever())
            if self._world.snapshot is not None:
                self._spawn(self._refreshing(self._world.snapshot).refresh_forever())
            self._spawn(self._mouth.watch_for_ever())
            self._spawn(self._printing.watch_for_ever())
            await self._handle_events()

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        self._tasks.create_task(work)

    async def _handle_events(self) -> None:
        while True:
            event = await self._events.get()
            before = self._session
            self._session, effects = advance(before, event)
            log.debug("event", kind=type(event).__name__)
            for effect in effects:
                self._perform(effect)
            if self._session != before:
                self._world.screen.show(self._session)

    def _perform(self, effect: fx.Effect) -> None:
        match effect:
            case fx.ReadTag() | fx.Secure() | fx.LookAgain():
                if (work := self._tags.perform(effect)) is not None:
                    self._spawn(work)
            case fx.Record() | fx.KeepUnread() | fx.Ask() | fx.Settle():
                self._spawn(self._books.perform(effect))
            case fx.Sort() | fx.CloseFlap():
                self._spawn(self._mouth.perform(effect))
            case (
                fx.ShowBins()
                | fx.ShowBin()
                | fx.EmptyBin()
                | fx.LookAtPaper()
                | fx.RunCheck()
                | fx.KeepClosed()
                | fx.Restart()
            ):
                self._spawn(self._staff.perform(effect))
            case fx.PrintReceipt():
                self._spawn(self._printing.print(effect))
            case fx.Play(sound):
                self._world.screen.play(sound)
            case fx.StartTimer() | fx.StopTimer() | fx.Later():
                self._set_clock(effect)
            case _ as never:
                assert_never(never)

    def _set_clock(self, effect: fx.ClockEffect) -> None:
        loop = asyncio.get_running_loop()
        match effect:
            case fx.StartTimer(event, seconds):
                self._stop_timer()
                self._timer = loop.call_later(seconds, self.emit, event)
            case fx.StopTimer():
                self._stop_timer()
            case fx.Later(event, seconds):
                loop.call_later(seconds, self.emit, event)
            case _ as never:
                assert_never(never)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _check(self) -> tuple[Finding, ...]:
        """Try the parts while the kiosk runs; the signals are heard as they are for patrons."""
        world = self._world
        for sound in fx.Sound:
            world.screen.play(sound)
        return await checking.all_running(
            self._kiosk,
            world.journal,
            world.run,
            world.catalogue,
            world.clock.machine,
            None if world.open_sorter is None else self._mouth.look,
            None if world.press is None else world.press.printer,
            reader_lost=Fault.READER in self._session.faults,
        )

    # -- the antenna

    def _notice(self, change: presence.TagArrived | presence.TagLeft) -> None:
        match change:
            case presence.TagArrived(uid=uid):
                self.emit(ev.TagArrived(uid))
            case presence.TagLeft(uid=uid):
                self.emit(ev.TagLeft(uid))

    def _work_is_coming(self) -> bool:
        """Whether some item on the antenna will soon have to be read or secured."""
        phase = self._session.phase
        return isinstance(phase, Visit) and any(
            laid.present and laid.stage in _WORK_COMES_AFTER for laid in phase.items
        )
