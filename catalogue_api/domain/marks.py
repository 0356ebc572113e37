"""What librarians say of an item: lost, missing, damaged, …; and what that does to an open loan.

A loan goes on until the item comes back: a lost item stays in the reader's account, so that both
sides see what is missing. Only withdrawing a lost item ends its loan. See docs/decisions.
"""

from dataclasses import dataclass
from enum import StrEnum

from catalogue_api.domain.collection import ItemStatus


class Mark(StrEnum):
    """What a librarian says of an item. Closed."""

    AVAILABLE = "available"
    """Found, repaired, or put back into use."""
    LOST = "lost"
    MISSING = "missing"
    """Not on its shelf, and not on loan."""
    CLAIMED_RETURNED = "claimed_returned"
    """The reader says that they brought it back; from now on it gets no later."""
    WITH_READER = "with_reader"
    """The reader has it after all: the loan goes on."""
    DAMAGED = "damaged"
    IN_REPAIR = "in_repair"
    NOT_FOR_LOAN = "not_for_loan"
    WITHDRAWN = "withdrawn"


class MarkRefusal(StrEnum):
    """Why an item cannot be marked so. Closed."""

    ON_LOAN = "on_loan"
    NOT_ON_LOAN = "not_on_loan"


@dataclass(frozen=True, slots=True)
class Marked:
    """What a mark changes.

    `ends_loan`: the open loan ends, as written off. `owes`: the reader is blocked until the item is
    back or settled; `settles` lifts that. `claims`: the day is noted on the loan; `unclaims` takes
    it away. `gone`: a reservation that it was put aside for waits again.
    """

    status: ItemStatus
    ends_loan: bool = False
    owes: bool = False
    settles: bool = False
    claims: bool = False
    unclaims: bool = False
    gone: bool = False


_OFF_LOAN = {
    Mark.AVAILABLE: Marked(ItemStatus.AVAILABLE, settles=True),
    Mark.LOST: Marked(ItemStatus.LOST, gone=True),
    Mark.MISSING: Marked(ItemStatus.MISSING, gone=True),
    Mark.DAMAGED: Marked(ItemStatus.DAMAGED, gone=True),
    Mark.IN_REPAIR: Marked(ItemStatus.IN_REPAIR, gone=True),
    Mark.NOT_FOR_LOAN: Marked(ItemStatus.NOT_FOR_LOAN, gone=True),
    Mark.WITHDRAWN: Marked(ItemStatus.WITHDRAWN, gone=True),
}
_ON_LOAN = {
    Mark.LOST: Marked(ItemStatus.LOST, owes=True, unclaims=True),
    Mark.CLAIMED_RETURNED: Marked(ItemStatus.CLAIMED_RETURNED, claims=True, settles=True),
    Mark.WITH_READER: Marked(ItemStatus.AVAILABLE, unclaims=True, settles=True),
}


def decide(mark: Mark, status: ItemStatus, *, on_loan: bool) -> Marked | MarkRefusal:
    """Return what a mark does to an item of this status."""
    if not on_loan:
        return _OFF_LOAN.get(mark) or MarkRefusal.NOT_ON_LOAN
    if mark is Mark.WITHDRAWN and status in {ItemStatus.LOST, ItemStatus.CLAIMED_RETURNED}:
        return Marked(ItemStatus.WITHDRAWN, ends_loan=True)
    return _ON_LOAN.get(mark) or MarkRefusal.ON_LOAN
