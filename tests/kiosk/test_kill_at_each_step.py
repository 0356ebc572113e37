"""`kill -9` at every step of a return: real programs around, the real journal, slot and printer.

Each step is the end of `RITOURNELLE_KILLS` lives (fifty for the long run).
"""

import asyncio
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from deadly import STEPS
from killing import Kiosk, delivered, forking, returns_of

from catalogue_api.contract.returns import Placement, ReturnItem, Security
from drivers.interface import Uid
from kiosk.bins import Bins
from kiosk.clock import Moment
from kiosk.journal import Access, Journal
from kiosk.staff_cards import hashed
from simulator.demo.programs import run, running
from simulator.library import build
from simulator.program.control import Simulator, connect
from simulator.program.devices import LOOK, meddle_with

KILLS = int(os.environ.get("RITOURNELLE_KILLS", "1"))
SEED = 20261123
CARD = "patron-card"
"""The tag that opens the menu of staff here."""


@dataclass
class House:
    """Everything around the kiosk, and the patrons' things: `barcodes` not yet laid down."""

    kiosk: Kiosk
    sim: Simulator
    sorter: str
    printer: str
    database: Path
    journal: Path
    barcodes: Iterator[str]
    backlog: tuple[str, str]

    async def slot(self, what: str = LOOK) -> dict:
        return await meddle_with(self.sorter, what)

    @asynccontextmanager
    async def book(self) -> AsyncIterator[Journal]:
        journal = Journal(self.journal, access=Access.GUEST)
        try:
            yield journal
        finally:
            journal.close()

    async def holds(self, barcode: str) -> bool:
        async with self.book() as journal:
            return journal.last_of_barcode(barcode) is not None


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a filled catalogue and the tags of its copies."""
    folder = tmp_path_factory.mktemp("template")
    asyncio.run(_furnish(folder))
    return folder


async def _furnish(folder: Path) -> None:
    stock = build(folder / "library", date(2026, 11, 23), SEED)
    settings = folder / "api.toml"
    settings.write_text(f'database = "sqlite:///{folder / "catalogue.db"}"\nport = 0\n')
    api = ("ritournelle-api", "--settings", settings)
    await run(*api, "migrate")
    await run(*api, "import", *stock.imports)
    added = json.loads(await run(*api, "kiosks", "add", "hall", "--site", "CENTRALE", "--json"))
    about = {
        "token": added["token"],
        "owner": stock.owner,
        "tags": str(stock.tags),
        "barcodes": [*stock.on_loan, *stock.on_shelf],
    }
    (folder / "about.json").write_text(json.dumps(about))


@asynccontextmanager
async def open_house(template: Path, folder: Path) -> AsyncIterator[House]:
    about = json.loads((template / "about.json").read_text())
    database, journal = folder / "catalogue.db", folder / "journal.db"
    shutil.copy(template / "catalogue.db", database)
    settings = folder / "api.toml"
    settings.write_text(f'database = "sqlite:///{database}"\nport = 0\n')
    reader = ["reader", "--family", "feig", "--tcp", "127.0.0.1:0", "--tags", about["tags"]]
    anywhere = ["--tcp", "127.0.0.1:0"]
    bins = [f"--diverter={number}={number}" for number in (2, 3, 4)]
    async with AsyncExitStack() as stack:

        async def start(name: str, arguments: list, log: str) -> dict:
            return await stack.enter_async_context(running(name, arguments, folder / log))

        up = await start("ritournelle-api", ["--settings", settings, "serve"], "api.log")
        metal = await start("ritournelle-sim", reader, "reader.log")
        slot = await start("ritournelle-sim", ["sorter", *anywhere, *bins], "sorter.log")
        paper = await start("ritournelle-sim", ["printer", *anywhere], "printer.log")
        sim = await stack.enter_async_context(connect(metal["address"]))
        (card,) = [tag.uid for tag in await sim.tags() if tag.name == CARD]
        kiosk = await stack.enter_async_context(
            forking(
                *(metal["url"], up["url"], about["token"], about["owner"], str(journal)),
                *(slot["url"], paper["url"], hashed(card)),
            )
        )
        *free, one, two = about["barcodes"]
        yield House(
            kiosk,
            sim,
            slot["address"],
            paper["address"],
            database,
            journal,
            iter(free),
            (one, two),
        )


class Lives:
    """The lives of one round: which things fell into the slot, and which still lie outside."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._in_hand = next(house.barcodes)
        self.fallen: set[str] = set()
        self.outside: set[str] = set()

    async def first(self) -> None:
        """One return from end to end: there is something to compare, and something in bin 1."""
        house = self._house
        await house.kiosk.start()
        await self.bring(self._in_hand)
        await delivered(house.journal)
        await house.kiosk.kill()
        self._in_hand = next(house.barcodes)

    async def end_at(self, step: str) -> None:
        """Let a life end at a step, and somebody look at what is left."""
        house, barcode = self._house, self._in_hand
        await self._prepare(step)
        before = await house.slot()
        await house.kiosk.begin(step)
        await house.kiosk.until(lambda _: not house.kiosk.pid or house.kiosk.open)
        if house.kiosk.pid:  # the flap is shut now, whatever an earlier life has left
            await house.slot("put")
            await house.sim.lay(CARD if step.endswith("empty") else barcode)
            await house.kiosk.until(
                lambda _: not house.kiosk.pid or barcode in house.kiosk.promised
            )
            await house.sim.lift_all()
            await house.kiosk.ended()
        await house.slot("take-back")
        after = await house.slot()
        await house.slot("free")  # staff take out what lies in the flap
        if _inside(after) > _inside(before):
            self.fallen.add(barcode)
        elif await house.holds(barcode):
            self.outside.add(barcode)
        else:
            return
        self._in_hand = next(house.barcodes)

    async def bring(self, barcode: str) -> None:
        """Hand a thing in at a kiosk that lives."""
        house = self._house
        await house.slot("put")
        await house.sim.lay(barcode)
        await house.kiosk.until(lambda _: barcode in house.kiosk.promised)
        while not (await house.slot())["bins"] or (await house.slot())["inside"]:
            pass
        await house.sim.lift_all()
        self.fallen.add(barcode)
        self.outside.discard(barcode)

    async def _prepare(self, step: str) -> None:
        if step.endswith("ask"):
            # With one more from an earlier life, both would go in one batch.
            await self._house.kiosk.start()
            await delivered(self._house.journal)
            await self._house.kiosk.kill()
        async with self._house.book() as journal:
            if step.endswith("batch"):
                for barcode in self._house.backlog:
                    _record(journal, barcode, dated=True)
            elif step.endswith("date"):
                _record(journal, self._house.backlog[0], dated=False)
            elif step.endswith("empty"):
                in_bin = _record(journal, self._house.backlog[0], dated=True)
                journal.settle(in_bin, Placement(bin="1", security=Security.SECURED))


