"""How many check-ins a second the API takes, over two floors that are measured in the same run.

`python -m bench.api` fills a library, serves it with the real program, and returns items over
HTTP with 1, 8 and 64 connections, then in batches; on SQLite (synchronous=FULL) and on a real
PostgreSQL. Beside it, with the same load: a bare aiohttp JSON answer, and the same statements run
by the bare driver behind a bare aiohttp server. And: what a durable commit costs here, and whether
a return grows dearer with its reader's loans or the queue for its title.
"""

import asyncio
import json
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Annotated, Any
from uuid import uuid4

import typer

from bench.databases import empty_database
from bench.load import Load, Request, post, put_load
from bench.stock import KIOSK, TOKEN, WANTED, Stock, fill
from bench.this_machine import this_machine
from catalogue_api.contract.returns import RETURN_BATCH, RETURN_ITEM
from catalogue_api.storage.engine.database import Database
from simulator.demo.programs import running

CONNECTIONS = (1, 8, 64)
BATCH = 100
CROWD = 5_000
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@dataclass(slots=True)
class Supply:
    """Barcodes that are still on loan, dealt out once each."""

    numbers: Iterator[int]

    def take(self, count: int) -> list[str]:
        """Return the next barcodes."""
        return [f"B{next(self.numbers)}" for _ in range(count)]


@dataclass(frozen=True, slots=True)
class Size:
    """How many check-ins for each number of connections, and in batches."""

    single: int

    @property
    def batched(self) -> int:
        """Check-ins in batches."""
        return self.single * 2

    @property
    def items(self) -> int:
        """Items that a whole measurement uses up, with some to spare."""
        return self.single * len(CONNECTIONS) * 2 + self.batched + 2_000


@app.command(epilog="Example: .venv/bin/python -m bench.api --json")
def api(
    check_ins: Annotated[int, typer.Option(min=200, help="For each case.")] = 8_000,
    databases: Annotated[str, typer.Option(help="Comma-separated.")] = "sqlite,postgresql",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure returns over HTTP."""
    size = Size(check_ins)
    report: Figures = {
        "machine": this_machine(),
        "check_ins": check_ins,
        "floors": asyncio.run(_floors(size)),
    }
    for name in databases.split(","):
        with empty_database(name) as (url, peer):
            report[name] = asyncio.run(_measure(name, url, peer, size))
    typer.echo(json.dumps(report) if as_json else _in_words(report))


async def _floors(size: Size) -> Figures:
    async with _serving("python", ["-m", "bench.bare_checkin", "json"]) as port:
        bare = {
            str(count): (await put_load(port, _returns(["B1"] * size.single), count)).figures()
            for count in CONNECTIONS
        }
    return {"aiohttp_json": bare, "durable_commits_per_second": _durable_commits()}


def _durable_commits(rows: int = 3_000) -> Figures:
    """SQLite, WAL, synchronous=FULL: one insert in each commit, and groups of 64."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "floor.db", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE t (a, b)")
        found = {}
        for group in (1, 64):
            began = time.perf_counter()
            for start in range(0, rows, group):
                connection.execute("BEGIN IMMEDIATE")
                for number in range(start, start + group):
                    connection.execute("INSERT INTO t VALUES (?, ?)", (number, "x" * 200))
                connection.execute("COMMIT")
            found[f"groups_of_{group}"] = round(rows / (time.perf_counter() - began))
        connection.close()
    return found


async def _measure(name: str, url: str, peer: str, size: Size) -> Figures:
    stock = Stock(size.items, crowd=CROWD)
    database = Database(url, threads=0)
    database.migrate()
    fill(database, stock)
    database.close()
    supply = Supply(iter(range(1, size.items - 10)))
    found: Figures = {}
    async with _serving("ritournelle-api", ["serve", "--port", "0"], url) as port:
        found["ours"] = await _cases(port, supply, size.single)
        found["batches"] = await _batches(port, supply, size.batched)
        found["growth"] = await _growth(port, supply, stock)
    async with _serving("python", ["-m", "bench.bare_checkin", name, peer]) as port:
        found["bare_driver"] = await _cases(port, supply, size.single)
    found["ratio_to_bare_driver"] = {
        count: round(found["ours"][count]["per_second"] / bare["per_second"], 2)
        for count, bare in found["bare_driver"].items()
    }
    return found


async def _cases(port: int, supply: Supply, count: int) -> Figures:
    await put_load(port, _returns(supply.take(100)), 8)  # what is done once is done before
    found = {}
    for connections in CONNECTIONS:
        load = await put_load(port, _returns(supply.take(count)), connections)
        _require_all_returned(load, b'"outcome"')
        found[str(connections)] = load.figures()
    return found


async def _batches(port: int, supply: Supply, count: int) -> Figures:
    path, requests = RETURN_BATCH.url(kiosk=KIOSK), []
    for _ in range(count // BATCH):
        body = json.dumps({"returns": [_fact(one) for one in supply.take(BATCH)]}).encode()
        requests.append(post(path, body, TOKEN))
    load = await put_load(port, requests, 2)
    _require_all_returned(load, b'"results"')
    return load.figures(BATCH)


async def _growth(port: int, supply: Supply, stock: Stock) -> Figures:
    """What a return costs more whose reader has many loans, or whose title has a long queue.

    The dear and the cheap ones are sent in turns, one at a time: their medians are compared.
    """
    readers = await _in_turns(port, _named(stock.of_one_reader[:WANTED]), supply.take(WANTED))
    queues = await _in_turns(port, _named(stock.long_awaited), _named(stock.awaited))
    return {f"reader_with_{CROWD}_loans": readers, f"queue_of_{CROWD}_over_{WANTED}": queues}


def _named(numbers: Sequence[int]) -> list[str]:
    return [f"B{number}" for number in numbers]


async def _in_turns(port: int, dear: Sequence[str], cheap: Sequence[str]) -> float:
    barcodes = [one for pair in zip(dear, cheap, strict=True) for one in pair]
    load = await put_load(port, _returns(barcodes), 1)
    _require_all_returned(load, b'"outcome"')
    return round(median(load.each[::2]) / median(load.each[1::2]), 2)


def _returns(barcodes: Sequence[str]) -> list[Request]:
    path = RETURN_ITEM.url(kiosk=KIOSK)
    return [post(path, json.dumps(_fact(barcode)).encode(), TOKEN) for barcode in barcodes]


def _fact(barcode: str) -> dict[str, str]:
    now = datetime.now(UTC).isoformat()
    return {"return_id": str(uuid4()), "barcode": barcode, "occurred_at": now}


def _require_all_returned(load: Load, word: bytes) -> None:
    if set(load.statuses) != {200} or not all(word in body for body in load.bodies):
        raise RuntimeError(f"not all were answered: {load.statuses}, {load.bodies[-1]!r}")


@asynccontextmanager
async def _serving(name: str, arguments: list[str], url: str = "") -> AsyncIterator[int]:
    """Run a server; give its port."""
    where = {"RITOURNELLE_API_DATABASE": url} if url else {}
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        async with running(name, arguments, Path(log.name), where) as ready:
            yield int(ready["port"])


def _in_words(report: Figures) -> str:
    return json.dumps(report, indent=2)


if __name__ == "__main__":
    app()
