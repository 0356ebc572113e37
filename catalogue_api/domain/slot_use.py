"""The life of a booking: claimed in time or lost, used, extended, ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from catalogue_api.domain.slots import (
    OF_STAFF,
    BookingKind,
    BookingStatus,
    Slot,
    SlotRefusal,
    SlotRules,
)


@dataclass(frozen=True, slots=True)
class Use:
    """A booking as far as its life goes; `offered_until` is set while it is an offer."""

    status: BookingStatus
    slot: Slot
    offered_until: datetime | None = None
    kind: BookingKind = BookingKind.READER


def claim_ends(slot: Slot, rules: SlotRules) -> datetime:
    """Return the instant from which a slot that nobody has claimed is free for others."""
    return min(slot.starts + timedelta(minutes=rules.claim), slot.ends)


def is_lapsed(use: Use, rules: SlotRules, now: datetime) -> bool:
    """Tell whether a booking keeps its computer no longer, whatever is still stored of it."""
    match use.status:
        case BookingStatus.OFFERED:
            return use.offered_until is not None and now >= use.offered_until
        case BookingStatus.BOOKED if use.kind not in OF_STAFF:
            return now >= claim_ends(use.slot, rules)
        case BookingStatus.BOOKED | BookingStatus.IN_USE:
            return now >= use.slot.ends
        case _:
            return True


def claiming(use: Use, rules: SlotRules, now: datetime) -> SlotRefusal | None:
    """Return why a booking cannot be claimed now, None if it can.

    It can within the gap that the one before has left, and until the claim window is over.
    """
    if use.status is BookingStatus.IN_USE:
        return SlotRefusal.HAS_BEGUN
    if use.status is BookingStatus.NO_SHOW:
        return SlotRefusal.NOT_CLAIMED_IN_TIME
    if use.status is not BookingStatus.BOOKED or use.kind in OF_STAFF:
        return SlotRefusal.HAS_ENDED
    if now < use.slot.starts - timedelta(minutes=rules.gap):
        return SlotRefusal.TOO_EARLY
    if is_lapsed(use, rules, now):
        return SlotRefusal.NOT_CLAIMED_IN_TIME
    return None


def usable_until(slot: Slot, rules: SlotRules, *, followed: bool) -> datetime:
    """Return when a session is over: earlier by the gap where somebody comes directly after."""
    return slot.ends - timedelta(minutes=rules.gap) if followed else slot.ends


def remaining(slot: Slot, rules: SlotRules, now: datetime, *, followed: bool) -> timedelta:
    """Return how long a session may still last; nothing is ever less than nothing."""
    return max(usable_until(slot, rules, followed=followed) - now, timedelta())


def extending(use: Use, rules: SlotRules, now: datetime) -> SlotRefusal | None:
    """Return why it is not the time to extend a session, None if it is."""
    if use.status is not BookingStatus.IN_USE:
        return SlotRefusal.NOT_IN_USE
    if is_lapsed(use, rules, now):
        return SlotRefusal.HAS_ENDED
    if use.slot.ends - now > timedelta(minutes=rules.extend_within):
        return SlotRefusal.TOO_EARLY_TO_EXTEND
    return None


def extended(slot: Slot, rules: SlotRules) -> Slot:
    """Return what is added to a session that is extended."""
    return Slot(slot.ends, slot.ends + timedelta(minutes=rules.extension))
