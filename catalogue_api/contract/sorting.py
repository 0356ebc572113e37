"""Which bin of a kiosk an item goes into, as librarians set it.

A table is an ordered list of lines, of which the first that fits decides; the last one names
nothing but a bin. A kiosk hears of another table with its heartbeat, keeps it on disk, and tells
which one it goes by, or why it does not.
"""

from typing import Any

from pydantic import Field

from catalogue_api.contract.endpoint import Endpoint, Message, Nothing, Scope
from catalogue_api.domain.outcomes import SortHint
from catalogue_api.domain.sorting import Flaw, FlawKind, Line, SortedAs, flaw_of

__all__ = [
    "PUT_SORTING",
    "SHOW_SORTING",
    "Flaw",
    "FlawKind",
    "KioskSorting",
    "Line",
    "SortedAs",
    "SortingChange",
    "SortingChanged",
    "SortingLine",
    "SortingOrder",
    "SortingUsed",
    "flaw_of",
]

_MOST_LINES = 64


class SortingLine(Message):
    """A line: all that it names must be so.

    `destination` is the code of a site, `kind` what a title is (`book`, `film`, …).
    """

    bin: str = Field(min_length=1, max_length=32)
    outcome: SortedAs | None = None
    hint: SortHint | None = None
    destination: str = Field(default="", max_length=32)
    kind: str = Field(default="", max_length=32)

    def line(self) -> Line:
        """Return it as the rule goes by it."""
        return Line(self.bin, self.outcome, self.hint, self.destination, self.kind)

    @classmethod
    def of(cls, line: Line) -> "SortingLine":
        """Return a line of the rule as it is told."""
        return cls(
            bin=line.bin,
            outcome=line.outcome,
            hint=line.hint,
            destination=line.destination,
            kind=line.kind,
        )


class SortingOrder(Message):
    """The table that a kiosk is to go by; without lines, that of its own settings."""

    version: int = Field(ge=0)
    lines: tuple[SortingLine, ...] = Field(default=(), max_length=_MOST_LINES)


class SortingUsed(Message):
    """By what a kiosk sorts: `version` is that of the last order which it follows, 0 for none yet.

    `own`: the lines of its settings, which it goes by without an order. `refused`: the version
    of an order that it cannot follow, and `reason` why; 0 for none.
    """

    version: int = Field(default=0, ge=0)
    own: tuple[SortingLine, ...] = Field(default=(), max_length=_MOST_LINES)
    refused: int = Field(default=0, ge=0)
    reason: str = Field(default="", max_length=300)


class KioskSorting(Message):
    """What is set for a kiosk: `lines` are empty where it goes by its own settings.

    `bins`: those that it has told of; none while it was never heard. `used`: what it goes by, as
    far as it has told.
    """

    kiosk: str
    version: int
    lines: tuple[SortingLine, ...] = ()
    bins: tuple[str, ...] = ()
    used: SortingUsed | None = None


class SortingChange(Message):
    """Another table; without lines the kiosk goes by its own settings again.

    `dry_run`: answer as if, and change nothing.
    """

    lines: tuple[SortingLine, ...] = Field(default=(), max_length=_MOST_LINES)
    dry_run: bool = False


class SortingChanged(KioskSorting):
    """What is set from now on."""


SHOW_SORTING = Endpoint(
    "GET",
    "/v1/kiosks/{kiosk}/sorting",
    Nothing,
    KioskSorting,
    Scope.STAFF,
    "Show which bin of a kiosk an item goes into",
)
PUT_SORTING = Endpoint(
    "PUT",
    "/v1/kiosks/{kiosk}/sorting",
    SortingChange,
    SortingChanged,
    Scope.STAFF,
    "Say which bin of a kiosk an item goes into",
    match=True,
    example=SortingChange(
        lines=(
            SortingLine(bin="2", hint=SortHint.HOLD),
            SortingLine(bin="5", kind="video_game"),
            SortingLine(bin="1"),
        )
    ),
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (SHOW_SORTING, PUT_SORTING)
"""What is said of the bins of kiosks."""
