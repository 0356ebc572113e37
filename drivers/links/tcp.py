"""A TCP connection as a `ByteLink`."""

import asyncio
import socket
from contextlib import suppress
from typing import Final, Self

from drivers.errors import ReaderLost

_CHUNK: Final = 4096

_KEEPALIVE: Final = (
    ("TCP_KEEPIDLE", 5),  # seconds of quiet before the first probe
    ("TCP_KEEPINTVL", 2),  # seconds between probes
    ("TCP_KEEPCNT", 3),  # probes without an answer
    ("TCP_USER_TIMEOUT", 10_000),  # milliseconds that data may stay unacknowledged
)
"""A pulled network cable is noticed within some ten seconds; not all systems know all of these."""


class TcpLink:
    """An open connection."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str
    ) -> None:
        """Take over a connection; use `open` to get one."""
        self._reader = reader
        self._writer = writer
        self._address = address

    @classmethod
    async def open(cls, host: str, port: int, *, connect_timeout: float = 3.0) -> Self:
        """Connect within `connect_timeout` seconds, or raise `ReaderLost` with what to do."""
        address = f"{host}:{port}"
        try:
            async with asyncio.timeout(connect_timeout):
                reader, writer = await asyncio.open_connection(host, port)
        except socket.gaierror as error:
            raise ReaderLost(f"{address}: the name is unknown: correct the address") from error
        except ConnectionRefusedError as error:
            raise ReaderLost(
                f"{address}: nobody listens there: switch the reader on, or correct the port"
            ) from error
        except TimeoutError as error:
            raise ReaderLost(f"{address}: no answer: check network and power") from error
        except OSError as error:
            raise ReaderLost(f"{address}: cannot connect ({error}): check the network") from error
        _tune(writer.get_extra_info("socket"))
        return cls(reader, writer, address)

    async def send(self, data: bytes) -> None:
        """Hand all of `data` to the line."""
        if self._writer.is_closing():
            raise ReaderLost(f"{self._address}: the connection is closed")
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise self._lost(error) from error

    async def receive(self) -> bytes:
        """Wait for bytes from the line: never empty. A cancelled wait loses none."""
        try:
            data = await self._reader.read(_CHUNK)
        except OSError as error:
            raise self._lost(error) from error
        if not data:
            raise ReaderLost(f"{self._address}: the connection was closed")
        return data

    async def close(self) -> None:
        """Let go of the connection; closing twice is harmless."""
        self._writer.close()
        with suppress(OSError):
            await self._writer.wait_closed()

    def _lost(self, error: OSError) -> ReaderLost:
        return ReaderLost(f"{self._address}: the connection is lost ({error}): check the network")


def _tune(connection: socket.socket) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE:
        if (option := getattr(socket, name, None)) is not None:
            connection.setsockopt(socket.IPPROTO_TCP, option, value)
