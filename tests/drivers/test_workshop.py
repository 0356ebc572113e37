"""What a technician does by hand, with the driver of every family on its simulated reader."""

import json
from contextlib import asynccontextmanager

import pytest
from reader_families import FAMILIES, THREE, make_line
from reader_stories import make_tag
from typer.testing import CliRunner

from drivers.__main__ import app
from drivers.errors import ReaderError, ReaderLost
from drivers.interface import Capability
from drivers.iso15693 import AFI_IN_STOCK, DSFID_ISO28560_3
from drivers.links.serial import SerialPort
from drivers.opening import open_reader
from drivers.tags.content import Encoding
from drivers.tags.recognise import recognise
from drivers.tags.writing import DSFIDS, encode
from drivers.workshop import ports
from drivers.workshop.probing import probe
from drivers.workshop.watching import watch
from drivers.workshop.writing import NotWritten, the_only_tag, write_tag
from simulator.program.station import Station
from simulator.tcp import TcpPort

ITEM, OWNER = "39416000000077", "FR-940165801"


@asynccontextmanager
async def at_port(name, tags):
    line = make_line(FAMILIES[name], tags)
    station = Station(name, line, lambda talk: TcpPort("127.0.0.1", 0, talk))
    async with station.run():
        yield station.port.address, line.face.field


@asynccontextmanager
async def opened(name, tags):
    async with at_port(name, tags) as (address, field):
        reader = await open_reader(f"{name}+tcp://{address}")
        try:
            yield reader, field
        finally:
            await reader.close()


def blank(number=1):
    tag = make_tag(number)
    tag.memory[:] = bytes(len(tag.memory))
    tag.dsfid = tag.afi = 0
    return tag


@pytest.mark.parametrize("name", THREE)
@pytest.mark.server
async def test_probe_finds_the_family_that_answers(name):
    async with at_port(name, []) as (address, _):
        attempts = [attempt async for attempt in probe(address)]
    *others, found = attempts
    assert found.url.startswith(f"{name}+tcp://{address}")
    assert found.found is not None
    assert Capability.AFI in found.found.can
    assert all(other.found is None and other.why for other in others)


async def test_probing_a_port_that_is_not_there_says_so():
    with pytest.raises(ReaderLost, match="no such port"):
        [attempt async for attempt in probe("/dev/not-there")]


@pytest.mark.parametrize("name", THREE)
@pytest.mark.server
async def test_watch_tells_what_lies_there_and_what_has_gone(name):
    async with opened(name, [make_tag(1), make_tag(2)]) as (reader, field):
        first, second = field.laid
        looks = watch(reader, pause=0)
        tags = await anext(looks)
        assert set(tags) == {first, second}
        assert tags[first].content.owner == "FR-591220001"
        assert tags[first].security == "on loan"
        assert tags[first].content.warnings == (), "a read that is short on purpose is no deviation"
        field.lift(first)
        async for tags in looks:
            if first not in tags:
                break
            assert tags[second].seen == tags[second].looks
        assert set(tags) == {second}
        await looks.aclose()


@pytest.mark.parametrize("name", THREE)
@pytest.mark.parametrize("encoding", list(DSFIDS))
async def test_a_blank_tag_is_written_secured_and_read_back(name, encoding):
    tag = blank()
    owner = "" if encoding is Encoding.RFID501 else OWNER
    async with opened(name, [tag]) as (reader, _):
        chip = await the_only_tag(reader)
        memory = encode(encoding, ITEM, len(tag.memory), owner=owner)
        written = await write_tag(reader, chip, memory, DSFIDS[encoding], force=False)
    assert (written.content.encoding, written.content.item) == (encoding, ITEM)
    assert written.before.encoding is Encoding.BLANK
    assert (tag.afi, tag.dsfid, bytes(tag.memory)) == (AFI_IN_STOCK, DSFIDS[encoding], memory)


