"""From an address in the settings to an open reader."""

import asyncio
import os
import tty

import pytest

from drivers.errors import NoAnswer, ReaderError, ReaderLost, WrongAddress
from drivers.interface import Capability, ReaderInfo
from drivers.opening import Address, open_reader, parse
from simulator.feig import FeigFace
from simulator.field import Field


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("feig+serial:///dev/ttyUSB0", Address("feig", "serial", path="/dev/ttyUSB0")),
        (
            "bibliotheca+serial:///dev/ttyUSB0",
            Address("bibliotheca", "serial", path="/dev/ttyUSB0", baud=19200, parity="N"),
        ),
        ("rl866+serial:///dev/ttyUSB0", Address("rl866", "serial", path="/dev/ttyUSB0")),
        (
            "rl866+tcp://reader:4001?reversed_blocks=yes",
            Address("rl866", "tcp", host="reader", port=4001, reversed_blocks=True),
        ),
        (
            "feig+serial:///dev/serial/by-id/a%20b?baud=115200&parity=N&timeout=0.5",
            Address(
                "feig", "serial", path="/dev/serial/by-id/a b", baud=115200, parity="N", timeout=0.5
            ),
        ),
        ("pcsc://", Address("pcsc", "pcsc", timeout=2.0)),
        (
            "pcsc:///Virtual%20PCD%2000%2000?timeout=3&reversed_blocks=yes",
            Address("pcsc", "pcsc", path="Virtual PCD 00 00", timeout=3.0, reversed_blocks=True),
        ),
        ("feig+tcp://192.0.2.7:10001", Address("feig", "tcp", host="192.0.2.7", port=10001)),
        (
            "feig+tcp://[::1]:4001/?advanced=yes&rf_reset=yes",
            Address(
                "feig", "tcp", host="::1", port=4001, own={"advanced": True, "reset_field": True}
            ),
        ),
        (
            "feig+tcp://reader:1?rf_reset=no",
            Address("feig", "tcp", host="reader", port=1, own={"reset_field": False}),
        ),
    ],
)
def test_addresses(url, address):
    assert parse(url) == address


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "no such kind of reader; possible: pcsc:///NAME, FAMILY"),
        ("pcsc://ACR1552U", "name the reader, such as pcsc:///ACR1552U"),
        ("pcsc://?baud=9600", "no option 'baud'; possible: timeout, reversed_blocks"),
        ("/dev/ttyUSB0", "no such kind of reader"),
        ("acme+tcp://host:1", "no such kind of reader"),
        ("feig://host:1", "no such kind of reader"),
        ("rl866+tcp://host:1?rf_reset=yes", "no option 'rf_reset'"),
        ("bibliotheca+tcp://host", "bibliotheca+tcp://host:10001"),
        ("feig+tcp://host", "name host and port"),
        ("feig+tcp://:10001", "name host and port"),
        ("feig+tcp://host:10001/path", "name host and port"),
        ("feig+tcp://host:port", "one of feig, bibliotheca, rl866"),
        ("feig+tcp://host:70000", "one of feig, bibliotheca, rl866"),
        ("feig+tcp://[::1:10001", "one of feig, bibliotheca, rl866"),
        (
            "feig+tcp://host:1?baud=38400",
            "no option 'baud'; possible: timeout, reversed_blocks, advanced",
        ),
        ("feig+tcp://host:1?timeout", "one of feig, bibliotheca, rl866"),
        ("feig+tcp://host:1?timeout=", "no number of seconds"),
        ("feig+tcp://host:1?timeout=nan", "no number of seconds"),
        ("feig+tcp://host:1?timeout=0", "no number of seconds"),
        ("feig+tcp://host:1?timeout=1&timeout=2", "twice"),
        ("feig+tcp://host:1?advanced=1", "neither yes nor no"),
        ("feig+serial://dev/ttyUSB0", "name the port"),
        ("feig+serial://", "name the port"),
        ("feig+serial:///dev/ttyUSB0?baud=fast", "no speed"),
        ("feig+serial:///dev/ttyUSB0?baud=0", "no speed"),
        ("feig+serial:///dev/ttyUSB0?parity=even", "none of E, N, O"),
        ("feig+serial:///dev/ttyUSB0?speed=9600", "no option 'speed'"),
    ],
)
async def test_addresses_that_make_no_sense(url, says):
    with pytest.raises(WrongAddress) as caught:
        await open_reader(url)
    message = str(caught.value)
    assert says in message
    assert "\n" not in message
    assert isinstance(caught.value, ReaderError)
    assert isinstance(caught.value, ValueError)


def answers_of(face, data):
    return b"".join(exchange.answer for exchange in face.receive(data))


async def test_a_reader_over_tcp():
    face = FeigFace(Field())

    async def speak(reader, writer):
        while data := await reader.read(64):
            writer.write(answers_of(face, data))
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    reader = await open_reader(f"feig+tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert reader.info == ReaderInfo("FEIG", "03.03.00 (reader type 53)", frozenset(Capability))
    await reader.close()
    server.close()


async def test_a_reader_over_a_serial_port():
    far, near = os.openpty()
    tty.setraw(near)
    loop = asyncio.get_running_loop()
    face = FeigFace(Field())
    loop.add_reader(far, lambda: os.write(far, answers_of(face, os.read(far, 64))))
    try:
        reader = await open_reader(f"feig+serial://{os.ttyname(near)}")
        assert reader.info.family == "FEIG"
        await reader.close()
    finally:
        loop.remove_reader(far)
        os.close(far)
        os.close(near)


async def test_something_else_at_the_address():
    async def listen(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(NoAnswer, match=r"no FEIG reader answers .* reader's port"):
        await open_reader(f"feig+tcp://127.0.0.1:{port}?timeout=0.02")
    server.close()


async def test_nothing_at_the_address():
    with pytest.raises(ReaderLost, match="no such port"):
        await open_reader("feig+serial:///dev/ttyNONE")
