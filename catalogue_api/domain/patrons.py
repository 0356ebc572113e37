"""Readers: why one may not borrow for now."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class BlockKind(StrEnum):
    """Why a reader is blocked."""

    SUSPENSION = "suspension"
    """For bringing something back late; it has an end."""
    LOST_ITEM = "lost_item"
    LOST_CARD = "lost_card"
    STAFF = "staff"
    """By a librarian, for the reason written beside it."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A block in force; `until` is its last day, None if it lasts until it is lifted."""

    kind: BlockKind
    until: date | None = None
    reason: str = ""
