"""What a computer is at an instant: free, kept for somebody, in use, or out of order."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from catalogue_api.domain.slot_use import Use, is_lapsed
from catalogue_api.domain.slots import OF_STAFF, BookingStatus, Slot, SlotRules


class SeatState(StrEnum):
    """What a computer is now, the first that is true. Closed.

    *Expected*: its slot has begun, or is about to, and whoever has it has not come yet.
    """

    OUT_OF_ORDER = "out_of_order"
    IN_USE = "in_use"
    BLOCKED = "blocked"
    EXPECTED = "expected"
    FREE = "free"


def standing(uses: Iterable[Use], rules: SlotRules, now: datetime) -> list[Use]:
    """Return what still keeps a computer, in its order."""
    return sorted((use for use in uses if not is_lapsed(use, rules, now)), key=lambda use: use.slot)


def begins_soon(slot: Slot, rules: SlotRules, now: datetime) -> bool:
    """Tell whether a slot has begun, or may already be claimed."""
    return slot.starts - timedelta(minutes=rules.gap) <= now


def state_of(
    uses: Iterable[Use], rules: SlotRules, now: datetime, *, out_of_order: bool
) -> tuple[SeatState, datetime | None]:
    """Return what a computer is, and until when (None: nobody knows)."""
    ahead = standing(uses, rules, now)
    if out_of_order:
        return SeatState.OUT_OF_ORDER, None
    if not ahead:
        return SeatState.FREE, None
    first = ahead[0]
    if first.status is BookingStatus.IN_USE:
        return SeatState.IN_USE, first.slot.ends
    if not begins_soon(first.slot, rules, now):
        return SeatState.FREE, first.slot.starts
    state = SeatState.BLOCKED if first.kind in OF_STAFF else SeatState.EXPECTED
    return state, first.slot.ends
