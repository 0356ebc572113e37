"""One kiosk under the stopwatch: all of it real, in this process, with instruments around it.

Nothing else runs in this process while a visit is measured. A kiosk in a process of its own would
be no more honest, only blind: where its time goes can be seen from within alone.
"""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from bench.house import KIOSK, House, Item
from bench.instruments import (
    NotAnswered,
    TimedCatalogue,
    TimedJournal,
    TimedReader,
    TimedScreen,
)
from bench.stopwatch import Span, Stage, Stopwatch, now
from drivers.interface import Reader, Uid
from drivers.opening import open_reader
from kiosk.antenna import Pace
from kiosk.catalogue import HttpCatalogue
from kiosk.clock import machine_clock
from kiosk.daemon import Daemon
from kiosk.screen.server import ScreenServer
from kiosk.service import place_of, rules_of
from kiosk.settings import CatalogueSettings, KioskSettings, TimeSettings
from kiosk.world import World
from simulator.program.control import Simulator

T = TypeVar("T")

_PATIENCE = 30.0
"""Seconds within which a visit must have come to its end."""
_PACE = Pace(quiet=0.2)
"""The kiosk comes to rest sooner than at a library, so that a measurement does not last an hour."""
_LOOK = 0.02
"""Seconds between two looks at whether the journal has been delivered."""


@dataclass(frozen=True, slots=True)
class Visit:
    """What happened: when the pile was laid, all spans, and when each tag was shown as secured."""

    pile: Sequence[Item]
    laid_at: float
    spans: Sequence[Span]
    secured: dict[Uid, float]


class Kiosk:
    """A kiosk that stands ready; each visit finds it freshly switched on and at rest."""

    def __init__(
        self,
        settings: KioskSettings,
        journal: TimedJournal,
        thread: ThreadPoolExecutor,
        catalogue: HttpCatalogue,
        watch: Stopwatch,
        chance: random.Random,
    ) -> None:
        self._settings = settings
        self._journal = journal
        self._thread = thread
        self._catalogue = catalogue
        self._watch = watch
        self._chance = chance

    async def visit(self, hands: Simulator, pile: Sequence[Item]) -> Visit:
        """Lay the pile at a random moment, wait until all is secured and delivered, take it away.

        Raise `NotSecured`, `NotAnswered` or `TimeoutError` if that does not come.
        """
        server = ScreenServer(place_of(self._settings), "127.0.0.1", 0, lambda _: None)
        await server.start()
        screen = TimedScreen(server, self._watch)
        running = asyncio.create_task(self._daemon(screen).run())
        onlooker = asyncio.create_task(_look_at(server.port))
        try:
            async with asyncio.timeout(_PATIENCE):
                await screen.until_idle()
                await asyncio.sleep(_PACE.quiet + _PACE.rest * self._chance.uniform(1, 2))
                self._watch.spans.clear()
                laid_at = now()
                await hands.lay(*(item.barcode for item in pile))
                await screen.until_secured([item.uid for item in pile])
                spans = tuple(self._watch.spans)
                all_answered(pile, spans)
                await self._delivered()
                await hands.lift_all()
        finally:
            died = running.done()
            running.cancel()
            onlooker.cancel()
            await asyncio.gather(running, onlooker, return_exceptions=True)
            await server.stop()
            if died:
                running.result()
        return Visit(pile, laid_at, spans, dict(screen.secured))

    def _daemon(self, screen: TimedScreen) -> Daemon:
        zone = ZoneInfo(self._settings.time_zone)
        world = World(
            open_reader=self._open_reader,
            journal=self._journal,
            run=self._in_thread,
            catalogue=TimedCatalogue(self._catalogue, self._watch),
            screen=screen,
            clock=machine_clock(lambda: datetime.now(zone)),
            new_id=uuid.uuid4,
            chance=self._chance,
        )
        rules = rules_of(self._settings)
        return Daemon(self._settings.name, self._settings.owners, rules, world, _PACE)

    async def _open_reader(self) -> Reader:
        return TimedReader(await open_reader(self._settings.reader), self._watch)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _delivered(self) -> None:
        """Wait until the catalogue knows all that the journal knows."""
        while True:
            counts = await self._in_thread(self._journal.counts)
            if not counts.undelivered and not counts.unplaced:
                return
            await asyncio.sleep(_LOOK)


@asynccontextmanager
async def open_kiosk(house: House, folder: Path) -> AsyncIterator[Kiosk]:
    """Put a kiosk together as the program does."""
    settings = KioskSettings(
        name=KIOSK,
        token=SecretStr(house.token),
        reader=house.reader,
        owners=(house.owner,),
        journal=folder / "journal.db",
        catalogue=CatalogueSettings(url=house.catalogue),
        times=TimeSettings(answer=_PATIENCE),
        log="warning",
    )
    watch = Stopwatch()
    async with AsyncExitStack() as closing:
        thread = closing.enter_context(ThreadPoolExecutor(1, thread_name_prefix="journal"))
        loop = asyncio.get_running_loop()
        journal = await loop.run_in_executor(thread, TimedJournal, settings.journal, watch)
        closing.push_async_callback(loop.run_in_executor, thread, journal.close)
        catalogue = HttpCatalogue(house.catalogue, house.token)
        closing.push_async_callback(catalogue.close)
        yield Kiosk(settings, journal, thread, catalogue, watch, random.Random(1))


def all_answered(pile: Sequence[Item], spans: Sequence[Span]) -> None:
    """Raise `NotAnswered` if an item was taken as while the catalogue is away."""
    answered = {span.about for span in spans if span.stage is Stage.ASK}
    for item in pile:
        if item.barcode not in answered:
            raise NotAnswered(f"the catalogue did not answer for {item.barcode} in time")


async def _look_at(port: int) -> None:
    """Be the browser: listen to what the screen says, and do nothing with it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET /events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        while await reader.read(1 << 16):
            pass
    finally:
        writer.close()
