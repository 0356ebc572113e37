"""Lending and renewing: everything that speaks against it, all at once.

A refusal is a value. What a librarian may set aside with a reason of their own is said in
`OVERRIDABLE`; anything else has to be put right first (return the item, renew the card, …).
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.events import age
from catalogue_api.domain.patrons import Blocked, BlockKind


class LoanRefusal(StrEnum):
    """Why an item is not lent, or a loan not renewed, now. Closed; programs go by the values."""

    ON_LOAN = "on_loan"
    ON_LOAN_TO_READER = "on_loan_to_reader"
    CAUGHT_FOR_ANOTHER = "caught_for_another"
    WANTED_BY_ANOTHER = "wanted_by_another"
    """Somebody waits for it, and no other copy can serve them."""
    NOT_FOR_LOAN = "not_for_loan"
    IN_REPAIR = "in_repair"
    DAMAGED = "damaged"
    WITHDRAWN = "withdrawn"
    NOT_LENT_TO_CATEGORY = "not_lent_to_category"
    CARD_EXPIRED = "card_expired"
    CARD_LOST = "card_lost"
    SUSPENDED = "suspended"
    OWES_LOST_ITEM = "owes_lost_item"
    BLOCKED = "blocked"
    TOO_MANY = "too_many"
    TOO_MANY_OF_KIND = "too_many_of_kind"
    TOO_MANY_LATE = "too_many_late"
    TOO_YOUNG = "too_young"
    """Younger than the age that PEGI gives to a game: advice, about which a librarian decides."""
    DECLARED_LOST = "declared_lost"
    CLAIMED_RETURNED = "claimed_returned"
    TOO_MANY_RENEWALS = "too_many_renewals"
    TOO_LATE = "too_late"
    TOO_SOON = "too_soon"
    """Renewing now would not give the reader one day more."""


OVERRIDABLE = frozenset(
    {
        LoanRefusal.WANTED_BY_ANOTHER,
        LoanRefusal.NOT_FOR_LOAN,
        LoanRefusal.DAMAGED,
        LoanRefusal.NOT_LENT_TO_CATEGORY,
        LoanRefusal.SUSPENDED,
        LoanRefusal.OWES_LOST_ITEM,
        LoanRefusal.BLOCKED,
        LoanRefusal.TOO_MANY,
        LoanRefusal.TOO_MANY_OF_KIND,
        LoanRefusal.TOO_MANY_LATE,
        LoanRefusal.TOO_YOUNG,
        LoanRefusal.TOO_MANY_RENEWALS,
        LoanRefusal.TOO_LATE,
    }
)
"""What a librarian may set aside, with a reason that is written down."""

_OF_STATUS = {
    ItemStatus.WITHDRAWN: LoanRefusal.WITHDRAWN,
    ItemStatus.NOT_FOR_LOAN: LoanRefusal.NOT_FOR_LOAN,
    ItemStatus.IN_REPAIR: LoanRefusal.IN_REPAIR,
    ItemStatus.DAMAGED: LoanRefusal.DAMAGED,
}
_OF_BLOCK = {
    BlockKind.SUSPENSION: LoanRefusal.SUSPENDED,
    BlockKind.LOST_ITEM: LoanRefusal.OWES_LOST_ITEM,
    BlockKind.LOST_CARD: LoanRefusal.CARD_LOST,
    BlockKind.STAFF: LoanRefusal.BLOCKED,
}


@dataclass(frozen=True, slots=True)
class Copy:
    """An item in somebody's hand: who has it on loan, whose hold it serves (None: nobody's).

    `wanted`: another reader waits whom no other copy can serve, and it is not this reader's turn.
    `from_age`: the age for which it is meant, if that is heeded.
    """

    status: ItemStatus
    lent_to: int | None = None
    caught_for: int | None = None
    wanted: bool = False
    from_age: int | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader, as far as borrowing goes; `late_too_often`: too many open loans are late.

    Of the birth only the year is known, if that: who turns an age this year counts as having it.
    """

    id: int
    card_ends: date | None = None
    blocks: tuple[Blocked, ...] = ()
    late_too_often: bool = False
    birth_year: int | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit beside what it limits: `count` open loans of `kind` ("": of all), `most` allowed.

    `count` may stop one above `most`.
    """

    kind: str
    count: int
    most: int


def against_lending(
    copy: Copy, reader: Reader, lendable: bool, reached: Iterable[Reached], today: date
) -> tuple[LoanRefusal, ...]:
    """Return everything that speaks against lending, in the order of `LoanRefusal`.

    `lendable` is what the loan rule says of reader and kind. A lost or missing item that somebody
    holds in their hand is found, not refused.
    """
    found = {
        *_against_copy(copy, reader.id),
        *against_reader(reader, today),
        *(LoanRefusal.TOO_MANY_OF_KIND if one.kind else LoanRefusal.TOO_MANY
          for one in reached if one.count >= one.most),
    }  # fmt: skip
    if not lendable:
        found.add(LoanRefusal.NOT_LENT_TO_CATEGORY)
    if _is_too_young(copy, reader, today):
        found.add(LoanRefusal.TOO_YOUNG)
    return in_order(found)


def _is_too_young(copy: Copy, reader: Reader, today: date) -> bool:
    """Tell whether a reader is surely younger than the age for which a copy is meant."""
    if copy.from_age is None or reader.birth_year is None:
        return False
    return age(reader.birth_year, today) < copy.from_age


def _against_copy(copy: Copy, reader: int) -> Iterator[LoanRefusal]:
    if copy.lent_to is not None:
        yield LoanRefusal.ON_LOAN_TO_READER if copy.lent_to == reader else LoanRefusal.ON_LOAN
        return
    if copy.status in _OF_STATUS:
        yield _OF_STATUS[copy.status]
    if copy.caught_for is not None:
        if copy.caught_for != reader:
            yield LoanRefusal.CAUGHT_FOR_ANOTHER
    elif copy.wanted:
        yield LoanRefusal.WANTED_BY_ANOTHER


def against_reader(reader: Reader, today: date) -> Iterator[LoanRefusal]:
    """Yield what keeps a reader from borrowing anything: the card, and the blocks in force."""
    if reader.card_ends is not None and reader.card_ends < today:
        yield LoanRefusal.CARD_EXPIRED
    if reader.late_too_often:
        yield LoanRefusal.TOO_MANY_LATE
    for block in reader.blocks:
        if block.until is None or block.until >= today:
            yield _OF_BLOCK[block.kind]


@dataclass(frozen=True, slots=True)
class Renewable:
    """An open loan that is to be renewed: to `new_due` if nothing speaks against it.

    `late_days` are open days, `grace_days` how many of them do no harm. `reserved`: a reader
    waits who can be served by this copy only. `reached` are the limits with this loan counted.
    """

    status: ItemStatus
    due_on: date
    new_due: date
    renewals: int
    most_renewals: int
    late_days: int
    grace_days: int
    reserved: bool
    lendable: bool = True
    reached: tuple[Reached, ...] = ()


def against_renewal(loan: Renewable, reader: Reader, today: date) -> tuple[LoanRefusal, ...]:
    """Return everything that speaks against renewing, in the order of `LoanRefusal`."""
    says = {
        LoanRefusal.DECLARED_LOST: loan.status is ItemStatus.LOST,
        LoanRefusal.CLAIMED_RETURNED: loan.status is ItemStatus.CLAIMED_RETURNED,
        LoanRefusal.WANTED_BY_ANOTHER: loan.reserved,
        LoanRefusal.NOT_LENT_TO_CATEGORY: not loan.lendable,
        LoanRefusal.TOO_MANY_RENEWALS: loan.renewals >= loan.most_renewals,
        LoanRefusal.TOO_LATE: loan.late_days > loan.grace_days,
        LoanRefusal.TOO_SOON: loan.new_due <= loan.due_on,
        LoanRefusal.TOO_MANY_OF_KIND: any(one.kind and _over(one) for one in loan.reached),
        LoanRefusal.TOO_MANY: any(not one.kind and _over(one) for one in loan.reached),
    }
    return in_order(
        {*against_reader(reader, today), *(why for why, holds in says.items() if holds)}
    )


def _over(limit: Reached) -> bool:
    return limit.count > limit.most


def in_order(found: Collection[LoanRefusal]) -> tuple[LoanRefusal, ...]:
    """Return refusals in the order of their list, each once."""
    return tuple(refusal for refusal in LoanRefusal if refusal in found)


def left_after(
    found: Iterable[LoanRefusal], set_aside: Collection[LoanRefusal]
) -> tuple[LoanRefusal, ...]:
    """Return what still refuses when a librarian has set some refusals aside."""
    return tuple(why for why in found if why not in OVERRIDABLE or why not in set_aside)


def copies_needed(waiting: int, free_copies: int, *, for_this_copy: bool) -> bool:
    """Tell whether a reservation needs a copy that is on loan.

    `for_this_copy`: somebody waits for this very copy. Otherwise it is needed when more readers
    wait for the title than copies of it are free to serve them.
    """
    return for_this_copy or waiting > free_copies
