"""Simulated readers on real pseudo-terminals and TCP ports, with the real driver and orders."""

import asyncio
import os
from contextlib import asynccontextmanager

import pytest

from drivers.errors import ReaderError, ReaderLost
from drivers.interface import Uid
from drivers.opening import open_reader
from simulator.cable import Line
from simulator.feig import FeigFace
from simulator.field import Field
from simulator.program.control import NotReachable, Refused, connect
from simulator.program.orders import FaultKind
from simulator.program.station import AddressTaken, Station
from simulator.pty import PortBusy, PtyPort
from simulator.tags import TagDescription, make_tags
from simulator.tcp import TcpPort

BOOK, CARD = "30001000000017", "30001000000025"


def make_station(make_port):
    tags, laid = make_tags([TagDescription(item=BOOK, laid=True), TagDescription(item=CARD)])
    return Station("feig", Line(FeigFace(Field(tags, laid)), gap=0.005), make_port)


@asynccontextmanager
async def running(kind, tmp_path):
    """A running station and the URL that a kiosk would be given."""
    if kind == "tcp":
        station = make_station(lambda conversation: TcpPort("127.0.0.1", 0, conversation))
    else:
        station = make_station(lambda _: PtyPort(tmp_path / "reader"))
    async with station.run():
        scheme = "feig+tcp" if kind == "tcp" else "feig+serial"
        yield station, f"{scheme}://{station.port.address}"


@asynccontextmanager
async def opened(url):
    reader = await open_reader(url)
    try:
        yield reader
    finally:
        await reader.close()


both = pytest.mark.parametrize("kind", ["tcp", "pty"])


@both
async def test_the_driver_returns_a_book(kind, tmp_path):
    async with running(kind, tmp_path) as (station, url), opened(url) as reader:
        (sighting,) = await reader.inventory()
        memory = await reader.read_blocks(sighting.uid, 0, 9)
        assert BOOK.encode() in memory
        await reader.write_afi(sighting.uid, 0x07)
        assert (await reader.chip_info(sighting.uid)).afi == 0x07
        assert station.field.tags[sighting.uid].afi == 0x07


@both
async def test_orders_are_obeyed_while_a_host_is_connected(kind, tmp_path):
    async with (
        running(kind, tmp_path) as (station, url),
        opened(url) as reader,
        connect(station.port.address) as sim,
    ):
        assert sim.greeting.family == "feig"
        await sim.lay(CARD)
        assert len(await reader.inventory()) == 2
        await sim.lift(BOOK)
        (left,) = await reader.inventory()
        states = {state.name: state for state in await sim.tags()}
        assert states[CARD].uid == left.uid
        assert (states[CARD].laid, states[BOOK].laid) == (True, False)
        assert states[CARD].memory.startswith("110101")
        await sim.lift_all()
        assert await reader.inventory() == ()
        await sim.lay(BOOK, after_bytes=1)
        assert len(await reader.inventory()) == 1
        await sim.lift(BOOK, before_answer=True)
        with pytest.raises(ReaderError):
            await reader.write_afi(Uid(states[BOOK].uid), 0x07)
        assert next(state.afi for state in await sim.tags() if state.name == BOOK) == "07"


@both
async def test_orders_that_cannot_be_obeyed_say_why(kind, tmp_path):
    async with running(kind, tmp_path) as (station, _), connect(station.port.address) as sim:
        with pytest.raises(Refused, match="no tag is named 'nobody'"):
            await sim.lay(CARD, "nobody")
        assert not any(state.laid for state in await sim.tags() if state.name == CARD)
        with pytest.raises(Refused, match="noise is a rate"):
            await sim.fault(FaultKind.NOISE, 7)


@both
async def test_faults_add_up_until_none(kind, tmp_path):
    async with running(kind, tmp_path) as (station, url), connect(station.port.address) as sim:
        for fault in (FaultKind.PIECES, FaultKind.BYTES):
            await sim.fault(fault)
        await sim.fault(FaultKind.DELAY, 0.001)
        faults = station.line.faults
        assert (faults.pieces, faults.byte_by_byte, faults.delay) == (True, True, 0.001)
        async with opened(url) as reader:
            assert len(await reader.inventory()) == 1
        for fault in (FaultKind.LOSS, FaultKind.LATE, FaultKind.NOISE):
            await sim.fault(fault)
        assert station.line.faults.loss > 0
        await sim.fault(FaultKind.NONE)
        async with opened(url) as reader:
            assert len(await reader.inventory()) == 1


