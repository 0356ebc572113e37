"""What must hold when a world has ended: promises, journals, bins and the catalogue compared."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from catalogue_api.contract.returns import (
    FACTS,
    SECOND_TAG,
    PartsCheck,
    Placement,
    Security,
)
from catalogue_api.embedded_library import ReturnSeen
from drivers.iso15693 import AFI_IN_STOCK
from kiosk.journal import Counts, Entry
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.tagging import MISSING_PART
from simulator.tags import SimTag
from simulator.world import town
from simulator.world.story import Invariant, Violation
from simulator.world.watching import Promise

_SAID = frozenset({PartsCheck.COMPLETE, PartsCheck.INCOMPLETE, PartsCheck.NO_ANSWER})
_OF_PEOPLE = _SAID | {PartsCheck.STAFF}
_OF_TAGS = frozenset({PartsCheck.TAGS, PartsCheck.STAFF})

_SAME = 540.0
"""Seconds within which the same item at the same kiosk is surely the same return."""


@dataclass(frozen=True, slots=True)
class KioskFacts:
    """What is known of one kiosk: its promises, its journal, and when each identifier was made.

    `answers`: what was said at its screen of the parts of an item.
    """

    name: str
    promises: Mapping[UUID, Promise]
    entries: Mapping[UUID, Entry]
    counts: Counts
    born: Mapping[UUID, float]
    clock_jumped: bool
    has_flap: bool
    answers: Mapping[UUID, PartsCheck]


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known at the end. `lent_at`: when each barcode was last lent, in seconds."""

    kiosks: Sequence[KioskFacts]
    returns: Sequence[ReturnSeen]
    captures: Sequence[tuple[int, str]]
    things: Sequence[town.Thing]
    lent_at: Mapping[str, float]


def check(facts: Facts) -> Iterator[Violation]:
    """Compare everything with everything."""
    reported = {UUID(seen.return_id): seen for seen in facts.returns}
    for kiosk in facts.kiosks:
        for rule in (_promised, _known, _once, _newer_loans, _drained):
            yield from rule(kiosk, reported)
        yield from _checked(kiosk, facts, reported)
        yield from _secured(kiosk, facts)
        yield from _bins(kiosk, facts)
        yield from _swallowed(kiosk, facts)
    yield from _holds(facts)


def _promised(kiosk: KioskFacts, reported: Mapping[UUID, ReturnSeen]) -> Iterator[Violation]:
    """Every promise is in the journal, and every return of the journal in the catalogue."""
    for return_id, promise in kiosk.promises.items():
        if return_id not in kiosk.entries:
            yield Violation(Invariant.PROMISE, f"{kiosk.name}: {promise.barcode} {return_id}: lost")
    for return_id, entry in kiosk.entries.items():
        if entry.refusal is None and return_id not in reported:
            what = f"{kiosk.name}: {entry.request.barcode} {return_id}: never arrived"
            yield Violation(Invariant.ONCE, what)


def _known(kiosk: KioskFacts, reported: Mapping[UUID, ReturnSeen]) -> Iterator[Violation]:
    """The catalogue holds no return of a kiosk that the kiosk's journal does not hold."""
    for return_id, seen in reported.items():
        if seen.kiosk == kiosk.name and return_id not in kiosk.entries:
            what = f"{kiosk.name}: {seen.barcode} {return_id}: not in the journal"
            yield Violation(Invariant.ONCE, what)


def _once(kiosk: KioskFacts, reported: Mapping[UUID, ReturnSeen]) -> Iterator[Violation]:
    """One thing laid down is one return."""
    if kiosk.clock_jumped:
        return
    last: dict[str, float] = {}
    times = [
        (kiosk.born[return_id], seen.barcode)
        for return_id, seen in reported.items()
        # What is said to be incomplete is no return yet, whatever became of the item meanwhile.
        if return_id in kiosk.born and seen.parts_check != PartsCheck.INCOMPLETE
    ]
    for at, barcode in sorted(times):
        if at - last.get(barcode, -_SAME) < _SAME:
            yield Violation(Invariant.ONCE, f"{kiosk.name}: {barcode}: counted twice")
        last[barcode] = at


def _checked(
    kiosk: KioskFacts, facts: Facts, reported: Mapping[UUID, ReturnSeen]
) -> Iterator[Violation]:
    """What was said of the parts is written down as it was said, and no more is made of it."""
    tags = {thing.barcode: len(thing.tags) for thing in facts.things}
    for return_id, entry in kiosk.entries.items():
        barcode, check = entry.request.barcode, entry.request.parts_check
        what = f"{kiosk.name}: {barcode} {return_id}: {check.value or 'nothing said'}"
        said = kiosk.answers.get(return_id)
        if check in _SAID and said is not (None if check is PartsCheck.NO_ANSWER else check):
            yield Violation(Invariant.CHECKED, f"{what}, and heard {said}")
        known = _OF_TAGS if tags[barcode] > 1 else _OF_PEOPLE
        is_set = SECOND_TAG not in entry.request.warnings and town.is_set(barcode)
        if is_set and check not in known:
            yield Violation(Invariant.CHECKED, f"{what}: unasked")
        seen = reported.get(return_id)
        if seen is not None and seen.parts_check != check.value:
            yield Violation(Invariant.CHECKED, f"{what}, and known as {seen.parts_check!r}")
        if check is PartsCheck.INCOMPLETE and (
            return_id in kiosk.promises or (seen is not None and seen.loan_began is not None)
        ):
            yield Violation(Invariant.CHECKED, f"{what}, and returned")


