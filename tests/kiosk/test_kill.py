"""`kill -9` at random instants of a visit, on the real journal, with real programs around."""

import asyncio
import json
import os
import random
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.journal import Access, Journal
from simulator.demo.programs import run, running
from simulator.library import build
from simulator.program.control import Simulator, connect

KILLS = 200
SEED = 20261123
LONGEST = 0.05  # seconds from laying to the kill: longer than most visits take
PATIENCE = 60.0


class Kiosk:
    """The killable kiosk, and everything its screen ever promised."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.promised: set[str] = set()
        self.pid = 0
        self.open = False

    async def start(self) -> None:
        self.open = False
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")
        await self.until(lambda _: self.pid != 0 and self.open)

    async def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        await self.until(lambda line: "dead" in line)
        self.pid = 0

    async def until(self, is_so: Callable[[dict[str, Any]], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                assert self._process.stdout is not None
                line = await self._process.stdout.readline()
                assert line, "the kiosk's parent has ended"
                said = json.loads(line)
                self.pid = said.get("born", self.pid)
                self.open = said.get("open", self.open)
                self.promised.update(said.get("promised", ()))
                if is_so(said):
                    return


@asynccontextmanager
async def forking(*arguments: str) -> AsyncIterator[Kiosk]:
    program = Path(__file__).with_name("forked_kiosk.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    kiosk = Kiosk(process)
    try:
        yield kiosk
    finally:
        if kiosk.pid:
            await kiosk.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def returns_of(database: Path) -> Counter[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as catalogue:
        return Counter(item for (item,) in catalogue.execute("SELECT barcode FROM returns"))


async def delivered(journal: Path) -> None:
    """Wait until the kiosk has delivered all that its journal holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            book = Journal(journal, access=Access.WATCHER)
            counts = book.counts()
            book.close()
            if not counts.undelivered and not counts.unplaced:
                return
            await asyncio.sleep(0.02)


async def lives_and_deaths(kiosk: Kiosk, sim: Simulator, barcodes: list[str]) -> None:
    chance = random.Random(SEED)
    for barcode in barcodes:
        await kiosk.start()
        await sim.lay(barcode)
        await asyncio.sleep(chance.uniform(0, LONGEST))
        await kiosk.kill()
        if chance.random() < 0.7:  # some patrons wait for the machine to come back
            await sim.lift_all()


@pytest.mark.kill
@pytest.mark.server
async def test_after_200_kills_every_promised_return_is_in_the_catalogue_once(tmp_path: Path):
    stock = build(tmp_path / "library", date(2026, 11, 23), SEED)
    database, journal = tmp_path / "catalogue.db", tmp_path / "journal.db"
    settings = tmp_path / "api.toml"
    settings.write_text(f'database = "sqlite:///{database}"\nport = 0\n')
    api = ("ritournelle-api", "--settings", settings)
    await run(*api, "migrate")
    await run(*api, "import", *stock.imports)
    added = json.loads(await run(*api, "kiosks", "add", "hall", "--site", "CENTRALE", "--json"))
    reader = ["reader", "--family", "feig", "--tcp", "127.0.0.1:0", "--tags", stock.tags]
    barcodes = [*stock.on_loan, *stock.on_shelf][:KILLS]
    assert len(barcodes) == KILLS
    async with (
        running("ritournelle-api", ["--settings", settings, "serve"], tmp_path / "api.log") as up,
        running("ritournelle-sim", reader, tmp_path / "reader.log") as metal,
        connect(metal["address"]) as sim,
        forking(metal["url"], up["url"], added["token"], stock.owner, str(journal)) as kiosk,
    ):
        await lives_and_deaths(kiosk, sim, barcodes)
        killed = set(kiosk.promised)
        await kiosk.start()
        await delivered(journal)
        after_restart = returns_of(database)
        assert {item for item in killed if after_restart[item] != 1} == set()
        assert max(after_restart.values()) == 1

        # Whoever was not told "returned" lays the item again: now all are, once, and secured.
        await sim.lift_all()
        for at in range(0, KILLS, 20):
            pile = barcodes[at : at + 20]
            await sim.lay(*pile)
            await kiosk.until(lambda _, pile=pile: kiosk.promised >= set(pile))
            await sim.lift_all()
        await delivered(journal)
        tags = {tag.name: tag for tag in await sim.tags()}
    assert returns_of(database) == dict.fromkeys(barcodes, 1)
    assert {name for name in barcodes if tags[name].afi != "07"} == set()
    # The kills really fell into the visits: some before, some after the promise.
    assert 0 < len(killed) < KILLS
