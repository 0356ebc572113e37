"""Slows down guessing: each failure in a row doubles the wait before the next try."""

from datetime import datetime, timedelta

FREE_TRIES = 5
LONGEST = timedelta(minutes=5)
_REMEMBERED = 10_000


class Throttle:
    """Failures by key (a name, an address), in memory: one process forgets them when it stops.

    The wait never exceeds five minutes, so that nobody is locked out of their own account for
    longer by a stranger who knows their name.
    """

    def __init__(self, free_tries: int = FREE_TRIES) -> None:
        self._free_tries = free_tries
        self._failures: dict[str, tuple[int, datetime]] = {}

    def wait(self, key: str, now: datetime) -> timedelta:
        """Return how long this key still has to wait; zero if it may try."""
        count, last = self._failures.get(key, (0, now))
        if count < self._free_tries:
            return timedelta()
        pause = min(LONGEST, timedelta(seconds=2 ** min(count - self._free_tries, 20)))
        return max(timedelta(), last + pause - now)

    def failed(self, key: str, now: datetime) -> None:
        """Count a failure."""
        count, _ = self._failures.pop(key, (0, now))
        if len(self._failures) >= _REMEMBERED:
            del self._failures[next(iter(self._failures))]
        self._failures[key] = (count + 1, now)

    def succeeded(self, key: str) -> None:
        """Forget the failures of a key."""
        self._failures.pop(key, None)
