"""The house around the kiosk: a catalogue and a reader as programs of their own, and the piles."""

import csv
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from drivers.interface import Uid
from simulator.demo.programs import run, running
from simulator.library import Summary, build

KIOSK = "bench"
CATALOGUE = "catalogue.db"
"""The name of the catalogue's file in the folder of a house."""
_SITE = "CENTRALE"
_SEED = 1
MOST_ITEMS = 590
"""How many items of the demo library can be returned in one house, each once."""


class Link(StrEnum):
    """The cable between kiosk and reader."""

    TCP = "tcp"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Item:
    """A copy on loan and its tag."""

    barcode: str
    uid: Uid


@dataclass(frozen=True, slots=True)
class House:
    """What runs. `reader` is for hosts, `control` for laying and lifting; each item once."""

    catalogue: str
    token: str
    reader: str
    control: str
    owner: str
    items: Iterator[Item]


@asynccontextmanager
async def open_house(folder: Path, link: Link, now: datetime) -> AsyncIterator[House]:
    """Build a library in `folder` with every copy on loan, and run all of it but the kiosk."""
    stock = build(folder / "library", now.date(), _SEED)
    settings = folder / "api.toml"
    database = json.dumps(f"sqlite:///{folder / CATALOGUE}")
    settings.write_text(f"database = {database}\n", encoding="utf-8")
    token = await _fill(settings, stock, _lend_the_rest(folder / "rest.csv", stock, now))
    async with AsyncExitStack() as programs:
        api = await programs.enter_async_context(
            running(
                "ritournelle-api",
                ["--settings", settings, "serve", "--port", "0"],
                folder / "api.log",
            )
        )
        where = ["--tcp", "127.0.0.1:0"] if link is Link.TCP else ["--pty", str(folder / "reader")]
        face = ["reader", "--family", "feig", "--realtime", "--tags", str(stock.tags)]
        reader = await programs.enter_async_context(
            running("ritournelle-sim", [*face, *where], folder / "reader.log")
        )
        items = iter([Item(name, Uid(stock.uids[name])) for name in _barcodes(stock)])
        yield House(api["url"], token, reader["url"], reader["address"], stock.owner, items)


def _barcodes(stock: Summary) -> Sequence[str]:
    return [*stock.on_loan, *stock.on_shelf]


def _lend_the_rest(path: Path, stock: Summary, now: datetime) -> Path:
    """Write loans of all that stands on the shelves."""
    started, due = now - timedelta(days=2), now.date() + timedelta(days=26)
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(("barcode", "card", "started_at", "due_on", "ended_at"))
        for barcode in stock.on_shelf:
            table.writerow((barcode, stock.teacher_card, started.isoformat(), due.isoformat(), ""))
    return path


async def _fill(settings: Path, stock: Summary, rest: Path) -> str:
    """Fill the catalogue as any library would; return the kiosk's token."""
    api = ("ritournelle-api", "--settings", settings)
    await run(*api, "migrate")
    await run(*api, "import", *stock.imports, rest)
    added = json.loads(await run(*api, "kiosks", "add", KIOSK, "--site", _SITE, "--json"))
    token: str = added["token"]
    return token
