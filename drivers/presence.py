"""From successive inventories to what a person does: lays a tag down, takes it away.

One inventory proves little: a reader may miss a tag that lies still, and may name a tag twice.
A tag arrives when it is first seen. It leaves when it was missed by several inventories in a row
and for some time, counted from the first inventory that missed it: a long pause between
inventories is no absence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from drivers.interface import Sighting, Uid


@dataclass(frozen=True, slots=True)
class TagArrived:
    """A tag that was not there before."""

    uid: Uid
    dsfid: int


@dataclass(frozen=True, slots=True)
class TagLeft:
    """A tag that is no longer there."""

    uid: Uid


Change: TypeAlias = TagArrived | TagLeft


@dataclass(slots=True)
class _Lying:
    """A tag taken for present, and by how many inventories, since when, it was missed."""

    dsfid: int
    misses: int = 0
    missed_since: float = 0.0


class Presence:
    """Who lies on one antenna. No clock of its own: times are monotonic seconds."""

    def __init__(self, *, misses: int = 2, absence: float = 0.4) -> None:
        """A tag has left after `misses` inventories without it that span `absence` seconds."""
        self._misses = misses
        self._absence = absence
        self._lying: dict[Uid, _Lying] = {}

    def __contains__(self, uid: Uid) -> bool:
        return uid in self._lying

    def dsfid(self, uid: Uid) -> int:
        """Give the DSFID a tag had when it was last seen; 0 for a tag that is not there."""
        lying = self._lying.get(uid)
        return lying.dsfid if lying else 0

    def update(self, inventory: Sequence[Sighting], now: float) -> Sequence[Change]:
        """Take in the inventory that ended at `now`: arrivals in its order, then departures."""
        changes: list[Change] = []
        seen = {sighting.uid: sighting.dsfid for sighting in inventory}
        for uid, dsfid in seen.items():
            if uid not in self._lying:
                changes.append(TagArrived(uid, dsfid))
            self._lying[uid] = _Lying(dsfid)
        for uid in [uid for uid in self._lying if uid not in seen]:
            if self._has_left(self._lying[uid], now):
                del self._lying[uid]
                changes.append(TagLeft(uid))
        return changes

    def _has_left(self, lying: _Lying, now: float) -> bool:
        if not lying.misses:
            lying.missed_since = now
        lying.misses += 1
        return lying.misses >= self._misses and now - lying.missed_since >= self._absence
