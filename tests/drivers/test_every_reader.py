"""One suite for every family of readers, over every kind of cable.

What is the same over any cable is in `reader_stories`, and is told over the real pcscd too.
"""

import asyncio
from contextlib import asynccontextmanager
from functools import partial

import pytest
from reader_families import FAMILIES, THREE, in_virtual_time, joined, make_line
from reader_stories import (
    CHIPS,
    STORIES,
    Place,
    a_whole_chip_is_written_and_read,
    afi_written,
    eas_is_switched_and_told,
    make_tag,
    memory_read,
    returns,
    tried,
)

from drivers.errors import NoAnswer, ReaderLost
from drivers.interface import Capability, Reader
from drivers.iso15693 import AFI_ON_LOAN
from drivers.opening import open_reader
from simulator.cable import Faults
from simulator.program.station import Station
from simulator.pty import PtyPort
from simulator.tcp import TcpPort
from simulator.timing import RealTime, SerialRate

every = pytest.mark.parametrize("family", FAMILIES.values(), ids=FAMILIES)
three = pytest.mark.parametrize("family", [FAMILIES[name] for name in THREE], ids=THREE)

HARMLESS = {
    "whole": Faults(),
    "pieces": Faults(pieces=True),
    "byte by byte": Faults(byte_by_byte=True),
    "delayed": Faults(delay=0.3),
}
BAD = {
    "loss": Faults(loss=0.3),
    "late": Faults(late=0.3),
    "noise": Faults(pieces=True, noise=0.005),
    "all": Faults(pieces=True, loss=0.05, late=0.1, noise=0.005),
}


async def opened_anyhow(family, cable):
    return await tried(lambda: open_again(family, cable), [])


async def open_again(family, cable):
    return await family.reader.open(await cable.connect(), **family.options)


# ------------------------------------------------------------------------------ cables in memory


@every
@pytest.mark.parametrize("faults", HARMLESS.values(), ids=HARMLESS)
def test_a_sound_cable_gives_the_right_result(family, faults):
    async def story():
        line = make_line(family, [make_tag(n) for n in range(40)], faults=faults)
        async with joined(family, line) as (reader, field, _):
            check: Reader = reader
            assert {Capability.AFI, Capability.PILE} <= check.info.can
            return await returns(reader, field)

    assert in_virtual_time(story()) == 0


@every
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("faults", BAD.values(), ids=BAD)
def test_a_bad_cable_gives_the_right_result_or_an_error(family, faults, seed):
    async def story():
        tags = [make_tag(n) for n in range(40)]  # more than one answer holds
        line = make_line(family, tags, seed=seed)
        async with joined(family, line) as (reader, field, _):
            line.faults = faults
            failures = await returns(reader, field, most=8)
            line.faults = Faults()
            await returns(reader, field, most=1)
            return failures

    assert in_virtual_time(story()) > 0


@three
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("faults", BAD.values(), ids=BAD)
def test_a_reader_is_opened_in_spite_of_a_bad_cable(family, faults, seed):
    async def story():
        line = make_line(family, [make_tag(1)], seed=seed, faults=faults)
        async with joined(family, make_line(family, [])) as (_, _, cable):
            cable.line = line
            reader = await opened_anyhow(family, cable)
            await returns(reader, line.face.field)
            await reader.close()

    in_virtual_time(story())


@three
@pytest.mark.parametrize("seed", range(3))
def test_questions_given_up_never_answer_others(family, seed):
    """Cancel questions at any moment: those after them get their own answers."""

    async def story():
        tags = [make_tag(n) for n in range(2)]
        for number, tag in enumerate(tags):
            tag.afi = number
        line = make_line(family, tags, seed=seed, faults=Faults(delay=0.05, pieces=True))
        async with joined(family, line) as (reader, field, _):
            for turn in range(40):
                given_up = asyncio.create_task(reader.chip_info(tags[turn % 2].uid))
                await asyncio.sleep(turn * 0.007 % 0.12)
                given_up.cancel()
                other = tags[1 - turn % 2]
                assert (await reader.chip_info(other.uid)).afi == other.afi
                assert await reader.read_blocks(other.uid, 0, 4) == other.memory[:16]
            assert len(field.laid) == 2

    in_virtual_time(story())


async def told(family, story, chip="slix", beside=(8, 9), **options):
    """Let a story happen to one tag among others, and give what comes of it."""
    tags = [make_tag(1, chip), *(make_tag(number) for number in beside)]
    async with joined(family, make_line(family, tags), **options) as (reader, field, _):
        return await story(Place(reader, field), tags[0])


