"""The mark that a mail bears, by which one that comes back is known to be ours, and which it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlmodel import Session

from catalogue_api.services.secrets.signing import opened, signed

_PURPOSE = "returned"


@dataclass(frozen=True, slots=True)
class Mark:
    """Which notices a mail told, and a trace of the address that it went to."""

    notices: tuple[int, ...]
    trace: str

    def is_of(self, address: str) -> bool:
        """Tell whether the mail went to this address."""
        return bool(address) and self.trace == _trace(address)


def mark_of(session: Session, notices: Sequence[int], address: str) -> str:
    """Return the mark of a mail; nobody else can make one."""
    return signed(session, _PURPOSE, f"{'-'.join(map(str, notices))}.{_trace(address)}")


def read_mark(session: Session, mark: str) -> Mark | None:
    """Return what a mark says; None if it was not made here."""
    words = opened(session, _PURPOSE, mark)
    if words is None:
        return None
    numbers, _, trace = words.partition(".")
    return Mark(tuple(int(number) for number in numbers.split("-")), trace)


def _trace(address: str) -> str:
    return sha256(address.encode()).hexdigest()[:16]
