"""What a copy is to somebody who looks for it now."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalogue_api.domain.collection import ItemStatus


class CopyState(StrEnum):
    """Where a copy can be had, seen from the reader's side; in the order in which they help."""

    AVAILABLE = "available"
    TO_SHELVE = "to_shelve"
    """Returned, and not yet back on its shelf."""
    ON_SITE = "on_site"
    """To be read in the library only."""
    IN_TRANSIT = "in_transit"
    ON_LOAN = "on_loan"
    SET_ASIDE = "set_aside"
    """Caught for a reader who reserved it."""
    AWAY = "away"
    """In repair, being searched, lost or withdrawn."""


GONE = (ItemStatus.LOST, ItemStatus.MISSING, ItemStatus.CLAIMED_RETURNED, ItemStatus.WITHDRAWN)
"""Copies that the public does not count."""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """A copy as circulation knows it: `due_on` of its open loan, None if it is not on loan."""

    status: ItemStatus
    due_on: date | None = None
    caught: bool = False
    travels: bool = False
    to_shelve: bool = False


def state_of(copy: CopyFacts) -> CopyState:
    """Return what a copy is to somebody who looks for it; a loan says more than what it is."""
    if copy.due_on is not None:
        return CopyState.ON_LOAN
    if copy.caught:
        return CopyState.SET_ASIDE
    if copy.status is ItemStatus.NOT_FOR_LOAN:
        return CopyState.ON_SITE
    if copy.status is not ItemStatus.AVAILABLE:
        return CopyState.AWAY
    if copy.travels:
        return CopyState.IN_TRANSIT
    return CopyState.TO_SHELVE if copy.to_shelve else CopyState.AVAILABLE