@every
@pytest.mark.parametrize(
    "story", [*STORIES, eas_is_switched_and_told], ids=lambda story: story.__name__
)
def test_what_any_reader_is_put_through(family, story):
    in_virtual_time(told(family, story))


@every
@pytest.mark.parametrize("reversed_blocks", [False, True])
@pytest.mark.parametrize("chip", CHIPS)
def test_whole_chips_are_written_and_read(family, chip, reversed_blocks):
    story = partial(a_whole_chip_is_written_and_read, reversed_blocks=reversed_blocks)
    in_virtual_time(told(family, story, chip=chip, reversed_blocks=reversed_blocks))


@three
def test_a_tag_lifted_at_any_byte_of_a_write(family):
    async def written(after):
        async def story(place, tag):
            afi, took = await afi_written(place, tag, after)
            assert tag.afi == (afi or AFI_ON_LOAN)  # none of these says "gone" of what it wrote
            return afi is not None, took

        return await told(family, story, beside=())

    async def all_bytes():
        _, took = await written(0)
        results = [(await written(after))[0] for after in range(1, took + 2)]
        assert results == sorted(results)  # gone before some byte, written after it
        assert set(results) == {False, True}

    in_virtual_time(all_bytes())


@three
def test_a_tag_lifted_in_the_middle_of_reading(family):
    async def read(after):
        story = partial(memory_read, lifted_after=after)
        memory, took = await told(family, story)
        return memory is not None, took

    async def some_bytes():
        _, took = await read(0)
        results = [(await read(after))[0] for after in range(1, took + 2, took // 12)]
        assert results == sorted(results)
        assert not results[0]

    in_virtual_time(some_bytes())


@three
async def test_a_pulled_cable_is_lost_at_once_and_works_again_when_plugged(family):
    line = make_line(family, [make_tag(1)])
    async with joined(family, line, patience=60) as (reader, field, cable):
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
        again = await open_again(family, cable)
        await returns(again, field)
        await again.close()


@three
async def test_opening_in_vain_closes_the_link(family):
    line = make_line(family, [], faults=Faults(loss=1.0))
    with pytest.raises(NoAnswer, match=r"within 0\.01 s"):
        async with joined(family, line, patience=0.01):
            pytest.fail("nobody answered")


@three
async def test_real_time_takes_the_time_of_air_and_line(family):
    rate = SerialRate(19200, 10)
    line = make_line(family, [make_tag(1)], pace=RealTime(), serial=rate)
    async with joined(family, line) as (reader, field, _):
        (uid,) = field.laid
        await reader.chip_info(uid)
        crossed, begin = field.counters.bytes_crossed, asyncio.get_running_loop().time()
        await reader.read_blocks(uid, 0, 8)
        took = asyncio.get_running_loop().time() - begin
    # No upper limit: a busy machine takes longer. What it took too long before may be taken off.
    assert took + 5e-3 >= 0.97 * (0.0158 + rate.duration(field.counters.bytes_crossed - crossed))


# ----------------------------------------------------------------------------------- real ports


@asynccontextmanager
async def at_port(name, kind, tmp_path, faults, tags, patience=1.0):
    """A reader opened by its address, at a pseudo-terminal or a TCP port, and its field."""
    line = make_line(FAMILIES[name], tags, faults=faults, gap=patience / 3)
    if kind == "tcp":
        station = Station(name, line, lambda talk: TcpPort("127.0.0.1", 0, talk))
    else:
        station = Station(name, line, lambda _: PtyPort(tmp_path / "reader"))
    scheme = "tcp" if kind == "tcp" else "serial"
    async with station.run():
        reader = await open_reader(f"{name}+{scheme}://{station.port.address}?timeout={patience}")
        try:
            yield reader, line
        finally:
            await reader.close()


@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("kind", ["tcp", "pty"])
@pytest.mark.parametrize("faults", ["whole", "pieces", "byte by byte"])
async def test_over_real_ports(name, kind, faults, tmp_path):
    tags = [make_tag(n) for n in range(6)]
    async with at_port(name, kind, tmp_path, HARMLESS[faults], tags) as (reader, line):
        assert await returns(reader, line.face.field, most=2) == 0


@pytest.mark.server
@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("kind", ["tcp", "pty"])
async def test_over_real_ports_that_are_bad(name, kind, tmp_path):
    tags = [make_tag(1)]
    async with at_port(name, kind, tmp_path, Faults(), tags, patience=0.05) as (reader, line):
        line.faults = Faults(pieces=True, delay=0.001, late=0.05, noise=0.002)
        for _ in range(3):
            await returns(reader, line.face.field)
