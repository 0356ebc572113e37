"""`script/demo`: a whole library on this machine, to be played with or to be counted."""

import asyncio
import dataclasses
import json
import signal
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
from rich.console import Console

from simulator.demo.house import LIBRARIAN, PASSWORD, House, Manner, open_house
from simulator.demo.programs import ProgramFailed
from simulator.demo.tally import Tally, count
from simulator.demo.visits import MOST_VISITS, Patron, plan
from simulator.program.control import connect

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_AT_LEISURE = Manner(catalogue_port=8700, screen_port=8701)
_IN_HASTE = Manner(quiet=0.05, summary=0.05)


@app.command()
def demo(
    visits: Annotated[
        int,
        typer.Option(min=0, max=MOST_VISITS, help="Play so many scripted visits, then end."),
    ] = 0,
    seed: Annotated[int, typer.Option(help="Another seed is another day.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON summary.")] = False,
) -> None:
    """A whole library on this machine: catalogue, simulated reader, kiosk and its screen.

    Without --visits it runs until Ctrl-C and says where its pages are.

    Example: script/demo --visits 20 --json
    """
    try:
        if visits:
            _report(asyncio.run(_play(visits, seed)), as_json=as_json)
        else:
            asyncio.run(_open_for_people(seed))
    except ProgramFailed as error:
        typer.echo(f"script/demo: {error}", err=True)
        raise typer.Exit(1) from error


async def _play(visits: int, seed: int) -> tuple[Tally, float]:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="ritournelle-") as name:
        async with open_house(Path(name), date.today(), seed, _IN_HASTE) as house:  # noqa: DTZ011
            piles = plan(house.stock, visits, seed)
            async with connect(house.reader) as reader, aiohttp.ClientSession() as http:
                before = await reader.tags()
                patron = Patron(reader, house.screen, http)
                for pile in piles:
                    await patron.visit(pile)
                after = await reader.tags()
        # Counted when everything has stopped: what is not in the database now is lost.
        return count(house, before, after, piles), time.monotonic() - began


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
    with tempfile.TemporaryDirectory(prefix="ritournelle-") as name:
        async with open_house(Path(name), date.today(), seed, _AT_LEISURE) as house:  # noqa: DTZ011
            _welcome(house)
            await _ctrl_c()


def _welcome(house: House) -> None:
    late, wanted = house.stock.late[0], next(iter(house.stock.wanted))
    lay = f".venv/bin/ritournelle-sim lay {{}} --at {house.reader}"
    Console().print(
        f"""
[bold]Ritournelle[/bold]: a library on this machine. Ctrl-C closes it.

  The kiosk's screen     {house.screen}
  The librarians' desk   {house.catalogue}/desk   (name {LIBRARIAN}, password {PASSWORD})
  The catalogue's API    {house.catalogue}/openapi.json

Lay something on the kiosk, in another terminal:

  a late book            {lay.format(late)}
  a reserved book        {lay.format(wanted)}
  another library's      {lay.format("foreign")}
  a card                 {lay.format("patron-card")}
  take everything away   .venv/bin/ritournelle-sim lift --all --at {house.reader}
  all there is to lay    .venv/bin/ritournelle-sim tags --at {house.reader}
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
