"""Waiting for a slot: what a reader wishes, and the offer that is made when one becomes free."""

from datetime import UTC, datetime
from typing import Self

from pydantic import Field, model_validator

from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.lines import SiteCode
from catalogue_api.contract.slots import Abilities, Instant, Minutes, SlotInfo
from catalogue_api.domain.slot_waiting import WishStatus
from catalogue_api.domain.slots import Ability

__all__ = [
    "ANSWER_OFFER",
    "CANCEL_WISH",
    "ENDPOINTS",
    "LIST_MY_WISHES",
    "LIST_SITE_WISHES",
    "WISH_FOR_SLOT",
    "OfferAnswer",
    "WishForSlot",
    "WishInfo",
    "WishList",
    "WishStatus",
]


class WishForSlot(Message):
    """Any slot of so many minutes at a site that lies between two instants of one day."""

    site: SiteCode
    from_at: Instant
    until_at: Instant
    minutes: Minutes
    abilities: Abilities = ()

    @model_validator(mode="after")
    def _long_enough(self) -> Self:
        if (self.until_at - self.from_at).total_seconds() < self.minutes * 60:
            raise ValueError("until_at: at least `minutes` after from_at")
        return self


class OfferAnswer(Message):
    """Whether the reader takes what they were offered."""

    accept: bool


class WishInfo(Message):
    """A wish. `offer` is the slot that is kept for the reader, until its `offered_until`.

    `position` counts those who wait at the site, 1 is next; `reader` is for a desk only.
    """

    wish: int
    site: str
    site_name: str
    from_at: datetime
    until_at: datetime
    minutes: int
    abilities: tuple[Ability, ...]
    placed_at: datetime
    status: WishStatus
    position: int | None = None
    offer: SlotInfo | None = None
    reader: str = ""
    version: int


class WishList(Message):
    """Wishes that are open, the oldest first."""

    wishes: tuple[WishInfo, ...] = Field(default=())


WISH_FOR_SLOT = Endpoint(
    "POST",
    "/v1/me/slot-wishes",
    WishForSlot,
    WishInfo,
    Scope.OWN,
    "Wait for a slot to become free",
    keyed=Keyed.HEADER,
    example=WishForSlot(
        site="cachan",
        from_at=datetime(2026, 11, 24, 13, tzinfo=UTC),
        until_at=datetime(2026, 11, 24, 17, tzinfo=UTC),
        minutes=60,
    ),
)
LIST_MY_WISHES = Endpoint(
    "GET", "/v1/me/slot-wishes", Nothing, WishList, Scope.OWN, "List what one waits for"
)
ANSWER_OFFER = Endpoint(
    "PUT",
    "/v1/me/slot-wishes/{wish}/answer",
    OfferAnswer,
    WishInfo,
    Scope.OWN,
    "Take the slot that is offered, or decline it",
    match=True,
)
CANCEL_WISH = Endpoint(
    "DELETE",
    "/v1/me/slot-wishes/{wish}",
    Nothing,
    WishInfo,
    Scope.OWN,
    "Wait no longer",
    match=True,
)
LIST_SITE_WISHES = Endpoint(
    "GET",
    "/v1/sites/{site}/slot-wishes",
    Nothing,
    WishList,
    Scope.CIRCULATION,
    "List who waits for a slot at a site",
)

ENDPOINTS = (WISH_FOR_SLOT, LIST_MY_WISHES, ANSWER_OFFER, CANCEL_WISH, LIST_SITE_WISHES)
