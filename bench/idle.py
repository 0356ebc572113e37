"""What a kiosk costs while nobody is there: processor, memory, and the time it takes to start.

Everything is real and a process of its own: the kiosk (`ritournelle-kiosk run`), the catalogue, and
a simulated reader over TCP with an empty antenna. A listener holds the screen's events open, as a
browser does. The kiosk is given some time to settle, then its processor time is read from the
kernel at the begin and at the end of the measurement.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import aiohttp
import typer

from bench.house import KIOSK, House, Link, open_house
from simulator.demo.programs import ProgramFailed

JOURNAL = "journal.db"
_SETTLING = 10.0
"""Seconds at the most until the antenna has gone to rest and the catalogue has been heard."""
_MOST_CPU = 1.0  # per cent of one core

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class Idle:
    """`cpu_percent` of one core over `seconds`; memory in MB; `start_seconds` until it is ready."""

    seconds: float
    cpu_percent: float
    rss_mb: float
    start_seconds: float
    context_switches_per_second: float


@app.command()
def idle(
    seconds: Annotated[float, typer.Option(min=5, help="How long to measure.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure a kiosk at rest; the status is 1 where it takes a hundredth of a core or more.

    Example: python -m bench.idle --json
    """
    try:
        found = asyncio.run(measure_idle(seconds))
    except ProgramFailed as error:
        typer.echo(f"bench.idle: {error}", err=True)
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(asdict(found)))
    else:
        for name, value in asdict(found).items():
            typer.echo(f"{name.replace('_', ' '):<28} {value:.3f}")
    if found.cpu_percent >= _MOST_CPU:
        raise typer.Exit(1)


async def measure_idle(seconds: float) -> Idle:
    """Measure a kiosk at rest in a house of its own. Raises `ProgramFailed`."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        async with open_house(folder, Link.TCP, datetime.now(UTC)) as house:
            began = time.perf_counter()
            async with kiosk_program(folder, house) as (pid, url):
                started = time.perf_counter() - began
                async with aiohttp.ClientSession() as browser, browser.get(f"{url}events"):
                    await asyncio.sleep(min(_SETTLING, seconds))
                    return await _watch(pid, seconds, started)


async def _watch(pid: int, seconds: float, started: float) -> Idle:
    began, cpu, switches = time.perf_counter(), _processor(pid), _switches(pid)
    await asyncio.sleep(seconds)
    took = time.perf_counter() - began
    return Idle(
        seconds=took,
        cpu_percent=100 * (_processor(pid) - cpu) / took,
        rss_mb=kernel_says(pid, "VmRSS") / 1024,
        start_seconds=started,
        context_switches_per_second=(_switches(pid) - switches) / took,
    )


@asynccontextmanager
async def kiosk_program(folder: Path, house: House) -> AsyncIterator[tuple[int, str]]:
    """Run a kiosk as its unit does, with its journal in `folder`; yield its process and address.

    The address is that of its screen, which is served when this yields. Raises `ProgramFailed`.
    """
    settings = folder / "kiosk.toml"
    text = f"""
        name = {json.dumps(KIOSK)}
        token = {json.dumps(house.token)}
        reader = {json.dumps(house.reader)}
        owners = [{json.dumps(house.owner)}]
        journal = {json.dumps(str(folder / JOURNAL))}
        [catalogue]
        url = {json.dumps(house.catalogue)}
        [screen]
        port = 0
    """
    settings.write_text(text, encoding="utf-8")
    with (folder / "kiosk.log").open("wb") as complaint:
        kiosk = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "kiosk", "run", "--json", "--settings", settings),
            stdout=asyncio.subprocess.PIPE,
            stderr=complaint,
        )
    try:
        line = await kiosk.stdout.readline() if kiosk.stdout else b""
        if not line:
            raise ProgramFailed("the kiosk did not start")
        yield kiosk.pid, json.loads(line)["screen"]
    finally:
        kiosk.terminate()
        await kiosk.wait()


def _processor(pid: int) -> float:
    """Return the seconds of processor time that a process has had, all threads together."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _switches(pid: int) -> int:
    """Return how often its threads have been woken."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(kernel_says(int(task.name), "voluntary_ctxt_switches") for task in tasks)


def kernel_says(pid: int, name: str) -> int:
    """Return a number of `/proc/PID/status`, as the kernel gives it."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1])
    raise KeyError(name)


if __name__ == "__main__":
    app()
