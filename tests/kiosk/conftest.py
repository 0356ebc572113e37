"""A kiosk in one process: the real daemon, driver and catalogue services, and simulated metal."""

import asyncio
import random
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from catalogue_api.contract.endpoint import Endpoint, Refused
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Hold, Item, Loan, Patron, Site, Title
from drivers.errors import ReaderLost
from drivers.feig.reader import FeigReader
from drivers.interface import Reader, Uid
from kiosk.catalogue import CatalogueError
from kiosk.clock import Clock
from kiosk.daemon import Daemon
from kiosk.journal import Journal
from kiosk.outcomes import Verdict
from kiosk.printer import EscPosPrinter
from kiosk.printing import Press
from kiosk.receipt import compose, escpos
from kiosk.relays import RelayBoard
from kiosk.screen.place import Place
from kiosk.screen.texts import load
from kiosk.securing import Alarm
from kiosk.session.effects import Sound
from kiosk.session.states import Laid, Rules, Session, Shape, Stage, Stopped, Summary, Visit
from kiosk.snapshot import Snapshot
from kiosk.sorter import RelaySorter, Sorter, SorterLost, Wiring
from kiosk.staff_cards import StaffCards
from kiosk.world import Screen, World
from simulator.cable import Cable, Line
from simulator.devices.board import BoardFace
from simulator.devices.mechanics import Layout, Slot
from simulator.devices.printer import PrinterFace, Roll
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.tags.description import TagDescription, make_tags

OWNER = "FR-940165801"
KIOSK, TOKEN = "hall", "token-of-hall"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENCE = 10.0


class Library:
    """A catalogue in a real file: barcodes 1 to 6 are on loan, 7 to 9 on the shelf."""

    def __init__(self, path: Path) -> None:
        self.database = Database(f"sqlite:///{path}", threads=0)
        self.database.write_now(_furnish)

    def catalogue(self, token: str = TOKEN) -> EmbeddedCatalogue:
        rules = RulesInForce(Rulebook(ZoneInfo("Europe/Paris")))
        return EmbeddedCatalogue(self.database, token, rules, lambda: NOW)

    def rows(self, sql: str) -> list[tuple]:
        found = self.database.read_now(
            lambda session: session.connection().execute(text(sql)).all()
        )
        return [tuple(row) for row in found]

    def returns(self) -> list[tuple[str, str]]:
        """Barcode and outcome of each return, in order of arrival."""
        return self.rows("SELECT barcode, outcome FROM returns ORDER BY rowid")

    def on_loan(self) -> set[str]:
        return {
            barcode
            for (barcode,) in self.rows(
                "SELECT barcode FROM items JOIN loans ON loans.item_id = items.id "
                "WHERE ended_at IS NULL"
            )
        }


def _furnish(session) -> None:
    session.add_all([Site(code="C", name="Centrale"), Site(code="P", name="Plaine")])
    session.add_all(
        [
            Title(id=1, source="t", control_number="1", title="L’Été", author="Camus, Albert"),
            Title(id=2, source="t", control_number="2", title="Persépolis"),
        ]
    )
    session.add_all(
        Patron(id=n, card=f"P{n}", family_name="Inconnue", given_name="Ida") for n in (1, 2)
    )
    session.flush()
    for number in range(1, 10):
        session.add(
            Item(
                id=number,
                barcode=str(number),
                title_id=2 if number == 2 else 1,
                home_site="C",
                current_site="C",
                shelf_mark=f"R CAM {number}",
            )
        )
    session.flush()
    for number in range(1, 7):
        session.add(
            Loan(
                item_id=number,
                patron_id=1,
                started_at=NOW - timedelta(days=7),
                due_on=NOW.date() + timedelta(days=21),
            )
        )
    # Somebody waits for Persépolis.
    session.add(Hold(title_id=2, patron_id=2, pickup_site="C", placed_at=NOW - timedelta(days=2)))
    add_kiosk(session, KIOSK, "C", TOKEN, NOW)


