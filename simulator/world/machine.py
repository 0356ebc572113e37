"""One kiosk in its wall: the real daemon on a simulated disk, reader, network and power supply."""

import asyncio
import random
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar
from uuid import UUID

from catalogue_api.contract.returns import PartsCheck
from drivers.interface import Reader
from kiosk.antenna import Pace
from kiosk.clock import Clock
from kiosk.daemon import Daemon
from kiosk.journal import Journal, JournalFailed
from kiosk.session.events import Pressed
from kiosk.session.states import Sets, Shape
from kiosk.snapshot import Snapshot
from kiosk.staff_cards import StaffCards
from kiosk.world import World
from simulator.cable import Cable, Line
from simulator.disk import SimDisk
from simulator.timing import RealTime
from simulator.world import town
from simulator.world.damage import spoil
from simulator.world.equipment import READERS, printer_of, rules_of
from simulator.world.glances import Glances
from simulator.world.network import Network
from simulator.world.plan import Equipment
from simulator.world.slot import Mouth
from simulator.world.story import Invariant, Story
from simulator.world.watching import WatchedField, WatchedScreen
from simulator.world.witness import Witness

T = TypeVar("T")

_PACE: Final = Pace(rest=900.0, quiet=0.0)
"""Nothing moves unseen here: looking again and again at an antenna at rest would be a waste."""

_REFRESH = 7200.0
"""Seconds between two looks at the feed: few, for most of them would show nothing new."""

_SENSORS = 7200.0
"""Seconds between two looks at the sensors of a sorter where nothing is known to have changed."""

_DISK = 0.004
"""Seconds that a piece of work of the journal takes."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a kiosk shares with the world around it."""

    story: Story
    catalogue: town.Catalogue
    things: Iterable[town.Thing]
    folder: Path
    sets: Sets


