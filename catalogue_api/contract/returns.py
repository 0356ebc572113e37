"""Returns at a kiosk: the fact that an item was laid down, and what the catalogue makes of it.

A return is a fact at a time. `return_id` is made at the kiosk and is the idempotency key: the
same key with the same body gets the same answer again, with another body a problem.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, Field, StringConstraints

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Scope
from catalogue_api.domain.returns import (
    FACTS,
    OUTCOMES_VERSION,
    NoteKind,
    Outcome,
    OutcomeFacts,
    SortHint,
)

__all__ = [
    "FACTS",
    "OUTCOMES_VERSION",
    "PLACE_ITEM",
    "RETURN_ITEM",
    "Barcode",
    "Note",
    "NoteKind",
    "Outcome",
    "OutcomeFacts",
    "Placed",
    "Placement",
    "ReturnItem",
    "Returned",
    "Security",
    "SortHint",
]

Barcode = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")
]


class Note(Message):
    """A note on an outcome; `on` is the due date of `late`, the date of `may_borrow_from`."""

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
    where the tag names none. `warnings`: what was odd about the tag. Whether the item was kept
    or given back is not known yet: the `Placement` says it (an empty bin: given back).
    """

    return_id: UUID
    barcode: Barcode
    occurred_at: AwareDatetime
    owner: str = Field(default="", max_length=16)
    warnings: tuple[str, ...] = ()


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

    `receipt`: the number of the receipt that names this return, if one was given out.
    """

    bin: str = Field(max_length=32)
    security: Security
    receipt: str = Field(default="", max_length=16)


class Placed(Message):
    """The placement is noted."""

    return_id: UUID


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
