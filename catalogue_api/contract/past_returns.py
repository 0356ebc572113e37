"""Returns that have been: found again, and taken back on their own day."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from catalogue_api.contract.endpoint import (
    Cursor,
    Endpoint,
    Keyed,
    Message,
    Nothing,
    PageSize,
    Scope,
)
from catalogue_api.contract.returns import Instant, Security
from catalogue_api.domain.outcomes import (
    Outcome,
    PartsCheck,
)

__all__ = [
    "ENDPOINTS",
    "FIND_RETURNS",
    "UNDO_RETURN",
    "FindReturns",
    "PastReturn",
    "PastReturns",
    "Undone",
]


class PastReturn(Message):
    """A return as the catalogue keeps it; it names no reader.

    `kiosk` or `staff` reported it. `bin` is None while nobody has said where it lies, "" if it was
    given back. `receipt`: the number of the receipt that names it, "" for none. `parts_check`: what
    was said of its parts. `undone_at`: it was taken back.
    """

    return_id: UUID
    site: str
    kiosk: str
    staff: str
    barcode: str
    outcome: Outcome
    title: str
    occurred_at: datetime
    received_at: datetime
    bin: str | None
    receipt: str
    security: Security
    parts_check: PartsCheck = PartsCheck.NONE
    undone_at: datetime | None
    undone_by: str


class FindReturns(Message):
    """Which returns: all that is given must fit; newest first.

    `receipt`: a number however it is typed. `since` and `until`: when the catalogue heard of it;
    `laid_since` and `laid_until`: when the item was laid down (what a kiosk could deliver only a
    month later is not found by `laid_until`).
    """

    kiosk: str = Field(default="", max_length=64)
    site: str = Field(default="", max_length=32)
    barcode: str = Field(default="", max_length=64)
    receipt: str = Field(default="", max_length=32)
    since: Instant | None = None
    until: Instant | None = None
    laid_since: Instant | None = None
    laid_until: Instant | None = None
    cursor: Cursor = ""
    limit: PageSize = 50


class PastReturns(Message):
    """A page of returns; `next` is "" on the last one."""

    returns: tuple[PastReturn, ...]
    next: str


class Undone(Message):
    """The return was taken back: the loan is open again, the reservation waits again."""

    return_id: UUID
    undone_at: datetime


FIND_RETURNS = Endpoint(
    "GET", "/v1/returns", FindReturns, PastReturns, Scope.CIRCULATION, "Find past returns"
)
UNDO_RETURN = Endpoint(
    "POST",
    "/v1/returns/{return_id}/undo",
    Nothing,
    Undone,
    Scope.CIRCULATION,
    "Take a return back on its own day",
    keyed=Keyed.HEADER,
)

ENDPOINTS = (FIND_RETURNS, UNDO_RETURN)
