"""Reservations: what a reader and a desk may ask, and what is told of each.

Every endpoint of a desk that changes one has its twin under `/v1/me`, for the reader's own.
"""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.days import Day
from catalogue_api.contract.endpoint import (
    Endpoint,
    Keyed,
    Message,
    Nothing,
    Scope,
)
from catalogue_api.contract.lines import SiteCode
from catalogue_api.contract.returns import Barcode
from catalogue_api.domain.estimates import EstimateReason
from catalogue_api.domain.holds import EndReason, HoldEventKind, HoldStatus, MoveReason, ToldHow
from catalogue_api.domain.reserving import HoldRefusal

__all__ = [
    "CANCEL_HOLD",
    "CHANGE_PICKUP",
    "ENDPOINTS",
    "HOLD_HISTORY",
    "LIST_PATRON_HOLDS",
    "PAUSE_HOLD",
    "PLACE_HOLD",
    "RESTORE_HOLD",
    "RESUME_HOLD",
    "SHOW_HOLD",
    "EndReason",
    "EstimateReason",
    "EstimateTold",
    "HoldEventKind",
    "HoldEventTold",
    "HoldHistory",
    "HoldInfo",
    "HoldList",
    "HoldRefusal",
    "HoldStatus",
    "MoveReason",
    "PauseHold",
    "Pickup",
    "PlaceHold",
    "PlaceMyHold",
    "ToldHow",
]

RowNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]


class PlaceMyHold(Message):
    """Reserve a title, or with `barcode` one copy of it only, to be fetched at a site."""

    title: RowNumber
    pickup_site: SiteCode
    barcode: Barcode | None = None


class PlaceHold(PlaceMyHold):
    """The same for the reader with this card, at a desk."""

    card: Annotated[str, Field(min_length=1, max_length=64)]


class PauseHold(Message):
    """Take no copy up to and with this day; without one, until it is resumed."""

    until: Day | None = None


class Pickup(Message):
    """Where the reader wants to fetch it."""

    pickup_site: SiteCode


class EstimateTold(Message):
    """By when the copy should be there, and why; without a day nobody can say.

    `ahead` counts the readers served before, `copies` those counted on, `late` the copies that
    should be back and are not.
    """

    on: date | None
    reason: EstimateReason
    ahead: int = 0
    copies: int = 0
    late: int = 0


class HoldInfo(Message):
    """A reservation. `position` (1 is next) and `estimate` are there while it waits.

    `wanted_barcode` is set where only that copy will do. `shelf_number` and `expires_on` (the last
    day) are there once it is ready. For a desk only, and empty for the reader, are `patron`,
    `reader`, `barcode` (the copy that serves it), `copy_site` and `copy_site_name` (where that
    copy is), `staff_priority` with the reason `moved_for`, and `told_at` and `told_how`: when and
    how a librarian told the reader that it is ready.
    """

    hold: int
    title: int
    full_title: str
    author: str
    wanted_barcode: str = ""
    pickup_site: str
    pickup_name: str
    placed_at: datetime
    status: HoldStatus
    position: int | None = None
    estimate: EstimateTold | None = None
    paused: bool = False
    paused_until: date | None = None
    ready_at: datetime | None = None
    expires_on: date | None = None
    shelf_number: int | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    patron: int | None = None
    reader: str = ""
    barcode: str = ""
    copy_site: str = ""
    copy_site_name: str = ""
    staff_priority: int = 0
    moved_for: MoveReason | None = None
    told_at: datetime | None = None
    told_how: ToldHow | None = None
    version: int


class HoldList(Message):
    """All open reservations of a reader, the oldest first."""

    holds: tuple[HoldInfo, ...]


class HoldEventTold(Message):
    """What happened. `reason` is why somebody else went before, or this one did.

    `by`, `note` and `how` (a reader was told) are for a desk only.
    """

    at: datetime
    kind: HoldEventKind
    reason: MoveReason | None = None
    pickup_site: str = ""
    on: date | None = None
    by: str = ""
    note: str = ""
    how: ToldHow | None = None


class HoldHistory(Message):
    """All that happened to a reservation, the oldest first."""

    events: tuple[HoldEventTold, ...]


PLACE_HOLD = Endpoint(
    "POST",
    "/v1/holds",
    PlaceHold,
    HoldInfo,
    Scope.CIRCULATION,
    "Reserve for a reader",
    keyed=Keyed.HEADER,
    example=PlaceHold(card="29416000000017", title=17, pickup_site="cachan"),
)
LIST_PATRON_HOLDS = Endpoint(
    "GET",
    "/v1/patrons/{patron}/holds",
    Nothing,
    HoldList,
    Scope.CIRCULATION,
    "List a reader’s reservations",
)
SHOW_HOLD = Endpoint(
    "GET", "/v1/holds/{hold}", Nothing, HoldInfo, Scope.CIRCULATION, "Show a reservation"
)
HOLD_HISTORY = Endpoint(
    "GET",
    "/v1/holds/{hold}/events",
    Nothing,
    HoldHistory,
    Scope.CIRCULATION,
    "Tell what happened to a reservation",
)
PAUSE_HOLD = Endpoint(
    "PUT",
    "/v1/holds/{hold}/pause",
    PauseHold,
    HoldInfo,
    Scope.CIRCULATION,
    "Let a reservation rest",
    match=True,
)
RESUME_HOLD = Endpoint(
    "DELETE",
    "/v1/holds/{hold}/pause",
    Nothing,
    HoldInfo,
    Scope.CIRCULATION,
    "Let a reservation go on",
    match=True,
)
CHANGE_PICKUP = Endpoint(
    "PUT",
    "/v1/holds/{hold}/pickup",
    Pickup,
    HoldInfo,
    Scope.CIRCULATION,
    "Change where a reservation is fetched",
    match=True,
)
CANCEL_HOLD = Endpoint(
    "DELETE",
    "/v1/holds/{hold}",
    Nothing,
    HoldInfo,
    Scope.CIRCULATION,
    "Cancel a reservation",
    match=True,
)
RESTORE_HOLD = Endpoint(
    "PUT",
    "/v1/holds/{hold}/restoration",
    Nothing,
    HoldInfo,
    Scope.CIRCULATION,
    "Take the cancelling of a reservation back",
    match=True,
)

ENDPOINTS = (
    PLACE_HOLD,
    LIST_PATRON_HOLDS,
    SHOW_HOLD,
    HOLD_HISTORY,
    PAUSE_HOLD,
    RESUME_HOLD,
    CHANGE_PICKUP,
    CANCEL_HOLD,
    RESTORE_HOLD,
)
