"""A drop slot of plywood and springs: a flap, a light barrier, a belt, diverters and bins.

Relays move it, hands and faults meddle; it has no clock of its own: everything moves at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Hand(StrEnum):
    """What a person, or bad luck, can do to it."""

    PUT = "put"
    """Put an item in as soon as the flap is open."""
    TAKE_BACK = "take-back"
    """Put nothing in after all."""
    STICK = "stick"
    """The flap does not close the next time."""
    FREE = "free"
    """Free the flap, and take out what lies in it."""
    FILL = "fill"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Layout:
    """Which relay and input is what, as in the kiosk's settings; diverters and sensors by bin."""

    flap: int = 0
    belt: int = 1
    passed: int = 0
    closed: int = 1
    diverters: Mapping[str, int] = field(default_factory=dict)
    sensors: Mapping[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Slot:
    """The slot as it stands now. `bins`: how many items fell into which."""

    layout: Layout = field(default_factory=Layout)
    on: set[int] = field(default_factory=set)
    in_hand: int = 0
    inside: int = 0
    sticks: bool = False
    stands_open: bool = False
    full: set[str] = field(default_factory=set)
    bins: dict[str, int] = field(default_factory=dict)

    def switch(self, relay: int, *, on: bool) -> None:
        """A relay was switched: what hangs on it moves."""
        (self.on.add if on else self.on.discard)(relay)
        if relay == self.layout.flap:
            self.stands_open = on or (self.stands_open and self.sticks)
            self._fall_in()
        if relay == self.layout.belt and on:
            self._bring()

    def is_on(self, number: int) -> bool:
        """What an input says; one that nothing hangs on says no."""
        if number == self.layout.passed:
            return self.inside > 0
        if number == self.layout.closed:
            return not self.stands_open
        return any(number == at and name in self.full for name, at in self.layout.sensors.items())

    def meddle(self, hand: Hand, bin_name: str = "") -> None:
        """Do what a hand does."""
        match hand:
            case Hand.PUT:
                self.in_hand += 1
                self._fall_in()
            case Hand.TAKE_BACK:
                self.in_hand = 0
            case Hand.STICK:
                self.sticks = True
            case Hand.FREE:
                self.sticks, self.inside = False, 0
                self.stands_open = self.layout.flap in self.on
            case Hand.FILL:
                self.full.add(bin_name)
            case Hand.EMPTY:
                self.full.discard(bin_name)
                self.bins.pop(bin_name, None)

    def _fall_in(self) -> None:
        if self.stands_open and self.in_hand:
            self.in_hand -= 1
            self.inside += 1

    def _bring(self) -> None:
        """The belt carries all that is inside past the diverters."""
        led = (name for name, relay in self.layout.diverters.items() if relay in self.on)
        where = next(led, "")
        if self.inside:
            self.bins[where] = self.bins.get(where, 0) + self.inside
            self.inside = 0
