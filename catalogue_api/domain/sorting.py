"""Which bin an item goes into: an ordered table, of which the first line that fits decides."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from catalogue_api.domain.outcomes import FACTS, Outcome, SortHint


class SortedAs(StrEnum):
    """What goes into a bin: what is accepted, and what is kept for staff where a site wants that.

    `KEPT_FOR_LATER`: the kiosk keeps it while the catalogue is away, and goes by its snapshot.
    """

    RETURNED = "returned"
    NOT_ON_LOAN = "not_on_loan"
    HOLD_CAPTURED = "hold_captured"
    HOLD_TRANSFER = "hold_transfer"
    TRANSFER_HOME = "transfer_home"
    OVERTAKEN = "overtaken"
    KEPT_FOR_LATER = "kept_for_later"
    NEEDS_STAFF = "needs_staff"
    PARTS_MISSING = "parts_missing"


@dataclass(frozen=True, slots=True)
class Sorted:
    """An item as far as sorting goes; `destination`: the site that it must go to, "" for none."""

    outcome: SortedAs
    hint: SortHint
    destination: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: all that it names must be so; naming nothing, it always fits."""

    bin: str
    outcome: SortedAs | None = None
    hint: SortHint | None = None
    destination: str = ""
    kind: str = ""

    def fits(self, item: Sorted) -> bool:
        """Tell whether this line is for an item."""
        return (
            self.outcome in {None, item.outcome}
            and self.hint in {None, item.hint}
            and self.destination in {"", item.destination}
            and self.kind in {"", item.kind}
        )

    def covers(self, other: "Line") -> bool:
        """Tell whether everything that fits another line fits this one."""
        return (
            self.outcome in {None, other.outcome}
            and self.hint in {None, other.hint}
            and self.destination in {"", other.destination}
            and self.kind in {"", other.kind}
        )

    @property
    def fits_everything(self) -> bool:
        """Whether it names nothing but a bin."""
        return self == Line(self.bin)


class FlawKind(StrEnum):
    """Why a table cannot be gone by."""

    NO_BIN = "no_bin"
    NEVER_REACHED = "never_reached"
    NO_LAST_LINE = "no_last_line"


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a table: in which line (from 0), which bin that is about.

    `by`: the line above that takes all of what a line is for that is never reached.
    """

    kind: FlawKind
    line: int
    bin: str = ""
    by: int = 0


def flaw_of(table: Sequence[Line], bins: Collection[str]) -> Flaw | None:
    """Return the first thing that is wrong with a table, at a kiosk with these bins."""
    for number, line in enumerate(table):
        if line.bin not in bins:
            return Flaw(FlawKind.NO_BIN, number, line.bin)
        for above, earlier in enumerate(table[:number]):
            if earlier.covers(line):
                return Flaw(FlawKind.NEVER_REACHED, number, line.bin, above)
    if not table or not table[-1].fits_everything:
        return Flaw(FlawKind.NO_LAST_LINE, max(0, len(table) - 1))
    return None


def bin_of(table: Sequence[Line], item: Sorted) -> str:
    """Return the bin for an item; "" where no line fits."""
    return next((line.bin for line in table if line.fits(item)), "")


@dataclass(frozen=True, slots=True)
class Move:
    """Such items go into another bin than before."""

    item: Sorted
    before: str
    after: str


def moves(before: Sequence[Line], after: Sequence[Line]) -> list[Move]:
    """Return what goes elsewhere by another table, the more special cases behind the plain ones.

    A special case (a site, a kind) is named only where it moves in another way than the plain one.
    """
    found: list[Move] = []
    for plain in _plain():
        general = Move(plain, bin_of(before, plain), bin_of(after, plain))
        if general.before != general.after:
            found.append(general)
        for item in _special(plain, (*before, *after)):
            move = Move(item, bin_of(before, item), bin_of(after, item))
            same = (move.before, move.after) == (general.before, general.after)
            if not same and move.before != move.after:
                found.append(move)
    return found


def _plain() -> Iterator[Sorted]:
    for outcome in SortedAs:
        if outcome is SortedAs.KEPT_FOR_LATER:
            yield from (Sorted(outcome, hint) for hint in SortHint if hint is not SortHint.STAFF)
            continue
        yield Sorted(outcome, FACTS[Outcome(outcome.value)].hint)
        if outcome in {SortedAs.RETURNED, SortedAs.NOT_ON_LOAN}:
            # A damaged item is one of these, and staff are to see it.
            yield Sorted(outcome, SortHint.STAFF)


def _special(plain: Sorted, lines: Sequence[Line]) -> Iterator[Sorted]:
    sites = list(dict.fromkeys(line.destination for line in lines if line.destination))
    kinds = list(dict.fromkeys(line.kind for line in lines if line.kind))
    travels = plain.hint is SortHint.TRANSFER
    for destination in ("", *(sites if travels else ())):
        for kind in ("", *kinds):
            if destination or kind:
                yield replace(plain, destination=destination, kind=kind)