class Fallible:
    """A catalogue that can be away, broken, slow, or lose its answers on the way back."""

    def __init__(self, inner: EmbeddedCatalogue) -> None:
        self.inner = inner
        self.error: CatalogueError | Refused | None = None
        self.error_after: CatalogueError | None = None
        self.error_of: Endpoint | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self.calls = 0
        self.asked: list[Endpoint] = []

    async def call(self, endpoint, body, **path):
        self.calls += 1
        self.asked.append(endpoint)
        await self.gate.wait()
        if self.error is not None and self.error_of in {None, endpoint}:
            raise self.error
        answer = await self.inner.call(endpoint, body, **path)
        if self.error_after is not None:
            raise self.error_after
        return answer


class GaveUp(Exception):
    """The kiosk ended while something was awaited on its screen."""


class Watcher:
    """A screen that remembers everything it was shown."""

    def __init__(self) -> None:
        self.session = Session(phase=Stopped())
        self.sounds: list[Sound] = []
        self._over = False
        self.opened = False
        self._changed = asyncio.Event()

    def show(self, session: Session) -> None:
        self.session = session
        self.opened = self.opened or not isinstance(session.phase, Stopped)
        self._changed.set()

    def play(self, sound: Sound) -> None:
        self.sounds.append(sound)

    async def until(self, is_so: Callable[[Session], bool]) -> Session:
        async with asyncio.timeout(PATIENCE):
            while not is_so(self.session):
                if self._over:
                    raise GaveUp
                self._changed.clear()
                await self._changed.wait()
        return self.session

    def begin(self) -> None:
        self.session, self._over = Session(phase=Stopped()), False

    def give_up(self) -> None:
        """The kiosk has ended: nothing more will be shown."""
        self._over = True
        self._changed.set()


class Bench:
    """One kiosk on the bench, and the hands that lay things on it."""

    def __init__(self, folder: Path, library: Library, tags: list[TagDescription]) -> None:
        made, laid = make_tags(tags)
        self.library = library
        self.field = Field(made, laid)
        self.use(FeigFace, FeigReader)
        self.catalogue = Fallible(library.catalogue())
        self.journal = Journal(folder / "journal.db")
        self.screen = Watcher()
        self.shown_on: Screen = self.screen
        self.now, self.uptime, self.boot = NOW, 100.0, "boot"
        self.alarm = Alarm.AFI
        self.rules = Rules(quiet=0.05, summary=0.05, answer=0.05, parts=0.1)
        self.slot: Slot | None = None
        self.look = 2.0
        self.snapshot: Snapshot | None = None
        self.board: Cable | None = None
        self.printer_cable: Cable | None = None
        self.staff_cards = StaffCards()
        self.restarted = asyncio.Event()

    def use(self, face, reader) -> None:
        """Put a reader of some family on the bench."""
        self.cable = Cable(Line(face(self.field)))
        self.reader = reader

    def put_a_slot_in_the_wall(self) -> Slot:
        """Make the kiosk one with a flap, a belt and two bins."""
        self.slot = Slot(Layout(diverters={"2": 2}, sensors={"1": 4}))
        self.board = Cable(Line(BoardFace(self.slot)))
        self.rules = replace(self.rules, shape=Shape.SLOT)
        return self.slot

    def put_a_printer_beside_it(self) -> Roll:
        """Give the kiosk a receipt printer."""
        roll = Roll()
        self.printer_cable = Cable(Line(PrinterFace(roll)))
        return roll

    def press(self) -> Press | None:
        if self.printer_cable is None:
            return None
        place, speak = Place("Médiathèque"), load()
        return Press(
            EscPosPrinter(self.printer_cable.connect, patience=0.05, writing=0.5),
            lambda effect, at: escpos(
                compose(effect.code, effect.items, effect.language, at, place, speak)
            ),
        )

    async def open_sorter(self) -> Sorter:
        assert self.board is not None
        wiring = Wiring(
            flap=0,
            belt=1,
            passed=0,
            closed=1,
            diverters={"2": 2},
            sensors={"1": 4},
            entry=0.05,
            closing=0.05,
            travel=0.0,
            look=0.001,
        )
        try:
            link = await self.board.connect()
        except ReaderLost as error:
            raise SorterLost(str(error)) from error
        return await RelaySorter.start(RelayBoard(link, patience=0.2), wiring)

    def uid(self, name: str) -> Uid:
        return self.field.find(name)

    def afi(self, name: str) -> int:
        return self.field.tags[self.uid(name)].afi

    def lay(self, *names: str) -> None:
        for name in names:
            self.field.lay(self.uid(name))

    def lift(self, *names: str) -> None:
        for name in names:
            self.field.lift(self.uid(name))

    async def told(self, name: str) -> Verdict:
        """What the screen says of one thing in the end."""
        laid = await self.item(name, lambda laid: laid.stage is Stage.SETTLED)
        assert laid.verdict is not None
        return laid.verdict

    async def item(self, name: str, is_so: Callable[[Laid], bool]) -> Laid:
        uid = self.uid(name)

        def found(session: Session) -> Laid | None:
            phase = session.phase
            items = phase.items if isinstance(phase, Visit | Summary | Stopped) else ()
            return next((laid for laid in items if laid.has(uid) and is_so(laid)), None)

        laid = found(await self.screen.until(lambda session: found(session) is not None))
        assert laid is not None
        return laid

    async def delivered(self) -> None:
        """Wait until nothing is left to deliver."""
        async with asyncio.timeout(PATIENCE):
            while True:
                counts = self.journal.counts()
                if not counts.undelivered and not counts.unplaced:
                    return
                await asyncio.sleep(0)

    async def open_reader(self) -> Reader:
        return await self.reader.open(await self.cable.connect(), patience=0.2)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Daemon]:
        """A kiosk that has opened its reader."""
        async with self.starting() as daemon:
            await self.screen.until(lambda session: not isinstance(session.phase, Stopped))
            yield daemon

    @asynccontextmanager
    async def starting(self) -> AsyncIterator[Daemon]:
        """A kiosk that may never open its reader."""
        self.cable.plug()
        self.screen.begin()
        daemon = Daemon(KIOSK, [OWNER], self.rules, self.world(), alarm=self.alarm)
        task = asyncio.create_task(daemon.run())
        task.add_done_callback(lambda _: self.screen.give_up())
        try:
            yield daemon
        except GaveUp:
            await task
            raise
        finally:
            task.cancel()
            await asyncio.wait([task])
            await self.cable.close()
            for cable in (self.board, self.printer_cable):
                if cable is not None:
                    await cable.close()
        if not task.cancelled() and task.exception() is not None:
            raise task.exception()

    def world(self) -> World:
        async def inline(work):
            return work()

        return World(
            open_reader=self.open_reader,
            journal=self.journal,
            run=inline,
            catalogue=self.catalogue,
            screen=self.shown_on,
            clock=Clock(lambda: self.now, lambda: self.uptime, self.boot),
            new_id=uuid4,
            chance=random.Random(1),
            open_sorter=self.open_sorter if self.slot is not None else None,
            snapshot=self.snapshot,
            press=self.press(),
            staff_cards=self.staff_cards,
            restart=self.restarted.set,
            look=self.look,
        )