def _inside(slot: dict) -> int:
    return slot["inside"] + sum(slot["bins"].values())


def _record(journal: Journal, barcode: str, *, dated: bool) -> UUID:
    """Let a return of an earlier, offline life wait in the journal."""
    at = datetime.now(UTC)
    request = ReturnItem(return_id=uuid4(), barcode=barcode, occurred_at=at)
    journal.record(Uid("E0040100000000FF"), request, Moment("earlier", 1.0), dated=dated)
    return request.return_id


def rows(file: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        return database.execute(sql).fetchall()


@pytest.mark.kill
@pytest.mark.server
@pytest.mark.parametrize("steps", STEPS.values(), ids=STEPS)
async def test_a_kill_at_any_step_loses_nothing_and_doubles_nothing(
    steps: tuple[str, ...], template: Path, tmp_path: Path
):
    async with open_house(template, tmp_path) as house:
        lives = Lives(house)
        await lives.first()
        for step in steps:
            for when in ("before", "after"):
                for _ in range(KILLS):
                    await lives.end_at(f"{when} {step}")
                    if step == "empty":
                        look_at_the_bin(house, emptied=when == "after")
        await house.kiosk.start()
        await delivered(house.journal)
        for barcode in sorted(lives.outside - house.kiosk.promised):
            await lives.bring(barcode)
        await delivered(house.journal)
        await look_at_everything(house, lives)


def look_at_the_bin(house: House, *, emptied: bool) -> None:
    """What was in bin 1 is still there, or all of it was noted as taken out."""
    journal = Journal(house.journal, access=Access.GUEST)
    content = Bins(journal).content("1").things
    journal.close()
    ((noted,),) = rows(house.journal, "SELECT count(*) FROM emptyings")
    assert bool(content) is not emptied
    assert bool(noted) is emptied


async def look_at_everything(house: House, lives: Lives) -> None:
    entries = rows(house.journal, "SELECT return_id, barcode, bin, receipt FROM returns")
    reported = rows(house.database, "SELECT return_id FROM returns")
    assert {return_id for return_id, *_ in entries} == {return_id for (return_id,) in reported}
    laid = [barcode for _, barcode, *_ in entries if barcode not in house.backlog]
    assert len(laid) == len(set(laid)), "nothing is returned twice"
    assert house.kiosk.promised <= set(laid)
    assert lives.fallen <= set(laid)
    afi = {tag.name: tag.afi for tag in await house.sim.tags()}
    assert {barcode for barcode in lives.fallen if afi[barcode] != "07"} == set()
    fell = (await house.slot())["bins"]
    for name in ("1", "2", "3", "4"):
        told = [
            barcode
            for _, barcode, lies_in, _ in entries
            if lies_in == name and barcode not in house.backlog
        ]
        assert len(told) <= fell.get("" if name == "1" else name, 0), f"bin {name}"
    printed = (await meddle_with(house.printer, LOOK))["receipts"]
    numbers = {receipt for *_, receipt in entries if receipt}
    assert all(any(number in text for number in numbers) for text in printed)
    assert all(count == 1 for name, count in returns_of(house.database).items() if name in laid)
