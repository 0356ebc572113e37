"""What librarians say of an item, and counting what was read in the library."""

from datetime import date
from typing import Annotated

from pydantic import StringConstraints

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.marks import Mark, MarkRefusal

__all__ = [
    "COUNT_LOCAL_USE",
    "ENDPOINTS",
    "MARK_ITEM",
    "ItemMarked",
    "ItemStatus",
    "LocalUses",
    "Mark",
    "MarkItem",
    "MarkRefusal",
]


class MarkItem(Message):
    """Say what an item is; `remark` goes into the audit log."""

    mark: Mark
    remark: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = ""


class ItemMarked(Message):
    """An item as it is now; `loan` is its open loan, which a lost item keeps.

    `loan_ended`: the loan was written off. `hold_waits_again`: it was put aside for a reader.
    """

    barcode: str
    title: str
    status: ItemStatus
    loan: int | None = None
    patron: int | None = None
    due_on: date | None = None
    loan_ended: bool = False
    hold_waits_again: bool = False
    version: int


class LocalUses(Message):
    """How often an item was read in the library."""

    barcode: str
    local_uses: int


MARK_ITEM = Endpoint(
    "PUT",
    "/v1/items/{barcode}/mark",
    MarkItem,
    ItemMarked,
    Scope.CIRCULATION,
    "Say that an item is lost, missing, damaged, found, …",
    example=MarkItem(mark=Mark.MISSING, remark="pas en rayon"),
)
COUNT_LOCAL_USE = Endpoint(
    "POST",
    "/v1/items/{barcode}/local-uses",
    Nothing,
    LocalUses,
    Scope.CIRCULATION,
    "Count that an item was read in the library",
    keyed=Keyed.HEADER,
)

ENDPOINTS = (MARK_ITEM, COUNT_LOCAL_USE)
