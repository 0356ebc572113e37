"""How the kiosk is, at any moment: asked by the service manager, technicians and the catalogue."""

import json
import shutil
from datetime import datetime
from http.client import HTTPConnection, HTTPException
from importlib.metadata import version

from catalogue_api.contract.kiosks import BinState, KioskFault, KioskHealth
from kiosk.bins import Bins
from kiosk.daemon import Daemon
from kiosk.journal import Counts, JournalFailed
from kiosk.settings import KioskSettings
from kiosk.world import World

_PATIENCE = 5.0  # seconds

VERSION = version("ritournelle")


class Checkup:
    """Looks at a running kiosk. Each look goes through the journal's thread, and waits for it."""

    def __init__(
        self,
        daemon: Daemon,
        world: World,
        bins: tuple[str, ...],
    ) -> None:
        """`bins`: the names of the bins that there are."""
        self._daemon = daemon
        self._journal = world.journal
        self._snapshot = world.snapshot
        self._run = world.run
        self._names = bins
        self._clock = world.clock
        self._began = world.clock.moment()
        self._counts = Counts(0, 0, 0, 0, 0)
        self._in_bins: dict[str, int] = {}
        self._bins: Bins | None = None

    async def health(self) -> KioskHealth:
        """Return how the kiosk is; what the journal cannot tell now is what it told last."""
        session = self._daemon.session
        faults = {fault.value for fault in session.faults}
        try:
            self._counts, self._in_bins = await self._run(self._count)
        except JournalFailed:
            faults.add(KioskFault.JOURNAL.value)
        counts, now = self._counts, self._clock.now()
        return KioskHealth(
            at=now,
            version=VERSION,
            started_at=now - self._clock.since(self._began, now),
            faults=tuple(fault for fault in KioskFault if fault.value in faults),
            reader=self._daemon.reader,
            returns=counts.returns,
            undelivered=counts.undelivered,
            unplaced=counts.unplaced,
            refused=counts.refused,
            to_secure=counts.to_secure,
            bins=tuple(
                BinState(bin=name, items=self._in_bins.get(name, 0), full=name in session.full)
                for name in self._names
            ),
            paper=self._daemon.paper,
            disk_free=self._disk_free(),
            clock_offset=self._clock.error,
            snapshot_at=await self._snapshot_at(),
            sorting=self._daemon.sorting.used,
        )

    async def _snapshot_at(self) -> datetime | None:
        return (await self._run(self._snapshot.age)).refreshed if self._snapshot else None

    def _count(self) -> tuple[Counts, dict[str, int]]:
        if self._bins is None:
            self._bins = Bins(self._journal)
        return self._journal.counts(), self._bins.counts()

    def _disk_free(self) -> int | None:
        try:
            return shutil.disk_usage(self._journal.path.parent).free
        except OSError:
            return None


def ask_health(settings: KioskSettings) -> KioskHealth | None:
    """Ask the kiosk that runs with these settings how it is; None if none answers."""
    host = f"[{settings.screen.host}]" if ":" in settings.screen.host else settings.screen.host
    asked = HTTPConnection(host, settings.screen.port, timeout=_PATIENCE)
    try:
        asked.request("GET", "/healthz")
        said = json.loads(asked.getresponse().read())
        return KioskHealth.model_validate(said["health"])
    except (OSError, HTTPException, ValueError, TypeError, KeyError):
        return None
    finally:
        asked.close()


def in_one_line(health: KioskHealth) -> str:
    """Say how a kiosk is in one line, as `systemctl status` shows it."""
    faults = ", ".join(fault.value for fault in health.faults)
    state = f"out of service ({faults})" if faults else "in service"
    full = [one.bin for one in health.bins if one.full]
    return "; ".join(
        [
            state,
            f"{health.undelivered + health.unplaced} to deliver",
            f"{health.to_secure} to secure",
            *([f"{health.refused} refused"] if health.refused else []),
            *([f"bins full: {', '.join(full)}"] if full else []),
        ]
    )
