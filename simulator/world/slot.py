"""A drop slot in the wall of the world: which thing lies behind its flap, and which fell where."""

from collections.abc import Callable
from typing import Final

from drivers.errors import ReaderLost
from kiosk.relays import RelayBoard
from kiosk.session.sorting import IN_THE_FLAP
from kiosk.sorter import RelaySorter, Sorter, SorterLost, Wiring
from simulator.cable import Cable, Faults, Line
from simulator.devices.board import BoardFace
from simulator.devices.mechanics import Hand, Layout, Slot
from simulator.world import town

_FLAP, _BELT, _PASSED, _CLOSED = 0, 1, 0, 1
_DIVERTERS: Final = {"2": 2, "3": 3, "4": 4}
_STRAIGHT_ON = "1"
"""The bin to which no diverter leads."""

WIRING: Final = Wiring(_FLAP, _PASSED, _CLOSED, _BELT, _DIVERTERS, look=0.1)


class WatchedSlot(Slot):
    """A slot that knows what it swallows. Without power, its relays have let go."""

    def __init__(
        self, fell_in: Callable[[town.Thing], None], brought: Callable[[town.Thing, str], None]
    ) -> None:
        """`fell_in` hears what has passed the flap, `brought` into which bin the belt led it."""
        super().__init__(Layout(_FLAP, _BELT, _PASSED, _CLOSED, _DIVERTERS))
        self._fell_in, self._brought = fell_in, brought
        self._hand: list[town.Thing] = []
        self.behind: list[town.Thing] = []
        self.powered = False

    def switch(self, relay: int, *, on: bool) -> None:
        """Let a relay be switched, if there is power."""
        if self.powered:
            super().switch(relay, on=on)
            self._look()

    def power(self, *, on: bool) -> None:
        """Give it power, or take it away: a spring closes the flap, unless that sticks."""
        self.powered = on
        if not on:
            self.on.clear()
            self.stands_open = self.stands_open and self.sticks

    def offer(self, thing: town.Thing) -> None:
        """Hold a thing so that it falls in as soon as the flap is open."""
        self._hand.append(thing)
        self.meddle(Hand.PUT)
        self._look()

    def take_back(self) -> None:
        """Hold nothing before it any more."""
        self._hand.clear()
        self.meddle(Hand.TAKE_BACK)

    def free(self) -> list[town.Thing]:
        """Free the flap; return what lay behind it."""
        self.meddle(Hand.FREE)
        found, self.behind = self.behind, []
        return found

    def _look(self) -> None:
        """See what has moved since the last time."""
        while len(self.behind) < self.inside:
            thing = self._hand.pop(0)
            self.behind.append(thing)
            self._fell_in(thing)
        if not self.inside:
            led = (name for name, relay in _DIVERTERS.items() if relay in self.on)
            where = next(led, _STRAIGHT_ON)
            found, self.behind = self.behind, []
            for thing in found:
                self._brought(thing, where)


class Mouth:
    """The slot of one kiosk with its relay board. `fell_in` hears what has passed the flap.

    `falls_silent`: the board will, once it has carried something into a bin.
    """

    def __init__(self, kiosk: str, fell_in: Callable[[town.Thing], None]) -> None:
        self._kiosk = kiosk
        self._tell = fell_in
        self.falls_silent = False
        self.slot = WatchedSlot(self._fell_in, self._brought)
        self.cable = Cable(Line(BoardFace(self.slot)))

    async def open(self) -> Sorter:
        """Open it as a kiosk does. Raise `SorterLost`."""
        try:
            link = await self.cable.connect()
        except ReaderLost as error:
            raise SorterLost(str(error)) from error
        return await RelaySorter.start(RelayBoard(link), WIRING)

    def _fell_in(self, thing: town.Thing) -> None:
        thing.place = f"{self._kiosk}/{IN_THE_FLAP}"
        self._tell(thing)

    def _brought(self, thing: town.Thing, bin_name: str) -> None:
        thing.place = f"{self._kiosk}/{bin_name}"
        if self.falls_silent:
            self.cable.line.faults = Faults(loss=1.0)

    @property
    def silent(self) -> bool:
        """Whether its board answers nothing."""
        return self.cable.line.faults != Faults()

    def mend(self) -> None:
        """Let its board answer, now and when the belt runs."""
        self.falls_silent = False
        self.cable.line.faults = Faults()
        self.cable.plug()