def book(number: int, **values) -> TagDescription:
    start = {"name": str(number), "item": str(number), "owner": OWNER, "afi": "C2"}
    return TagDescription(**(start | values))


@pytest.fixture(scope="session")
def empty_catalogue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("empty") / "catalogue.db"
    database = Database(f"sqlite:///{path}", threads=0)
    database.migrate()
    database.close()
    return path


@pytest.fixture
def library(empty_catalogue: Path, tmp_path: Path) -> Iterator[Library]:
    path = tmp_path / "catalogue.db"
    shutil.copy(empty_catalogue, path)
    library = Library(path)
    yield library
    library.database.close()


@pytest.fixture
async def bench(library: Library, tmp_path: Path) -> AsyncIterator[Bench]:
    tags = [
        *(book(number) for number in range(1, 10)),
        TagDescription(name="foreign", item="991", owner="FR-751010101", afi="C2"),
        TagDescription(name="card", item="P1", owner=OWNER, usage="patron_card", afi="C2"),
        TagDescription(name="blank", memory="00" * 32, afi="C2"),
        book(3, name="no-owner", owner=""),
        book(4, name="locked", afi_locked=True),
        *(book(5, name=f"part {n}", part=n, parts=3) for n in (1, 2, 3)),
        book(1, name="twin"),
        TagDescription(name="unknown", item="777", owner=OWNER, afi="C2"),
    ]
    bench = Bench(tmp_path, library, tags)
    yield bench
    bench.journal.close()


def key(number: int) -> UUID:
    return UUID(int=number)
