"""A network that can be cut: a relay on the way from a kiosk to its catalogue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Network:
    """Carries what either side sends to the other, while it is whole."""

    def __init__(self, target: str) -> None:
        address = urlsplit(target)
        self._host, self._port = address.hostname, address.port
        self._whole = asyncio.Event()
        self._whole.set()
        self._lines: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None]] = set()
        self.url = ""

    def cut(self) -> None:
        """Let nothing arrive any more; nobody is told, as when a cable is dug through."""
        self._whole.clear()

    def mend(self) -> None:
        """Carry again; what was under way when it was cut is lost."""
        self._hang_up()
        self._whole.set()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection to its end."""
        task = asyncio.current_task()
        assert task is not None
        self._carrying.add(task)
        self._lines.add(writer)
        with suppress(OSError):
            await self._whole.wait()
            there, back = await asyncio.open_connection(self._host, self._port)
            self._lines.add(back)
            await asyncio.gather(self._pump(reader, back), self._pump(there, writer))
        self._carrying.discard(task)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(1 << 16):
                await self._whole.wait()
                sink.write(data)
                await sink.drain()
        finally:
            self._lines.discard(sink)
            sink.close()

    async def close(self) -> None:
        """End every connection."""
        self.mend()
        await asyncio.gather(*self._carrying)

    def _hang_up(self) -> None:
        for line in self._lines:
            line.transport.abort()
        self._lines.clear()


@asynccontextmanager
async def network_to(target: str) -> AsyncIterator[Network]:
    """Listen on a port of its own, and carry to the server at `target`."""
    network = Network(target)
    server = await asyncio.start_server(network.carry, "127.0.0.1")
    network.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield network
    finally:
        server.close()
        await network.close()
        await server.wait_closed()
