"""When a reader may expect a reserved copy: a cautious date with its reason, or honestly none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from heapq import heapify, heapreplace

FARTHEST_TURN = 500
"""Readers ahead beyond which no date is worth telling."""


class EstimateReason(StrEnum):
    """What an estimate rests on, or why there is none."""

    READY = "ready"
    ON_ITS_WAY = "on_its_way"
    ON_THE_SHELF = "on_the_shelf"
    DUE_BACK = "due_back"
    AFTER_OTHERS = "after_others"
    PAUSED = "paused"
    NO_COPY = "no_copy"
    ALL_LATE = "all_late"
    TOO_FAR = "too_far"


@dataclass(frozen=True, slots=True)
class Prospect:
    """A copy that can answer the hold, as far as its next return goes.

    `due_on`: the last day of its loan. `kept`: it is put aside for another reader. Neither: it
    stands on a shelf.
    """

    due_on: date | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """Who is served before: how many, how many of them rest without an end, and who until when.

    `paused_until` are the last days of the pauses of the others that rest.
    """

    ahead: int = 0
    resting: int = 0
    paused_until: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Terms:
    """How long a reader keeps a copy, and how long it waits for one on the reservation shelf."""

    loan_days: int
    shelf_days: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """The day by which the copy should be there if everybody keeps to the rules; None: unknown.

    `ahead` are the readers who are counted before, `copies` those that are counted on, `late` the
    copies that should be back and are not: nobody can say when they come.
    """

    on: date | None
    reason: EstimateReason
    ahead: int = 0
    copies: int = 0
    late: int = 0


def estimate(
    today: date,
    turn: Turn,
    prospects: Iterable[Prospect],
    terms: Terms,
    not_before: date | None = None,
) -> Estimate:
    """Say when a waiting hold may expect its copy; `not_before`: the last day of its own pause.

    Cautious: each reader ahead fetches on the last day of the shelf and keeps to the last day of
    the loan; no renewal is counted, for what others wait for is not renewed. Who rests until a day
    is counted if that day comes first.
    """
    found = list(prospects)
    late = sum(one.due_on is not None and one.due_on < today for one in found)
    comes = [_next(one, today, terms) for one in found if not _is_late(one, today)]
    if not comes:
        return Estimate(
            None, EstimateReason.ALL_LATE if late else EstimateReason.NO_COPY, late=late
        )
    if turn.ahead > FARTHEST_TURN:
        return Estimate(None, EstimateReason.TOO_FAR, turn.ahead, len(comes), late)
    ahead, on = turn.ahead, _after(comes, turn.ahead, terms)
    for last_day in sorted(turn.paused_until):
        if last_day >= on:
            break
        ahead += 1
        on = _after(comes, ahead, terms)
    if not_before is not None and on <= not_before:
        on = not_before + timedelta(days=1)
        return Estimate(on, EstimateReason.PAUSED, ahead, len(comes), late)
    direct = {one.due_on or today for one in found if not one.kept}
    reason = _reason(on, today) if not ahead and on in direct else EstimateReason.AFTER_OTHERS
    return Estimate(on, reason, ahead, len(comes), late)


def _is_late(one: Prospect, today: date) -> bool:
    return one.due_on is not None and one.due_on < today


def _next(one: Prospect, today: date, terms: Terms) -> date:
    """Return the day from which a copy can go to the next reader."""
    if one.due_on is not None:
        return one.due_on
    return today + _round(terms) if one.kept else today


def _round(terms: Terms) -> timedelta:
    return timedelta(days=terms.loan_days + terms.shelf_days)


def _after(comes: list[date], ahead: int, terms: Terms) -> date:
    """Return the day on which a copy comes free when so many others have each had one."""
    heap = list(comes)
    heapify(heap)
    for _ in range(ahead):
        heapreplace(heap, heap[0] + _round(terms))
    return heap[0]


def _reason(on: date, today: date) -> EstimateReason:
    return EstimateReason.ON_THE_SHELF if on <= today else EstimateReason.DUE_BACK