def _newer_loans(kiosk: KioskFacts, reported: Mapping[UUID, ReturnSeen]) -> Iterator[Violation]:
    for return_id, at in kiosk.born.items():
        seen = reported.get(return_id)
        if seen is not None and seen.loan_began is not None and seen.loan_began > town.at(at):
            what = f"{kiosk.name}: {seen.barcode}: lent {seen.loan_began}, dropped {town.at(at)}"
            yield Violation(Invariant.NEWER_LOAN, what)


def _drained(kiosk: KioskFacts, reported: Mapping[UUID, ReturnSeen]) -> Iterator[Violation]:
    if kiosk.counts.undelivered or kiosk.counts.unplaced:
        yield Violation(Invariant.DRAINED, f"{kiosk.name}: {kiosk.counts}")
    for return_id, entry in kiosk.entries.items():
        seen = reported.get(return_id)
        if seen is None or entry.refusal is not None:
            continue
        told = (seen.bin, seen.security)
        if told != (entry.placement.bin, entry.placement.security.value):
            what = f"{kiosk.name}: {seen.barcode}: {told} is not {entry.placement!r}"
            yield Violation(Invariant.BINS, what)


def _secured(kiosk: KioskFacts, facts: Facts) -> Iterator[Violation]:
    """What was accepted is secured, or somebody is told that it is not."""
    tags = {thing.barcode: thing.tags for thing in facts.things}
    for promise in _last_promises(kiosk, facts):
        entry = kiosk.entries.get(promise.return_id)
        if entry is None or _is_secured(entry, tags[promise.barcode]):
            continue
        if entry.answer is not None and not FACTS[entry.answer.outcome].secure:
            continue
        if entry.placement.security in {Security.SECURED, Security.NOT_WANTED}:
            what = f"{kiosk.name}: {promise.barcode}: {entry.placement.security.value}"
            yield Violation(Invariant.SECURED, what)


def _is_secured(entry: Entry, tags: Sequence[SimTag]) -> bool:
    """Say whether the alarm is on in every part that was there."""
    missing = set(entry.request.warnings)
    return all(
        tag.afi == AFI_IN_STOCK
        for ordinal, tag in enumerate(tags, 1)
        if f"{MISSING_PART}{ordinal}" not in missing
    )


def _bins(kiosk: KioskFacts, facts: Facts) -> Iterator[Violation]:
    place = {thing.barcode: thing.place for thing in facts.things}
    for promise in _last_promises(kiosk, facts):
        name, _, lies_in = place[promise.barcode].partition("/")
        entry = kiosk.entries.get(promise.return_id)
        if name == kiosk.name and entry and not _agrees(entry.placement, lies_in):
            what = f"{kiosk.name}: {promise.barcode} lies in {lies_in}: {entry.placement!r}"
            yield Violation(Invariant.BINS, what)


def _swallowed(kiosk: KioskFacts, facts: Facts) -> Iterator[Violation]:
    """What fell in at a slot lies where the journal says, promised or not."""
    last = {
        entry.request.barcode: entry
        for _, entry in sorted(kiosk.entries.items(), key=lambda item: kiosk.born[item[0]])
    }
    for thing in facts.things if kiosk.has_flap else ():
        name, _, lies_in = thing.place.partition("/")
        if name != kiosk.name:
            continue
        entry = last.get(thing.barcode)
        if entry is None or not _agrees(entry.placement, lies_in):
            what = f"{kiosk.name}: {thing.barcode} fell into {lies_in}: {entry!r}"
            yield Violation(Invariant.BINS, what)


def _agrees(placement: Placement, lies_in: str) -> bool:
    return placement.bin in {lies_in, UNKNOWN_BIN}


def _last_promises(kiosk: KioskFacts, facts: Facts) -> Iterable[Promise]:
    """The last promise for each item, unless it was lent since."""
    last = {promise.barcode: promise for promise in kiosk.promises.values()}
    return [
        promise
        for promise in last.values()
        if facts.lent_at.get(promise.barcode, -1.0) < promise.at
    ]


def _holds(facts: Facts) -> Iterator[Violation]:
    for hold, count in Counter(hold for hold, _ in facts.captures).items():
        if count > 1:
            yield Violation(Invariant.HOLD_ONCE, f"hold {hold} has {count} copies")
    given: dict[int, str] = {}
    for seen in facts.returns:
        if seen.hold_id is None:
            continue
        if given.setdefault(seen.hold_id, seen.barcode) != seen.barcode:
            what = f"hold {seen.hold_id}: {given[seen.hold_id]} and {seen.barcode}"
            yield Violation(Invariant.HOLD_ONCE, what)
