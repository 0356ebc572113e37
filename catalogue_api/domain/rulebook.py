"""The library's own rules as one value: what it decides once, and librarians may change."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force; days are calendar days in the library's own time zone.

    `version` grows with every change: whoever holds an older rulebook loads it again.
    """

    zone: ZoneInfo
    loan_days: int = 28
    shelf_days: int = 10
    version: int = 0

    def day(self, instant: datetime) -> date:
        """Return the calendar day of an instant in the library."""
        return instant.astimezone(self.zone).date()

    def due_on(self, lent_at: datetime) -> date:
        """Return the last day of a loan that begins now."""
        return self.day(lent_at) + timedelta(days=self.loan_days)

    def shelf_until(self, ready_at: datetime) -> date:
        """Return the last day on which a copy made ready now waits for its reader."""
        return self.day(ready_at) + timedelta(days=self.shelf_days)
