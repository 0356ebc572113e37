"""Every family of readers with its simulated counterpart, and a loop whose time is virtual.

Virtual time stands while anything can run and jumps to the next timer when nothing can. So every
run is the same, and the seconds that are waited for cost nothing.
"""

import asyncio
import selectors
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from drivers.bibliotheca.reader import BibliothecaReader
from drivers.feig.reader import FeigReader
from drivers.rl866.reader import Rl866Reader
from simulator.bibliotheca import BibliothecaFace
from simulator.cable import Cable, Line
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.rl866 import Rl866Face


@dataclass(frozen=True)
class Family:
    reader: Any
    face: Any
    options: dict = field(default_factory=dict)
    settings: dict = field(default_factory=dict)


FAMILIES = {
    "feig": Family(FeigReader, FeigFace),
    "feig advanced": Family(FeigReader, FeigFace, {"advanced": True}),
    "feig only new": Family(FeigReader, FeigFace, settings={"only_new": True}),
    "feig small buffer": Family(
        FeigReader, FeigFace, settings={"receive_buffer": 50, "answer_buffer": 60}
    ),
    "bibliotheca": Family(BibliothecaReader, BibliothecaFace),
    "bibliotheca old": Family(
        BibliothecaReader, BibliothecaFace, settings={"new_style": False, "repeats": True}
    ),
    "rl866": Family(Rl866Reader, Rl866Face),
}
THREE = ("feig", "bibliotheca", "rl866")


class Idle(selectors.SelectSelector):
    """A selector that never waits: it lets the clock jump instead."""

    now = 0.0

    def select(self, timeout=None):
        assert timeout is not None, "everything waits, and no timer is set"
        ready = super().select(0)
        self.now += 0 if ready else timeout
        return ready


class VirtualTime(asyncio.SelectorEventLoop):
    def __init__(self):
        self._idle = Idle()
        super().__init__(self._idle)

    def time(self):
        return self._idle.now


def in_virtual_time(story):
    with asyncio.Runner(loop_factory=VirtualTime) as runner:
        return runner.run(story)


def make_line(family, tags, *, settings=None, **line):
    laid = Field(tags, laid=[tag.uid for tag in tags])
    return Line(family.face(laid, **{**family.settings, **(settings or {})}), **line)


@asynccontextmanager
async def joined(family, line, **options):
    """A reader on an in-memory cable, its field, and the cable."""
    async with Cable(line) as cable:
        reader = await family.reader.open(await cable.connect(), **{**family.options, **options})
        try:
            yield reader, line.face.field, cable
        finally:
            await reader.close()
