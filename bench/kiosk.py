"""What a kiosk costs, how fast it is, and whether a long journal makes it slower.

`python -m bench.kiosk` measures, all in one run:

* at rest (see `bench.idle`): memory, processor, and the time from the command to the screen;
* returns of 1, 6 and 20 items over what reader and tags alone need (see `bench.first_return`);
* with journals of different lengths, delivered or not: the time from the command until the kiosk
  takes returns, and the time in which the program delivers one return of its backlog. The cases
  take turns, and are compared with the same backlog in an otherwise empty journal.
"""

import asyncio
import json
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Final

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from bench.figures import Case
from bench.first_return import FAILURES, measure_piles
from bench.house import CATALOGUE, KIOSK, MOST_ITEMS, House, Link, open_house
from bench.idle import JOURNAL, kernel_says, kiosk_program, measure_idle
from bench.journals import fill_catalogue, fill_journal
from bench.this_machine import this_machine
from kiosk.journal import Access, Journal
from kiosk.service import configure_log
from simulator.demo.programs import ProgramFailed

PILES: Final = (1, 6, 20)
MOST_ROUNDS: Final = MOST_ITEMS // sum(PILES)
_ITEMS = 500
"""At most so many different items in the journals."""
_LOOK = 0.02  # seconds between two looks at a kiosk
_PATIENCE = 300.0  # seconds for a kiosk to open, and to deliver what is timed

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@dataclass(slots=True)
class Length:
    """A journal with so many delivered returns and a backlog; each list has one figure a round."""

    delivered: int
    backlog: int
    ready: list[float] = field(default_factory=list)
    open: list[float] = field(default_factory=list)
    per_return: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)

    @property
    def name(self) -> str:
        """What makes its file and its identifiers."""
        return f"{self.delivered}-{self.backlog}"

    def summary(self, plain: "Length") -> dict[str, object]:
        """Medians; the ratios are to the same backlog in an otherwise empty journal."""
        return {
            "delivered": self.delivered,
            "backlog": self.backlog,
            "screen_seconds": round(median(self.ready), 3),
            "open_seconds": round(median(self.open), 3),
            "ms_per_return": round(1000 * median(self.per_return), 3),
            "rss_mb": round(median(self.rss_mb), 1),
            "open_ratio": round(median(self.open) / median(plain.open), 3),
            "delivery_ratio": round(median(self.per_return) / median(plain.per_return), 3),
        }


