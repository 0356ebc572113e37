"""What is outside a kiosk's program, handed to it when it is put together."""

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from drivers.interface import Reader
from kiosk.catalogue import Catalogue
from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.mouth import OpenSorter
from kiosk.printing import Press
from kiosk.running import Run
from kiosk.session import effects as fx
from kiosk.session.states import Session
from kiosk.snapshot import Snapshot
from kiosk.staff_cards import StaffCards


class Screen(Protocol):
    """What shows and sounds; both calls return at once."""

    def show(self, session: Session) -> None:
        """Show the present state."""

    def play(self, sound: fx.Sound) -> None:
        """Let a sound be heard."""


@dataclass(frozen=True, slots=True)
class World:
    """All that is outside a kiosk: hardware, disk, network, time and chance.

    `refresh`: seconds between two looks at what has changed in the catalogue; `look`: between two
    at the sensors of the sorter.
    """

    open_reader: Callable[[], Awaitable[Reader]]
    journal: Journal
    run: Run
    catalogue: Catalogue
    screen: Screen
    clock: Clock
    new_id: Callable[[], UUID]
    chance: random.Random
    open_sorter: OpenSorter | None = None
    press: Press | None = None
    staff_cards: StaffCards = field(default_factory=StaffCards)
    restart: Callable[[], None] = lambda: None
    snapshot: Snapshot | None = None
    refresh: float = 300.0
    look: float = 2.0
