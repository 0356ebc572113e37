"""`script/demo`: a whole library on this machine, to be played with or to be counted."""

import asyncio
import dataclasses
import json
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console

from simulator.demo.house import LIBRARIAN, PASSWORD, SITE, House, Manner, open_house
from simulator.demo.programs import ProgramFailed
from simulator.demo.tally import Tally, count
from simulator.demo.visits import MOST_VISITS, Patron, plan
from simulator.library import Summary
from simulator.program.control import connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_AT_LEISURE = Manner(catalogue_port=8700, screen_port=8701)
_IN_HASTE = Manner(quiet=0.05, summary=0.05)


@app.command()
def demo(
    visits: Annotated[
        int | None,
        typer.Option(min=1, max=MOST_VISITS, help="Play so many scripted visits, then end."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Another seed is another day.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON summary.")] = False,
) -> None:
    """A whole library on this machine: catalogue, simulated reader, kiosk and its screen.

    Without --visits it runs until Ctrl-C and says where its pages are.

    Example: script/demo --visits 20 --json
    """
    if as_json and visits is None:
        raise typer.BadParameter("--json is the summary of visits: say how many with --visits")
    try:
        if visits is not None:
            _report(asyncio.run(_play(visits, seed)), as_json=as_json)
        else:
            asyncio.run(_open_for_people(seed))
    except ProgramFailed as error:
        typer.echo(f"script/demo: {error}", err=True)
        raise typer.Exit(1) from error


async def _play(visits: int, seed: int) -> tuple[Tally, float]:
    began = time.monotonic()
    with _folder() as folder:
        async with open_house(folder, _today(), seed, _IN_HASTE) as house:
            piles = plan(house.stock, visits, seed)
            async with connect(house.reader) as reader, aiohttp.ClientSession() as http:
                before = await reader.tags()
                patron = Patron(reader, house.screen, http)
                for pile in piles:
                    await patron.visit(pile)
                after = await reader.tags()
        # Counted when everything has stopped: what is not in the database now is lost.
        return count(house, before, after, piles), time.monotonic() - began


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder for one run; left behind only if the run fails, for its logs."""
    folder = Path(tempfile.mkdtemp(prefix="ritournelle-"))
    try:
        yield folder
    except ProgramFailed as error:
        raise ProgramFailed(f"{error}; the logs are in {folder}") from error
    shutil.rmtree(folder)


def _today() -> date:
    """Today where this library stands: on this machine."""
    return datetime.now().astimezone().date()


def _report(result: tuple[Tally, float], *, as_json: bool) -> None:
    tally, seconds = result
    figures = dataclasses.asdict(tally) | {"seconds": round(seconds, 1)}
    if as_json:
        typer.echo(json.dumps(figures))
    else:
        for name, figure in figures.items():
            typer.echo(f"{name.replace('_', ' '):<14} {figure}")
    if not tally.well:
        raise typer.Exit(1)


async def _open_for_people(seed: int) -> None:
    with _folder() as folder:
        async with open_house(folder, _today(), seed, _AT_LEISURE) as house:
            _welcome(house)
            await _ctrl_c()


def show_pieces(stock: Summary) -> tuple[str, str]:
    """Choose what is worth laying: a late copy, and one that somebody waits for at `SITE`."""
    wanted = next(
        item
        for item, pickup in stock.wanted.items()
        # Fetched where it is at home and where the kiosk stands: caught here, not sent away.
        if pickup == stock.home[item] == SITE and item not in stock.in_parts
    )
    # Better one that nobody waits for and that stays here; on some days there is none.
    simple = (item for item in stock.late if item != wanted and item not in stock.in_parts)
    late = min(simple, key=lambda item: (item in stock.wanted, stock.home[item] != SITE))
    return late, wanted


def _welcome(house: House) -> None:
    late, wanted = show_pieces(house.stock)
    sim, at = ".venv/bin/ritournelle-sim", f"--at {house.reader}"
    Console().print(
        f"""
[bold]Ritournelle[/bold]: a library on this machine. Ctrl-C closes it.

  The kiosk's screen     {house.screen}
  The readers' portal    {house.catalogue}/
  The librarians' desk   {house.catalogue}/desk/   (name {LIBRARIAN}, password {PASSWORD})
  The catalogue's API    {house.catalogue}/openapi.json

Lay something on the kiosk, in another terminal:

  a late book            {sim} lay {late} {at}
  a reserved book        {sim} lay {wanted} {at}
  another library's      {sim} lay foreign {at}
  a card                 {sim} lay patron-card {at}
  take everything away   {sim} lift --all {at}
  all there is to lay    {sim} tags {at}

Make the reader fail, and mend it:

  pull its cable         {sim} fault pull {at}
  plug it in again       {sim} fault plug {at}
""",
        highlight=False,
        soft_wrap=True,
    )


async def _ctrl_c() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    await told.wait()


if __name__ == "__main__":
    app(prog_name="script/demo")
