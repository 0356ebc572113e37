"""The commands for what stands around a reader: `ritournelle-sim sorter | printer | hand`."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from simulator.devices.mechanics import Hand, Layout, Slot
from simulator.devices.printer import Mood, Roll
from simulator.program.commands import At, app, fail, place, serve
from simulator.program.control import NotReachable, Refused
from simulator.program.devices import LOOK, Device, meddle_with, printer, sorter
from simulator.timing import SerialRate

Tcp = Annotated[str | None, typer.Option(help="HOST:PORT to listen on; port 0: any.")]
Pty = Annotated[Path | None, typer.Option(help="Link to make to a pseudo-terminal.")]


@app.command("sorter", epilog="Example: ritournelle-sim sorter --tcp 127.0.0.1:0 --diverter 2=2")
def be_a_sorter(
    tcp: Tcp = None,
    pty: Pty = None,
    flap: Annotated[int, typer.Option(help="Relay of the flap.")] = 0,
    belt: Annotated[int, typer.Option(help="Relay of the belt.")] = 1,
    passed: Annotated[int, typer.Option(help="Input of the light barrier.")] = 0,
    closed: Annotated[int, typer.Option(help="Input of the flap's contact.")] = 1,
    diverter: Annotated[list[str] | None, typer.Option(help="BIN=RELAY of its diverter.")] = None,
    sensor: Annotated[list[str] | None, typer.Option(help="BIN=INPUT of its sensor.")] = None,
) -> None:
    """Be a flap, a belt and bins on a relay board until Ctrl-C."""
    layout = Layout(flap, belt, passed, closed, _by_bin(diverter), _by_bin(sensor))
    make_port, _ = place(tcp, pty, SerialRate(9600, 10))
    _serve(sorter(Slot(layout), make_port), "numato")


@app.command("printer", epilog="Example: ritournelle-sim printer --tcp 127.0.0.1:0")
def be_a_printer(tcp: Tcp = None, pty: Pty = None) -> None:
    """Be a receipt printer until Ctrl-C."""
    make_port, _ = place(tcp, pty, SerialRate(9600, 10))
    _serve(printer(Roll(), make_port), "escpos")


@app.command(epilog="Example: ritournelle-sim hand put --at 127.0.0.1:40123")
def hand(
    what: Annotated[
        str, typer.Argument(help=f"Of: {', '.join([LOOK, *Hand, *Mood])}.", metavar="WHAT")
    ],
    at: At,
    bin_name: Annotated[str, typer.Option("--bin", help="For fill and empty: which bin.")] = "",
) -> None:
    """Do to a sorter or a printer what a hand does; say how it stands then, as JSON."""
    try:
        state = asyncio.run(meddle_with(at, what, bin_name))
    except (NotReachable, Refused) as error:
        fail(str(error))
    typer.echo(json.dumps(state, ensure_ascii=False))


def _serve(device: Device, protocol: str) -> None:
    try:
        asyncio.run(serve(device, None, _url_of(protocol)))
    except (OSError, OverflowError) as error:
        fail(f"it cannot start: {error}; free the address or choose another")


def _url_of(protocol: str) -> Callable[[str], str]:
    def url(address: str) -> str:
        if address.startswith("/"):
            return f"{protocol}+serial://{quote(address)}"
        return f"{protocol}+tcp://{address}"

    return url


def _by_bin(pairs: Sequence[str] | None) -> dict[str, int]:
    found = {}
    for pair in pairs or ():
        name, _, number = pair.rpartition("=")
        if not name or not number.isdigit():
            raise typer.BadParameter(f"{pair!r}: write BIN=NUMBER, such as 2=3")
        found[name] = int(number)
    return found
