"""The FEIG reader and a simulated one on a bad cable: an answer is right, or there is none.

Time is virtual: it stands while anything can run and jumps to the next timer when nothing can. So
every run is the same, and the seconds that are waited for cost nothing.
"""

import asyncio
import selectors

import pytest

from drivers.errors import NoAnswer, ReaderLost
from drivers.feig.reader import FeigReader
from drivers.interface import ChipInfo, Uid
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
from drivers.tags.iso28560_part3 import encode
from simulator.cable import Cable, Faults, Line
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.tags import MODELS, SimTag

FAULTS = {
    "pieces": Faults(pieces=True),
    "byte by byte": Faults(byte_by_byte=True),
    "loss": Faults(loss=0.2),
    "late": Faults(late=0.3),
    "noise": Faults(pieces=True, noise=0.005),
    "all": Faults(pieces=True, loss=0.05, late=0.1, noise=0.005),
}


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


def make_tag(number):
    memory = bytearray(encode(f"300010000000{number:02}", 112, owner="FR-591220001"))
    uid = Uid(f"E0040150000000{number:02}")
    return SimTag(uid, MODELS["slix"], memory, afi=AFI_ON_LOAN, dsfid=0x3E)


async def tried(question, failures):
    """Ask until there is an answer, as a kiosk does; keep count of the failures."""
    while True:
        try:
            return await question()
        except NoAnswer:
            failures.append(question)


async def work(cable, tags, *, advanced):
    """See, read and secure the tags; give the number of times that a question was repeated."""
    failures = []

    async def opened():
        return await FeigReader.open(await cable.connect(), advanced=advanced)

    reader = await tried(opened, failures)
    found = await tried(reader.inventory, failures)
    assert sorted(sighting.uid for sighting in found) == [tag.uid for tag in tags]
    for tag in tags[:12]:
        memory = await tried(lambda uid=tag.uid: reader.read_blocks(uid, 0, 9), failures)
        assert memory == tag.memory[:36]
        await tried(lambda uid=tag.uid: reader.write_afi(uid, AFI_IN_STOCK), failures)
        info = await tried(lambda uid=tag.uid: reader.chip_info(uid), failures)
        assert info == ChipInfo(tag.uid, 0x3E, tag.afi, 4, 28)
        assert info.afi == AFI_IN_STOCK
    await reader.close()
    return len(failures)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("advanced", [False, True], ids=["standard", "advanced"])
@pytest.mark.parametrize("faults", FAULTS.values(), ids=FAULTS)
def test_an_answer_is_right_or_there_is_none(faults, advanced, seed):
    tags = [make_tag(number) for number in range(40)]  # more than one answer holds
    field = Field(tags, laid=[tag.uid for tag in tags])

    async def story():
        async with Cable(Line(FeigFace(field), seed=seed, faults=faults)) as cable:
            return await work(cable, tags, advanced=advanced)

    failures = in_virtual_time(story())
    harmless = faults.loss == faults.late == faults.noise == 0
    assert (failures == 0) == harmless


async def test_a_cable_that_is_pulled_and_plugged():
    field = Field([make_tag(1)], laid=[make_tag(1).uid])
    async with Cable(Line(FeigFace(field))) as cable:
        reader = await FeigReader.open(await cable.connect())
        await cable.pull()
        with pytest.raises(ReaderLost):
            await reader.inventory()
        with pytest.raises(ReaderLost):
            await cable.connect()
        cable.plug()
        reader = await FeigReader.open(await cable.connect())
        assert len(await reader.inventory()) == 1
        await reader.close()