@app.command(epilog="Example: .venv/bin/python -m bench.kiosk --json")
def kiosk(
    seconds: Annotated[float, typer.Option(min=1, help="How long to watch it idle.")] = 30.0,
    rounds: Annotated[
        int, typer.Option(min=1, max=MOST_ROUNDS, help="Measurements of each pile.")
    ] = 10,
    journal: Annotated[int, typer.Option(min=2, help="Returns in a long one.")] = 100_000,
    few: Annotated[int, typer.Option(min=1, help="In a short one, and the backlog.")] = 1000,
    starts: Annotated[int, typer.Option(min=1, help="Starts with each journal.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a kiosk: at rest, with piles of items, and with long journals."""
    if journal <= few:
        raise typer.BadParameter("a long journal holds more than a short one (--few)")
    machine = this_machine()
    configure_log("critical")
    try:
        measured = asyncio.run(_measure(seconds, rounds, few, journal, starts))
        report = {"machine": machine} | measured
    except FAILURES as error:
        typer.echo(f"bench.kiosk: {str(error) or 'a kiosk did not come to its end'}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(report))
    else:
        _print(report)


async def _measure(seconds: float, rounds: int, few: int, many: int, starts: int) -> dict[str, Any]:
    idle = await measure_idle(seconds)
    return {
        "idle": asdict(idle),
        "returns": await _returns(rounds),
        "journals": await _journals(few, many, starts),
    }


async def _returns(rounds: int) -> list[dict[str, object]]:
    cases = [Case(Link.TCP, items) for items in PILES]
    with TemporaryDirectory(prefix="ritournelle-bench-") as name:
        folder = Path(name)
        async with open_house(folder, Link.TCP, datetime.now(UTC)) as house:
            await measure_piles(house, folder, cases, rounds, lambda: None)
    return [dict(_of_pile(case.summary())) for case in cases]


def _of_pile(summary: dict[str, Any]) -> Iterator[tuple[str, object]]:
    floor, ours = summary["floor_ms"], summary["kiosk_ms"]
    yield from ((key, summary[key]) for key in ("items", "floor_ms", "kiosk_ms", "poll_wait_ms"))
    yield "ratio_p50", round(ours["median"] / floor["median"], 3)
    yield "ratio_p95", round(ours["p95"] / floor["p95"], 3)


# ---------------------------------------------------------------------- long journals


async def _journals(few: int, many: int, starts: int) -> list[dict[str, object]]:
    plain = Length(0, few)
    lengths = [plain, Length(few, few), Length(many, few), Length(0, many)]
    with TemporaryDirectory(prefix="ritournelle-bench-") as name:
        folder = Path(name)
        async with open_house(folder, Link.TCP, datetime.now(UTC)) as house:
            barcodes = [item.barcode for item in islice(house.items, min(_ITEMS, few))]
            # The first time, each item still ends a loan: that is not what is compared.
            _fill(folder, Length(0, len(barcodes)), barcodes, 0)
            await _run(folder, house, Length(0, len(barcodes)), len(barcodes), 0)
            for number in range(1, starts + 1):
                for length in lengths:
                    _fill(folder, length, barcodes, number)
                for length in lengths[number % 4 :] + lengths[: number % 4]:
                    await _run(folder, house, length, few, number)
    return [length.summary(plain) for length in lengths]


def _fill(folder: Path, length: Length, barcodes: Sequence[str], number: int) -> None:
    of, now = f"{length.name} {number}", datetime.now(UTC)
    path = folder / length.name
    path.mkdir()
    fill_journal(path / JOURNAL, barcodes, length.delivered, length.backlog, now, of)
    fill_catalogue(folder / CATALOGUE, KIOSK, barcodes, length.delivered, now, of)


async def _run(folder: Path, house: House, length: Length, timed: int, number: int) -> None:
    """Start the program with a journal; note when it is there, and how fast it delivers."""
    path = folder / length.name
    began = time.perf_counter()
    async with asyncio.timeout(_PATIENCE), kiosk_program(path, house) as (pid, url):
        ready = time.perf_counter() - began
        delivery = asyncio.create_task(_deliver(path / JOURNAL, length.delivered, timed))
        try:
            await _until_open(url)
            opened = time.perf_counter() - began
            per_return = await delivery
        finally:
            delivery.cancel()
        rss = kernel_says(pid, "VmRSS") / 1024
    shutil.rmtree(path)
    if number:
        length.ready.append(ready)
        length.open.append(opened)
        length.per_return.append(per_return)
        length.rss_mb.append(rss)


async def _until_open(url: str) -> None:
    """Wait until it takes returns: journal and reader are open."""
    async with aiohttp.ClientSession() as client:
        while True:
            async with client.get(f"{url}healthz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(_LOOK)


async def _deliver(path: Path, begin: int, many: int) -> float:
    """Return the seconds for one return, from the last look before the first is delivered.

    The backlog begins behind number `begin` and is delivered in order; the end is when `many` are
    delivered. Raises `ProgramFailed`.
    """
    watcher = Journal(path, access=Access.WATCHER)
    try:
        start = _delivered(watcher, begin, many)
        began = time.perf_counter()
        while True:
            await asyncio.sleep(_LOOK)
            now, done = time.perf_counter(), _delivered(watcher, begin, many)
            if done >= many:
                break
            if done == start:
                began = now
    finally:
        watcher.close()
    if done == start:
        raise ProgramFailed("the backlog was delivered before it was looked at: take a longer one")
    return (now - began) / (done - start)


def _delivered(watcher: Journal, begin: int, many: int) -> int:
    """Count what is delivered behind `begin`, in a time that is the same for every journal."""
    oldest = next(iter(watcher.undelivered(begin, 1)), None)
    return many if oldest is None else oldest.seq - begin - 1


# ---------------------------------------------------------------------- the table


def _print(report: dict[str, Any]) -> None:
    console = Console()
    console.print(f"Load before: {report['machine']['load']}")
    for name, value in report["idle"].items():
        console.print(f"{name.replace('_', ' '):<28} {value:.3f}")
    for rows in (report["returns"], report["journals"]):
        table = Table(*rows[0], box=None)
        for row in rows:
            table.add_row(*(_cell(value) for value in row.values()))
        console.print(table)


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return f"{value['median']:.1f} ({value['p95']:.1f})"
    return str(value)


if __name__ == "__main__":
    app(prog_name="python -m bench.kiosk")
