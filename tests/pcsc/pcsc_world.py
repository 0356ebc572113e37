"""The real PC/SC service with vpcd's two slots, for one test file at a time.

Its socket and vpcd's ports are fixed, so a lock keeps other runs out; a pcscd that was not started
here is left alone, and is an error.
"""

import asyncio
import os
import subprocess
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.pcsc import winscard
from drivers.pcsc.monitor import CardArrived, CardLeft, Event
from simulator.cable import Line
from simulator.program.station import Station
from simulator.vpcd import Pad, VpcdFace, VpcdPort

HERE = Path(__file__).parent
FIRST_PORT = 27771
"""Not vpcd's own 35963: that may be taken by any program that connects to somewhere."""
LIBRARY = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so"
CONFIGURATION = f"""FRIENDLYNAME "Virtual PCD"
DEVICENAME /dev/null:{FIRST_PORT:#x}
LIBPATH {LIBRARY}
CHANNELID {FIRST_PORT:#x}
"""
PID_FILE = Path("/run/pcscd/pcscd.pid")
PATIENCE = 10


class Pcscd:
    """One pcscd of ours; `kill` it as a crash would."""

    def __init__(self, place: Path) -> None:
        self._place = place
        (place / "configuration").mkdir()
        (place / "configuration" / "vpcd").write_text(CONFIGURATION)
        self._shim = place / "loopback.so"
        subprocess.run(
            ["gcc", "-shared", "-fPIC", "-o", self._shim, HERE / "loopback.c"], check=True
        )
        self.next_slot = 0
        self._process: subprocess.Popen[str] | None = None
        self._log: list[str] = []
        self._reading: threading.Thread | None = None

    @property
    def runs(self) -> bool:
        return self._process is not None

    def start(self) -> None:
        if PID_FILE.exists() and Path(f"/proc/{PID_FILE.read_text().strip()}").exists():
            pytest.fail(f"a pcscd that is not ours runs (see {PID_FILE}): stop it for these tests")
        ready = threading.Event()
        self._process = subprocess.Popen(
            ["pcscd", "--foreground", "--info", "--config", self._place / "configuration"],
            env={**os.environ, "LD_PRELOAD": str(self._shim)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        self._reading = threading.Thread(target=self._read, args=(self._process, ready))
        self._reading.start()
        if not ready.wait(PATIENCE):
            self.kill()
            pytest.fail(f"pcscd did not start (it needs root): {''.join(self._log[-20:])}")

    def kill(self) -> None:
        if self._process and self._reading:
            self._process.kill()
            self._process.wait()
            self._reading.join()
        self._process = None

    def _read(self, process: "subprocess.Popen[str]", ready: threading.Event) -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                self._log.append(line)
                if "daemon ready" in line:
                    ready.set()


def name_of(slot: int) -> str:
    return f"Virtual PCD 00 {slot:02}"


def wait_until_empty(reader: str) -> None:
    context = winscard.open_context()
    bits = winscard.UNAWARE
    while not bits or bits & winscard.PRESENT:
        (state,) = winscard.wait_for_change(context, [(reader, bits)], PATIENCE)
        bits = state.bits & ~winscard.CHANGED
    winscard.close_context(context)


class Watched:
    """Events of the monitor as a test waits for them."""

    def __init__(self, events: AsyncIterator[Event], slot: int = 0) -> None:
        self._events = events
        self.reader = name_of(slot)

    async def next(self) -> Event:
        async with asyncio.timeout(PATIENCE):
            return await anext(self._events)

    async def until(self, wanted: Callable[[Event], bool] | Event) -> Event:
        while True:
            event = await self.next()
            if wanted(event) if callable(wanted) else event == wanted:
                return event

    async def arrived(self) -> None:
        await self.until(lambda e: isinstance(e, CardArrived) and e.reader == self.reader)

    async def left(self) -> None:
        await self.until(CardLeft(self.reader))


@asynccontextmanager
async def in_slot(pad: Pad, slot: int) -> AsyncIterator[Station]:
    """What lies on the pad lies in a slot of vpcd."""
    port = VpcdPort(pad, port=FIRST_PORT + slot)
    station = Station("pcsc", Line(VpcdFace(pad)), lambda _: port)
    async with station.run():
        yield station