@both
async def test_pulled_the_reader_is_lost_and_plugged_it_is_back_at_the_same_address(kind, tmp_path):
    async with running(kind, tmp_path) as (station, url):
        async with opened(url) as reader:
            assert len(await reader.inventory()) == 1
            async with connect(station.port.address) as sim:
                await sim.fault(FaultKind.PULL)
            with pytest.raises(ReaderLost):
                await reader.inventory()
        with pytest.raises(ReaderLost):
            await open_reader(url)
        async with connect(station.port.address) as sim:
            await sim.fault(FaultKind.PULL)
            await sim.fault(FaultKind.PLUG)
            await sim.fault(FaultKind.PLUG)
        async with opened(url) as reader:
            assert len(await reader.inventory()) == 1


@both
async def test_hosts_come_and_go(kind, tmp_path):
    async with running(kind, tmp_path) as (_, url):
        for _ in range(3):
            async with opened(url) as reader:
                assert len(await reader.inventory()) == 1


async def test_a_second_tcp_host_is_turned_away_while_the_first_one_lives(tmp_path):
    async with running("tcp", tmp_path) as (_, url), opened(url) as first:
        with pytest.raises(ReaderLost):
            await open_reader(url)
        assert len(await first.inventory()) == 1


@pytest.mark.server
async def test_a_dead_tcp_host_gives_way_even_in_the_middle_of_a_delay(tmp_path):
    async with running("tcp", tmp_path) as (station, url):
        async with connect(station.port.address) as sim:
            await sim.fault(FaultKind.DELAY, 0.05)
        host, port = station.port.address.split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(bytes.fromhex("05ff65e5cb"))
        await station.field.until(lambda field: field.counters.bytes_crossed == 5)
        writer.close()
        await writer.wait_closed()
        async with opened(url) as reader:
            assert len(await reader.inventory()) == 1


async def test_a_tcp_port_that_is_taken_is_an_error(tmp_path):
    async with running("tcp", tmp_path) as (station, _):
        port = int(station.port.address.rpartition(":")[2])
        second = make_station(lambda conversation: TcpPort("127.0.0.1", port, conversation))
        with pytest.raises(OSError, match="in use"):
            async with second.run():
                pytest.fail("two readers at one address")


async def test_a_link_of_a_living_reader_is_an_error_and_of_a_dead_one_is_replaced(tmp_path):
    async with running("pty", tmp_path) as (station, _):
        assert station.port.link.is_symlink()
        with pytest.raises(AddressTaken, match="another simulated reader"):
            async with make_station(lambda _: PtyPort(tmp_path / "reader")).run():
                pytest.fail("two readers at one address")
        assert station.port.link.is_symlink()
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "reader").symlink_to("/dev/pts/none")
    (tmp_path / "reader.control").touch()
    async with running("pty", tmp_path) as (_, url), opened(url) as reader:
        assert len(await reader.inventory()) == 1


async def test_a_link_never_replaces_a_file(tmp_path):
    (tmp_path / "reader").write_text("precious")
    with pytest.raises(PortBusy, match="is there and is no link"):
        async with make_station(lambda _: PtyPort(tmp_path / "reader")).run():
            pytest.fail("a file was replaced")
    with pytest.raises(PortBusy, match="cannot be made"):
        async with make_station(lambda _: PtyPort(tmp_path / "no" / "where")).run():
            pytest.fail("there is no such folder")


async def test_nobody_there(tmp_path):
    for address in ("127.0.0.1:9", str(tmp_path / "nothing")):
        with pytest.raises(NotReachable, match="no simulated reader answers at"):
            async with connect(address):
                pytest.fail("nobody is there")


async def test_somebody_else_there(tmp_path):
    async def silent(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(NotReachable):
            async with connect(f"127.0.0.1:{port}", patience=0.02):
                pytest.fail("this is no simulated reader")


async def test_nonsense_in_a_conversation_is_answered(tmp_path):
    async with running("tcp", tmp_path) as (station, _):
        host, port = station.port.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        for piece in (b"ritournelle", b"-sim/1\n", b"{}\n"):
            writer.write(piece)
            await writer.drain()
        assert b'"family":"feig"' in await reader.readline()
        assert b"not understood" in await reader.readline()
        writer.close()
        await writer.wait_closed()


@both
async def test_the_end_of_the_reader_ends_its_conversations(kind, tmp_path):
    async with running(kind, tmp_path) as (station, _):
        conversation = connect(station.port.address)
        sim = await conversation.__aenter__()
        await sim.tags()
    with pytest.raises(NotReachable, match="went away"):
        await sim.tags()
    await conversation.__aexit__(None, None, None)


async def test_a_full_pseudo_terminal_waits_for_its_host(tmp_path):
    port = PtyPort(tmp_path / "port")
    await port.open()
    try:
        link = await port.next_host()
        far = os.open(tmp_path / "port", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        sending = asyncio.create_task(link.send(bytes(100_000)))
        got = 0
        while got < 100_000:
            await asyncio.sleep(0)
            try:
                got += len(os.read(far, 4096))
            except BlockingIOError:
                continue
        await sending
        os.close(far)
    finally:
        await port.close()
    with pytest.raises(ReaderLost):
        await link.send(b"x")
