"""Cables as the machine has them: a pseudo-terminal, a socket on the loopback."""

import asyncio
import errno
import os
import socket
import tty

import pytest

from drivers.errors import ReaderLost, WrongAddress
from drivers.links.serial import SerialLink, _complaint
from drivers.links.tcp import TcpLink


@pytest.fixture
def terminal():
    """The far end of a serial port, and the path of the near end."""
    far, near = os.openpty()
    tty.setraw(near)
    path = os.ttyname(near)
    ends = {far}

    def pull():
        while ends:
            os.close(ends.pop())

    yield far, path, pull
    pull()
    os.close(near)


async def hear(link, length):
    data = b""
    async with asyncio.timeout(2):
        while len(data) < length:
            data += await link.receive()
    return data


async def read_exactly(descriptor, length):
    return await asyncio.to_thread(_read_exactly, descriptor, length)


def _read_exactly(descriptor, length):
    data = b""
    while len(data) < length:
        data += os.read(descriptor, length - len(data))
    return data


# ---------------------------------------------------------------------------------------- serial


async def test_bytes_both_ways_over_a_serial_port(terminal):
    far, path, _ = terminal
    link = await SerialLink.open(path)
    await link.send(b"\x05\xff\x65\xe5\xcb")
    assert await read_exactly(far, 5) == b"\x05\xff\x65\xe5\xcb"
    os.write(far, bytes(range(256)))
    assert await hear(link, 256) == bytes(range(256))
    await link.close()
    await link.close()


async def test_more_than_the_port_takes_at_once(terminal):
    far, path, _ = terminal
    link = await SerialLink.open(path)
    much = bytes(range(256)) * 400
    sending = asyncio.create_task(link.send(much))
    assert await read_exactly(far, len(much)) == much
    await sending
    await link.close()


async def test_a_cancelled_wait_loses_nothing(terminal):
    far, path, _ = terminal
    link = await SerialLink.open(path)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await link.receive()
    os.write(far, b"here")
    assert await hear(link, 4) == b"here"
    await link.close()


async def test_a_pulled_serial_cable_wakes_who_waits(terminal):
    _, path, pull = terminal
    link = await SerialLink.open(path)
    waiting = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    pull()
    async with asyncio.timeout(1):
        with pytest.raises(ReaderLost, match="check cable and power"):
            await waiting
    with pytest.raises(ReaderLost):
        await link.receive()
    with pytest.raises(ReaderLost):
        await link.send(b"anyone?")
    await link.close()


async def test_a_closed_serial_port_wakes_who_waits(terminal):
    _, path, _ = terminal
    link = await SerialLink.open(path)
    waiting = asyncio.create_task(link.receive())
    await asyncio.sleep(0)
    await link.close()
    with pytest.raises(ReaderLost, match="closed"):
        await waiting
    with pytest.raises(ReaderLost):
        await link.send(b"anyone?")


async def test_a_serial_port_is_for_one_program(terminal):
    _, path, _ = terminal
    link = await SerialLink.open(path)
    with pytest.raises(ReaderLost, match="another program"):
        await SerialLink.open(path)
    await link.close()
    again = await SerialLink.open(path)
    await again.close()


async def test_a_serial_port_that_is_not_there():
    with pytest.raises(ReaderLost, match=r"/dev/ttyNONE: there is no such port"):
        await SerialLink.open("/dev/ttyNONE")


async def test_a_serial_port_that_is_none(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(ReaderLost, match="does not open"):
        await SerialLink.open(str(file))


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.ENOENT, "plug the reader in"),
        (errno.EACCES, "group dialout"),
        (errno.EBUSY, "another program"),
        (errno.EIO, "does not open"),
    ],
)
def test_a_complaint_says_what_to_do(code, says):
    assert says in _complaint("/dev/ttyUSB0", OSError(code, os.strerror(code)))


async def test_a_serial_port_with_a_wish_it_cannot_fulfil(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(WrongAddress, match="cannot do this"):
        await SerialLink.open(str(file), parity="X")


# ------------------------------------------------------------------------------------------- tcp


class Server:
    """A loopback server for one connection."""

    async def __aenter__(self):
        self._came = asyncio.get_running_loop().create_future()
        self._server = await asyncio.start_server(
            lambda *streams: self._came.set_result(streams), "127.0.0.1", 0
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def connect(self):
        link = await TcpLink.open("127.0.0.1", self.port)
        self.reader, self.writer = await self._came
        return link

    async def __aexit__(self, *_):
        self._server.close()
        self.writer.close()


async def test_bytes_both_ways_over_tcp():
    async with Server() as server:
        link = await server.connect()
        await link.send(b"question")
        assert await server.reader.readexactly(8) == b"question"
        server.writer.write(b"answer")
        assert await hear(link, 6) == b"answer"
        await link.close()
        await link.close()
        with pytest.raises(ReaderLost, match="closed"):
            await link.send(b"question")


async def test_a_connection_answers_at_once_and_notices_a_dead_network():
    async with Server() as server:
        link = await server.connect()
        connection = link._writer.get_extra_info("socket")
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        await link.close()


@pytest.mark.parametrize("abort", [False, True])
async def test_a_connection_that_ends_wakes_who_waits(abort):
    async with Server() as server:
        link = await server.connect()
        waiting = asyncio.create_task(link.receive())
        await asyncio.sleep(0)
        if abort:
            server.writer.transport.abort()
        else:
            server.writer.close()
        async with asyncio.timeout(1):
            with pytest.raises(ReaderLost):
                await waiting
        with pytest.raises(ReaderLost):
            await link.receive()
        await link.close()


async def test_nobody_listens():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ReaderLost, match="nobody listens there"):
        await TcpLink.open("127.0.0.1", port)


async def test_a_network_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        with pytest.raises(ReaderLost, match="no answer"):
            await TcpLink.open(*address, connect_timeout=0.05)
        for one in waiting:
            one.close()


async def test_a_name_that_is_unknown():
    with pytest.raises(ReaderLost, match="the name is unknown"):
        await TcpLink.open("no-such-reader.invalid", 10001)
