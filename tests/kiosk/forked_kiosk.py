"""A kiosk that can be killed often: this parent has imported everything, each life is a fork.

Reads one line on standard input for each life. The life writes what its screen shows to standard
output, one JSON line a change, before anything else happens; the parent reports its death.
"""

import asyncio
import json
import os
import random
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

from drivers.opening import open_reader
from kiosk.catalogue import HttpCatalogue
from kiosk.clock import machine_clock
from kiosk.daemon import Daemon
from kiosk.journal import Journal
from kiosk.outcomes import facts
from kiosk.service import configure_log
from kiosk.session.states import Idle, Rules, Session, Stopped
from kiosk.world import World


def tell(**values) -> None:
    os.write(1, json.dumps(values).encode() + b"\n")


class PipeScreen:
    """Says who may be laid on, and what has been promised, as a screen would show it."""

    def show(self, session: Session) -> None:
        items = () if isinstance(session.phase, Idle) else session.phase.items
        promised = [
            laid.item.barcode
            for laid in items
            if laid.item is not None and laid.verdict is not None and facts(laid.verdict).accepted
        ]
        tell(open=not isinstance(session.phase, Stopped), promised=promised)

    def play(self, sound) -> None:
        pass


async def live(reader: str, catalogue: str, token: str, owner: str, journal: Path) -> None:
    with ThreadPoolExecutor(1) as thread:

        async def run(work):
            return await asyncio.get_running_loop().run_in_executor(thread, work)

        world = World(
            open_reader=lambda: open_reader(reader),
            journal=await run(lambda: Journal(journal)),
            run=run,
            catalogue=HttpCatalogue(catalogue, token),
            screen=PipeScreen(),
            clock=machine_clock(lambda: datetime.now(UTC)),
            new_id=uuid.uuid4,
            chance=random.Random(),
        )
        rules = Rules(quiet=0.05, summary=0.05, answer=2.0)
        await Daemon("hall", [owner], rules, world).run()


def main(reader: str, catalogue: str, token: str, owner: str, journal: str) -> None:
    configure_log("error")
    for _ in sys.stdin:
        life = os.fork()
        if life == 0:
            asyncio.run(live(reader, catalogue, token, owner, Path(journal)))
        tell(born=life)
        os.waitpid(life, 0)
        tell(dead=life)


if __name__ == "__main__":
    main(*sys.argv[1:])
