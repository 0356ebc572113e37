"""Reservations: the queue of a title, the copy that is caught for one, and the shelf."""

from enum import StrEnum


class HoldStatus(StrEnum):
    """The life of a hold. *Captured*: a copy lies in a bin. *Ready*: it stands on the shelf."""

    WAITING = "waiting"
    CAPTURED = "captured"
    READY = "ready"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


OPEN = (HoldStatus.WAITING, HoldStatus.CAPTURED, HoldStatus.READY)
WITH_ITEM = (HoldStatus.CAPTURED, HoldStatus.READY)
