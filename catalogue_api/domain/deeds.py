"""What is done with copies at a desk by one click, and can be taken back on its day."""

from enum import StrEnum


class DeedKind(StrEnum):
    """The closed list."""

    SENT = "sent"
    """Copies left for another site."""
    SHELVED = "shelved"
    """Copies are back on their shelves."""
    MADE_READY = "made_ready"
    """A copy was put on the reservation shelf."""
    CLEARED = "cleared"
    """A copy was taken down from the reservation shelf."""
