"""What a return means: the closed list of outcomes, and the rule that chooses one.

The list is versioned; each member has a patron text at the kiosk and a staff text here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.domain.collection import ItemStatus

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


@dataclass(frozen=True, slots=True)
class Laid:
    """An item was laid down at a site: the instant, and the calendar day that it counts for.

    `missing` are the parts that were not there, as the kiosk named them. `second_tag`: what was
    laid is another tag with the barcode of an item that lay there already. `parts`: who has looked
    whether all of it was there.
    """

    site: str
    at: datetime
    day: date
    missing: tuple[str, ...] = ()
    second_tag: bool = False
    parts: PartsCheck = PartsCheck.STAFF


@dataclass(frozen=True, slots=True)
class ItemState:
    """The item as the catalogue knows it before the return.

    `destination` is the site that it has to go to, "" for none; `sent`: it has left for there.
    `floats`: it stays wherever it is returned. `contents` are its parts in words, "" for one.
    """

    status: ItemStatus
    home_site: str
    destination: str = ""
    sent: bool = False
    floats: bool = False
    contents: str = ""


@dataclass(frozen=True, slots=True)
class LastLoan:
    """The newest loan of the item; `ended_on` is a calendar day, None while it is open.

    `suspended_until` is the last day of the suspension that its lateness brings, if any.
    """

    started_at: datetime
    due_on: date
    ended_on: date | None
    suspended_until: date | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """A hold that this very copy serves or can serve."""

    id: int
    pickup_site: str


@dataclass(frozen=True, slots=True)
class Noted:
    """A note, with the date that it speaks of and its words, if any."""

    kind: NoteKind
    on: date | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a return changes. Where `touches_item` is false, the item stays as it was recorded.

    `hold_id` is the hold that the copy now serves. `destination` is the site that it has to go
    to, empty when it stays here; `to_shelve`: it stays and goes back to its shelf. `anomalies` are
    what a librarian has to look at.
    """

    outcome: Outcome
    notes: tuple[Noted, ...] = ()
    closes_loan: bool = False
    touches_item: bool = False
    status: ItemStatus = ItemStatus.AVAILABLE
    hold_id: int | None = None
    destination: str = ""
    to_shelve: bool = False
    hint: SortHint = SortHint.STAFF
    anomalies: tuple[AnomalyKind, ...] = ()

    @property
    def local_use(self) -> bool:
        """Whether the item was read in the library."""
        return any(note.kind is NoteKind.LOCAL_USE for note in self.notes)


SERVES_NO_HOLD = frozenset({ItemStatus.NOT_FOR_LOAN, ItemStatus.DAMAGED})
"""A copy in this state answers no reservation when it comes back."""

_NEED_STAFF = frozenset({ItemStatus.WITHDRAWN, ItemStatus.IN_REPAIR})
_STAYS = frozenset({ItemStatus.NOT_FOR_LOAN, ItemStatus.DAMAGED})
_SEARCHED = {
    ItemStatus.LOST: NoteKind.WAS_LOST,
    ItemStatus.MISSING: NoteKind.WAS_MISSING,
    ItemStatus.CLAIMED_RETURNED: NoteKind.WAS_CLAIMED_RETURNED,
}


def decide(
    laid: Laid,
    item: ItemState | None,
    loan: LastLoan | None,
    caught: Wanted | None,
    first: Wanted | None,
) -> Decision:
    """Choose the outcome of a return.

    `loan` is the item's newest loan, open or not: one that began after the item was laid
    means that the report comes too late, and then nothing changes. `caught` is the hold that
    this copy serves already: it stays with it. `first` is the hold at the head of the queue among
    those that this copy could serve.
    """
    if item is None:
        return _untouched(Outcome.UNKNOWN_ITEM, AnomalyKind.UNKNOWN_ITEM)
    if laid.second_tag:
        return _untouched(Outcome.NEEDS_STAFF, AnomalyKind.SAME_BARCODE)
    if item.status in _NEED_STAFF:
        return _untouched(Outcome.NEEDS_STAFF, AnomalyKind.NEEDS_STAFF)
    if loan is not None and loan.started_at > laid.at:
        return _untouched(Outcome.OVERTAKEN, AnomalyKind.OVERTAKEN)
    if laid.missing or laid.parts is PartsCheck.INCOMPLETE:
        note = Noted(NoteKind.CHECK_PARTS, text=", ".join(laid.missing) or item.contents)
        return _untouched(Outcome.PARTS_MISSING, AnomalyKind.PARTS_MISSING, note)
    return _taken(laid, item, loan, caught, first)


