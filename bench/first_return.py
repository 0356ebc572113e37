"""How long a return takes, over the floor that reader and tags set.

`python -m bench.first_return` measures, for FEIG over TCP and over a serial line, for 1 and for 10
items, the time from the start of the first inventory that can see the pile until all of it is
"returned and secured" on the kiosk's screen; and in the same run the time that a bare blocking
client needs for the same frames with the same tags.
"""

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from bench.figures import Case
from bench.floor import run_floor
from bench.house import MOST_ITEMS, House, Item, Link, open_house
from bench.instruments import NotAnswered, NotSecured
from bench.this_machine import this_machine
from bench.visit import Kiosk, open_kiosk
from bench.wires import FloorFailed
from kiosk.journal import JournalFailed
from kiosk.service import configure_log
from simulator.demo.programs import ProgramFailed
from simulator.program.control import NotReachable, Refused, Simulator, connect

PILES: Final = (1, 10)
MOST_ROUNDS: Final = MOST_ITEMS // sum(PILES)

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.first_return --rounds 15 --json")
def first_return(
    rounds: Annotated[
        int, typer.Option(min=1, max=MOST_ROUNDS, help="Measurements of each case.")
    ] = 15,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure returns at a kiosk, over what reader and tags alone would take."""
    machine = this_machine()
    configure_log("warning")
    try:
        cases = _run(rounds)
    except FAILURES as error:
        typer.echo(f"bench.first_return: {str(error) or 'a visit did not end'}", err=True)
        raise typer.Exit(1) from error
    summaries = [case.summary() for case in cases]
    if as_json:
        report = {"machine": machine, "rounds": rounds, "cases": summaries}
        typer.echo(json.dumps(report))
    else:
        _print(machine, summaries)


FAILURES: Final = (
    ProgramFailed,
    NotReachable,
    Refused,
    FloorFailed,
    NotAnswered,
    NotSecured,
    JournalFailed,
    TimeoutError,
    OSError,
)


def _run(rounds: int) -> list[Case]:
    """Measure all cases, behind a bar that is there on a terminal only."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("measuring", total=len(Link) * len(PILES) * rounds)
        return asyncio.run(_measure(rounds, lambda: progress.advance(task)))


async def _measure(rounds: int, advance: Callable[[], None]) -> list[Case]:
    cases: list[Case] = []
    for link in Link:
        with tempfile.TemporaryDirectory(prefix="ritournelle-bench-") as name:
            folder, of_link = Path(name), [Case(link, items) for items in PILES]
            async with open_house(folder, link, datetime.now(UTC)) as house:
                await measure_piles(house, folder, of_link, rounds, advance)
        cases += of_link
    return cases


async def measure_piles(
    house: House, folder: Path, cases: Sequence[Case], rounds: int, advance: Callable[[], None]
) -> None:
    """Do all rounds of some cases at a kiosk that has its journal in `folder`.

    Raises what `FAILURES` names.
    """
    async with open_kiosk(house, folder) as kiosk, connect(house.control) as hands:
        for _ in range(rounds):
            for case in cases:
                pile = tuple(islice(house.items, case.items))
                await _round(case, house.reader, kiosk, hands, pile)
                advance()


async def _round(
    case: Case, reader: str, kiosk: Kiosk, hands: Simulator, pile: tuple[Item, ...]
) -> None:
    """Floor, kiosk, floor: with the same tags, so that noise and collisions hit both alike."""
    await _floor(case, reader, hands, pile)
    case.visits.append(await kiosk.visit(hands, pile))
    await _floor(case, reader, hands, pile)


async def _floor(case: Case, reader: str, hands: Simulator, pile: tuple[Item, ...]) -> None:
    await hands.lay(*(item.barcode for item in pile))
    # It blocks this whole process on purpose: no loop turns between its frames.
    case.floors.append(run_floor(reader, [item.uid for item in pile]))
    await hands.lift_all()


def _print(machine: dict[str, object], cases: Iterable[dict[str, Any]]) -> None:
    console = Console()
    table = Table("case", "floor", "kiosk", "ratio", "wait for a poll", box=None)
    console.print(f"Medians in ms (95th percentile). Load before: {machine['load']}")
    for case in cases:
        floor, kiosk, wait = (case[key] for key in ("floor_ms", "kiosk_ms", "poll_wait_ms"))
        table.add_row(
            f"{case['link']}, {case['items']} items",
            *(f"{one['median']:.1f} ({one['p95']:.1f})" for one in (floor, kiosk)),
            f"{case['ratio']:.3f}",
            f"{wait['median']:.0f} ({wait['p95']:.0f})",
        )
    console.print(table)
    for case in cases:
        for title, figures in case["stages_ms"].items():
            spent = ", ".join(f"{name} {value:.1f}" for name, value in figures.items())
            console.print(f"{case['link']}, {case['items']}: {_TITLES[title]}: {spent}")


_TITLES: Final = {
    "floor": "the floor's questions",
    "line": "the kiosk's questions",
    "item": "the way of one item",
    "beside": "beside the line, added up",
}


if __name__ == "__main__":
    app(prog_name="python -m bench.first_return")
