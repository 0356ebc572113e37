"""A library of real programs whose parts can be stopped, broken and started again, one by one."""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp

from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.running import import_files
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database
from kiosk.journal import Access, Counts, Journal
from simulator.demo.house import KIOSK, SITE
from simulator.demo.programs import running
from simulator.demo.visits import Look, Patron
from simulator.library import Summary, build
from simulator.program.control import Simulator, connect
from simulator.program.orders import FaultKind

TOKEN = "token-of-the-hall"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended, and what it said."""

    status: int | None
    out: str
    err: str


async def program(name: str, *arguments: str | Path) -> Ended:
    """Run a program to its end, whatever that is."""
    process = await asyncio.create_subprocess_exec(
        str(Path(sys.executable).with_name(name)),
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        out, err = await process.communicate()
    return Ended(process.returncode, out.decode(), err.decode())


class Kiosk:
    """A running kiosk, as a patron and a technician see it."""

    def __init__(self, screen: str, patron: Patron, log: Path, journal: Path) -> None:
        self.screen = screen
        self._patron = patron
        self._log = log
        self._journal = journal

    async def state(self, state: str) -> Look:
        """Wait until the screen is of this kind."""
        return await self._patron.until(lambda look: look["state"] == state)

    async def shows(self, *keys: str) -> Look:
        """Wait until the rows of a visit have these verdicts, in the order of arrival."""
        return await self._patron.until(
            lambda look: (
                look["state"] != "summary" and tuple(row["key"] for row in look["rows"]) == keys
            )
        )

    async def logged(self, event: str) -> dict[str, Any]:
        """Wait until the log has an event of this name; return the first."""
        async with asyncio.timeout(PATIENCE):
            while True:
                *lines, _unfinished = self._log.read_text().split("\n")
                for line in map(json.loads, lines):
                    if line["event"] == event:
                        return line
                await asyncio.sleep(0.02)

    async def told(self, number: int) -> set[str]:
        """Wait until so many rows of a visit have a verdict; return the verdicts."""
        look = await self._patron.until(
            lambda look: look["state"] == "visit" and len(look["rows"]) == number
        )
        return {row["key"] for row in look["rows"]}

    async def delivered(self) -> None:
        """Wait until the catalogue has all that the journal holds."""
        await self.journal(
            lambda counts: counts.returns and not counts.undelivered and not counts.unplaced
        )

    async def secured(self) -> None:
        """Wait until the journal knows of every tag that it is secured.

        The screen says so a moment earlier; a kiosk that is stopped in between leaves "to secure"
        behind, and puts it right when it sees the tag again.
        """
        await self.journal(lambda counts: counts.returns and not counts.to_secure)

    async def done(self) -> None:
        """Wait until both are so."""
        await self.secured()
        await self.delivered()

    async def journal(self, is_so: Callable[[Counts], object]) -> None:
        """Wait until the journal's counts are as they should be."""
        async with asyncio.timeout(PATIENCE):
            while True:
                book = Journal(self._journal, access=Access.WATCHER)
                counts = book.counts()
                book.close()
                if is_so(counts):
                    return
                await asyncio.sleep(0.02)


