"""A simulated reader that runs: its port, its line, and the orders it obeys meanwhile."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol, assert_never

from pydantic import BaseModel, ValidationError

from drivers.interface import ByteLink
from simulator.cable import Faults, Line
from simulator.field import Field, UnknownTag
from simulator.program.control import control_socket, is_path
from simulator.program.orders import (
    DEFAULTS,
    ORDER,
    Fault,
    FaultKind,
    Greeting,
    Lay,
    Lift,
    ListTags,
    Reply,
    TagState,
)
from simulator.tags import SimTag
from simulator.tcp import CONTROL_LINE, Conversation


class Port(Protocol):
    """Where hosts arrive."""

    @property
    def address(self) -> str:
        """Where hosts and orders find the reader."""

    async def open(self) -> None:
        """Begin; raise OSError when the address is taken."""

    async def next_host(self) -> ByteLink:
        """Wait for a host."""

    async def pull(self) -> None:
        """Vanish for hosts."""

    async def plug(self) -> None:
        """Come back at the same address."""

    async def close(self) -> None:
        """End."""


class AddressTaken(OSError):
    """Another simulated reader holds the address; the text says what to do."""


class Stand:
    """One simulated thing at its port. `run` it; subclasses say how it answers an order."""

    def __init__(self, family: str, line: Line, make_port: Callable[[Conversation], Port]) -> None:
        self.family = family
        self.line = line
        self.port = make_port(self._greet_and_obey)
        self._local: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Serve hosts and orders within the block. Raise OSError when the address is taken."""
        _free(self.port.address)
        await self.port.open()
        try:
            control = await asyncio.start_unix_server(
                self._converse_locally, control_socket(self.port.address)
            )
            serving = asyncio.create_task(self._serve(), name="simulated reader")
            try:
                yield
            finally:
                control.close()
                tasks = (serving, *self._local)
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await self.port.close()
            if is_path(self.port.address):
                _remove(self.port.address)

    async def answer(self, line: bytes) -> BaseModel:
        """Carry out one order, as it stands on its line."""
        raise NotImplementedError

    async def _serve(self) -> None:
        while True:
            host = await self.port.next_host()
            await self.line.serve(host)
            await host.close()

    def _converse_locally(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._converse_at_length(reader, writer), name="local orders")
        self._local.add(task)
        task.add_done_callback(self._local.discard)

    async def _converse_at_length(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            if await reader.readline() == CONTROL_LINE:
                await self._greet_and_obey(reader, writer)
        except (ConnectionError, ValueError):
            pass  # they left, or their line has no end
        finally:
            writer.close()

    async def _greet_and_obey(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One conversation: greet, then one reply to each order, until the other side leaves."""
        await _say(writer, Greeting(family=self.family, address=self.port.address))
        while line := await reader.readline():
            await _say(writer, await self.answer(line))


class Station(Stand):
    """A reader at its port; `obey` serves the orders of `simulator.program.orders`."""

    @property
    def field(self) -> Field:
        """The antenna."""
        return self.line.face.field

    async def answer(self, line: bytes) -> BaseModel:
        """Carry out one order, as it stands on its line."""
        try:
            order = ORDER.validate_json(line)
        except ValidationError as error:
            return Reply(error=f"not understood: {error.errors()[0]['msg']}")
        return await self.obey(order)

    async def obey(self, order: Lay | Lift | Fault | ListTags) -> Reply:
        """Do what is asked, or reply what is wrong with it."""
        try:
            match order:
                case Lay():
                    for uid in [self.field.find(name) for name in order.tags]:
                        self.field.lay(uid, order.after_bytes)
                case Lift():
                    self._lift(order)
                case Fault():
                    await self._break(order)
                case ListTags():
                    return Reply(tags=tuple(self._state(t) for t in self.field.tags.values()))
                case _:
                    assert_never(order)
        except (UnknownTag, ValueError, OSError) as error:
            return Reply(error=str(error))
        return Reply()

    def _lift(self, order: Lift) -> None:
        uids = [self.field.find(name) for name in order.tags]
        if order.all:
            self.field.lift_all()
        for uid in uids:
            if order.before_answer:
                self.field.tear(uid)
            else:
                self.field.lift(uid, order.after_bytes)

    async def _break(self, order: Fault) -> None:
        match order.kind:
            case FaultKind.PULL:
                await self.port.pull()
            case FaultKind.PLUG:
                await self.port.plug()
            case _:
                self.line.faults = _worse(self.line.faults, order)

    def _state(self, tag: SimTag) -> TagState:
        return TagState(
            uid=tag.uid,
            name=tag.name,
            chip=tag.model.name,
            laid=tag.uid in self.field.laid,
            afi=f"{tag.afi:02X}",
            dsfid=f"{tag.dsfid:02X}",
            memory=tag.memory.hex().upper(),
            afi_locked=tag.afi_locked,
            eas=tag.eas,
        )


def _worse(faults: Faults, order: Fault) -> Faults:
    """The faults of a line after one more of them, or after `none`."""
    value = order.value if order.value is not None else DEFAULTS.get(order.kind, 0.0)
    match order.kind:
        case FaultKind.PIECES:
            return replace(faults, pieces=True)
        case FaultKind.BYTES:
            return replace(faults, byte_by_byte=True)
        case FaultKind.DELAY:
            return replace(faults, delay=value)
        case FaultKind.LOSS:
            return replace(faults, loss=value)
        case FaultKind.LATE:
            return replace(faults, late=value)
        case FaultKind.NOISE:
            return replace(faults, noise=value)
        case _:
            return Faults()


async def _say(writer: asyncio.StreamWriter, message: BaseModel) -> None:
    writer.write(message.model_dump_json().encode() + b"\n")
    await writer.drain()


def _free(address: str) -> None:
    """Clear away what a dead simulator left beside its link. Raise `AddressTaken` if one lives."""
    if not is_path(address) or not Path(control_socket(address)).exists():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(control_socket(address))
        except OSError:
            _remove(address)
        else:
            raise AddressTaken(f"{address} belongs to another simulated reader: choose another")


def _remove(address: str) -> None:
    Path(control_socket(address)).unlink(missing_ok=True)
