"""Puts a kiosk together from its settings and runs it until it is told to stop."""

import asyncio
import json
import logging
import os
import random
import signal
import sys
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from aiohttp import web

from catalogue_api.contract.sorting import SortingOrder
from drivers.opening import open_reader
from kiosk.catalogue import Catalogue, HttpCatalogue
from kiosk.clock import machine_clock
from kiosk.daemon import Daemon
from kiosk.device_settings import sorting_of
from kiosk.health import Checkup
from kiosk.journal import Journal, JournalFailed
from kiosk.lines import parse_line
from kiosk.metrics import CountingScreen
from kiosk.mouth import OpenSorter
from kiosk.printer import EscPosPrinter
from kiosk.printing import Press
from kiosk.receipt import compose, escpos
from kiosk.reporting import Heartbeat, routes, serve, watch_over, with_news
from kiosk.running import Run
from kiosk.screen.place import Place, SiteText
from kiosk.screen.server import ScreenServer
from kiosk.screen.texts import load
from kiosk.session.effects import PrintReceipt
from kiosk.session.states import Rules
from kiosk.settings import KioskSettings, Words
from kiosk.snapshot import Snapshot
from kiosk.sorter import RelaySorter
from kiosk.systemd import ServiceManager
from kiosk.world import Screen, World

T = TypeVar("T")


