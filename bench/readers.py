"""How long a pile takes with the driver of each reader family, over a bare blocking client.

`python -m bench.readers` measures, in real time, one inventory and for each tag: read 8 blocks,
write the AFI, read it back; for every family, over TCP and over a serial line, with 1, 10, 20 and
40 tags. The bare client then sends the very frames that the driver sent, to the same simulated
reader, and waits for as many bytes as the driver got: it knows nothing and checks only that they
are there. Both keep the rest that a reader needs between an answer and the next question.
"""

import asyncio
import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Annotated, Any, Final, Protocol

import serial
import typer
from rich.console import Console
from rich.table import Table

from bench.figures import spread
from bench.this_machine import this_machine
from drivers.errors import ReaderLost
from drivers.interface import ByteLink, Reader
from drivers.iso15693 import AFI_IN_STOCK
from drivers.links.serial import SerialLink
from drivers.links.tcp import TcpLink
from drivers.opening import FAMILIES, parse
from simulator.program.control import connect

PILES: Final = (1, 10, 20, 40)
LINKS: Final = ("tcp", "serial")
_PATIENCE: Final = 5.0
_TRIES, _PAUSE = 50, 0.02
"""A reader on a network turns a host away until it has noticed that the one before has left."""

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@dataclass(slots=True)
class Exchange:
    """One question as it was sent, and how many bytes came back."""

    question: bytes
    answered: int = 0


class Recording:
    """A `ByteLink` that keeps what crosses it."""

    def __init__(self, link: ByteLink) -> None:
        self._link = link
        self.exchanges: list[Exchange] = []

    async def send(self, data: bytes) -> None:
        """Note a question."""
        self.exchanges.append(Exchange(data))
        await self._link.send(data)

    async def receive(self) -> bytes:
        """Note a part of its answer."""
        data = await self._link.receive()
        self.exchanges[-1].answered += len(data)
        return data

    async def close(self) -> None:
        """Let go of the line."""
        await self._link.close()


@dataclass(slots=True)
class Case:
    """One family, one link, one size of pile, and the seconds of each round."""

    family: str
    link: str
    tags: int
    driver: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, Any]:
        """What is reported."""
        return {
            "family": self.family,
            "link": self.link,
            "tags": self.tags,
            "bare_ms": spread(self.bare),
            "driver_ms": spread(self.driver),
            "ratio": round(median(self.driver) / median(self.bare), 3),
        }


