"""What librarians are asked to look at: the closed list."""

from enum import StrEnum


class AnomalyKind(StrEnum):
    """Why something at a kiosk, a desk or in the nightly work needs a person."""

    OVERTAKEN = "overtaken"
    UNKNOWN_ITEM = "unknown_item"
    NEEDS_STAFF = "needs_staff"
    PARTS_MISSING = "parts_missing"
    DAMAGED = "damaged"
    NOT_SECURED = "not_secured"
    WRONG_SITE = "wrong_site"
    WAS_SEARCHED = "was_searched"
    CLOCK_WRONG = "clock_wrong"
    HOLD_LOST_COPY = "hold_lost_copy"
    SAME_BARCODE = "same_barcode"
    PARTS_UNCHECKED = "parts_unchecked"