class House:
    """A catalogue and a reader that stay, and kiosks that come and go."""

    def __init__(
        self, folder: Path, stock: Summary, metal: dict[str, Any], sim: Simulator, database: Path
    ) -> None:
        self.folder = folder
        self.sim = sim
        self.metal = metal
        self.catalogue = ""
        self.stock = stock
        self._database = database
        self._books = self._plain_books()
        self._programs = AsyncExitStack()
        self._is_open = False

    def _plain_books(self) -> Iterator[str]:
        """Copies that are lent, at home here, and wanted by nobody: to return one is simple."""
        return (
            item
            for item in self.stock.on_loan
            if self.stock.home[item] == SITE
            and item not in self.stock.wanted
            and item not in self.stock.in_parts
        )

    def book(self) -> str:
        """A copy that no other test has had."""
        return next(self._books)

    async def open_catalogue(self) -> None:
        """Start it; always on the port that it got first."""
        port = self.catalogue.rpartition(":")[2] or "0"
        settings = self.folder / "api.toml"
        settings.write_text(f'database = "sqlite:///{self._database}"\nport = {port}\n')
        ready = await self._programs.enter_async_context(
            running("ritournelle-api", ["--settings", settings, "serve"], self.folder / "api.log")
        )
        self.catalogue, self._is_open = ready["url"], True

    async def close_catalogue(self) -> None:
        """Stop it with SIGTERM; it must end with status 0."""
        self._is_open = False
        await self._programs.aclose()

    async def mend(self) -> None:
        """Make everything whole again, whatever the test before has left."""
        await self.sim.fault(FaultKind.PLUG)
        await self.sim.fault(FaultKind.NONE)
        await self.sim.lift_all()
        if not self._is_open:
            await self.open_catalogue()

    def rows(self, query: str, *values: str) -> list[tuple[Any, ...]]:
        """What the catalogue's database says."""
        with closing(sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)) as database:
            return database.execute(query, values).fetchall()

    def returns(self, *barcodes: str) -> list[tuple[str, str | None, str]]:
        """Outcome, bin and security of every return of these."""
        marks = ", ".join("?" * len(barcodes))
        query = f"SELECT outcome, bin, security FROM returns WHERE barcode IN ({marks})"
        return self.rows(query, *barcodes)

    def on_loan(self, barcode: str) -> bool:
        query = (
            "SELECT count(*) FROM loans JOIN items ON items.id = loans.item_id"
            " WHERE barcode = ? AND ended_at IS NULL"
        )
        return self.rows(query, barcode) == [(1,)]

    async def secured(self, *names: str) -> bool:
        afis = {tag.name: tag.afi for tag in await self.sim.tags()}
        return all(afis[name] == "07" for name in names)

    def settings(self, name: str, without: str = "", **changes: Any) -> Path:
        """Write the settings of a kiosk; `name` is also that of its journal and log."""
        values = {
            "name": KIOSK,
            "token": TOKEN,
            "reader": f"{self.metal['url']}&timeout=0.3",
            "owners": [self.stock.owner],
            "journal": str(self.folder / f"{name}.db"),
            "catalogue.url": self.catalogue,
            "screen.port": 0,
            "times.quiet": 0.1,
            "times.summary": 0.1,
            "times.answer": 2.0,
        } | {key.replace("__", "."): value for key, value in changes.items()}
        values.pop(without, None)
        path = self.folder / f"{name}.toml"
        path.write_text("".join(f"{key} = {json.dumps(it)}\n" for key, it in values.items()))
        return path

    @asynccontextmanager
    async def kiosk(self, name: str, **changes: Any) -> AsyncIterator[Kiosk]:
        """Run a kiosk on an empty antenna; it must end with status 0."""
        await self.sim.lift_all()
        log = self.folder / f"{name}.log"
        run = ["run", "--settings", self.settings(name, **changes)]
        async with (
            running("ritournelle-kiosk", run, log) as ready,
            aiohttp.ClientSession() as http,
        ):
            patron = Patron(self.sim, ready["screen"], http)
            yield Kiosk(ready["screen"], patron, log, self.folder / f"{name}.db")


@asynccontextmanager
async def open_breakable(
    folder: Path, more_tags: Callable[[Summary], str] = lambda _: ""
) -> AsyncIterator[House]:
    """Build the demo library and run its catalogue and its reader (on a pseudo-terminal).

    `more_tags`: what else may be laid down, as `[[tag]]` tables.
    """
    stock = build(folder / "library", NOW.date(), 1)
    with stock.tags.open("a", encoding="utf-8") as tags:
        tags.write(more_tags(stock))
    database = folder / "catalogue.db"
    _fill(database, stock)
    reader = ["reader", "--pty", folder / "reader", "--tags", stock.tags]
    async with (
        running("ritournelle-sim", reader, folder / "reader.log") as metal,
        connect(metal["address"]) as sim,
    ):
        house = House(folder, stock, metal, sim, database)
        await house.open_catalogue()
        try:
            yield house
        finally:
            await house.close_catalogue()


def _fill(path: Path, stock: Summary) -> None:
    database = Database(f"sqlite:///{path}", threads=0)
    try:
        database.migrate()
        reading = ImportSettings(ApiSettings().time_zone, datetime.now(UTC))
        import_files(stock.imports, database.write_now, reading)
        database.write_now(lambda session: add_kiosk(session, KIOSK, SITE, TOKEN, NOW))
    finally:
        database.close()
