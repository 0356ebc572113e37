"""A kiosk that can be killed as often as wanted, and what is looked at afterwards."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing, suppress
from pathlib import Path
from typing import Any

from kiosk.journal import Access, Journal

PATIENCE = 60.0


class Kiosk:
    """The killable kiosk, and everything its screen ever promised."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.promised: set[str] = set()
        self.pid = 0
        self.open = False
        self.emptied = False

    async def begin(self, step: str = "go") -> None:
        """Give it a life, which ends at `step` by itself if that is one."""
        self.open = self.emptied = False
        assert self._process.stdin is not None
        self._process.stdin.write(f"{step}\n".encode())
        await self.until(lambda _: self.pid != 0)

    async def start(self) -> None:
        await self.begin()
        await self.until(lambda _: self.open)

    async def kill(self) -> None:
        with suppress(ProcessLookupError):  # it may have ended, and not been reported yet
            os.kill(self.pid, signal.SIGKILL)
        await self.ended()

    async def ended(self) -> None:
        if self.pid:
            await self.until(lambda _: self.pid == 0)

    async def until(self, is_so: Callable[[dict[str, Any]], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                assert self._process.stdout is not None
                line = await self._process.stdout.readline()
                assert line, "the kiosk's parent has ended"
                said = json.loads(line)
                self.pid = 0 if "dead" in said else said.get("born", self.pid)
                self.open = said.get("open", self.open)
                self.emptied = said.get("emptied", self.emptied)
                self.promised.update(said.get("promised", ()))
                if is_so(said):
                    return


@asynccontextmanager
async def forking(*arguments: str) -> AsyncIterator[Kiosk]:
    program = Path(__file__).with_name("forked_kiosk.py")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(program),
        *arguments,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    kiosk = Kiosk(process)
    try:
        yield kiosk
    finally:
        if kiosk.pid:
            await kiosk.kill()
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def returns_of(database: Path) -> Counter[str]:
    """Count the returns of each barcode in the catalogue."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as catalogue:
        return Counter(item for (item,) in catalogue.execute("SELECT barcode FROM returns"))


async def delivered(journal: Path) -> None:
    """Wait until the kiosk has delivered all that its journal holds."""
    async with asyncio.timeout(PATIENCE):
        while True:
            book = Journal(journal, access=Access.WATCHER)
            counts = book.counts()
            book.close()
            if not counts.undelivered and not counts.unplaced:
                return
            await asyncio.sleep(0.02)
