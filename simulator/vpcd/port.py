"""The way to vpcd: a card that lies there is a connection to it, a card that is lifted none.

vpcd listens, on port 35963 for its first slot, while pcscd runs. It writes the length of a message
and its bytes apart, and waits for the acknowledgement between them: without quick acknowledgements,
which the kernel forgets after each receive, every question takes 40 ms longer.
"""

import asyncio
import socket
from contextlib import suppress

from drivers.errors import ReaderLost
from drivers.interface import ByteLink
from simulator.vpcd.pad import Pad

VPCD_PORT = 35963
"""Where vpcd waits for a card in its first slot; the next port is its second slot."""
_TRY_AGAIN = 0.1
"""Seconds between attempts to reach a vpcd that is not there (yet)."""
_CHUNK = 4096


class VpcdPort:
    """A port for `Station` and `Line`, whose host is vpcd, as long as a card lies on the pad."""

    def __init__(
        self, pad: Pad, host: str = "127.0.0.1", port: int = VPCD_PORT, *, address: str = ""
    ) -> None:
        self._pad = pad
        self._address = address or f"{host}:{port}"
        self._host = host
        self._port = port
        self._plugged = asyncio.Event()
        self._link: _Link | None = None

    @property
    def address(self) -> str:
        """Where orders find the card: a path, for vpcd's own address leads hosts to vpcd."""
        return self._address

    async def open(self) -> None:
        """Begin."""
        self._plugged.set()

    async def next_host(self) -> ByteLink:
        """Wait for a card, and for vpcd to take it."""
        while True:
            await self._plugged.wait()
            await self._pad.until_laid()
            if connected := await _connect(self._host, self._port):
                self._link = _Link(connected, self._pad)
                return self._link
            await asyncio.sleep(_TRY_AGAIN)

    async def pull(self) -> None:
        """Take the card away without lifting it from the pad."""
        self._plugged.clear()
        if self._link:
            self._link.hang_up()

    async def plug(self) -> None:
        """Lay it back."""
        self._plugged.set()

    async def close(self) -> None:
        """End."""
        await self.pull()
        if self._link:
            await self._link.close()


class _Link:
    """One connection to vpcd as a `ByteLink`; it ends when the card is lifted."""

    def __init__(self, connected: socket.socket, pad: Pad) -> None:
        self._socket = connected
        self._lifted = asyncio.create_task(self._until_lifted(pad), name="card on vpcd")

    async def send(self, data: bytes) -> None:
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
        except OSError as error:
            raise ReaderLost("vpcd has gone") from error

    async def receive(self) -> bytes:
        try:
            data = await asyncio.get_running_loop().sock_recv(self._socket, _CHUNK)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        except OSError as error:
            raise ReaderLost("vpcd has gone") from error
        if not data:
            raise ReaderLost("the card was lifted, or vpcd has gone")
        return data

    def hang_up(self) -> None:
        with suppress(OSError):  # vpcd may have done so
            self._socket.shutdown(socket.SHUT_RDWR)

    async def close(self) -> None:
        self._lifted.cancel()
        await asyncio.gather(self._lifted, return_exceptions=True)
        self._socket.close()

    async def _until_lifted(self, pad: Pad) -> None:
        await pad.until_lifted()
        self.hang_up()


async def _connect(host: str, port: int) -> socket.socket | None:
    connecting = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        connecting.setblocking(False)
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connecting, (host, port))
        connecting.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        if connecting.getsockname() == connecting.getpeername():
            # vpcd's port is one that the kernel gives to clients: this one has reached itself.
            raise ConnectionRefusedError(f"nobody listens at {host}:{port}")  # noqa: TRY301
    except OSError:
        connecting.close()
        return None
    except BaseException:
        connecting.close()
        raise
    return connecting
