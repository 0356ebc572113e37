"""Returns: the fact that an item was laid down, and what the catalogue makes of it.

A return is a fact at a time. `return_id` is made at the kiosk and is the idempotency key: the
same key with the same body gets the same answer again, with another body a problem.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from catalogue_api.contract.endpoint import (
    Endpoint,
    Keyed,
    Message,
    ProblemType,
    Scope,
)
from catalogue_api.contract.lines import PLAIN_AND_SOME
from catalogue_api.domain.outcomes import (
    FACTS,
    OUTCOMES_VERSION,
    SECOND_TAG,
    NoteKind,
    Outcome,
    OutcomeFacts,
    PartsCheck,
    SortHint,
)

__all__ = [
    "DESK_RETURN",
    "FACTS",
    "LARGEST_BATCH",
    "OUTCOMES_VERSION",
    "PLACE_ITEM",
    "RETURN_BATCH",
    "RETURN_ITEM",
    "SECOND_TAG",
    "Barcode",
    "DeskReturn",
    "Instant",
    "Note",
    "NoteKind",
    "Outcome",
    "OutcomeFacts",
    "PartsCheck",
    "Placed",
    "Placement",
    "ReturnBatch",
    "ReturnItem",
    "Returned",
    "ReturnedBatch",
    "ReturnedOfBatch",
    "Security",
    "SortHint",
]


def _in_our_time(instant: datetime) -> datetime:
    if not 1970 <= instant.year <= 2199:  # far from the ends of what a conversion can hold
        raise ValueError("the year must lie between 1970 and 2199")
    return instant


Barcode = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=PLAIN_AND_SOME)]
OddTag = Annotated[str, StringConstraints(max_length=200)]
Part = Annotated[str, StringConstraints(min_length=1, max_length=80)]
Instant = Annotated[AwareDatetime, AfterValidator(_in_our_time)]
"""An instant with its offset, in a year that both databases and people can make sense of."""


class Note(Message):
    """A note on an outcome.

    `on` is the due date of `late`, the first day of `may_borrow_from`. `text` names the contents
    of `check_parts`, or the parts that are missing.
    """

    kind: NoteKind
    on: date | None = None
    text: str = ""


class Security(StrEnum):
    """The gate alarm of an item's tag."""

    PENDING = "pending"
    SECURED = "secured"
    FAILED = "failed"
    NOT_WANTED = "not_wanted"


class ReturnItem(Message):
    """An item was laid on a kiosk.

    `occurred_at`: when, by the kiosk's clock, with its offset. `owner`: the ISIL on the tag, empty
    where the tag names none. `warnings`: what was odd about the tag. `missing`: the parts that a
    kiosk did not find, in words; the item is then not returned. `parts_check`: what the reader said
    when asked whether all parts are there, or who else has looked; one that is said to be
    `INCOMPLETE` is not returned either. Whether the item was kept or given back is not known yet:
    the `Placement` says it (an empty bin: given back). `dry_run`: answer as if, and record nothing.
    """

    return_id: UUID
    barcode: Barcode
    occurred_at: Instant
    owner: str = Field(default="", max_length=16)
    warnings: tuple[OddTag, ...] = Field(default=(), max_length=32)
    missing: tuple[Part, ...] = Field(default=(), max_length=32)
    parts_check: PartsCheck = PartsCheck.NONE
    dry_run: bool = False


class Returned(Message):
    """What the catalogue made of a return. It names no reader, ever.

    `kind` is what the title is (book, film, …), empty when the item is unknown. `shelf_mark` and
    `destination` (the code of the site that it must go to, empty when it stays) are for staff and
    sorting; `title`, with its volume, is for the person in front of the item, and empty when the
    item is unknown.
    """

    return_id: UUID
    outcome: Outcome
    notes: tuple[Note, ...] = ()
    sort_hint: SortHint
    title: str = ""
    author: str = ""
    shelf_mark: str = ""
    destination: str = ""
    kind: str = ""
    received_at: datetime


class Placement(Message):
    """Where the item went, and how its tag was left: sent after the answer, again if it changes.

    `receipt`: the number of the receipt that names this return, if one was given out. `revision`
    counts the placements of this return: one that comes late, behind a newer one, changes nothing.
    """

    bin: str = Field(max_length=32)
    security: Security
    receipt: str = Field(default="", max_length=16)
    revision: int = Field(default=0, ge=0)


class Placed(Message):
    """The placement is noted."""

    return_id: UUID


LARGEST_BATCH = 200
"""Returns in one call."""


class ReturnBatch(Message):
    """Several returns, in the order in which they happened."""

    returns: tuple[ReturnItem, ...] = Field(min_length=1, max_length=LARGEST_BATCH)


class ReturnedOfBatch(Message):
    """What became of one of them: its answer, or the problem why there is none."""

    return_id: UUID
    returned: Returned | None = None
    problem: ProblemType | None = None
    detail: str = ""


class ReturnedBatch(Message):
    """One result for each, in the order of the question."""

    results: tuple[ReturnedOfBatch, ...]


class DeskReturn(Message):
    """An item was given back at a desk, or taken out of a book drop.

    `return_id` is made by the caller, who uses it again for the same return. `site`: where; empty
    for the site at which the librarian works. `occurred_at`: when it came into the book drop, none
    for now. `dry_run`: answer as if, and record nothing.
    """

    return_id: UUID
    barcode: Barcode
    site: str = Field(default="", max_length=32)
    occurred_at: Instant | None = None
    dry_run: bool = False


RETURN_ITEM = Endpoint(
    "POST",
    "/v1/kiosks/{kiosk}/returns",
    ReturnItem,
    Returned,
    Scope.KIOSK,
    "Return an item",
    keyed=Keyed.BODY,
)
PLACE_ITEM = Endpoint(
    "PUT",
    "/v1/kiosks/{kiosk}/returns/{return_id}/placement",
    Placement,
    Placed,
    Scope.KIOSK,
    "Say where a returned item lies and how its tag was left",
)
RETURN_BATCH = Endpoint(
    "POST",
    "/v1/kiosks/{kiosk}/returns/batch",
    ReturnBatch,
    ReturnedBatch,
    Scope.KIOSK,
    "Return several items",
    keyed=Keyed.BODY,
    largest=256 * 1024,
)
DESK_RETURN = Endpoint(
    "POST",
    "/v1/returns",
    DeskReturn,
    Returned,
    Scope.CIRCULATION,
    "Return an item at a desk",
    keyed=Keyed.BODY,
)

ENDPOINTS: tuple[Endpoint[Any, Any], ...] = (
    RETURN_ITEM,
    RETURN_BATCH,
    PLACE_ITEM,
    DESK_RETURN,
)
