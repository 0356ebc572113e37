"""The real FEIG driver against the simulated reader, whatever the cable does.

The result is right, or one of the errors of `drivers.errors`; never a wrong answer.
"""

import asyncio
from contextlib import asynccontextmanager

import pytest

from drivers.errors import NoAnswer, ReaderLost, TagGone, TagRefused
from drivers.feig.commands import GetSoftwareVersion, RfReset, ask
from drivers.feig.reader import FeigReader
from drivers.interface import ChipInfo
from simulator.cable import Cable, Faults, Line
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.tags import TagDescription, make_tags
from simulator.timing import RealTime, SerialRate

ITEMS = [f"3000100000{n:04d}" for n in range(3)]


def make_line(count=3, seed=0, faults=None, only_new=False, **settings):
    tags, uids = make_tags([TagDescription(item=item, laid=True) for item in ITEMS[:count]])
    face = FeigFace(Field(tags, uids), only_new=only_new)
    return Line(face, seed=seed, faults=faults, gap=0.005, **settings)


@asynccontextmanager
async def joined(line, patience=0.2, **settings):
    async with Cable(line) as cable:
        reader = await FeigReader.open(await cable.connect(), patience=patience, **settings)
        yield reader, line.face.field, cable
        await reader.close()


async def returns(reader, field):
    """Read and secure every tag in the field, and compare with what the tags hold."""
    seen = {sighting.uid for sighting in await reader.inventory()}
    assert seen == set(field.laid)
    for uid in field.laid:
        tag = field.tags[uid]
        assert await reader.read_blocks(uid, 0, 9) == bytes(tag.memory[:36])
        await reader.write_afi(uid, 0x07)
        assert tag.afi == 0x07
        assert await reader.chip_info(uid) == ChipInfo(uid, 0x3E, 0x07, 4, 28)


@pytest.mark.parametrize("advanced", [False, True])
@pytest.mark.parametrize(
    "faults", [Faults(), Faults(pieces=True), Faults(byte_by_byte=True), Faults(delay=0.002)]
)
async def test_a_sound_cable_gives_the_right_result(faults, advanced):
    async with joined(make_line(faults=faults), advanced=advanced) as (reader, field, _):
        await returns(reader, field)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "faults",
    [
        Faults(noise=0.01),
        Faults(noise=0.05, pieces=True),
        Faults(loss=0.3),
        Faults(late=0.3),
        Faults(late=0.2, loss=0.1, noise=0.005, byte_by_byte=True),
    ],
)
async def test_a_bad_cable_gives_the_right_result_or_an_error(faults, seed):
    line = make_line(count=2, seed=seed)
    async with joined(line, patience=0.01) as (reader, field, _):
        line.faults = faults
        uid = field.laid[0]
        for turn in range(12):
            afi = turn
            try:
                seen = [sighting.uid for sighting in await reader.inventory()]
                assert set(seen) <= set(field.laid)
                assert await reader.read_blocks(uid, 0, 9) == bytes(field.tags[uid].memory[:36])
                await reader.write_afi(uid, afi)
                assert field.tags[uid].afi == afi
                assert (await reader.chip_info(uid)).afi == field.tags[uid].afi
            except NoAnswer:
                continue
        line.faults = Faults()
        await until_right(reader, field)


async def until_right(reader, field):
    """On a sound line the driver gets back into step; a busy machine may add waits."""
    for _ in range(50):
        try:
            return await returns(reader, field)
        except NoAnswer:
            continue
    pytest.fail("the driver stays out of step")


REQUEST_AND_ANSWER = 16 + 6
"""Bytes of *write AFI* and of its answer."""


@pytest.mark.parametrize("after", range(1, REQUEST_AND_ANSWER + 3))
async def test_a_tag_lifted_at_any_byte_of_a_write(after):
    async with joined(make_line(count=1)) as (reader, field, _):
        (uid,) = field.laid
        field.lift(uid, after_bytes=after)
        if after <= 16:
            with pytest.raises(TagGone):
                await reader.write_afi(uid, 0x07)
            assert field.tags[uid].afi == 0xC2
        else:
            await reader.write_afi(uid, 0x07)
            assert field.tags[uid].afi == 0x07
            with pytest.raises(TagGone):
                await reader.chip_info(uid)
        assert await reader.inventory() == ()


async def test_a_tag_torn_away_before_its_answer():
    async with joined(make_line(count=1)) as (reader, field, _):
        (uid,) = field.laid
        field.tear(uid)
        with pytest.raises(TagGone):
            await reader.write_afi(uid, 0x07)
        assert field.tags[uid].afi == 0x07


