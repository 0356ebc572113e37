"""What time it is, for a kiosk whose own clock may be wrong.

Uptime never jumps, so a moment is kept as an uptime of one boot. Once the catalogue has told its
time during that boot, every moment of the boot has a date, whatever the wall clock said.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_QUICK = 1.0
"""Seconds: a catalogue that took longer to answer is only believed when no better is known."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time that no clock can move: seconds since the boot of that name."""

    boot: str
    uptime: float


class Clock:
    """The best that is known of the time. `wall` gives the machine's own, in the zone to speak in.

    `uptime` counts seconds through suspensions too; `boot` names what it counts from.
    """

    def __init__(
        self, wall: Callable[[], datetime], uptime: Callable[[], float], boot: str
    ) -> None:
        self._wall = wall
        self._uptime = uptime
        self._boot = boot
        self._offset: float | None = None

    @property
    def offset(self) -> float | None:
        """Seconds from the epoch to this boot by the catalogue's clock; None: not yet heard."""
        return self._offset

    @property
    def error(self) -> float | None:
        """Seconds that the machine's own clock is ahead of the catalogue's; None: not yet heard."""
        if self._offset is None:
            return None
        return self._wall().timestamp() - (self._offset + self._uptime())

    def moment(self) -> Moment:
        """Return the present moment."""
        return Moment(self._boot, self._uptime())

    def now(self) -> datetime:
        """Tell the time: the catalogue's, or the machine's own until that was heard."""
        return self.date_of(self._uptime()) or self._wall()

    def machine(self) -> datetime:
        """Tell the machine's own time, right or wrong."""
        return self._wall()

    def date_of(self, uptime: float) -> datetime | None:
        """Return the date of a moment of this boot; None before the catalogue was heard."""
        if self._offset is None:
            return None
        return datetime.fromtimestamp(self._offset + uptime, self._wall().tzinfo)

    def heard(self, theirs: datetime, asked: Moment) -> None:
        """Take the catalogue's time, asked for at `asked` and heard now.

        Rather early than late: a return that seems to come after a later loan would end it.
        """
        uptime = self._uptime()
        if self._offset is None or uptime - asked.uptime <= _QUICK:
            self._offset = theirs.timestamp() - uptime

    def since(self, moment: Moment, date: datetime | None) -> timedelta:
        """How long ago something was; `date` is used if it was in another boot.

        Without a date it is as long as is certain: since this boot began.
        """
        if moment.boot == self._boot:
            return timedelta(seconds=self._uptime() - moment.uptime)
        return timedelta(seconds=self._uptime()) if date is None else self.now() - date


def machine_clock(wall: Callable[[], datetime]) -> Clock:
    """Return the clock of this machine (Linux: CLOCK_BOOTTIME and the kernel's boot id)."""
    boot = _BOOT_ID.read_text(encoding="ascii").strip()
    return Clock(wall, lambda: time.clock_gettime(time.CLOCK_BOOTTIME), boot)