@pytest.mark.parametrize("name", THREE)
async def test_what_is_not_blank_is_left_alone_without_force(name):
    tag = make_tag(1)
    before = bytes(tag.memory)
    async with opened(name, [tag]) as (reader, _):
        chip = await the_only_tag(reader)
        memory = encode(Encoding.ISO28560_3, ITEM, len(before), owner=OWNER)
        with pytest.raises(NotWritten, match="not blank"):
            await write_tag(reader, chip, memory, DSFID_ISO28560_3, force=False)
        assert bytes(tag.memory) == before
        await write_tag(reader, chip, memory, DSFID_ISO28560_3, force=True)
    assert bytes(tag.memory) == memory


async def test_a_tag_lifted_in_mid_write_is_never_taken_for_finished():
    for cut in range(0, 1200, 50):
        tag = blank()
        async with opened("feig", [tag]) as (reader, field):
            chip = await the_only_tag(reader)
            memory = encode(Encoding.ISO28560_3, ITEM, len(tag.memory), owner=OWNER)
            field.lift(tag.uid, after_bytes=cut)
            try:
                await write_tag(reader, chip, memory, DSFID_ISO28560_3, force=False)
            except (ReaderError, NotWritten):
                content = recognise(bytes(tag.memory), tag.dsfid)
                assert not content.crc_ok or bytes(tag.memory) == memory


@pytest.mark.parametrize("number", [0, 2])
async def test_only_one_tag_may_lie_there(number):
    async with opened("feig", [blank(n) for n in range(number)]) as (reader, _):
        with pytest.raises(NotWritten, match=f"{number} tags"):
            await the_only_tag(reader)


# -- the command line


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def test_decode_gives_the_object():
    vector = "1101013130303030303030353600000000000098A4444B3731383530300000000000"
    said = json.loads(run("decode", vector, "--dsfid", "3E", "--json").stdout)
    assert said["encoding"] == "iso28560-3"
    assert set(said) == {
        "encoding",
        "item",
        "owner",
        "part",
        "parts",
        "usage",
        "elements",
        "crc_ok",
        "warnings",
        "reason",
    }


def test_what_encode_prints_decode_understands():
    for encoding, dsfid in DSFIDS.items():
        owner = [] if encoding is Encoding.RFID501 else ["--owner", OWNER]
        done = run("encode", "--item", ITEM, *owner, "--encoding", encoding.value, "--json")
        made = json.loads(done.stdout)
        assert made["dsfid"] == f"{dsfid:02X}"
        said = run("decode", made["memory"], "--dsfid", made["dsfid"], "--json").stdout
        assert (json.loads(said)["encoding"], json.loads(said)["item"]) == (encoding.value, ITEM)


@pytest.mark.parametrize(
    "arguments",
    [
        ["decode", "no hex"],
        ["decode", "00", "--dsfid", "xyz"],
        ["encode", "--item", "", "--owner", OWNER],
        ["encode", "--item", ITEM, "--size", "8"],
        ["encode", "--item", ITEM, "--encoding", "blank"],
    ],
)
def test_what_makes_no_sense_is_a_usage_error(arguments):
    done = run(*arguments)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["watch", "write", "probe"])
def test_a_reader_that_is_not_there_is_one_line(command):
    where = "/dev/not-there" if command == "probe" else "feig+serial:///dev/not-there"
    more = ["--item", ITEM] if command == "write" else []
    done = run(command, where, *more)
    assert done.exit_code == 1
    assert "no such port" in done.stderr
    assert done.stderr.count("\n") == 1


def test_ports_are_listed_with_the_family_that_is_likely(monkeypatch):
    found = [
        SerialPort("/dev/ttyS0", "n/a", None, None),
        SerialPort("/dev/ttyUSB0", "FT232", 0x0D2C, 0x032A),
    ]
    monkeypatch.setattr(ports, "serial_ports", lambda: found)
    everything = json.loads(run("list", "--json").stdout)
    listed = [port for port in everything if port["kind"] == "serial"]
    assert [port["where"] for port in listed] == ["/dev/ttyUSB0", "/dev/ttyS0"]
    assert (listed[0]["vendor"], listed[0]["likely"]) == ("0D2C", "bibliotheca")
