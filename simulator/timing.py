"""How long an exchange takes on the air (ISO 15693) and on a serial line, and where it is spent.

The model: addressed commands, one sub-carrier, high data rate, reader to tag in the 1-of-4 code;
all durations in seconds. It is computed from frame lengths, `T1`, `T2`, slots and collisions.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from drivers.interface import Uid

BIT = 37.76e-6
"""One bit from the tag at the high rate (512 periods of 13.56 MHz)."""
REQUEST_BYTE = 302.08e-6
"""One byte to the tag in the 1-of-4 code."""
REQUEST_EDGES = 75.52e-6 + BIT
"""Start and end of frame of a request."""
ANSWER_EDGES = 8 * BIT
"""Start and end of frame of an answer, four bit times each."""
SLOT_PULSE = BIT
"""The end of frame that opens the next slot."""
T1 = 320e-6
"""From the end of a request to the answer."""
T2 = 309e-6
"""From the end of an answer to the next request."""
CRC = 2
HEAD = 2
"""Flags and command code."""
UID_BYTES = 8
SLOTS = 16
ANSWER_FLAGS = 1
INVENTORY_ANSWER = ANSWER_FLAGS + 1 + UID_BYTES + CRC
SYSTEM_INFO_ANSWER = ANSWER_FLAGS + 1 + UID_BYTES + 5 + CRC
WRITE_LIMIT = 20e-3
"""How long a reader waits for the answer to a write before it gives up."""
RF_RESET = 15e-3
"""How long a field reset keeps the field off."""


def request(parameters: int, *, addressed: bool = True) -> float:
    """A request with `parameters` bytes after the head (and the UID, if addressed)."""
    length = HEAD + (UID_BYTES if addressed else 0) + parameters + CRC
    return REQUEST_EDGES + length * REQUEST_BYTE


def answer(length: int) -> float:
    """An answer of `length` bytes, flags and CRC included."""
    return ANSWER_EDGES + length * 8 * BIT


EMPTY_SLOT = SLOT_PULSE + T1 + 4 * BIT
OCCUPIED_SLOT = SLOT_PULSE + T1 + answer(INVENTORY_ANSWER) + T2
SILENCE = T1 + 4 * BIT
"""What a reader waits before it knows that no answer will start."""


def inventory(uids: Iterable[Uid]) -> float:
    """A whole inventory with 16 slots: each slot in collision is asked again, four bits deeper."""
    numbers = [int(uid, 16) for uid in uids]
    return _rounds(numbers, depth=0)


def _rounds(numbers: list[int], depth: int) -> float:
    slots: dict[int, list[int]] = defaultdict(list)
    for number in numbers:
        slots[(number >> (4 * depth)) % SLOTS].append(number)
    mask_bytes = (depth + 1) // 2
    spent = request(1 + mask_bytes, addressed=False)
    spent += len(slots) * OCCUPIED_SLOT + (SLOTS - len(slots)) * EMPTY_SLOT
    for crowd in slots.values():
        if len(crowd) > 1:
            spent += _rounds(crowd, depth + 1)
    return spent


@dataclass(frozen=True, slots=True)
class Air:
    """Durations of commands; `programming` is what a chip needs to write one cell."""

    programming: float = 10e-3

    def read(self, size: int) -> float:
        """Read blocks of `size` bytes in all, without their lock status."""
        return request(2) + T1 + answer(ANSWER_FLAGS + size + CRC) + T2

    def system_info(self) -> float:
        """Get system information."""
        return request(0) + T1 + answer(SYSTEM_INFO_ANSWER) + T2

    def write(self, parameters: int) -> float:
        """Write one cell, with `parameters` bytes in the request (1 for the AFI, 5 for a block)."""
        return request(parameters) + T1 + self.programming + answer(ANSWER_FLAGS + CRC) + T2

    def order(self) -> float:
        """A command without parameters and without programming (select, reset to ready)."""
        return request(0) + T1 + answer(ANSWER_FLAGS + CRC) + T2

    def eas_alarm(self) -> float:
        """The EAS alarm, asked of everybody: 256 bits come back."""
        return request(1, addressed=False) + T1 + answer(ANSWER_FLAGS + 32 + CRC) + T2

    def unanswered(self, parameters: int = 0) -> float:
        """A request that nobody answers."""
        return request(parameters) + SILENCE

    def unanswered_write(self, parameters: int) -> float:
        """A write that nobody answers: the reader waits as long as a chip may take."""
        return request(parameters) + WRITE_LIMIT


@dataclass(frozen=True, slots=True)
class SerialRate:
    """A serial line: `bits` on the wire for each character (11 for 8E1: start, 8, parity, stop)."""

    baud: int
    bits: int = 11

    def duration(self, characters: int) -> float:
        """How long so many characters are on the wire."""
        return characters * self.bits / self.baud


class Pace(Protocol):
    """Where simulated time is spent."""

    async def spend(self, seconds: float) -> None:
        """Let so much simulated time pass."""


class NoTime:
    """Simulated time costs nothing; others still get their turn."""

    async def spend(self, seconds: float) -> None:  # noqa: ARG002
        """Give way once."""
        await asyncio.sleep(0)


class RealTime:
    """Simulated time is real time.

    A sleep overshoots by a few tenths of a millisecond: what one sleep took too long is taken off
    the next ones, so that a row of exchanges lasts what it should. A stall longer than `forgive` is
    not caught up beyond that.
    """

    def __init__(
        self,
        clock: Callable[[], float] | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        forgive: float = 5e-3,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._forgive = forgive
        self._debt = 0.0

    async def spend(self, seconds: float) -> None:
        """Sleep for `seconds`, less what earlier sleeps took too long."""
        clock = self._clock or asyncio.get_running_loop().time
        wanted = seconds - self._debt
        if wanted <= 0:
            self._debt = -wanted
            await asyncio.sleep(0)
            return
        begin = clock()
        await self._sleep(wanted)
        self._debt = min(max(clock() - begin - wanted, 0.0), self._forgive)