async def test_a_locked_afi_is_refused():
    async with joined(make_line(count=1)) as (reader, field, _):
        (uid,) = field.laid
        field.tags[uid].afi_locked = True
        with pytest.raises(TagRefused):
            await reader.write_afi(uid, 0x07)


async def test_eas_is_switched_and_told_from_a_tag_that_is_not_there():
    async with joined(make_line(count=1)) as (reader, field, _):
        (uid,) = field.laid
        for on in (True, False, True):
            await reader.set_eas(uid, on=on)
            assert field.tags[uid].eas == on
            assert await reader.eas(uid) == on
        field.lift(uid)
        with pytest.raises(TagGone):
            await reader.eas(uid)


async def test_blocks_are_written_in_parts_and_read_back():
    async with joined(make_line(count=1)) as (reader, field, _):
        (uid,) = field.laid
        memory = bytes(range(3, 3 + 104))
        await reader.write_blocks(uid, 2, memory)
        assert await reader.read_blocks(uid, 2, 26) == memory
        with pytest.raises(ValueError, match="whole blocks of 4"):
            await reader.write_blocks(uid, 0, b"abc")
        field.tags[uid].lock(5)
        with pytest.raises(TagRefused):
            await reader.write_blocks(uid, 4, bytes(8))


async def test_many_tags_come_in_several_answers():
    tags, uids = make_tags([TagDescription(name=str(n), laid=True) for n in range(60)])
    async with joined(Line(FeigFace(Field(tags, uids)))) as (reader, _, _):
        assert {sighting.uid for sighting in await reader.inventory()} == set(uids)


@pytest.mark.parametrize("reset_field", [False, True])
async def test_a_reader_that_tells_only_new_tags_gets_a_field_reset(reset_field):
    async with joined(make_line(only_new=True), reset_field=reset_field) as (reader, _, _):
        for _ in range(3):
            assert len(await reader.inventory()) == 3


async def test_a_pulled_cable_is_lost_at_once_and_works_again_when_plugged():
    line = make_line()
    async with joined(line, patience=60) as (reader, field, cable):
        line.faults = Faults(loss=1.0)
        question = asyncio.create_task(reader.inventory())
        await field.until(lambda f: f.counters.inventories == 1)
        await cable.pull()
        with pytest.raises(ReaderLost):
            await question
        with pytest.raises(ReaderLost):
            await reader.inventory()
        with pytest.raises(ReaderLost):
            await cable.connect()
        line.faults = Faults()
        cable.plug()
        again = await FeigReader.open(await cable.connect())
        await returns(again, field)
        await again.close()


async def test_real_time_takes_the_time_of_air_and_line():
    line = make_line(count=1, pace=RealTime(), serial=SerialRate(38400))
    loop = asyncio.get_running_loop()
    async with joined(line, patience=1) as (reader, field, _):
        (uid,) = field.laid
        begin = loop.time()
        for _ in range(3):
            await reader.read_blocks(uid, 0, 8)
        took = (loop.time() - begin) / 3
    # No upper limit: a busy machine takes longer. The pace is tested with a clock of its own.
    assert took >= 0.97 * (0.0158 + 65 * 11 / 38400)


@pytest.mark.parametrize("faults", [{"loss": 2}, {"noise": -1}, {"delay": float("nan")}])
def test_senseless_faults_are_refused(faults):
    with pytest.raises(ValueError, match=next(iter(faults))):
        Faults(**faults)


class Script:
    """A host that says its lines and leaves."""

    def __init__(self, *requests):
        self.requests = list(requests)
        self.heard = []

    async def send(self, data):
        self.heard.append(data)

    async def receive(self):
        if not self.requests:
            raise ReaderLost("the script has ended")
        return self.requests.pop(0)

    async def close(self):
        self.requests.clear()


async def test_the_same_seed_gives_the_same_run():
    async def run(seed):
        script = Script(*[ask(GetSoftwareVersion()).encode()] * 30)
        faults = Faults(noise=0.02, loss=0.1, late=0.1, pieces=True)
        await make_line(seed=seed, faults=faults).serve(script)
        return script.heard

    assert await run(1) == await run(1)
    assert await run(1) != await run(2)


async def test_a_late_answer_comes_when_the_next_question_was_asked():
    script = Script(*[ask(question).encode() for question in (GetSoftwareVersion(), RfReset())])
    await make_line(faults=Faults(late=1.0)).serve(script)
    assert [answer[2] for answer in script.heard] == [0x65]
