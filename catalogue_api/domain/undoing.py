"""Whether a return may be taken back: only on its own day, and if nothing came of it since."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class UndoRefusal(StrEnum):
    """Why a return can no longer be undone."""

    UNDONE_ALREADY = "undone_already"
    CHANGED_NOTHING = "changed_nothing"
    NOT_TODAY = "not_today"
    MOVED_ON = "moved_on"
    """The item was lent, moved or given to a reader since."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """A return as far as undoing it goes; both days are the library's."""

    undone: bool
    touched: bool
    received_on: date
    moved_on: bool


def may_undo(past: Undoable, today: date) -> UndoRefusal | None:
    """Return why a return may not be undone, or None: only on its own day, and nothing since."""
    if past.undone:
        return UndoRefusal.UNDONE_ALREADY
    if not past.touched:
        return UndoRefusal.CHANGED_NOTHING
    if past.received_on != today:
        return UndoRefusal.NOT_TODAY
    return UndoRefusal.MOVED_ON if past.moved_on else None
