"""What a kiosk needs of people, from what it told of itself last. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalogue_api.contract.kiosks import KioskHealth, Paper

SILENT_AFTER = timedelta(minutes=5)
"""A kiosk reports about once a minute."""
_BACKLOG = 20  # returns and placements on their way; fewer are a pause of the network
_CLOCK_WRONG = 60.0  # seconds
_DISK_FULL = 100 * 1024 * 1024  # bytes


class Need(StrEnum):
    """The closed list, the most urgent first."""

    OUT_OF_SERVICE = "out_of_service"
    SILENT = "silent"
    BIN_FULL = "bin_full"
    PAPER_OUT = "paper_out"
    PRINTER_AWAY = "printer_away"
    DISK_FULL = "disk_full"
    REFUSED = "refused"
    BACKLOG = "backlog"
    CLOCK_WRONG = "clock_wrong"
    PAPER_LOW = "paper_low"


@dataclass(frozen=True, slots=True)
class KioskNeed:
    """One of them; `detail` is the key of a fault, the name of a bin, or a number, "" for none."""

    need: Need
    detail: str = ""


_PAPER = {
    Paper.OUT: Need.PAPER_OUT,
    Paper.COVER_OPEN: Need.PRINTER_AWAY,
    Paper.AWAY: Need.PRINTER_AWAY,
    Paper.LOW: Need.PAPER_LOW,
}


def needs(
    health: KioskHealth | None, seen_at: datetime | None, now: datetime
) -> tuple[KioskNeed, ...]:
    """Return what a kiosk needs; of a silent one nothing else is known."""
    if health is None or seen_at is None or now - seen_at >= SILENT_AFTER:
        return (KioskNeed(Need.SILENT),)
    found = [KioskNeed(Need.OUT_OF_SERVICE, fault.value) for fault in health.faults]
    found += [KioskNeed(Need.BIN_FULL, one.bin) for one in health.bins if one.full]
    if health.paper in _PAPER:
        found.append(KioskNeed(_PAPER[health.paper]))
    if health.disk_free is not None and health.disk_free < _DISK_FULL:
        found.append(KioskNeed(Need.DISK_FULL))
    if health.refused:
        found.append(KioskNeed(Need.REFUSED, str(health.refused)))
    if health.undelivered + health.unplaced >= _BACKLOG:
        found.append(KioskNeed(Need.BACKLOG, str(health.undelivered + health.unplaced)))
    if abs(health.clock_offset or 0.0) >= _CLOCK_WRONG:
        found.append(KioskNeed(Need.CLOCK_WRONG))
    urgency = list(Need)
    return tuple(sorted(found, key=lambda one: urgency.index(one.need)))
