"""Waiting for a slot: who is offered one that becomes free, and for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from catalogue_api.domain.slot_booking import Seat
from catalogue_api.domain.slot_grid import ceiled
from catalogue_api.domain.slots import Ability, Slot, SlotRules, lasting

SHORTEST_OFFER = timedelta(minutes=5)
"""An offer that stands for less helps nobody: whoever is there takes the computer."""


class WishStatus(StrEnum):
    """The life of a wish; *over*: its time has come and nothing became free."""

    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    OVER = "over"


OPEN_WISHES = (WishStatus.WAITING, WishStatus.OFFERED)


@dataclass(frozen=True, slots=True)
class SlotWish:
    """Somebody who would take any slot of so many minutes that lies within an interval."""

    id: int
    placed_at: datetime
    within: Slot
    minutes: int
    abilities: frozenset[Ability] = frozenset()


def fitting(wish: SlotWish, free: Slot, seat: Seat, now: datetime) -> Slot | None:
    """Return the first slot in a free stretch of a computer that answers a wish, None if none."""
    if seat.out_of_order or not wish.abilities <= seat.abilities:
        return None
    starts = ceiled(max(free.starts, wish.within.starts, now))
    slot = lasting(starts, wish.minutes)
    return slot if slot.ends <= min(free.ends, wish.within.ends) else None


def offer_until(slot: Slot, rules: SlotRules, now: datetime) -> datetime | None:
    """Return how long a slot may be kept for who is offered it: never beyond its begin."""
    until = min(now + timedelta(minutes=rules.offer), slot.starts)
    return until if until - now >= SHORTEST_OFFER else None