class Machine:
    """A kiosk that may lose its power at any instant. `number` tells which one of the world's."""

    def __init__(
        self, number: int, reader: int, equipment: Equipment, around: Surroundings, seed: int
    ) -> None:
        self.name, self.site = town.kiosk_name(number), town.site_of(number)
        self.story = around.story
        self._chance = random.Random(f"{self.name} {seed}")  # noqa: S311 - worlds must repeat
        self.path = around.folder / f"{self.name}.db"
        self.disk = SimDisk(self.name, self._chance)
        self.disk.died = self._die
        self.died = asyncio.Event()
        self.born: dict[UUID, float] = {}
        self.answers: dict[UUID, PartsCheck] = {}
        self._witness = Witness(
            self.name, self.story, around.things, lambda: self.journal, self.born
        )
        self.screen = WatchedScreen(self.name, self.story, self._witness.promised)
        self.card = town.staff_card()
        tags = [tag for thing in around.things for tag in thing.tags]
        self._glances = Glances(self._look, lambda: bool(self.field.laid))
        self.field = WatchedField([*tags, self.card], self._glances.moved, self._witness.secured)
        self.printer = printer_of(equipment)
        self._rules = rules_of(equipment, around.sets)
        has_flap = equipment.shape is Shape.SLOT
        self.mouth = Mouth(self.name, self._fell_in) if has_flap else None
        face, self._reader = READERS[reader]
        line = Line(face(self.field), seed=self._chance.getrandbits(32), pace=RealTime())
        self.cable = Cable(line)
        self.network = Network(
            around.catalogue.kiosk(self.name), lambda: around.catalogue.up, self.story, self._chance
        )
        self.clock_error = timedelta(0)
        self.clock_jumped = False
        self.dies_at_the_flap = False
        self.in_use = asyncio.Lock()
        self.journal: Journal | None = None
        self._daemon: Daemon | None = None
        self._life: asyncio.Task[None] | None = None
        self.powered = False
        self._boots, self._booted_at = 0, 0.0
        self._restarting: asyncio.Task[None] | None = None

    # ------------------------------------------------------------------ power

    def switch_on(self) -> None:
        """Give it power, if it has none: it starts."""
        if self.powered:
            return
        self.disk.power_on()
        self.died.clear()
        self._feed(on=True)
        self._boots += 1
        self._booted_at = asyncio.get_running_loop().time()
        self._start()

    def _start(self) -> None:
        for cable in self._cables():
            cable.plug()
        self._life = asyncio.create_task(self._live(), name=self.name)

    async def cut(self) -> None:
        """Take the power away, if it is still there, and wait until nothing moves any more."""
        if self.powered:
            self.lose_power()
        await self.stop()

    def lose_power(self) -> None:
        """Take the power away in this very instant; `cut` has to follow before it comes back."""
        self.disk.power_off()
        self._die()

    async def stop(self) -> None:
        """End the program, as an operator does."""
        life, self._life = self._life, None
        if life is not None:
            life.cancel()
            with suppress(asyncio.CancelledError):
                await life
        for cable in self._cables():
            await cable.pull()

    def _cables(self) -> list[Cable]:
        others = [part.cable for part in (self.printer, self.mouth) if part is not None]
        return [self.cable, *others]

    async def restart(self, *, damaged: bool = False) -> None:
        """Stop the program and start it again; `damaged`: with a spoiled index in its journal."""
        await self.stop()
        if damaged and self.powered:
            spoil(self.path, self.disk)
        await asyncio.sleep(2.0)
        if self.powered and self._life is None:
            self._start()

    def take_down(self) -> None:
        """Take the machine out of the wall."""
        self._glances.stop()
        self.disk.unregister()

    def _die(self) -> None:
        """From this instant nothing leaves the kiosk, whatever its program still does."""
        self._feed(on=False)
        self.died.set()

    def _feed(self, *, on: bool) -> None:
        self.powered = self.network.powered = self.screen.powered = on
        self.field.power(on=on)
        if self.mouth is not None:
            self.mouth.slot.power(on=on)

    async def _live(self) -> None:
        """Start the program as often as it ends, as systemd does."""
        while True:
            try:
                await self._run()
            except JournalFailed as error:
                self.story.tell(f"{self.name}: {error}")
            except Exception as error:  # noqa: BLE001 - whatever ends a kiosk is a finding
                self.story.broke(Invariant.ALIVE, f"{self.name}: {error!r}")
            await asyncio.sleep(2.0)

    async def _run(self) -> None:
        self.journal = Journal(self.path, vfs=self.disk.vfs_name)
        self.screen.begin()
        world = self._surroundings(self.journal)
        self._daemon = Daemon(self.name, [town.OWNER], self._rules, world, _PACE)
        try:
            await self._daemon.run()
        finally:
            self._daemon = None
            if world.snapshot is not None:
                world.snapshot.close()
            self.journal.close()
            self.journal = None

    def _surroundings(self, journal: Journal) -> World:
        return World(
            open_reader=self._open_reader,
            journal=journal,
            run=_on_disk,
            catalogue=self.network,
            screen=self.screen,
            clock=Clock(self._wall, self._uptime, f"boot-{self._boots}"),
            new_id=self._new_id,
            chance=self._chance,
            refresh=_REFRESH,
            snapshot=Snapshot(self.path.with_suffix(".snapshot"), vfs=self.disk.vfs_name),
            press=None if self.printer is None else self.printer.press(),
            staff_cards=StaffCards(barcodes=frozenset({town.STAFF_CARD})),
            restart=self._restart_by_staff,
            open_sorter=None if self.mouth is None else self.mouth.open,
            look=_SENSORS,
        )

    def _restart_by_staff(self) -> None:
        self._restarting = asyncio.create_task(self.restart(), name=f"restart of {self.name}")

    def press(self, button: str) -> None:
        """Somebody presses a button on the screen; on a dark one nothing comes of it."""
        if self.powered and self._daemon is not None:
            self._daemon.emit(Pressed(button))

    # ------------------------------------------------------------------ what the program is given

    def _wall(self) -> datetime:
        return town.at(asyncio.get_running_loop().time()) + self.clock_error

    def _uptime(self) -> float:
        return asyncio.get_running_loop().time() - self._booted_at

    def _new_id(self) -> UUID:
        fresh = UUID(int=self._chance.getrandbits(128), version=4)
        self.born[fresh] = asyncio.get_running_loop().time()
        return fresh

    async def _open_reader(self) -> Reader:
        link = await self.cable.connect()
        return await self._reader(link, patience=0.3)

    # ------------------------------------------------------------------ what is watched

    def lay(self, thing: town.Thing) -> None:
        """Lay a thing on the antenna with all its tags."""
        for uid in thing.here:
            self.field.lay(uid)

    def lift(self, thing: town.Thing) -> None:
        """Take it away."""
        for uid in thing.here:
            self.field.lift(uid)

    def _fell_in(self, thing: town.Thing) -> None:
        """See something fall in at the slot; the power may fail in that very instant."""
        self.lift(thing)
        self._witness.swallowed(thing)
        if self.dies_at_the_flap:
            self.dies_at_the_flap = False
            self.lose_power()

    def free_flap(self) -> None:
        """Let somebody free the flap, and carry what lay behind it to the desk."""
        if self.mouth is None:
            return
        for thing in self.mouth.slot.free():
            self.story.tell(f"{self.name}: {thing.barcode} is taken out of the flap")
            thing.place = town.DESK
        if self._daemon is not None:
            self._daemon.look_at_sorter()

    def look(self) -> None:
        """Let the kiosk notice at once what happened to its antenna."""
        self._glances.moved()

    def _look(self) -> None:
        if self._daemon is not None:
            self._daemon.look()


async def _on_disk(work: Callable[[], T]) -> T:
    await asyncio.sleep(_DISK)
    return work()
