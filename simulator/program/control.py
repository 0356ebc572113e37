"""A client for a running simulated reader.

async with connect("127.0.0.1:10001") as sim:
    await sim.lay("30001000000017")
    await sim.fault(FaultKind.NOISE, 0.02)
"""

import asyncio
import ipaddress
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from pydantic import ValidationError

from simulator.program.orders import (
    Fault,
    FaultKind,
    Greeting,
    Lay,
    Lift,
    ListTags,
    Reply,
    TagState,
)
from simulator.tcp import CONTROL_LINE

PATIENCE = 5.0
"""Seconds to wait for an answer."""
LONGEST_LINE = 1 << 24
"""Bytes of one JSON line: thousands of tags fit."""


class NotReachable(Exception):
    """No simulated reader answers there; the text says what to do."""


class Refused(Exception):
    """The simulated reader did not do it; the text says why."""


class Simulator:
    """An open conversation; `connect` makes it."""

    def __init__(
        self,
        greeting: Greeting,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        patience: float,
    ) -> None:
        self.greeting = greeting
        self._reader = reader
        self._writer = writer
        self._patience = patience
        self._lock = asyncio.Lock()

    async def lay(self, *names: str, after_bytes: int = 0) -> None:
        """Lay tags by name or UID. All or, with an unknown one, none. Raise `Refused`."""
        await self._order(Lay(tags=names, after_bytes=after_bytes))

    async def lift(self, *names: str, after_bytes: int = 0, before_answer: bool = False) -> None:
        """Lift tags by name or UID; `before_answer`: between executing a write and answering it."""
        await self._order(Lift(tags=names, after_bytes=after_bytes, before_answer=before_answer))

    async def lift_all(self) -> None:
        """Clear the antenna, and forget what was armed."""
        await self._order(Lift(all=True))

    async def fault(self, kind: FaultKind, value: float | None = None) -> None:
        """Break the line or mend it."""
        await self._order(Fault(kind=kind, value=value))

    async def tags(self) -> tuple[TagState, ...]:
        """Every tag that the reader knows, laid or not."""
        return (await self._order(ListTags())).tags

    async def _order(self, order: Lay | Lift | Fault | ListTags) -> Reply:
        async with self._lock:
            try:
                self._writer.write(order.model_dump_json().encode() + b"\n")
                await self._writer.drain()
                reply = Reply.model_validate_json(await _line(self._reader, self._patience))
            except (OSError, EOFError, TimeoutError, ValidationError) as error:
                raise NotReachable("the simulated reader went away: start it again") from error
        if reply.error:
            raise Refused(reply.error)
        return reply


async def ask_line(address: str, order: str, patience: float = PATIENCE) -> bytes:
    """Give one order to whatever runs at an address; return its answer. Raise `NotReachable`."""
    async with _conversation(address, patience) as (_, reader, writer):
        writer.write(order.encode() + b"\n")
        try:
            return await _line(reader, patience)
        except (OSError, EOFError, TimeoutError) as error:
            raise _nobody(address) from error


@asynccontextmanager
async def connect(address: str, patience: float = PATIENCE) -> AsyncIterator[Simulator]:
    """Talk to the simulated reader at `HOST:PORT` or at its link. Raise `NotReachable`."""
    async with _conversation(address, patience) as (greeting, reader, writer):
        yield Simulator(greeting, reader, writer, patience)


@asynccontextmanager
async def _conversation(
    address: str, patience: float
) -> AsyncIterator[tuple[Greeting, asyncio.StreamReader, asyncio.StreamWriter]]:
    try:
        reader, writer = await asyncio.wait_for(_open(address), patience)
    except (OSError, TimeoutError) as error:
        raise _nobody(address) from error
    try:
        try:
            writer.write(CONTROL_LINE)
            greeting = Greeting.model_validate_json(await _line(reader, patience))
        except (OSError, EOFError, TimeoutError, ValidationError) as error:
            raise _nobody(address) from error
        yield greeting, reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def control_socket(address: str) -> str:
    """The local socket beside a reader's address: a file beside a link, abstract for TCP.

    It is what still answers on this machine while a TCP reader is pulled and refuses connections.
    """
    if is_path(address):
        return f"{address}.control"
    return f"\0ritournelle-sim/{split_address(address)[1]}"


def is_path(address: str) -> bool:
    """Whether an address is the path of a link, and not `HOST:PORT`."""
    return "/" in address or not address.rpartition(":")[2].isdigit()


def split_address(address: str) -> tuple[str, int]:
    """`HOST:PORT` as host and port; an IPv6 host may stand in brackets."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


async def _open(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    if not is_path(address):
        host, port = split_address(address)
        try:
            return await asyncio.open_connection(host, port, limit=LONGEST_LINE)
        except ConnectionRefusedError:
            if not _is_here(host):
                raise
    return await asyncio.open_unix_connection(control_socket(address), limit=LONGEST_LINE)


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _line(reader: asyncio.StreamReader, patience: float) -> bytes:
    return await asyncio.wait_for(reader.readuntil(b"\n"), patience)


def _nobody(address: str) -> NotReachable:
    return NotReachable(
        f"no simulated reader answers at {address}: start one with `ritournelle-sim reader`, "
        "or take the address of its first line"
    )
