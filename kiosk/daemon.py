"""The shell around the session: events in, effects out, one TaskGroup."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, assert_never
from uuid import UUID

import structlog

from catalogue_api.contract.returns import Placement, ReturnItem, Security
from drivers import presence
from drivers.errors import ReaderError, ReaderLost, TagGone, TagRefused
from drivers.interface import Reader, Uid
from kiosk.antenna import Antenna, Pace
from kiosk.catalogue import Catalogue
from kiosk.journal import UNKNOWN_BIN, Journal, JournalFailed
from kiosk.outcomes import KioskOutcome
from kiosk.securing import Alarm, require
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.machine import advance
from kiosk.session.states import Fault, Language, Past, Rules, Session, Stage, Visit
from kiosk.sync import Run, Sync
from kiosk.tagging import NotTaken, Reading, make_sense

SAME_RETURN = timedelta(minutes=10)
"""A tag laid again within this time still belongs to its last return here."""

_REOPEN_SHORTEST, _REOPEN_LONGEST = 0.25, 10.0  # seconds
_JOURNAL_PROBE = 5.0  # seconds

log = structlog.get_logger(__name__)


class Screen(Protocol):
    """What shows and sounds; both calls return at once."""

    def show(self, session: Session) -> None:
        """Show the present state."""

    def play(self, sound: fx.Sound) -> None:
        """Let a sound be heard."""


@dataclass(frozen=True, slots=True)
class World:
    """All that is outside a kiosk: hardware, disk, network, time and chance."""

    open_reader: Callable[[], Awaitable[Reader]]
    journal: Journal
    run: Run
    catalogue: Catalogue
    screen: Screen
    now: Callable[[], datetime]
    new_id: Callable[[], UUID]
    chance: random.Random


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
        self._owners = frozenset(owners)
        self._alarm = alarm
        self._world = world
        self._session = Session(rules=rules)
        self._events: asyncio.Queue[ev.Event] = asyncio.Queue()
        self._timer: asyncio.TimerHandle | None = None
        self._antenna = Antenna(self._notice, self._work_is_coming, pace, alarm)
        self._sync = Sync(kiosk, world.journal, world.run, world.catalogue, self.emit, world.chance)
        self._tasks = asyncio.TaskGroup()
        self._probing = False

    @property
    def session(self) -> Session:
        """The present state."""
        return self._session

    def emit(self, event: ev.Event) -> None:
        """Hand an event to the session, from anywhere on the loop."""
        self._events.put_nowait(event)

    def choose_language(self, language: Language) -> None:
        """Somebody touched a language on the screen."""
        self.emit(ev.LanguageChosen(language))

    async def run(self) -> None:
        """Work for ever."""
        await self._world.run(self._world.journal.recover)
        # Until the reader is open, nothing can be taken, and the screen says so.
        self.emit(ev.FaultAppeared(Fault.READER))
        async with self._tasks:
            self._spawn(self._read_for_ever())
            self._spawn(self._sync.sweep_forever())
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
            case fx.ReadTag(uid):
                self._spawn(self._read_tag(uid))
            case fx.Record():
                self._spawn(self._record(effect))
            case fx.Ask():
                self._spawn(self._ask(effect))
            case fx.Secure(uid):
                self._spawn(self._secure(uid))
            case fx.Settle():
                self._spawn(self._settle(effect))
            case fx.Play(sound):
                self._world.screen.play(sound)
            case fx.StartTimer(event, seconds):
                self._stop_timer()
                loop = asyncio.get_running_loop()
                self._timer = loop.call_later(seconds, self.emit, event)
            case fx.StopTimer():
                self._stop_timer()
            case _ as never:
                assert_never(never)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    # -- the reader

    async def _read_for_ever(self) -> None:
        """Open the reader again and again: later each time, unless it had worked for a while."""
        clock, pause = asyncio.get_running_loop().time, _REOPEN_SHORTEST
        while True:
            began = clock()
            await self._open_and_watch()
            if clock() - began > _REOPEN_LONGEST:
                pause = _REOPEN_SHORTEST
            await asyncio.sleep(pause)
            pause = min(_REOPEN_LONGEST, pause * 2)

    async def _open_and_watch(self) -> None:
        try:
            reader = await self._world.open_reader()
        except ReaderError as error:
            log.error("reader_not_opened", error=str(error))
            return
        try:
            require(self._alarm, reader.info)
            log.info("reader_open", family=reader.info.family, firmware=reader.info.firmware)
            self.emit(ev.FaultCleared(Fault.READER))
            await self._antenna.watch(reader)
        except ReaderError as error:
            log.error("reader_lost", error=str(error))
            self.emit(ev.FaultAppeared(Fault.READER))
        finally:
            await reader.close()

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
            laid.present and laid.stage is not Stage.SETTLED for laid in phase.items
        )

    async def _read_tag(self, uid: Uid) -> None:
        try:
            reading = make_sense(await self._antenna.read(uid), self._owners)
            past = await self._past(uid, reading)
        except (TagGone, ReaderLost):
            # That the tag or the reader has gone is told by the antenna itself.
            return
        except ReaderError as error:
            reading, past = NotTaken(KioskOutcome.UNREADABLE, str(error)), None
        except JournalFailed as error:
            self._journal_failed(error)
            return
        _log_reading(uid, reading)
        self.emit(ev.TagRead(uid, reading, past, self._world.new_id(), self._world.now()))

    async def _past(self, uid: Uid, reading: Reading) -> Past | None:
        """Find the return that this very item is still part of, if any."""
        if isinstance(reading, NotTaken):
            return None
        journal, barcode = self._world.journal, reading.barcode
        entry = await self._world.run(lambda: journal.last_of(uid, barcode))
        if entry is None:
            return None
        occurred_at, placement = entry.request.occurred_at, entry.placement
        if abs(self._world.now() - occurred_at) > SAME_RETURN:
            return None
        if placement.security is Security.SECURED and await self._antenna.is_lent(uid):
            # We had secured it, and it says "on loan": somebody has borrowed it since.
            return None
        bin_name = "" if placement.bin == UNKNOWN_BIN else placement.bin
        return Past(entry.return_id, occurred_at, entry.answer, bin_name, placement.security)

    async def _secure(self, uid: Uid) -> None:
        try:
            await self._antenna.secure(uid)
        except TagRefused as error:
            log.error("tag_locked", uid=uid, error=str(error))
            self.emit(ev.NotSecured(uid, for_good=True))
        except ReaderError as error:
            log.warning("tag_not_secured", uid=uid, error=str(error))
            self.emit(ev.NotSecured(uid, for_good=False))
        else:
            self.emit(ev.Secured(uid))

    # -- the journal and the catalogue

    async def _record(self, effect: fx.Record) -> None:
        request = ReturnItem(
            return_id=effect.return_id,
            barcode=effect.item.barcode,
            occurred_at=effect.at,
            owner=effect.item.owner,
            warnings=effect.item.warnings,
        )
        journal = self._world.journal
        try:
            await self._world.run(lambda: journal.record(effect.uid, request))
        except JournalFailed as error:
            self.emit(ev.NotRecorded(effect.return_id))
            self._journal_failed(error)
        else:
            self.emit(ev.Recorded(effect.return_id))

    async def _ask(self, effect: fx.Ask) -> None:
        journal = self._world.journal
        try:
            entry = await self._world.run(lambda: journal.entry(effect.return_id))
        except JournalFailed as error:
            self._journal_failed(error)
            return
        if entry is not None:
            await self._sync.ask(entry.request, effect.within)

    async def _settle(self, effect: fx.Settle) -> None:
        journal = self._world.journal
        placement = Placement(bin=effect.bin, security=effect.security)
        try:
            await self._world.run(lambda: journal.settle(effect.return_id, placement))
        except JournalFailed as error:
            self._journal_failed(error)
        else:
            self._sync.wake()

    def _journal_failed(self, error: JournalFailed) -> None:
        log.error("journal_failed", error=str(error))
        if not self._probing:
            self._probing = True
            self._spawn(self._probe_journal())
        self.emit(ev.FaultAppeared(Fault.JOURNAL))

    async def _probe_journal(self) -> None:
        """Open again as soon as the disk takes a synced write."""
        while self._probing:
            await asyncio.sleep(_JOURNAL_PROBE)
            try:
                await self._world.run(self._world.journal.check)
            except JournalFailed as error:
                log.error("journal_failed", error=str(error))
            else:
                self._probing = False
        self._antenna.forget()
        self.emit(ev.FaultCleared(Fault.JOURNAL))


def _log_reading(uid: Uid, reading: Reading) -> None:
    if isinstance(reading, NotTaken):
        log.warning("not_taken", uid=uid, verdict=reading.verdict.value, why=reading.why)
    elif reading.warnings:
        log.warning("odd_tag", uid=uid, warnings=reading.warnings)
