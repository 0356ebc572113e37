"""The closed list of outcomes of a return, their notes, and what always holds for each.

The list is versioned; each member has a patron text at the kiosk and a staff text here.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

OUTCOMES_VERSION = 1


class Outcome(StrEnum):
    """What became of one return, decided by the catalogue."""

    RETURNED = "returned"
    NOT_ON_LOAN = "not_on_loan"
    HOLD_CAPTURED = "hold_captured"
    HOLD_TRANSFER = "hold_transfer"
    TRANSFER_HOME = "transfer_home"
    PARTS_MISSING = "parts_missing"
    NEEDS_STAFF = "needs_staff"
    UNKNOWN_ITEM = "unknown_item"
    OVERTAKEN = "overtaken"


class NoteKind(StrEnum):
    """What else is worth saying about a return."""

    LATE = "late"
    MAY_BORROW_FROM = "may_borrow_from"
    WAS_LOST = "was_lost"
    WAS_MISSING = "was_missing"
    WAS_CLAIMED_RETURNED = "was_claimed_returned"
    LOCAL_USE = "local_use"
    CHECK_PARTS = "check_parts"


class PartsCheck(StrEnum):
    """What is known of the parts of an item when it is laid down, and from whom.

    `NONE`: nobody was asked. `TAGS`: each part was read by its own tag. `COMPLETE`, `INCOMPLETE`,
    `NO_ANSWER`: what the reader said. `STAFF`: a librarian took it as it was.
    """

    NONE = ""
    TAGS = "tags"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    NO_ANSWER = "no_answer"
    STAFF = "staff"


class SortHint(StrEnum):
    """Where the item should go next; the kiosk's own table turns it into a bin."""

    SHELVE = "shelve"
    HOLD = "hold"
    TRANSFER = "transfer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class OutcomeFacts:
    """What always holds for an outcome.

    `closes_loan`: an open loan ends. `accepted`: the item stays with the library; otherwise it
    is given back (unless it was already swallowed). `secure`: the gate alarm is switched on.
    """

    closes_loan: bool
    accepted: bool
    secure: bool
    hint: SortHint


FACTS: dict[Outcome, OutcomeFacts] = {
    Outcome.RETURNED: OutcomeFacts(True, True, True, SortHint.SHELVE),
    Outcome.NOT_ON_LOAN: OutcomeFacts(False, True, True, SortHint.SHELVE),
    Outcome.HOLD_CAPTURED: OutcomeFacts(True, True, True, SortHint.HOLD),
    Outcome.HOLD_TRANSFER: OutcomeFacts(True, True, True, SortHint.TRANSFER),
    Outcome.TRANSFER_HOME: OutcomeFacts(True, True, True, SortHint.TRANSFER),
    Outcome.PARTS_MISSING: OutcomeFacts(False, False, False, SortHint.STAFF),
    Outcome.NEEDS_STAFF: OutcomeFacts(False, False, False, SortHint.STAFF),
    Outcome.UNKNOWN_ITEM: OutcomeFacts(False, False, False, SortHint.STAFF),
    Outcome.OVERTAKEN: OutcomeFacts(False, True, True, SortHint.STAFF),
}


SECOND_TAG: Final = "second_tag"
"""The warning with which a kiosk reports a second tag that has the barcode of an item there."""