@app.command()
def readers(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of each case.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure every family. Example: python -m bench.readers --json."""
    machine = this_machine()
    cases = [case.summary() for case in asyncio.run(_measure(rounds))]
    if as_json:
        typer.echo(json.dumps({"machine": machine, "cases": cases}))
        return
    table = Table("family", "link", "tags", "bare ms", "driver ms", "ratio", box=None)
    for case in cases:
        times = (f"{case[who]['median']:.1f}" for who in ("bare_ms", "driver_ms"))
        table.add_row(case["family"], case["link"], str(case["tags"]), *times, str(case["ratio"]))
    Console().print(f"Medians. Load before: {machine['load']}")
    Console().print(table)


async def _measure(rounds: int) -> list[Case]:
    cases: list[Case] = []
    for family in FAMILIES:
        for link in LINKS:
            with tempfile.TemporaryDirectory(prefix="ritournelle-bench-") as folder:
                async with _simulator(family, link, Path(folder)) as (url, address):
                    for tags in PILES:
                        case = Case(family, link, tags)
                        await _lay(address, tags)
                        for _ in range(rounds):
                            await _round(case, url)
                        cases.append(case)
    return cases


@asynccontextmanager
async def _simulator(family: str, link: str, folder: Path) -> AsyncIterator[tuple[str, str]]:
    """Run a simulated reader in real time: its URL, and where it takes orders."""
    names = "".join(f'[[tag]]\nitem = "{30001000000000 + n}"\n' for n in range(max(PILES)))
    (folder / "tags.toml").write_text(names, encoding="utf-8")
    where = ["--tcp", "127.0.0.1:0"] if link == "tcp" else ["--pty", str(folder / "reader")]
    program = Path(sys.executable).with_name("ritournelle-sim")
    command = [str(program), "reader", "--family", family, "--realtime", *where]
    process = await asyncio.create_subprocess_exec(
        *command, "--tags", str(folder / "tags.toml"), stdout=subprocess.PIPE
    )
    try:
        assert process.stdout
        ready = json.loads(await process.stdout.readline())
        yield ready["url"], ready["address"]
    finally:
        process.terminate()
        await process.wait()


async def _lay(address: str, tags: int) -> None:
    async with connect(address) as hands:
        await hands.lift_all()
        await hands.lay(*(str(30001000000000 + n) for n in range(tags)))


async def _round(case: Case, url: str) -> None:
    address = parse(url)
    family = FAMILIES[case.family]
    rest = family.turnaround if case.link == "serial" else 0.0
    link = Recording(await _link(url))
    reader = await family.open(link, turnaround=rest)
    link.exchanges.clear()
    try:
        case.driver.append(await _by_driver(reader, case.tags))
    finally:
        await reader.close()
    wire = (
        _TcpWire(address.host, address.port)
        if case.link == "tcp"
        else _SerialWire(address.path, address.baud)
    )
    try:
        case.bare.append(_bare(wire, link.exchanges, rest))
    finally:
        wire.close()


async def _link(url: str) -> ByteLink:
    address = parse(url)
    if address.cable == "serial":
        return await SerialLink.open(address.path, baud=address.baud, parity=address.parity)
    return await _patiently(lambda: TcpLink.open(address.host, address.port))


async def _patiently(open_link: Callable[[], Any]) -> ByteLink:
    for _ in range(_TRIES):
        try:
            link: ByteLink = await open_link()
        except ReaderLost:
            await asyncio.sleep(_PAUSE)
        else:
            await asyncio.sleep(_PAUSE)
            return link
    raise ReaderLost("the simulated reader does not answer")


async def _by_driver(reader: Reader, tags: int) -> float:
    began = time.perf_counter()
    found = await reader.inventory()
    for sighting in found:
        await reader.read_blocks(sighting.uid, 0, 8)
        await reader.write_afi(sighting.uid, AFI_IN_STOCK)
        info = await reader.chip_info(sighting.uid)
        assert info.afi == AFI_IN_STOCK
    took = time.perf_counter() - began
    assert len(found) == tags
    return took


class _Wire(Protocol):
    def send(self, data: bytes) -> None: ...

    def receive(self, count: int) -> int: ...

    def close(self) -> None: ...


def _bare(wire: _Wire, exchanges: list[Exchange], rest: float) -> float:
    time.sleep(_PAUSE)
    began = time.perf_counter()
    may_ask_at = began
    for exchange in exchanges:
        if (wait := may_ask_at - time.perf_counter()) > 0:
            time.sleep(wait)
        wire.send(exchange.question)
        missing = exchange.answered
        while missing > 0:
            missing -= wire.receive(missing)
        may_ask_at = time.perf_counter() + rest
    return time.perf_counter() - began


class _TcpWire:
    """A plain socket."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), _PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def receive(self, count: int) -> int:
        if not (data := self._socket.recv(count)):
            raise ReaderLost("the reader's port was closed")
        return len(data)

    def close(self) -> None:
        self._socket.close()


class _SerialWire:
    """A plain serial port."""

    def __init__(self, path: str, baud: int) -> None:
        # The other end is a pseudo-terminal, which has no parity.
        self._port = serial.Serial(path, baud, timeout=_PATIENCE)

    def send(self, data: bytes) -> None:
        self._port.write(data)

    def receive(self, count: int) -> int:
        if not (data := self._port.read(count)):
            raise ReaderLost("the reader's answer did not come whole")
        return len(data)

    def close(self) -> None:
        self._port.close()


if __name__ == "__main__":
    app(prog_name="python -m bench.readers")