def _untouched(outcome: Outcome, anomaly: AnomalyKind, *notes: Noted) -> Decision:
    """Return a decision that changes nothing, but that a librarian will see."""
    return Decision(outcome, notes, hint=FACTS[outcome].hint, anomalies=(anomaly,))


def _taken(
    laid: Laid,
    item: ItemState,
    loan: LastLoan | None,
    caught: Wanted | None,
    first: Wanted | None,
) -> Decision:
    closes = loan is not None and loan.ended_on is None
    wanted = caught or (None if item.status in SERVES_NO_HOLD else first)
    outcome, destination = _next_place(laid, item, closes, wanted)
    damaged = item.status is ItemStatus.DAMAGED
    return Decision(
        outcome,
        _notes(laid, item, loan, outcome),
        closes_loan=closes,
        touches_item=True,
        status=item.status if item.status in _STAYS else ItemStatus.AVAILABLE,
        hold_id=wanted.id if wanted else None,
        destination=destination,
        to_shelve=not destination and wanted is None and not damaged,
        hint=SortHint.STAFF if damaged else FACTS[outcome].hint,
        anomalies=_anomalies(laid, item),
    )


def _next_place(
    laid: Laid, item: ItemState, closes: bool, wanted: Wanted | None
) -> tuple[Outcome, str]:
    """Return the outcome, and the site that the copy must travel to ("": it stays)."""
    if wanted is not None and wanted.pickup_site == laid.site:
        return Outcome.HOLD_CAPTURED, ""
    if wanted is not None:
        return Outcome.HOLD_TRANSFER, wanted.pickup_site
    arrived = item.destination == laid.site
    goal = item.destination or ("" if item.floats else item.home_site)
    if goal and goal != laid.site and not arrived:
        return Outcome.TRANSFER_HOME, goal
    return (Outcome.RETURNED if closes else Outcome.NOT_ON_LOAN), ""


def _notes(
    laid: Laid, item: ItemState, loan: LastLoan | None, outcome: Outcome
) -> tuple[Noted, ...]:
    notes = []
    if loan is not None and loan.ended_on is None and laid.day > loan.due_on:
        notes.append(Noted(NoteKind.LATE, loan.due_on))
        if loan.suspended_until is not None:
            again = loan.suspended_until + timedelta(days=1)
            notes.append(Noted(NoteKind.MAY_BORROW_FROM, again))
    if item.status in _SEARCHED:
        notes.append(Noted(_SEARCHED[item.status]))
    elif outcome is Outcome.NOT_ON_LOAN and _read_here(laid, item, loan):
        notes.append(Noted(NoteKind.LOCAL_USE))
    if item.contents:
        notes.append(Noted(NoteKind.CHECK_PARTS, text=item.contents))
    return tuple(notes)


def _anomalies(laid: Laid, item: ItemState) -> tuple[AnomalyKind, ...]:
    found = []
    if item.status is ItemStatus.DAMAGED:
        found.append(AnomalyKind.DAMAGED)
    if item.status in {ItemStatus.LOST, ItemStatus.CLAIMED_RETURNED}:
        found.append(AnomalyKind.WAS_SEARCHED)
    if item.sent and item.destination not in {"", laid.site}:
        found.append(AnomalyKind.WRONG_SITE)
    unasked = laid.parts is PartsCheck.NONE and item.contents != ""
    if unasked or laid.parts is PartsCheck.NO_ANSWER:
        found.append(AnomalyKind.PARTS_UNCHECKED)
    return tuple(found)


def _read_here(laid: Laid, item: ItemState, loan: LastLoan | None) -> bool:
    """Whether the item was read in the library: it was on the shelf when the day began.

    A copy that came back the same day and is laid a second time was not read here, nor was one
    that has just arrived from another site.
    """
    if item.destination:
        return False
    return loan is None or (loan.ended_on is not None and loan.ended_on < laid.day)


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
