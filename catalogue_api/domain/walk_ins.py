"""Who comes without a slot: a number, and a turn when a computer of the room is free."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from catalogue_api.domain.slot_booking import Seat
from catalogue_api.domain.slot_grid import last_end
from catalogue_api.domain.slots import Ability, Slot, SlotRules


class WalkInStatus(StrEnum):
    """The life of a number. *Left*: gave up, or did not come when called."""

    WAITING = "waiting"
    CALLED = "called"
    SEATED = "seated"
    LEFT = "left"


WALK_INS_HERE = (WalkInStatus.WAITING, WalkInStatus.CALLED)


@dataclass(frozen=True, slots=True)
class Turn:
    """A number that waits, and what its computer must have."""

    id: int
    number: int
    abilities: frozenset[Ability] = frozenset()


def next_turn(turns: Iterable[Turn], seat: Seat) -> Turn | None:
    """Return the lowest number that this computer serves, None if it serves none."""
    served = (one for one in turns if one.abilities <= seat.abilities)
    return None if seat.out_of_order else min(served, key=lambda one: one.number, default=None)


def seat_now(until: datetime, zone: ZoneInfo, rules: SlotRules, now: datetime) -> Slot | None:
    """Return the slot of somebody who sits down now, None if too little time is left.

    It begins at this instant, and ends on the grid: at the latest at `until`, when the next comes
    or the doors close.
    """
    latest = min(until, now + timedelta(minutes=rules.session))
    slot = Slot(now, last_end(latest, zone, rules.grid))
    return slot if slot.ends > now and slot.minutes >= rules.least else None
