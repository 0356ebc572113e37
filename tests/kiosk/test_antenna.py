"""In which order the antenna puts its questions to the reader."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from drivers.feig.reader import FeigReader
from drivers.presence import TagArrived
from kiosk.antenna import Antenna, Pace
from simulator.cable import Cable, Line
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.tags.description import TagDescription, make_tags

PATIENCE = 10.0


class Listening:
    """A reader that remembers what it was asked."""

    def __init__(self, inner: FeigReader) -> None:
        self.inner = inner
        self.asked: list[str] = []
        self.more = asyncio.Event()

    @property
    def info(self):
        return self.inner.info

    async def inventory(self):
        self._note("inventory")
        return await self.inner.inventory()

    async def read_blocks(self, uid, first, count):
        self._note("read")
        return await self.inner.read_blocks(uid, first, count)

    def _note(self, question: str) -> None:
        self.asked.append(question)
        self.more.set()


@pytest.fixture
async def reader():
    tags, laid = make_tags([TagDescription(item="1", owner="FR-940165801", laid=True)])
    async with Cable(Line(FeigFace(Field(tags, laid)))) as cable:
        yield Listening(await FeigReader.open(await cable.connect()))


@asynccontextmanager
async def watching(antenna: Antenna, reader: Listening):
    task = asyncio.create_task(antenna.watch(reader))
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_who_arrives_is_read_before_the_antenna_looks_again(reader):
    arrived, loop = asyncio.Queue(), asyncio.get_running_loop()

    def notice(change):
        # A session takes a moment to want the reading.
        loop.call_later(0.01, arrived.put_nowait, change)

    antenna = Antenna(notice, lambda: False, Pace(patience=PATIENCE))
    async with watching(antenna, reader):
        change = await arrived.get()
        assert isinstance(change, TagArrived)
        assert (await antenna.read(change.uid)).item == "1"
    assert reader.asked[:2] == ["inventory", "read"]


async def test_an_arrival_that_nobody_wants_read_does_not_stop_the_antenna(reader):
    antenna = Antenna(lambda _: None, lambda: False, Pace(patience=0.01))
    async with watching(antenna, reader):
        while len(reader.asked) < 3:
            reader.more.clear()
            await reader.more.wait()
    assert set(reader.asked) == {"inventory"}
