"""One suite for every family of readers, over every kind of cable.

The result is right, or one of the errors of `drivers.errors`; never a wrong answer.
"""

import asyncio
from contextlib import asynccontextmanager

import pytest
from reader_families import FAMILIES, THREE, in_virtual_time, joined, make_line, make_tag

from drivers.errors import NoAnswer, ReaderError, ReaderLost, TagGone, TagRefused
from drivers.interface import Capability, ChipInfo, Reader
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
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


@three
def test_a_tag_lifted_at_any_byte_of_a_write(family):
    async def written(after):
        async with joined(family, make_line(family, [make_tag(1)])) as (reader, field, _):
            (uid,) = field.laid
            before = field.counters.bytes_crossed
            if after:
                field.lift(uid, after_bytes=after)
            try:
                await reader.write_afi(uid, AFI_IN_STOCK)
            except TagGone:
                assert field.tags[uid].afi == AFI_ON_LOAN
                assert await reader.inventory() == ()
                return False, 0
            assert field.tags[uid].afi == AFI_IN_STOCK
            took = field.counters.bytes_crossed - before
            if after:
                with pytest.raises(TagGone):
                    await reader.chip_info(uid)
            return True, took

    async def story():
        _, took = await written(0)
        results = [(await written(after))[0] for after in range(1, took + 2)]
        assert results == sorted(results)  # gone before some byte, written after it
        assert set(results) == {False, True}

    in_virtual_time(story())


@every
def test_tags_that_go_are_locked_or_are_not_there(family):
    async def story():
        tags = [make_tag(n) for n in range(3)]
        async with joined(family, make_line(family, tags)) as (reader, field, _):
            torn, locked, missing = (tag.uid for tag in tags)
            field.tear(torn)
            with pytest.raises(TagGone):
                await reader.write_afi(torn, AFI_IN_STOCK)
            assert tags[0].afi == AFI_IN_STOCK
            tags[1].lock_afi()
            with pytest.raises(TagRefused):
                await reader.write_afi(locked, AFI_IN_STOCK)
            field.lift(missing)
            for question in (
                lambda: reader.read_blocks(missing, 0, 8),
                lambda: reader.chip_info(missing),
                lambda: reader.eas(missing),
                lambda: reader.write_blocks(missing, 0, bytes(4)),
            ):
                with pytest.raises(TagGone):
                    await question()
            assert [sighting.uid for sighting in await reader.inventory()] == [locked]

    in_virtual_time(story())


@every
def test_eas_and_dsfid_are_switched_and_told(family):
    async def story():
        tag = make_tag(1)
        async with joined(family, make_line(family, [tag])) as (reader, _, _):
            for on in (True, False, True):
                await reader.set_eas(tag.uid, on=on)
                assert tag.eas == on
                assert await reader.eas(tag.uid) == on
            await reader.write_dsfid(tag.uid, 0x06)
            assert (await reader.chip_info(tag.uid)).dsfid == 0x06
            (sighting,) = await reader.inventory()
            assert sighting.dsfid == 0x06

    in_virtual_time(story())


@every
@pytest.mark.parametrize("reversed_blocks", [False, True])
@pytest.mark.parametrize("model", ["sli", "slix", "slix2", "slix-s", "slix-l"])
def test_whole_chips_are_written_and_read(family, model, reversed_blocks):
    async def story():
        tag = make_tag(1, model)
        size = tag.model.size
        memory = bytes(number * 7 % 256 for number in range(size))
        line = make_line(family, [tag])
        async with joined(family, line, reversed_blocks=reversed_blocks) as (reader, _, _):
            info = await reader.chip_info(tag.uid)
            assert info.block_size * info.block_count == size
            await reader.write_blocks(tag.uid, 0, memory)
            assert await reader.read_blocks(tag.uid, 0, info.block_count) == memory
            there = memory[3::-1] if reversed_blocks else memory[:4]
            assert tag.memory[:4] == there
            await reader.write_blocks(tag.uid, 2, bytes(8))
            assert await reader.read_blocks(tag.uid, 1, 4) == memory[4:8] + bytes(8) + memory[16:20]
            with pytest.raises(TagRefused):
                await reader.read_blocks(tag.uid, info.block_count - 1, 2)
            with pytest.raises(TagRefused):
                await reader.read_blocks(tag.uid, 255, 2)
            with pytest.raises(TagRefused):
                await reader.write_blocks(tag.uid, info.block_count - 1, bytes(8))
            with pytest.raises(ValueError, match="whole blocks of 4"):
                await reader.write_blocks(tag.uid, 0, b"abc")
            tag.lock(5)
            with pytest.raises(TagRefused):
                await reader.write_blocks(tag.uid, 4, bytes(8))

    in_virtual_time(story())


@every
def test_a_write_torn_in_the_middle_leaves_the_blocks_before_it(family):
    async def story():
        tag = make_tag(1)
        old = bytes(tag.memory)
        async with joined(family, make_line(family, [tag])) as (reader, field, _):
            field.tear(tag.uid, after=3)
            with pytest.raises(ReaderError):
                await reader.write_blocks(tag.uid, 0, bytes(32))
            assert tag.memory == bytes(16) + old[16:]
            field.lay(tag.uid)
            field.tear(tag.uid, halfway=True)
            with pytest.raises(ReaderError):
                await reader.write_blocks(tag.uid, 0, b"abcd")
            assert tag.memory == b"ab" + bytes(14) + old[16:]

    in_virtual_time(story())


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


@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("kind", ["tcp", "pty"])
async def test_over_real_ports_that_are_bad(name, kind, tmp_path):
    tags = [make_tag(1)]
    async with at_port(name, kind, tmp_path, Faults(), tags, patience=0.05) as (reader, line):
        line.faults = Faults(pieces=True, delay=0.001, late=0.05, noise=0.002)
        for _ in range(3):
            await returns(reader, line.face.field)
