"""A reader on a TCP port, for one host at a time.

A second host is turned away while the first one lives, and takes over when it is dead. Pulled,
connections are dropped and new ones refused; plugged, the same port listens again. A connection
that begins with the control line is no host: it is handed to the control conversation, and stays
while the reader is pulled.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress

from drivers.errors import ReaderLost
from drivers.interface import ByteLink

CONTROL_LINE = b"ritournelle-sim/1\n"
"""The first bytes of a connection that is no host. No reader family begins a request so."""

Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

_CHUNK = 4096
_LIMIT = 1 << 20


class _Host:
    """The reader's side of one connection, as a `ByteLink`."""

    def __init__(
        self, first: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._first = first
        self._reader = reader
        self._writer = writer
        self.gone = asyncio.Event()

    async def send(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise self._lost() from error

    async def receive(self) -> bytes:
        if self._first:
            first, self._first = self._first, b""
            return first
        try:
            data = await self._reader.read(_CHUNK)
        except OSError as error:
            raise self._lost() from error
        if not data:
            raise self._lost()
        return data

    async def close(self) -> None:
        self.gone.set()
        self._writer.close()

    @property
    def dead(self) -> bool:
        """Whether the host is known to have gone, even if nobody has tried to hear it since."""
        heard_the_end = self._reader.at_eof() or self._reader.exception() is not None
        return self.gone.is_set() or heard_the_end

    def _lost(self) -> ReaderLost:
        self.gone.set()
        return ReaderLost("the host has gone")


class TcpPort:
    """A reader's TCP port. `open` it, then `next_host` gives each host that comes."""

    def __init__(self, host: str, port: int, conversation: Conversation) -> None:
        self._name = host
        self._port = port
        self._conversation = conversation
        self._server: asyncio.Server | None = None
        self._reserved: socket.socket | None = None
        self._newcomers: asyncio.Queue[_Host] = asyncio.Queue()
        self._present: _Host | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> str:
        """Where a host finds the port: `HOST:PORT`, with the port that was really got."""
        name = f"[{self._name}]" if ":" in self._name else self._name
        return f"{name}:{self._port}"

    async def open(self) -> None:
        """Listen. Raise OSError when the port is taken."""
        await self.plug()

    async def next_host(self) -> ByteLink:
        """Wait for a host that speaks."""
        return await self._newcomers.get()

    async def pull(self) -> None:
        """Drop every host and refuse new ones; the port number stays ours."""
        if self._server:
            self._server.close()
            self._server = None
            self._reserved = self._bind()
        for writer in tuple(self._writers):
            writer.transport.abort()
        if self._present:
            self._present.gone.set()

    async def plug(self) -> None:
        """Listen again on the same port."""
        if self._server:
            return
        listening, self._reserved = self._reserved or self._bind(), None
        self._port = listening.getsockname()[1]
        self._server = await asyncio.start_server(self._welcome, sock=listening, limit=_LIMIT)

    async def close(self) -> None:
        """Take the port away for good."""
        await self.pull()
        if self._reserved:
            self._reserved.close()
            self._reserved = None
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _bind(self) -> socket.socket:
        family = socket.AF_INET6 if ":" in self._name else socket.AF_INET
        # asyncio sends without delay only on sockets that say they speak TCP.
        bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._name, self._port))
            bound.setblocking(False)
        except OSError:
            bound.close()
            raise
        return bound

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task:
            self._tasks.add(task)
        self._writers.add(writer)
        try:
            first = await _first_bytes(reader)
            if first == CONTROL_LINE:
                self._writers.discard(writer)
                await self._conversation(reader, writer)
            elif first and (self._present is None or self._present.dead):
                if self._present:
                    await self._present.close()
                host = self._present = _Host(first, reader, writer)
                self._newcomers.put_nowait(host)
                await host.gone.wait()
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()
            with suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            if task:
                self._tasks.discard(task)


async def _first_bytes(reader: asyncio.StreamReader) -> bytes:
    """The control line, or else the first bytes of a host; empty when nobody spoke."""
    first = await reader.read(len(CONTROL_LINE))
    while first and first != CONTROL_LINE and CONTROL_LINE.startswith(first):
        more = await reader.read(len(CONTROL_LINE) - len(first))
        if not more:
            break
        first += more
    return first