def configure_log(level: str) -> None:
    """One JSON line an event on standard error, as journald likes it."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.getLevelNamesMapping()[level.upper()]
        ),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def rules_of(settings: KioskSettings) -> Rules:
    """The part of the settings that the session goes by."""
    return Rules(
        quiet=settings.times.quiet,
        summary=settings.times.summary,
        answer=settings.times.answer,
        parts=settings.times.parts,
        shape=settings.returns.shape,
        sets=settings.returns.sets,
        incomplete=settings.returns.incomplete,
        typed_barcodes=settings.returns.typed_barcodes,
        question=settings.times.question,
        warning=settings.times.warning,
        menu=settings.times.menu,
        take_after=settings.returns.take_after,
        receipts=settings.receipt.mode,
        sorting=sorting_of(settings.bins, settings.sorting, settings.returns.overflow),
        language=settings.screen.languages[0],
    )


def place_of(settings: KioskSettings) -> Place:
    """The part of the settings that the screen goes by."""
    screen = settings.screen
    return Place(
        library=screen.library,
        staffed=screen.staffed,
        opening=_site_text(screen.opening),
        other_place=_site_text(screen.other_place),
        late_sentence=_site_text(screen.late_sentence),
        message=_site_text(screen.message),
        show_titles=screen.show_titles,
        time_zone=settings.time_zone,
        shape=settings.returns.shape,
        languages=tuple(dict.fromkeys(screen.languages)),
        reach=screen.reach,
        keypad=screen.keypad,
        speaks=screen.speaks,
    )


def sorter_opener(settings: KioskSettings) -> OpenSorter | None:
    """How to open the sorter, if the kiosk has one."""
    if (sorter := settings.sorter) is None:
        return None
    address, wiring = parse_line(sorter.url, "numato"), sorter.wiring(settings.bins)
    return lambda: RelaySorter.open(address, wiring)


def press_of(settings: KioskSettings, place: Callable[[], Place]) -> Press | None:
    """The printer and what it prints, if the kiosk has one; `place`: what is known of it then."""
    if not settings.receipt.printer:
        return None
    address, speak = parse_line(settings.receipt.printer, "escpos"), load()

    def composed(effect: PrintReceipt, at: datetime) -> bytes:
        return escpos(compose(effect.code, effect.items, effect.language, at, place(), speak))

    return Press(EscPosPrinter(address.open), composed)


def _site_text(words: Words) -> SiteText:
    return SiteText(words.fr, words.en, words.es, words.pt, words.ar)


async def run_kiosk(settings: KioskSettings, *, announce: bool) -> None:
    """Run until SIGTERM or SIGINT; `announce` prints one JSON line when the screen is served."""
    manager = ServiceManager(os.environ)
    async with AsyncExitStack() as closing:
        run = _journal_thread(closing)
        journal = Journal(settings.journal)
        closing.push_async_callback(run, journal.close)
        catalogue = HttpCatalogue(
            settings.catalogue.url, settings.token.get_secret_value(), settings.catalogue.timeout
        )
        closing.push_async_callback(catalogue.close)
        screen = ScreenServer(
            place_of(settings),
            settings.screen.host,
            settings.screen.port,
            lambda deed: daemon.emit(deed),  # noqa: PLW0108 - the daemon is made below
            lambda text: daemon.take_barcode(text),  # noqa: PLW0108
        )
        counting = CountingScreen(screen)
        world = world_of(settings, journal, run, catalogue, counting)
        daemon = Daemon(
            settings.name, settings.owners, rules_of(settings), world, alarm=settings.security
        )
        checkup = Checkup(daemon, world, tuple(one.name for one in settings.bins))
        await _listen(settings, screen, routes(checkup, counting), closing)
        if announce:
            print(json.dumps({"ready": True, "screen": screen.url}), flush=True)
        manager.ready()
        closing.callback(manager.stopping)
        heartbeat = heartbeat_of(settings, screen, world, checkup, daemon.sorting.take)
        await _until_told(
            _beside(daemon.run(), heartbeat.beat_for_ever(), watch_over(manager, checkup))
        )


def world_of(
    settings: KioskSettings, journal: Journal, run: Run, catalogue: Catalogue, screen: Screen
) -> World:
    """All that is outside of a kiosk with these settings."""
    zone = ZoneInfo(settings.time_zone)
    return World(
        open_reader=lambda: open_reader(settings.reader),
        journal=journal,
        run=run,
        catalogue=catalogue,
        screen=screen,
        clock=machine_clock(lambda: datetime.now(zone)),
        new_id=uuid.uuid4,
        chance=random.Random(),  # noqa: S311 - spreads retries, guards nothing
        open_sorter=sorter_opener(settings),
        press=press_of(settings, lambda: place_of(settings)),
        staff_cards=settings.staff.known(),
        restart=lambda: signal.raise_signal(signal.SIGTERM),
        snapshot=Snapshot(settings.journal.with_name("snapshot.db")),
    )


def heartbeat_of(
    settings: KioskSettings,
    screen: ScreenServer,
    world: World,
    checkup: Checkup,
    sort_by: Callable[[SortingOrder], Awaitable[None]],
) -> Heartbeat:
    """The heartbeat of a kiosk, which also tells its screen what is new."""
    place = place_of(settings)
    return Heartbeat(
        settings.name,
        world.catalogue,
        checkup,
        lambda news: screen.tell(with_news(place, news, screen.speak, world.clock.now())),
        sort_by,
        world.clock,
        world.chance,
        settings.health.heartbeat,
    )


def _journal_thread(closing: AsyncExitStack) -> Run:
    """One thread for the journal's work, until `closing` closes."""
    thread = closing.enter_context(ThreadPoolExecutor(1, thread_name_prefix="journal"))

    async def in_thread(work: Callable[[], T]) -> T:
        # Whoever waits may be cancelled; what was given to the journal is written all the same.
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(thread, work))

    return in_thread


async def _listen(
    settings: KioskSettings,
    screen: ScreenServer,
    asked: list[web.RouteDef],
    closing: AsyncExitStack,
) -> None:
    """Serve the screen, and what is asked about the kiosk, until `closing` closes."""
    await screen.start(asked)
    closing.push_async_callback(screen.stop)
    if settings.health.port is not None:
        runner = await serve(asked, settings.health.host, settings.health.port)
        closing.push_async_callback(runner.cleanup)


async def _beside(work: Awaitable[None], *reports: Coroutine[None, None, None]) -> None:
    """Await `work` with the reports beside it: whatever fails ends all of it."""
    try:
        async with asyncio.TaskGroup() as group:
            for report in reports:
                group.create_task(report)
            await work
    except BaseExceptionGroup as found:
        if failed := found.subgroup(JournalFailed):
            raise failed.exceptions[0] from found
        raise


async def _until_told(work: Awaitable[None]) -> None:
    """Await `work`, and end it quietly on SIGTERM or SIGINT."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        if not task.cancelled():
            raise
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
