"""Slows down guessing: each failure in a row doubles the wait before the next try.

The wait never exceeds five minutes, so that nobody is locked out of their own account for longer
by a stranger who knows their name. Failures are forgotten one by one as time goes by, as slowly as
the longest wait lets others follow: whoever guesses without end gains nothing, and an address or a
computer that many share is not slowed down for what its people got wrong last week.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

FREE_TRIES = 5
FREE_TRIES_OF_AN_ADDRESS = 30
"""Many may share one, behind a proxy or a router."""
LONGEST = timedelta(minutes=5)
EASES_AFTER = LONGEST
"""After each stretch of so long one failure is forgotten, whatever else is tried in it."""
_OF_THE_NETWORK = 64
"""Bits of an IPv6 address that its provider gives: the others a household chooses by itself."""


@dataclass(frozen=True, slots=True)
class Failures:
    """How many failures still count at an instant: when the first came, or one was forgotten."""

    count: int
    at: datetime

    def eased(self, now: datetime) -> "Failures":
        """Return what still counts now.

        Failures of a time to come are those of a clock that was wrong: they are forgotten.
        """
        left = self.count - (now - self.at) // EASES_AFTER
        if left <= 0 or self.at - now > LONGEST:
            return Failures(0, now)
        forgotten = max(self.count - left, 0)
        return Failures(self.count - forgotten, self.at + forgotten * EASES_AFTER)

    def wait(self, free_tries: int, now: datetime) -> timedelta:
        """Return how long they still have to wait; zero if they may try."""
        if self.count < free_tries:
            return timedelta()
        pause = min(LONGEST, timedelta(seconds=2 ** min(self.count - free_tries, 20)))
        return max(timedelta(), self.at + pause - now)


def origin(address: str) -> str:
    """Return what stands for whoever asks from an address: on IPv6 a network, not one of its 2^64.

    What is no address stands for itself.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ip_network((found.packed, _OF_THE_NETWORK), strict=False))
