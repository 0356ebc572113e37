"""The figures of the library: anonymous sums, for any member of staff.

No figure names a reader or a title, and none needs to know who borrowed: loans count after they
have lost their readers. Fewer than five borrowers are not told apart by age.
"""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Message, Scope
from catalogue_api.domain.collection import TitleKind
from catalogue_api.domain.figures import DESK, HOURS, LONGEST_SPAN, AgeBand

__all__ = [
    "COUNT_LOANS",
    "COUNT_RETURNS",
    "COUNT_WAITS",
    "COUNT_YEAR",
    "DESK",
    "ENDPOINTS",
    "AgeBand",
    "Borrowers",
    "CountLoans",
    "CountReturns",
    "CountWaits",
    "CountYear",
    "HoursOfPlace",
    "KindOfYear",
    "LoanFigures",
    "LoansOfMonth",
    "ReturnFigures",
    "SpanAsked",
    "TitleKind",
    "WaitFigures",
    "YearFigures",
]

Hours = Annotated[tuple[int, ...], Field(min_length=HOURS, max_length=HOURS)]


class SpanAsked(Message):
    """Days from `first` to `last`, both included, two years at the most; `site` "" for all."""

    first: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))
    last: date = Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))
    site: str = Field(default="", max_length=32)

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if not 0 <= (self.last - self.first).days < LONGEST_SPAN:
            raise ValueError(f"last: 0 to {LONGEST_SPAN - 1} days after first")
        return self


class CountReturns(SpanAsked):
    """`minutes_each` is an assumption: how long staff are busy with a return at a desk."""

    minutes_each: float = Field(default=1.0, ge=0, le=60)


class HoursOfPlace(Message):
    """Returns by the 24 hours of the day at a kiosk; at the desks of all sites, `kiosk` is ""."""

    kiosk: str
    hours: Hours


class ReturnFigures(Message):
    """A return counts where it ended a loan and was not taken back, by when the item was laid.

    `share` is that of the kiosks, 0 to 1, null without returns. `staff_hours` are the returns at
    kiosks times `minutes_each`.
    """

    first: date
    last: date
    total: int
    at_kiosks: int
    share: float | None
    minutes_each: float
    staff_hours: float
    places: tuple[HoursOfPlace, ...]


class CountLoans(SpanAsked):
    """The months that the span touches are counted whole. `site` is where the loans were made."""


class LoansOfMonth(Message):
    """Loans that began in a month (given by its first day) at a site; renewals are not loans."""

    month: date
    site: str
    kind: TitleKind
    loans: int


class LoanFigures(Message):
    """Loans by month, site and kind, in this order; only those cells that are not empty."""

    months: tuple[date, ...]
    loans: tuple[LoansOfMonth, ...]


class CountWaits(SpanAsked):
    """`site` is where the reservations were fetched; `within` is what the library aims at."""

    within: int = Field(default=7, ge=1, le=366)


class WaitFigures(Message):
    """How long readers waited whose reservations became ready in the span.

    From placing to ready, in days begun and ended, pauses included. `by_days[n]` became ready
    after n whole days, the last entry all that took longer. Null: nobody waited.
    """

    ready: int
    median_days: int | None
    p90_days: int | None
    within: int
    share_within: float | None
    by_days: tuple[int, ...]


class CountYear(Message):
    """A year, for the report to the ministry."""

    year: int = Field(ge=2000, le=2100)


class KindOfYear(Message):
    """Copies of a kind: held at the end of the year (today, in a year that goes on), and so on.

    `acquired` were taken into this catalogue in the year, `withdrawn` were marked as withdrawn.
    """

    kind: TitleKind
    titles: int
    copies: int
    acquired: int
    withdrawn: int
    loans: int


class Borrowers(Message):
    """Readers who had something on loan in the year, in one age band, or in some put together."""

    bands: tuple[AgeBand, ...]
    readers: int


class YearFigures(Message):
    """What the ministry's Observatoire de la lecture publique asks, as far as it is known here.

    `borrowers` is null where it cannot be counted any more, since loans lose their readers.
    `registered`: readers whose card was valid at some time in the year. What is asked of opening
    hours, staff and money is not in the catalogue.
    """

    year: int
    kinds: tuple[KindOfYear, ...]
    borrowers: tuple[Borrowers, ...] | None
    registered: int


COUNT_RETURNS = Endpoint(
    "GET",
    "/v1/figures/returns",
    CountReturns,
    ReturnFigures,
    Scope.STAFF,
    "Count returns by hour and kiosk, and the staff hours that the kiosks freed",
    example=CountReturns(first=date(2026, 11, 1), last=date(2026, 11, 30)),
)
COUNT_LOANS = Endpoint(
    "GET",
    "/v1/figures/loans",
    CountLoans,
    LoanFigures,
    Scope.STAFF,
    "Count loans by month, site and kind",
    example=CountLoans(first=date(2026, 1, 1), last=date(2026, 12, 31)),
)
COUNT_WAITS = Endpoint(
    "GET",
    "/v1/figures/waits",
    CountWaits,
    WaitFigures,
    Scope.STAFF,
    "Tell how long readers waited for their reservations",
    example=CountWaits(first=date(2026, 11, 1), last=date(2026, 11, 30)),
)
COUNT_YEAR = Endpoint(
    "GET",
    "/v1/figures/year",
    CountYear,
    YearFigures,
    Scope.STAFF,
    "Count a year for the report to the ministry",
    example=CountYear(year=2026),
)

ENDPOINTS = (COUNT_RETURNS, COUNT_LOANS, COUNT_WAITS, COUNT_YEAR)
