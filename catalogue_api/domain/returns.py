"""What a return means: the rule that chooses its outcome, and what it changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from catalogue_api.domain.anomalies import AnomalyKind
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.outcomes import FACTS, NoteKind, Outcome, PartsCheck, SortHint


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
