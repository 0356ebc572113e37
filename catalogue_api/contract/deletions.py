"""Readers who asked to be deleted: what stands against it, and when it is done."""

from datetime import date

from catalogue_api.contract.endpoint import Cursor, Endpoint, Message, Nothing, PageSize, Scope
from catalogue_api.domain.patrons import PatronRefusal

__all__ = [
    "ASK_FOR_PATRON",
    "ENDPOINTS",
    "LIST_DELETIONS",
    "SHOW_PATRON_DELETION",
    "STAY_FOR_PATRON",
    "DeletionAsked",
    "DeletionsPage",
    "FindDeletions",
    "Hindrance",
]


class Hindrance(Message):
    """What has to be settled before a reader can be deleted, and how many there are of it."""

    reason: PatronRefusal
    number: int


class DeletionAsked(Message):
    """A reader, whether they have asked to be deleted (`asked_on`), and what stands against it.

    `not_before`: the first day on which it is done. `done_on`: the day in whose night it is done
    as things stand, None while something stands `against` it, or nobody asked.
    """

    patron: int
    card: str
    family_name: str
    given_name: str
    asked_on: date | None = None
    not_before: date | None = None
    done_on: date | None = None
    against: tuple[Hindrance, ...] = ()
    version: int


class FindDeletions(Message):
    """A page of those who asked, who asked first comes first."""

    cursor: Cursor
    limit: PageSize


class DeletionsPage(Message):
    """Readers who asked; `next` is empty on the last page."""

    readers: tuple[DeletionAsked, ...]
    next: str


LIST_DELETIONS = Endpoint(
    "GET",
    "/v1/deletions",
    FindDeletions,
    DeletionsPage,
    Scope.CIRCULATION,
    "List the readers who asked to be deleted",
)
SHOW_PATRON_DELETION = Endpoint(
    "GET",
    "/v1/patrons/{patron}/deletion",
    Nothing,
    DeletionAsked,
    Scope.CIRCULATION,
    "See what stands against deleting a reader",
)
ASK_FOR_PATRON = Endpoint(
    "PUT",
    "/v1/patrons/{patron}/deletion",
    Nothing,
    DeletionAsked,
    Scope.CIRCULATION,
    "Note that a reader asks to be deleted",
)
STAY_FOR_PATRON = Endpoint(
    "DELETE",
    "/v1/patrons/{patron}/deletion",
    Nothing,
    DeletionAsked,
    Scope.CIRCULATION,
    "Note that a reader stays after all",
)

ENDPOINTS = (LIST_DELETIONS, SHOW_PATRON_DELETION, ASK_FOR_PATRON, STAY_FOR_PATRON)
