"""What lets items in and brings them into their bins: the port, and one made of relays."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, Self

from drivers.errors import ReaderLost
from kiosk.lines import LineAddress
from kiosk.relays import BoardLost, RelayBoard


class SorterError(Exception):
    """The item did not reach its bin, as far as is known.

    `inside`: it has passed the flap and lies behind it. `moved`: the belt may have carried it on.
    """

    def __init__(self, message: str, *, inside: bool = False, moved: bool = False) -> None:
        super().__init__(message)
        self.inside = inside
        self.moved = moved


class NotPutIn(SorterError):
    """Nobody put the item in, or something else came before the flap: it is closed again."""


class Stuck(SorterError):
    """A flap does not close: nothing may be taken until a person has seen to it."""


class SorterLost(SorterError):
    """The sorter does not answer: open it again."""


class Sorter(Protocol):
    """An open sorter."""

    async def take(self, bin_name: str) -> None:
        """Open the flap, wait until one item has passed, bring it into the bin."""

    def close_flap(self) -> None:
        """Close the flap at once, if it is open for an item that has not passed yet."""

    async def full(self) -> frozenset[str]:
        """Return the bins whose sensors say that they are full."""

    async def is_stuck(self) -> bool:
        """Whether the flap stands open though it should not, or something lies behind it."""

    async def close(self) -> None:
        """Leave everything at rest and let go."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What hangs on which relay and input of the board. Times in seconds.

    `flap`: the relay that opens it. `passed`: the input of the light barrier behind it. `closed`:
    the input that says that it is closed. `belt`: the relay of its motor. `diverters`, `sensors`:
    for a bin, the relay that leads into it and the input that says that it is full. `entry`: how
    long the flap stays open for a hand, `closing`: how long it may take to close, `travel`: how
    long the belt runs.
    """

    flap: int | None = None
    passed: int | None = None
    closed: int | None = None
    belt: int | None = None
    diverters: Mapping[str, int] | None = None
    sensors: Mapping[str, int] | None = None
    entry: float = 10.0
    closing: float = 3.0
    travel: float = 4.0
    look: float = 0.02

    @property
    def relays(self) -> Sequence[int]:
        """All relays in use, the flap first."""
        own = [self.flap, self.belt, *(self.diverters or {}).values()]
        return [relay for relay in own if relay is not None]


class RelaySorter:
    """A flap, a belt and diverters on a relay board. Whatever happens, they come to rest again."""

    def __init__(self, board: RelayBoard, wiring: Wiring) -> None:
        """Use an open board; `open` makes one."""
        self._board = board
        self._wiring = wiring
        self._hurry = asyncio.Event()

    @classmethod
    async def open(cls, address: LineAddress, wiring: Wiring) -> Self:
        """Open the board and put everything at rest. Raises `SorterLost`."""
        try:
            return await cls.start(RelayBoard(await address.open()), wiring)
        except ReaderLost as error:
            raise SorterLost(str(error)) from error

    @classmethod
    async def start(cls, board: RelayBoard, wiring: Wiring) -> Self:
        """Put everything on an open board at rest. Raises `SorterLost`."""
        sorter = cls(board, wiring)
        try:
            await board.version()
            await sorter._rest()
        except BoardLost as error:
            await board.close()
            raise SorterLost(str(error)) from error
        return sorter

    async def take(self, bin_name: str) -> None:
        """See `Sorter`. Raises `NotPutIn`, `Stuck` or `SorterLost`."""
        passed, moved, wiring = False, False, self._wiring
        self._hurry.clear()
        try:
            await self._set((wiring.diverters or {}).get(bin_name), on=True)
            await self._set(wiring.flap, on=True)
            passed = await self._seen(wiring.passed, wiring.entry, self._hurry)
            await self._set(wiring.flap, on=False)
            shut = await self._seen(wiring.closed, wiring.closing)
            # A hand may still have pushed it in while the flap was closing.
            passed = passed or await self._is_on(wiring.passed)
            if not shut:
                raise Stuck("the flap does not close: look what is in it", inside=passed)
            if not passed:
                raise NotPutIn("nobody put the item in")
            moved = True  # whatever becomes of the board's answer
            await self._set(wiring.belt, on=True)
            await asyncio.sleep(wiring.travel)
        except BoardLost as error:
            raise SorterLost(str(error), inside=passed, moved=moved) from error
        finally:
            with suppress(BoardLost):
                await self._rest()

    def close_flap(self) -> None:
        """See `Sorter`."""
        self._hurry.set()

    async def full(self) -> frozenset[str]:
        """See `Sorter`."""
        try:
            sensors = (self._wiring.sensors or {}).items()
            return frozenset([name for name, number in sensors if await self._board.is_on(number)])
        except BoardLost as error:
            raise SorterLost(str(error)) from error

    async def is_stuck(self) -> bool:
        """See `Sorter`."""
        try:
            closed = self._wiring.closed
            stands_open = closed is not None and not await self._board.is_on(closed)
            # What a power cut left behind the flap would be taken for the next item.
            return stands_open or await self._is_on(self._wiring.passed)
        except BoardLost as error:
            raise SorterLost(str(error)) from error

    async def close(self) -> None:
        """See `Sorter`."""
        with suppress(BoardLost):
            await self._rest()
        await self._board.close()

    async def _rest(self) -> None:
        for relay in self._wiring.relays:
            await self._board.switch(relay, on=False)

    async def _set(self, relay: int | None, *, on: bool) -> None:
        if relay is not None:
            await self._board.switch(relay, on=on)

    async def _is_on(self, number: int | None) -> bool:
        return number is not None and await self._board.is_on(number)

    async def _seen(
        self, number: int | None, within: float, hurry: asyncio.Event | None = None
    ) -> bool:
        """Wait for an input, unless in a hurry; where there is none, that is taken for so."""
        if number is None:
            return True
        end = asyncio.get_running_loop().time() + within
        while not await self._board.is_on(number):
            in_a_hurry = hurry is not None and hurry.is_set()
            if in_a_hurry or asyncio.get_running_loop().time() >= end:
                return False
            await asyncio.sleep(self._wiring.look)
        return True
