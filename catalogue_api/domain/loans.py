"""Lending: whether an item may go to a patron, and what that settles."""

from dataclasses import dataclass
from enum import StrEnum

from catalogue_api.domain.collection import ItemStatus


class LendRefusal(StrEnum):
    """Why an item cannot be lent to this patron now."""

    ON_LOAN = "on_loan"
    CAUGHT_FOR_ANOTHER = "caught_for_another"
    NOT_FOR_LOAN = "not_for_loan"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Lendable:
    """An item in a patron's hand: its status, whether it is on loan, whose hold it serves."""

    status: ItemStatus
    on_loan: bool
    caught_for: int | None


def may_lend(item: Lendable, patron_id: int) -> LendRefusal | None:
    """Return why the item may not be lent to the patron, or None.

    A lost or missing item that somebody holds in their hand is found, not refused.
    """
    if item.on_loan:
        return LendRefusal.ON_LOAN
    if item.status is ItemStatus.WITHDRAWN:
        return LendRefusal.WITHDRAWN
    if item.status in {ItemStatus.NOT_FOR_LOAN, ItemStatus.IN_REPAIR}:
        return LendRefusal.NOT_FOR_LOAN
    if item.caught_for is not None and item.caught_for != patron_id:
        return LendRefusal.CAUGHT_FOR_ANOTHER
    return None
