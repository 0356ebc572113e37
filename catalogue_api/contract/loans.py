"""Lending, renewing, and the loans of a reader, at the desk and for readers themselves.

Refusals are `refused-by-rule` with all `reasons` (`LoanRefusal`) at once. A librarian may set some
of them aside by naming them in `override`, with a reason that is written into the audit log.
"""

from datetime import date, datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import Cursor, Endpoint, Keyed, Message, PageSize, Scope
from catalogue_api.contract.lines import PLAIN_AND_SOME
from catalogue_api.contract.returns import Barcode
from catalogue_api.domain.loans import OVERRIDABLE, LoanRefusal

__all__ = [
    "ENDPOINTS",
    "LEND_ITEM",
    "LIST_LOANS",
    "LIST_OWN_LOANS",
    "OVERRIDABLE",
    "RENEW_ALL",
    "RENEW_ALL_OWN",
    "RENEW_LOAN",
    "RENEW_OWN_LOAN",
    "Card",
    "LendItem",
    "Lent",
    "LoanInfo",
    "LoanRefusal",
    "LoansAsked",
    "LoansPage",
    "OwnRenewal",
    "Renewal",
    "RenewalResult",
    "Renewals",
]

Card = Annotated[
    str,
    StringConstraints(min_length=1, max_length=64, pattern=PLAIN_AND_SOME, strip_whitespace=True),
]
Words = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)]


class _Overriding(Message):
    """What a librarian sets aside, and why; both or neither."""

    override: tuple[LoanRefusal, ...] = ()
    override_reason: Words = ""

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if bool(self.override) != bool(self.override_reason):
            raise ValueError("an override needs a reason, and a reason something to override")
        if not OVERRIDABLE.issuperset(self.override):
            raise ValueError(f"override may name: {', '.join(sorted(OVERRIDABLE))}")
        return self


class LendItem(_Overriding):
    """Lend an item to the holder of a card.

    `site` is where it happens, by default where the caller works. `due_on` is the rules' unless
    it is given; then it may be any day from today to the card's last.
    """

    barcode: Barcode
    card: Card
    site: str = Field(default="", max_length=32)
    due_on: Day | None = None
    dry_run: bool = False


class Lent(Message):
    """An item that was lent. `overridden` are the refusals that were set aside."""

    loan: int
    patron: int
    barcode: str
    title: str
    due_on: date
    renewals_left: int
    fulfilled_hold: int | None = None
    overridden: tuple[LoanRefusal, ...] = ()


class LoanInfo(Message):
    """An open loan as the reader and the desk see it; `late_days` leaves closed days out."""

    loan: int
    barcode: str
    title: str
    author: str = ""
    kind: str
    site: str
    started_at: datetime
    due_on: date
    renewals: int
    late_days: int = 0
    declared_lost: bool = False
    claimed_returned_on: date | None = None


class LoansAsked(Message):
    """A page of open loans."""

    cursor: Cursor
    limit: PageSize


class LoansPage(Message):
    """Open loans, those due first first; `next` is the cursor of the next page, "" at the end."""

    loans: tuple[LoanInfo, ...]
    next: str = ""


class Renewal(_Overriding):
    """Renew at the desk."""

    dry_run: bool = False


class OwnRenewal(Message):
    """Renew one's own loans."""

    dry_run: bool = False


class RenewalResult(Message):
    """What became of one loan: `due_on` is its due date now, `reasons` why it was not renewed."""

    loan: int
    barcode: str
    title: str
    renewed: bool
    due_on: date
    reasons: tuple[LoanRefusal, ...] = ()


class Renewals(Message):
    """One result for each open loan, those due first first."""

    results: tuple[RenewalResult, ...]


LEND_ITEM = Endpoint(
    "POST",
    "/v1/loans",
    LendItem,
    Lent,
    Scope.CIRCULATION,
    "Lend an item",
    keyed=Keyed.HEADER,
    example=LendItem(barcode="3001234567890", card="29416000000017", site="cachan"),
)
RENEW_LOAN = Endpoint(
    "POST",
    "/v1/loans/{loan}/renewals",
    Renewal,
    RenewalResult,
    Scope.CIRCULATION,
    "Renew a loan",
    keyed=Keyed.HEADER,
)
RENEW_ALL = Endpoint(
    "POST",
    "/v1/patrons/{patron}/renewals",
    Renewal,
    Renewals,
    Scope.CIRCULATION,
    "Renew all loans of a reader",
    keyed=Keyed.HEADER,
)
LIST_LOANS = Endpoint(
    "GET",
    "/v1/patrons/{patron}/loans",
    LoansAsked,
    LoansPage,
    Scope.CIRCULATION,
    "List a reader’s open loans",
)
LIST_OWN_LOANS = Endpoint(
    "GET", "/v1/me/loans", LoansAsked, LoansPage, Scope.OWN, "List one’s own open loans"
)
RENEW_OWN_LOAN = Endpoint(
    "POST",
    "/v1/me/loans/{loan}/renewals",
    OwnRenewal,
    RenewalResult,
    Scope.OWN,
    "Renew one of one’s own loans",
    keyed=Keyed.HEADER,
)
RENEW_ALL_OWN = Endpoint(
    "POST",
    "/v1/me/renewals",
    OwnRenewal,
    Renewals,
    Scope.OWN,
    "Renew all of one’s own loans",
    keyed=Keyed.HEADER,
)

ENDPOINTS = (
    LEND_ITEM,
    RENEW_LOAN,
    RENEW_ALL,
    LIST_LOANS,
    LIST_OWN_LOANS,
    RENEW_OWN_LOAN,
    RENEW_ALL_OWN,
)
