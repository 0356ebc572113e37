"""The book drop that is emptied in the morning: what lay in it counts as of the last closing.

That one is emptying it stands in the form of the scan box alone: whoever opens the page anew, opens
a reader's account or scans nothing for a quarter of an hour has ended it without a click.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_GOES_ON = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class NightDrop:
    """A book drop that is being emptied: as of when its copies count, and when it was last used."""

    counts_at: datetime
    used_at: datetime

    @property
    def field(self) -> str:
        """What the form carries to the next scan."""
        return self.used_at.isoformat()


def goes_on(field: str, now: datetime) -> bool:
    """Tell whether the drop that a form speaks of is still being emptied."""
    try:
        used_at = datetime.fromisoformat(field).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return timedelta(0) <= now - used_at <= _GOES_ON
