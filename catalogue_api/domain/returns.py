"""What a return means: the closed list of outcomes, and the rule that chooses one.

The list is versioned; each member has a patron text at the kiosk and a staff text here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import Wish, queue

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


@dataclass(frozen=True, slots=True)
class Laid:
    """An item was laid down at a site: the instant, and its calendar day in the library."""

    site: str
    at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class ItemState:
    """The item as the catalogue knows it before the return."""

    status: ItemStatus
    home_site: str
    in_transit: bool = False


@dataclass(frozen=True, slots=True)
class LastLoan:
    """The newest loan of the item; `ended_on` is a calendar day, None while it is open."""

    started_at: datetime
    due_on: date
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Caught:
    """The hold that this very copy was caught for earlier."""

    id: int
    pickup_site: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A note, and the date that it speaks of, if any."""

    kind: NoteKind
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a return changes. Where `touches_item` is false, the item stays as it was recorded.

    `hold_id` is the hold that the copy now serves. `destination` is the site that it has to go
    to, empty when it stays here.
    """

    outcome: Outcome
    notes: tuple[Noted, ...] = ()
    closes_loan: bool = False
    touches_item: bool = False
    status: ItemStatus = ItemStatus.AVAILABLE
    hold_id: int | None = None
    destination: str = ""


_NEED_STAFF = {ItemStatus.WITHDRAWN, ItemStatus.IN_REPAIR}
_SEARCHED = {
    ItemStatus.LOST: NoteKind.WAS_LOST,
    ItemStatus.MISSING: NoteKind.WAS_MISSING,
    ItemStatus.CLAIMED_RETURNED: NoteKind.WAS_CLAIMED_RETURNED,
}


def decide(
    laid: Laid,
    item: ItemState | None,
    loan: LastLoan | None,
    caught: Caught | None,
    waiting: Iterable[Wish],
) -> Decision:
    """Choose the outcome of a return.

    `loan` is the item's newest loan, open or not: one that began after the item was laid
    means that the report comes too late, and then nothing changes. `caught` is the hold that
    this copy serves already: it stays with it. `waiting` are the title's waiting holds.
    """
    if item is None:
        return Decision(Outcome.UNKNOWN_ITEM)
    if item.status in _NEED_STAFF:
        return Decision(Outcome.NEEDS_STAFF)
    if loan is not None and loan.started_at > laid.at:
        return Decision(Outcome.OVERTAKEN)
    closes = loan is not None and loan.ended_on is None
    outcome, hold_id, destination = _next_place(laid, item, closes, caught, waiting)
    return Decision(
        outcome,
        _notes(laid, item, loan, outcome),
        closes_loan=closes,
        touches_item=True,
        status=_status(item),
        hold_id=hold_id,
        destination=destination,
    )


def _next_place(
    laid: Laid, item: ItemState, closes: bool, caught: Caught | None, waiting: Iterable[Wish]
) -> tuple[Outcome, int | None, str]:
    """Return the outcome, the hold that the copy serves and where it must travel."""
    wanted = caught
    if wanted is None and item.status is not ItemStatus.NOT_FOR_LOAN:
        first = next(iter(queue(waiting)), None)
        wanted = Caught(first.id, first.pickup_site) if first else None
    if wanted is not None and wanted.pickup_site == laid.site:
        return Outcome.HOLD_CAPTURED, wanted.id, ""
    if wanted is not None:
        return Outcome.HOLD_TRANSFER, wanted.id, wanted.pickup_site
    if item.home_site != laid.site:
        return Outcome.TRANSFER_HOME, None, item.home_site
    return (Outcome.RETURNED if closes else Outcome.NOT_ON_LOAN), None, ""


def _status(item: ItemState) -> ItemStatus:
    """An item in somebody's hand is neither lost nor missing; a reference copy stays one."""
    if item.status is ItemStatus.NOT_FOR_LOAN:
        return ItemStatus.NOT_FOR_LOAN
    return ItemStatus.AVAILABLE


def _notes(
    laid: Laid, item: ItemState, loan: LastLoan | None, outcome: Outcome
) -> tuple[Noted, ...]:
    notes = []
    if loan is not None and loan.ended_on is None and laid.day > loan.due_on:
        notes.append(Noted(NoteKind.LATE, loan.due_on))
    if item.status in _SEARCHED:
        notes.append(Noted(_SEARCHED[item.status]))
    elif outcome is Outcome.NOT_ON_LOAN and _read_here(laid, item, loan):
        notes.append(Noted(NoteKind.LOCAL_USE))
    return tuple(notes)


def _read_here(laid: Laid, item: ItemState, loan: LastLoan | None) -> bool:
    """Whether the item was read in the library: it was on the shelf when the day began.

    A copy that came back the same day and is laid a second time was not read here, nor was one
    that has just arrived from another site.
    """
    if item.in_transit:
        return False
    return loan is None or (loan.ended_on is not None and loan.ended_on < laid.day)
