"""What any reader is put through, whatever its family, its wire or the tags it sees at once.

Each story has one tag of its own, which lies there when it begins; others may lie beside it. The
result is right, or one of the errors of `drivers.errors`; never a wrong answer.
"""

from dataclasses import dataclass

import pytest

from drivers.errors import NoAnswer, ReaderError, TagGone, TagRefused
from drivers.interface import Capability, ChipInfo, Reader, Uid
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
from drivers.tags.iso28560_part3 import encode
from simulator.field import Field
from simulator.tags import MODELS, SimTag

CHIPS = ("sli", "slix", "slix2", "slix-s", "slix-l")


@dataclass
class Place:
    """An open reader and what lies on it."""

    reader: Reader
    field: Field

    async def lay(self, uid):
        """Lay a tag, and wait until the reader can see it: here it does at once."""
        self.field.lay(uid)

    async def seen(self):
        return sorted(sighting.uid for sighting in await self.reader.inventory())


def make_tag(number, model="slix"):
    size = MODELS[model].size
    memory = bytearray(encode(f"300010000000{number:02}", size, owner="FR-591220001"))
    uid = Uid(MODELS[model].prefix + f"{number:0{16 - len(MODELS[model].prefix)}X}")
    return SimTag(uid, MODELS[model], memory, afi=AFI_ON_LOAN, dsfid=0x3E)


async def tried(question, failures):
    """Ask until there is an answer, as a kiosk does; keep count of the failures."""
    while True:
        try:
            return await question()
        except NoAnswer:
            failures.append(question)


async def returns(reader, field, most=12):
    """See, read and secure the tags; give the number of times that a question was repeated."""
    failures = []
    found = await tried(reader.inventory, failures)
    assert sorted(sighting.uid for sighting in found) == sorted(field.laid)
    assert {sighting.dsfid for sighting in found} <= {0x3E}
    for uid in field.laid[:most]:
        tag = field.tags[uid]
        memory = await tried(lambda uid=uid: reader.read_blocks(uid, 0, 8), failures)
        assert memory == tag.memory[:32]
        await tried(lambda uid=uid: reader.write_afi(uid, AFI_IN_STOCK), failures)
        info = await tried(lambda uid=uid: reader.chip_info(uid), failures)
        assert info == ChipInfo(uid, 0x3E, tag.afi, 4, tag.model.block_count)
        assert info.afi == AFI_IN_STOCK
    return len(failures)


async def the_dsfid_is_written_and_told(place, tag):
    await place.reader.write_dsfid(tag.uid, 0x06)
    assert (await place.reader.chip_info(tag.uid)).dsfid == tag.dsfid == 0x06
    assert {s.uid: s.dsfid for s in await place.reader.inventory()}[tag.uid] == 0x06


async def eas_is_switched_and_told(place, tag):
    for on in (True, False, True):
        await place.reader.set_eas(tag.uid, on=on)
        assert tag.eas == on
        assert await place.reader.eas(tag.uid) == on
    tag.eas_locked = True
    with pytest.raises(TagRefused):
        await place.reader.set_eas(tag.uid, on=False)


async def a_whole_chip_is_written_and_read(place, tag, *, reversed_blocks=False):
    reader, uid = place.reader, tag.uid
    memory = bytes(number * 7 % 256 for number in range(tag.model.size))
    info = await reader.chip_info(uid)
    assert info.block_size * info.block_count == tag.model.size
    await reader.write_blocks(uid, 0, memory)
    assert await reader.read_blocks(uid, 0, info.block_count) == memory
    assert tag.memory[:4] == (memory[3::-1] if reversed_blocks else memory[:4])
    await reader.write_blocks(uid, 2, bytes(8))
    assert await reader.read_blocks(uid, 1, 4) == memory[4:8] + bytes(8) + memory[16:20]
    await _blocks_are_refused(reader, tag)


async def _blocks_are_refused(reader, tag):
    uid, last, before = tag.uid, tag.model.block_count - 1, bytes(tag.memory)
    assert len(await reader.read_blocks(uid, last, 1)) == 4
    with pytest.raises(TagRefused):
        await reader.read_blocks(uid, last, 2)
    with pytest.raises(TagRefused):
        await reader.read_blocks(uid, 255, 2)
    with pytest.raises(ValueError, match="whole blocks of 4"):
        await reader.write_blocks(uid, 0, b"abc")
    assert tag.memory == before
    with pytest.raises(TagRefused):
        await reader.write_blocks(uid, last, bytes(8))
    tag.lock(5)
    with pytest.raises(TagRefused):
        await reader.write_blocks(uid, 5, b"abcd")
    assert tag.memory[20:24] == before[20:24]


