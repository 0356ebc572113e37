"""What any reader is put through, over the real pcscd: models with part 3 commands and without."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from pcsc_world import Watched, in_slot, name_of, wait_until_empty
from reader_stories import (
    STORIES,
    Place,
    a_whole_chip_is_written_and_read,
    afi_written,
    eas_is_switched_and_told,
    make_tag,
    memory_read,
    returns,
)

from drivers.pcsc.reader import PcscReader
from simulator.field import Field
from simulator.vpcd import MODELS, TagPad

pytestmark = pytest.mark.server

both_ways = pytest.mark.parametrize("model", ["part3", "acr1552u"])


@dataclass
class PcscPlace(Place):
    """A reader behind pcscd, which takes its time to notice that tags come and go."""

    watched: Watched

    async def lay(self, uid):
        await asyncio.to_thread(wait_until_empty, self.watched.reader)
        self.field.lay(uid)
        await self.watched.arrived()


@pytest.fixture
def place(slot, watched):
    """Lay a tag in a slot and open the reader."""

    @asynccontextmanager
    async def placed(model, tag, **options):
        pad = TagPad(Field([tag]), MODELS[model])
        async with in_slot(pad, slot):
            pad.field.lay(tag.uid)
            await watched.arrived()
            reader = await PcscReader.open(name_of(slot), **options)
            try:
                yield PcscPlace(reader, pad.field, watched)
            finally:
                await reader.close()

    return placed


@both_ways
async def test_a_tag_is_seen_read_and_secured(model, place):
    async with place(model, make_tag(1)) as at:
        assert await returns(at.reader, at.field) == 0


@both_ways
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_what_any_reader_is_put_through(model, story, place):
    tag = make_tag(1)
    async with place(model, tag) as at:
        await story(at, tag)


@pytest.mark.parametrize("model", ["acr1552u", "both"])
async def test_eas_goes_through_a_transparent_session(model, place):
    tag = make_tag(1)
    async with place(model, tag) as at:
        await eas_is_switched_and_told(at, tag)


@pytest.mark.parametrize(
    ("model", "chip", "reversed_blocks"),
    [
        ("part3", "slix2", False),
        ("part3", "slix-l", True),
        ("acr1552u", "sli", False),
        ("acr1552u", "slix2", True),
    ],
)
async def test_whole_chips_are_written_and_read(model, chip, reversed_blocks, place):
    tag = make_tag(1, chip)
    async with place(model, tag, reversed_blocks=reversed_blocks) as at:
        await a_whole_chip_is_written_and_read(at, tag, reversed_blocks=reversed_blocks)


@both_ways
@pytest.mark.parametrize("story", [afi_written, memory_read])
async def test_a_tag_lifted_at_several_bytes(model, story, place):
    """Done or gone. At each byte is for simulated lines: pcscd takes long to see a tag leave."""
    tag = make_tag(1)
    async with place(model, tag) as at:
        whole, took = await story(at, tag)
        early, _ = await story(at, tag, lifted_after=took // 3)
        assert early is None
        await at.lay(tag.uid)
        late, _ = await story(at, tag, lifted_after=took * 2 // 3)
        assert late in (None, whole)
