"""A kiosk that can be killed often: this parent has imported everything, each life is a fork.

Reads one line on standard input for each life: `go`, or the step at which it kills itself (see
`deadly`). The life writes what its screen shows to standard output, one JSON line a change, before
anything else happens; the parent reports its death.
"""

import asyncio
import json
import os
import random
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deadly import BELT, FLAP, JOURNAL, READER, Deadly, DeadlyBoard, DeadlyCatalogue, Fate

from drivers.opening import open_reader
from kiosk.catalogue import HttpCatalogue
from kiosk.clock import machine_clock
from kiosk.daemon import Daemon
from kiosk.journal import Journal
from kiosk.lines import parse_line
from kiosk.outcomes import facts
from kiosk.printer import EscPosPrinter
from kiosk.printing import Press
from kiosk.receipt import compose, escpos
from kiosk.relays import RelayBoard
from kiosk.screen.place import Place
from kiosk.screen.texts import load
from kiosk.service import configure_log
from kiosk.session.events import Pressed
from kiosk.session.pages import BinPage
from kiosk.session.staff import Act, entries
from kiosk.session.states import Idle, ReceiptMode, Rules, Session, Shape, Stopped
from kiosk.sorter import RelaySorter, Sorter, Wiring
from kiosk.staff_cards import StaffCards
from kiosk.world import World


@dataclass(frozen=True)
class Surroundings:
    """What a kiosk is connected to. With a `sorter` it is a drop slot, with a `printer` it prints.

    `staff`: the hash of the card that opens the menu.
    """

    reader: str
    catalogue: str
    token: str
    owner: str
    journal: str
    sorter: str = ""
    printer: str = ""
    staff: str = ""


def tell(**values) -> None:
    os.write(1, json.dumps(values).encode() + b"\n")


class PipeScreen:
    """Says who may be laid on, and what has been promised, as a screen would show it.

    While the menu of staff is open, it presses what empties bin 1.
    """

    daemon: Daemon

    def show(self, session: Session) -> None:
        items = () if isinstance(session.phase, Idle) else session.phase.items
        promised = [
            laid.item.barcode
            for laid in items
            if laid.item is not None and laid.verdict is not None and facts(laid.verdict).accepted
        ]
        tell(open=not isinstance(session.phase, Stopped), promised=promised)
        self._empty_a_bin(session)

    def _empty_a_bin(self, session: Session) -> None:
        if session.menu is not None and isinstance(session.menu.page, BinPage):
            tell(emptied=session.menu.page.emptied)
        for entry in entries(session):
            if entry.act in {Act.BINS, Act.EMPTY} or (entry.act, entry.bin) == (Act.BIN, "1"):
                self.daemon.emit(Pressed(entry.key))

    def play(self, sound) -> None:
        pass


class Life:
    """One life of a kiosk, until it is killed."""

    def __init__(self, around: Surroundings, fate: Fate) -> None:
        self._around = around
        self._fate = fate
        self._place, self._speak = Place("Médiathèque"), load()

    async def live(self) -> None:
        with ThreadPoolExecutor(1) as thread:

            async def run(work):
                return await asyncio.get_running_loop().run_in_executor(thread, work)

            screen = PipeScreen()
            screen.daemon = Daemon(
                "hall", [self._around.owner], self._rules(), await self._world(screen, run)
            )
            await screen.daemon.run()

    def _rules(self) -> Rules:
        return Rules(
            quiet=0.05,
            summary=0.05,
            answer=2.0,
            shape=Shape.SLOT if self._around.sorter else Shape.PAD,
            receipts=ReceiptMode.ALWAYS if self._around.printer else ReceiptMode.NEVER,
        )

    async def _world(self, screen: PipeScreen, run) -> World:
        around, fate = self._around, self._fate
        journal = await run(lambda: Journal(Path(around.journal)))
        return World(
            open_reader=self._open_reader,
            journal=Deadly(journal, fate, JOURNAL),
            run=run,
            catalogue=DeadlyCatalogue(HttpCatalogue(around.catalogue, around.token), fate),
            screen=screen,
            clock=machine_clock(lambda: datetime.now(UTC)),
            new_id=uuid.uuid4,
            chance=random.Random(),
            open_sorter=self._open_sorter if around.sorter else None,
            press=self._press() if around.printer else None,
            staff_cards=StaffCards(frozenset({around.staff} - {""})),
        )

    async def _open_reader(self) -> Deadly:
        return Deadly(await open_reader(self._around.reader), self._fate, READER)

    async def _open_sorter(self) -> Sorter:
        link = await parse_line(self._around.sorter, "numato").open()
        diverters = {name: int(name) for name in ("2", "3", "4")}
        wiring = Wiring(FLAP, 0, 1, BELT, diverters, travel=0.0, look=0.001)
        board = DeadlyBoard(RelayBoard(link), self._fate)
        return Deadly(await RelaySorter.start(board, wiring), self._fate, {"take": "let-in"})

    def _press(self) -> Press:
        printer = EscPosPrinter(parse_line(self._around.printer, "escpos").open)
        return Press(
            Deadly(printer, self._fate, {"print": "print"}),
            lambda effect, at: escpos(
                compose(effect.code, effect.items, effect.language, at, self._place, self._speak)
            ),
        )


def main(*arguments: str) -> None:
    configure_log("error")
    around = Surroundings(*arguments)
    if around.printer:
        escpos(())  # it reads its profiles once
    for line in sys.stdin:
        step = line.strip()
        life = os.fork()
        if life == 0:
            asyncio.run(Life(around, Fate("" if step == "go" else step)).live())
        tell(born=life)
        os.waitpid(life, 0)
        tell(dead=life)


if __name__ == "__main__":
    main(*sys.argv[1:])