async def a_locked_afi_stays(place, tag):
    tag.lock_afi()
    with pytest.raises(TagRefused):
        await place.reader.write_afi(tag.uid, AFI_IN_STOCK)
    assert (await place.reader.chip_info(tag.uid)).afi == tag.afi == AFI_ON_LOAN


async def a_tag_that_is_not_there_is_gone(place, tag):
    reader, uid = place.reader, tag.uid
    assert uid in await place.seen()
    place.field.lift(uid)
    questions = [
        lambda: reader.read_blocks(uid, 0, 8),
        lambda: reader.chip_info(uid),
        lambda: reader.write_afi(uid, AFI_IN_STOCK),
        lambda: reader.write_dsfid(uid, 0x06),
        lambda: reader.write_blocks(uid, 0, bytes(4)),
    ]
    if Capability.EAS in reader.info.can:
        questions.append(lambda: reader.eas(uid))
    for question in questions:
        with pytest.raises(TagGone):
            await question()
    assert await place.seen() == sorted(place.field.laid)
    await place.lay(uid)
    assert await reader.read_blocks(uid, 0, 8) == tag.memory[:32]


async def a_tag_torn_away_while_it_writes_is_gone_and_was_written(place, tag):
    place.field.tear(tag.uid)
    with pytest.raises(TagGone):
        await place.reader.write_afi(tag.uid, AFI_IN_STOCK)
    assert tag.afi == AFI_IN_STOCK
    assert await place.seen() == sorted(place.field.laid)
    await place.lay(tag.uid)
    assert (await place.reader.chip_info(tag.uid)).afi == AFI_IN_STOCK


async def a_write_torn_in_the_middle_leaves_the_blocks_before_it(place, tag):
    old = bytes(tag.memory)
    place.field.tear(tag.uid, after=3)
    with pytest.raises(ReaderError):
        await place.reader.write_blocks(tag.uid, 0, bytes(32))
    assert tag.memory == bytes(16) + old[16:]
    await place.lay(tag.uid)
    place.field.tear(tag.uid, halfway=True)
    with pytest.raises(ReaderError):
        await place.reader.write_blocks(tag.uid, 0, b"abcd")
    assert tag.memory == b"ab" + bytes(14) + old[16:]


async def afi_written(place, tag, lifted_after=0):
    """Write the AFI of a tag that is lifted at a byte on the wire, unless that is 0.

    Give what came of it, `None` for a tag that is gone, and the bytes that it took. What counts is
    never a guess: a write that is done is done.
    """
    assert tag.uid in await place.seen()
    tag.afi = AFI_ON_LOAN
    before = place.field.counters.bytes_crossed
    if lifted_after:
        place.field.lift(tag.uid, after_bytes=lifted_after)
    try:
        await place.reader.write_afi(tag.uid, AFI_IN_STOCK)
    except TagGone:
        assert tag.afi in (AFI_ON_LOAN, AFI_IN_STOCK)
        assert await place.seen() == sorted(place.field.laid)
        return None, 0
    assert tag.afi == AFI_IN_STOCK
    took = place.field.counters.bytes_crossed - before
    if lifted_after:
        with pytest.raises(TagGone):
            await place.reader.chip_info(tag.uid)
    return tag.afi, took


async def memory_read(place, tag, lifted_after=0):
    """Read all of a tag that is lifted so, or not; give what came of it as `afi_written` does."""
    assert tag.uid in await place.seen()
    before = place.field.counters.bytes_crossed
    if lifted_after:
        place.field.lift(tag.uid, after_bytes=lifted_after)
    try:
        memory = await place.reader.read_blocks(tag.uid, 0, tag.model.block_count)
    except TagGone:
        assert await place.seen() == sorted(place.field.laid)
        return None, 0
    assert memory == tag.memory
    return memory, place.field.counters.bytes_crossed - before


STORIES = (
    the_dsfid_is_written_and_told,
    a_locked_afi_stays,
    a_tag_that_is_not_there_is_gone,
    a_tag_torn_away_while_it_writes_is_gone_and_was_written,
    a_write_torn_in_the_middle_leaves_the_blocks_before_it,
)
"""Those that ask for no more than AFI; a new one here is told of every family."""
