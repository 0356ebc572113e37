"""The line between a host and a wire face, with its faults and its time; and an in-memory cable.

`Line` joins any byte link to any wire face: a pseudo-terminal and a TCP port use it as the
in-memory `Cable` does, so the same faults apply to all of them. Faults are drawn from one seeded
generator: the same seed and the same bytes give the same run.
"""

import asyncio
import random
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from drivers.errors import ReaderLost
from drivers.interface import ByteLink
from simulator.field import Field
from simulator.timing import NoTime, Pace, SerialRate

GAP = 0.05
"""Seconds of quiet within a request after which a reader forgets its beginning. The manuals say
12 ms for a serial line; a busy host may stall its process longer than a UART would."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request carried out: the answer's bytes (none: no answer) and the seconds on the air."""

    answer: bytes
    air: float = 0.0


class WireFace(Protocol):
    """What a reader family looks like from its cable. Pure: no clock, no waiting."""

    @property
    def field(self) -> Field:
        """The antenna behind this face."""

    @property
    def unfinished(self) -> bool:
        """Whether a request has begun and not ended."""

    def receive(self, data: bytes) -> Sequence[Exchange]:
        """Take bytes from the host and carry out every request that they complete."""

    def silence(self) -> Sequence[Exchange]:
        """Hear that the line has gone quiet: an unfinished request will not be finished."""


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with a line. Rates are probabilities from 0 to 1."""

    pieces: bool = False
    """Answers arrive cut at random places."""
    byte_by_byte: bool = False
    """Answers arrive one byte at a time."""
    delay: float = 0.0
    """Seconds before every answer."""
    loss: float = 0.0
    """Rate of answers that are lost whole."""
    late: float = 0.0
    """Rate of answers that come only after the next question was asked."""
    noise: float = 0.0
    """Rate of bytes, in either direction, that are changed or get a false one before them."""

    def __post_init__(self) -> None:
        for name in ("loss", "late", "noise"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} is a rate: give a number from 0 to 1")
        if not 0 <= self.delay < float("inf"):
            raise ValueError("delay is a number of seconds: give 0 or more")


class Line:
    """Carries bytes between one host at a time and a face. `faults` may be set while it runs."""

    def __init__(
        self,
        face: WireFace,
        *,
        seed: int = 0,
        faults: Faults | None = None,
        pace: Pace | None = None,
        serial: SerialRate | None = None,
        gap: float = GAP,
    ) -> None:
        self.face = face
        self.faults = faults or Faults()
        self._random = random.Random(seed)  # noqa: S311 - faults must repeat, not be secret
        self._pace = pace or NoTime()
        self._serial = serial
        self._gap = gap
        self._late: list[bytes] = []

    async def serve(self, host: ByteLink) -> None:
        """Answer this host until its link is lost; never raises `ReaderLost`."""
        self._late.clear()
        self.face.silence()
        with suppress(ReaderLost):
            while True:
                data = await self._hear(host)
                late, self._late = self._late, []
                for answer in late:
                    await self._deliver(host, answer)
                exchanges = self.face.silence() if data is None else await self._take(data)
                for exchange in exchanges:
                    await self._answer(host, exchange)

    async def _hear(self, host: ByteLink) -> bytes | None:
        """Bytes from the host, or None when it fell silent within a request."""
        if not self.face.unfinished:
            return await host.receive()
        try:
            return await asyncio.wait_for(host.receive(), self._gap)
        except TimeoutError:
            return None

    async def _take(self, data: bytes) -> list[Exchange]:
        """Hand bytes to the face, no further at once than the field's next armed event."""
        await self._cross(len(data))
        data = self._garble(data)
        exchanges: list[Exchange] = []
        while data:
            piece = data[: self.face.field.next_event_in]
            self.face.field.crossed(len(piece))
            exchanges += self.face.receive(piece)
            data = data[len(piece) :]
        return exchanges

    async def _answer(self, host: ByteLink, exchange: Exchange) -> None:
        if exchange.air:
            await self._pace.spend(exchange.air)
        if not exchange.answer or self._happens(self.faults.loss):
            return
        if self._happens(self.faults.late):
            self._late.append(exchange.answer)
            return
        if self.faults.delay:
            await asyncio.sleep(self.faults.delay)
        await self._deliver(host, exchange.answer)

    async def _deliver(self, host: ByteLink, answer: bytes) -> None:
        for piece in self._cut(self._garble(answer)):
            await self._cross(len(piece))
            self.face.field.crossed(len(piece))
            await host.send(piece)
            await asyncio.sleep(0)

    async def _cross(self, count: int) -> None:
        if self._serial:
            await self._pace.spend(self._serial.duration(count))

    def _cut(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self.faults.byte_by_byte:
                size = 1
            elif self.faults.pieces:
                size = self._random.randint(1, len(data))
            else:
                size = len(data)
            yield data[:size]
            data = data[size:]

    def _garble(self, data: bytes) -> bytes:
        if not self.faults.noise:
            return data
        garbled = bytearray()
        for byte in data:
            if not self._happens(self.faults.noise):
                garbled.append(byte)
            elif self._random.random() < 0.5:
                garbled.append(byte ^ self._random.randint(1, 255))
            else:
                garbled += bytes([self._random.randrange(256), byte])
        return bytes(garbled)

    def _happens(self, rate: float) -> bool:
        return rate > 0 and self._random.random() < rate


class _Pipe:
    """One direction of an in-memory cable."""

    def __init__(self) -> None:
        self._pieces: deque[bytes] = deque()
        self._moved = asyncio.Event()
        self._broken = False

    def put(self, data: bytes) -> None:
        if self._broken:
            raise ReaderLost("the cable is pulled")
        self._pieces.append(data)
        self._moved.set()

    async def get(self) -> bytes:
        while not self._broken:
            if self._pieces:
                return self._pieces.popleft()
            self._moved.clear()
            await self._moved.wait()
        raise ReaderLost("the cable is pulled")

    def break_off(self) -> None:
        self._broken = True
        self._moved.set()


class _End:
    """One end of an in-memory cable, as a `ByteLink`."""

    def __init__(self, inbound: _Pipe, outbound: _Pipe) -> None:
        self._inbound = inbound
        self._outbound = outbound

    async def send(self, data: bytes) -> None:
        if data:
            self._outbound.put(data)

    async def receive(self) -> bytes:
        return await self._inbound.get()

    async def close(self) -> None:
        self._inbound.break_off()
        self._outbound.break_off()


class Cable:
    """An in-memory cable to a line: `connect` gives the host's end. Use it with `async with`."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._ends: list[_End] = []
        self._plugged = True
        self._serving: asyncio.Task[None] | None = None

    async def connect(self) -> ByteLink:
        """A host's end of the cable; the host before it loses the reader. Raise `ReaderLost`."""
        if not self._plugged:
            raise ReaderLost("the cable is pulled")
        await self._drop()
        up, down = _Pipe(), _Pipe()
        host, reader = _End(down, up), _End(up, down)
        self._ends = [host, reader]
        self._serving = asyncio.create_task(self._serve(reader), name="simulated line")
        return host

    async def pull(self) -> None:
        """Pull the cable: every wait at either end ends in `ReaderLost` at once."""
        self._plugged = False
        await self._drop()

    def plug(self) -> None:
        """Plug the cable in again: `connect` works again, ends lost before stay lost."""
        self._plugged = True

    async def close(self) -> None:
        """Take the cable away."""
        await self.pull()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _drop(self) -> None:
        for end in self._ends:
            await end.close()
        self._ends = []
        task, self._serving = self._serving, None
        if task:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _serve(self, reader: _End) -> None:
        try:
            await self.line.serve(reader)
        finally:
            await reader.close()
