"""The part of a kiosk's settings that is about bins, the sorter and the ways items come in."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from catalogue_api.contract.returns import Outcome, SortHint
from kiosk.lines import parse_line
from kiosk.outcomes import KioskOutcome, Verdict, facts
from kiosk.relays import DIGITS
from kiosk.session.sorting import IN_THE_FLAP, UNKNOWN_BIN, Bin, Sorting, SortLine
from kiosk.session.states import Incomplete, ReceiptMode, Sets, Shape, TypedBarcodes
from kiosk.sorter import Wiring
from kiosk.staff_cards import HASH_FORM, StaffCards


class Part(BaseModel):
    """One table of the settings: it cannot change, and an unknown key in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _accepted(verdict: Verdict) -> Verdict:
    if not facts(verdict).accepted and verdict not in _FOR_STAFF:
        raise ValueError("what is given back goes into no bin")
    return verdict


_FOR_STAFF = {Outcome.NEEDS_STAFF, Outcome.PARTS_MISSING}
"""Verdicts that go into a bin if they are taken after all."""

SortedOutcome = Annotated[Outcome | KioskOutcome, AfterValidator(_accepted)]
Connection = Annotated[int, Field(ge=0, lt=len(DIGITS))]


def _bin_name(name: str) -> str:
    if name in {UNKNOWN_BIN, IN_THE_FLAP}:
        raise ValueError(f"{name!r} has a meaning of its own: choose another name")
    return name


BinName = Annotated[str, Field(min_length=1, max_length=32), AfterValidator(_bin_name)]


class BinSettings(Part):
    """A bin; `limit`: so many items are enough; `relay`, `full`: its diverter, its sensor."""

    name: BinName
    limit: int = Field(default=0, ge=0)
    relay: Connection | None = None
    full: Connection | None = None


class SortingLine(Part):
    """A line of the table: all that it names must be so. Naming only a bin, it always fits."""

    bin: str
    outcome: SortedOutcome | None = None
    hint: SortHint | None = None
    destination: str = ""
    kind: str = ""

    def line(self) -> SortLine:
        """Return it as the session goes by it."""
        return SortLine(self.bin, self.outcome, self.hint, self.destination, self.kind)

    @property
    def fits_everything(self) -> bool:
        """Whether it names nothing but a bin."""
        return self.line() == SortLine(self.bin)


class ReturnSettings(Part):
    """How items come in, and what may come in; `incomplete`: if a part is said to be missing."""

    shape: Shape = Shape.PAD
    sets: Sets = Sets.EVERY_PART
    incomplete: Incomplete = Incomplete.GIVE_BACK
    typed_barcodes: TypedBarcodes = TypedBarcodes.STAFF
    take_after: int = Field(default=0, ge=0)
    overflow: str = ""


class SorterSettings(Part):
    """The relay board with flap, belt and sensors; numbers as they are printed on the board."""

    url: str
    flap: Connection | None = None
    passed: Connection | None = None
    closed: Connection | None = None
    belt: Connection | None = None
    entry: float = Field(default=10.0, gt=0)
    closing: float = Field(default=3.0, gt=0)
    travel: float = Field(default=4.0, ge=0)

    @model_validator(mode="after")
    def _complete(self) -> "SorterSettings":
        parse_line(self.url, "numato")
        if self.flap is not None and self.passed is None:
            raise ValueError("with a 'flap', 'passed' must say which input sees an item pass")
        return self

    def wiring(self, bins: Sequence[BinSettings]) -> Wiring:
        """Return what hangs where, with the diverters and sensors of the bins."""
        return Wiring(
            flap=self.flap,
            passed=self.passed,
            closed=self.closed,
            belt=self.belt,
            diverters={one.name: one.relay for one in bins if one.relay is not None},
            sensors={one.name: one.full for one in bins if one.full is not None},
            entry=self.entry,
            closing=self.closing,
            travel=self.travel,
        )


class ReceiptSettings(Part):
    """Whether a visit ends with a receipt, and where its printer is."""

    mode: ReceiptMode = ReceiptMode.NEVER
    printer: str = ""

    @model_validator(mode="after")
    def _complete(self) -> "ReceiptSettings":
        if self.printer:
            parse_line(self.printer, "escpos")
        elif self.mode is not ReceiptMode.NEVER:
            raise ValueError("'printer' must say where the printer is")
        return self


class StaffSettings(Part):
    """Which cards open the menu: as `ritournelle-kiosk staff-card` prints them, or barcodes."""

    cards: tuple[Annotated[str, Field(pattern=HASH_FORM)], ...] = ()
    barcodes: tuple[str, ...] = ()

    def known(self) -> StaffCards:
        """Return them as the antenna asks."""
        return StaffCards(frozenset(self.cards), frozenset(self.barcodes))


DEFAULT_BINS = tuple(BinSettings(name=one.name) for one in Sorting().bins)
DEFAULT_TABLE = tuple(SortingLine(bin=line.bin, hint=line.hint) for line in Sorting().table)


def check_bins(bins: Sequence[BinSettings]) -> None:
    """Raise `ValueError` for a bin that is there twice."""
    twice = [name for name, count in Counter(one.name for one in bins).items() if count > 1]
    if twice:
        raise ValueError(f"there are two bins {twice[0]!r}")
    if not bins:
        raise ValueError("there must be a bin")


def check_table(table: Sequence[SortingLine], bins: Sequence[BinSettings]) -> None:
    """Raise `ValueError` for a line with an unknown bin, and where something would fit no line."""
    known = [one.name for one in bins]
    for number, line in enumerate(table):
        if line.bin not in known:
            raise ValueError(f"line {number}: there is no bin {line.bin!r} ({', '.join(known)})")
        if line.fits_everything and number < len(table) - 1:
            raise ValueError(f"line {number} always fits: what stands below it is never reached")
    if not table or not table[-1].fits_everything:
        raise ValueError("the last line must name nothing but a bin: that of everything else")


def check_wiring(sorter: SorterSettings, bins: Sequence[BinSettings], shape: Shape) -> None:
    """Raise `ValueError` for a connection used twice, and for a slot without a flap."""
    if shape is Shape.SLOT and sorter.flap is None:
        raise ValueError("a slot needs a 'flap'")
    wiring = sorter.wiring(bins)
    inputs = [sorter.passed, sorter.closed, *(wiring.sensors or {}).values()]
    for what, used in (("relay", wiring.relays), ("input", inputs)):
        for number, count in Counter(it for it in used if it is not None).items():
            if count > 1:
                raise ValueError(f"{what} {number} is used twice")


def sorting_of(bins: Sequence[BinSettings], table: Sequence[SortingLine], overflow: str) -> Sorting:
    """Return bins and table as the session goes by them."""
    return Sorting(
        tuple(Bin(one.name, one.limit) for one in bins),
        tuple(line.line() for line in table),
        overflow,
    )
