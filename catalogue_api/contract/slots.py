"""Slots at the library's computers: what is free, and what a desk does for a reader.

Every endpoint of a desk that changes one has its twin under `/v1/me`, for the reader's own.
"""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import Field

from catalogue_api.contract.days import Day, Instant
from catalogue_api.contract.endpoint import Endpoint, Keyed, Message, Nothing, Scope
from catalogue_api.contract.holds import RowNumber
from catalogue_api.contract.lines import SiteCode
from catalogue_api.domain.slots import (
    Ability,
    BookingEnd,
    BookingKind,
    BookingStatus,
    SlotRefusal,
)

__all__ = [
    "BOOK_SLOT",
    "CANCEL_SLOT",
    "CLAIM_SLOT",
    "ENDPOINTS",
    "END_SLOT",
    "EXTEND_SLOT",
    "FIND_FREE_SLOTS",
    "LIST_PATRON_SLOTS",
    "MOVE_SLOT",
    "SHOW_SLOT",
    "Ability",
    "BookMySlot",
    "BookSlot",
    "BookingEnd",
    "BookingKind",
    "BookingStatus",
    "Day",
    "FreeComputer",
    "FreeSlot",
    "FreeSlots",
    "FreeSlotsAsked",
    "Instant",
    "MoveMySlot",
    "MoveSlot",
    "SlotInfo",
    "SlotList",
    "SlotRefusal",
]

Abilities = Annotated[tuple[Ability, ...], Field(max_length=8)]
Minutes = Annotated[int, Field(ge=1, le=24 * 60)]


class FreeSlotsAsked(Message):
    """A day (today without one), for how long, and what the computer must have."""

    day: Day | None = None
    minutes: Minutes | None = None
    abilities: Abilities = ()


class FreeComputer(Message):
    """A computer that readers may book; ages are those reached in the year.

    `suits`: the reader who asks may sit there, by their age; for anybody else: there is no limit.
    """

    computer: int
    name: str
    room: int
    room_name: str
    abilities: tuple[Ability, ...]
    least_age: int | None = None
    most_age: int | None = None
    suits: bool = True


class FreeSlot(Message):
    """A time at which a slot may begin, and the computers that are free for all of it.

    None of them: it is taken, and one may wait for it.
    """

    starts_at: datetime
    ends_at: datetime
    computers: tuple[int, ...]


class FreeSlots(Message):
    """All times of a day at which a slot of so many minutes may begin at a site; none: closed."""

    site: str
    site_name: str
    day: date
    minutes: int
    times: tuple[FreeSlot, ...]
    computers: tuple[FreeComputer, ...]


class BookMySlot(Message):
    """A slot at a computer, or at any of a site that has these abilities.

    `minutes`: as long as the rules allow, without them.
    """

    site: SiteCode
    computer: RowNumber | None = None
    starts_at: Instant
    minutes: Minutes | None = None
    abilities: Abilities = ()


class BookSlot(BookMySlot):
    """The same for the reader with this card, at a desk.

    `now`: the reader sits down at once, whatever `starts_at` says. `override`: what a librarian
    lets pass, which is written down.
    """

    card: Annotated[str, Field(min_length=1, max_length=64)]
    now: bool = False
    override: tuple[SlotRefusal, ...] = Field(default=(), max_length=16)


class MoveMySlot(Message):
    """Another time, or another computer (none: any of the site that has the same abilities)."""

    starts_at: Instant
    minutes: Minutes | None = None
    computer: RowNumber | None = None


class MoveSlot(MoveMySlot):
    """The same at a desk; `override`: what a librarian lets pass."""

    override: tuple[SlotRefusal, ...] = Field(default=(), max_length=16)


class SlotInfo(Message):
    """A slot. `claim_until`: who has not come by then has lost it.

    `usable_until`, while it is in use: when the session ends, earlier than the slot where somebody
    comes next; the time that is left is what lies between. `offered_until` while it is an offer.
    For a desk only, and empty for the reader, are `patron`, `reader` (their name) and `label` (of
    a block).
    """

    slot: int
    computer: int
    computer_name: str
    room: int
    room_name: str
    site: str
    site_name: str
    kind: BookingKind
    status: BookingStatus
    starts_at: datetime
    ends_at: datetime
    claim_until: datetime
    usable_until: datetime | None = None
    offered_until: datetime | None = None
    claimed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: BookingEnd | None = None
    patron: int | None = None
    reader: str = ""
    label: str = ""
    version: int


class SlotList(Message):
    """Slots of a reader that are not over, the next first."""

    slots: tuple[SlotInfo, ...]


FIND_FREE_SLOTS = Endpoint(
    "GET",
    "/v1/sites/{site}/free-slots",
    FreeSlotsAsked,
    FreeSlots,
    Scope.ANYONE,
    "Show when computers of a site are free on a day",
)
BOOK_SLOT = Endpoint(
    "POST",
    "/v1/slots",
    BookSlot,
    SlotInfo,
    Scope.CIRCULATION,
    "Book a computer for a reader",
    keyed=Keyed.HEADER,
    example=BookSlot(
        card="29416000000017",
        site="cachan",
        starts_at=datetime(2026, 11, 24, 13, tzinfo=UTC),
        minutes=60,
    ),
)
LIST_PATRON_SLOTS = Endpoint(
    "GET",
    "/v1/patrons/{patron}/slots",
    Nothing,
    SlotList,
    Scope.CIRCULATION,
    "List a reader’s slots",
)
SHOW_SLOT = Endpoint("GET", "/v1/slots/{slot}", Nothing, SlotInfo, Scope.CIRCULATION, "Show a slot")
MOVE_SLOT = Endpoint(
    "PUT",
    "/v1/slots/{slot}/time",
    MoveSlot,
    SlotInfo,
    Scope.CIRCULATION,
    "Give a slot another time or computer",
    match=True,
    example=MoveSlot(starts_at=datetime(2026, 11, 24, 15, tzinfo=UTC)),
)
CANCEL_SLOT = Endpoint(
    "DELETE",
    "/v1/slots/{slot}",
    Nothing,
    SlotInfo,
    Scope.CIRCULATION,
    "Cancel a slot; the reader is told",
    match=True,
)
CLAIM_SLOT = Endpoint(
    "PUT",
    "/v1/slots/{slot}/claim",
    Nothing,
    SlotInfo,
    Scope.CIRCULATION,
    "Say that a reader sits at their computer",
    match=True,
)
EXTEND_SLOT = Endpoint(
    "PUT",
    "/v1/slots/{slot}/extension",
    Nothing,
    SlotInfo,
    Scope.CIRCULATION,
    "Let a session go on for longer, where nobody comes next",
    match=True,
)
END_SLOT = Endpoint(
    "PUT",
    "/v1/slots/{slot}/end",
    Nothing,
    SlotInfo,
    Scope.CIRCULATION,
    "End a session",
    match=True,
)

ENDPOINTS = (
    FIND_FREE_SLOTS,
    BOOK_SLOT,
    LIST_PATRON_SLOTS,
    SHOW_SLOT,
    MOVE_SLOT,
    CANCEL_SLOT,
    CLAIM_SLOT,
    EXTEND_SLOT,
    END_SLOT,
)
