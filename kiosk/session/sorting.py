"""Which bin an item goes into: an ordered table, of which the first line that fits decides."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, TypeAlias

from catalogue_api.contract.returns import Outcome, Returned, SortHint
from kiosk.decisions import Expected
from kiosk.outcomes import Verdict, facts

UNKNOWN_BIN: Final = "?"
"""Where an item lies that is returned and was not seen to reach a bin: somebody must look."""

IN_THE_FLAP: Final = "flap"
"""Where an item lies that has passed the flap and got no further."""


Word: TypeAlias = Returned | Expected
"""What is said of an item: by the catalogue, or by the snapshot while that does not answer."""


@dataclass(frozen=True, slots=True)
class Bin:
    """A bin; `limit`: how many items are enough (0: no limit)."""

    name: str
    limit: int = 0


@dataclass(frozen=True, slots=True)
class SortLine:
    """One line of the table: it fits if each thing that it names is so."""

    bin: str
    outcome: Verdict | None = None
    hint: SortHint | None = None
    destination: str = ""
    kind: str = ""

    def fits(self, outcome: Verdict, word: Word | None) -> bool:
        """Say whether this line is for an item of which somebody may have said something."""
        hint = word.sort_hint if word else facts(outcome).hint
        return (
            self.outcome in {None, outcome}
            and self.hint in {None, hint}
            and self.destination in {"", word.destination if word else ""}
            and self.kind in {"", word.kind if word else ""}
        )


@dataclass(frozen=True, slots=True)
class Sorting:
    """The bins, the table and the bin for what finds its own bin full.

    The last line of the table fits everything. `overflow` may be empty: there is none.
    """

    bins: tuple[Bin, ...] = (Bin("1"), Bin("2"), Bin("3"), Bin("4"))
    table: tuple[SortLine, ...] = (
        SortLine("2", hint=SortHint.HOLD),
        SortLine("3", hint=SortHint.TRANSFER),
        SortLine("4", hint=SortHint.STAFF),
        SortLine("1"),
    )
    overflow: str = ""

    def bin(self, outcome: Verdict, word: Word | None = None) -> str:
        """Return the bin for an item, wherever there is room."""
        return next(line.bin for line in self.table if line.fits(outcome, word))

    def bin_with_room(self, outcome: Verdict, word: Word | None, full: Collection[str]) -> str:
        """Return the bin for an item that is accepted already: it must go somewhere.

        Its own bin, the overflow, the one for staff; where all are full, its own all the same.
        """
        own = self.bin(outcome, word)
        choices = (own, self.overflow, self.bin(Outcome.NEEDS_STAFF))
        return next((name for name in choices if name and name not in full), own)

    def has_room(self, full: Collection[str]) -> bool:
        """Say whether anything may be taken at all: asked before anything is promised."""
        choices = {self.bin(Outcome.RETURNED), self.overflow} - {""}
        return not choices <= set(full)
