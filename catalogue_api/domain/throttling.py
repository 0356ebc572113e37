"""Slows down guessing: each failure in a row doubles the wait before the next try.

The wait never exceeds five minutes, so that nobody is locked out of their own account for longer
by a stranger who knows their name.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FREE_TRIES = 5
FREE_TRIES_OF_AN_ADDRESS = 30
"""Many may share one, behind a proxy or a router."""
LONGEST = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Failures:
    """How often somebody failed in a row, and when last."""

    count: int
    last_at: datetime

    def wait(self, free_tries: int, now: datetime) -> timedelta:
        """Return how long they still have to wait; zero if they may try."""
        if self.count < free_tries or now - self.last_at >= FORGOTTEN_AFTER:
            return timedelta()
        pause = min(LONGEST, timedelta(seconds=2 ** min(self.count - free_tries, 20)))
        return max(timedelta(), self.last_at + pause - now)
