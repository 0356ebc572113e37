"""Slots at the library's computers: intervals in UTC that begin and end on quarters of an hour.

Time that is left is always computed from an interval and never counted down, so a program that
was away for a while knows as much as one that was not. What a reader may book is in
`slot_booking`, the life of a booking in `slot_use`, waiting for a slot in `slot_waiting`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

QUARTER = timedelta(minutes=15)
"""The grain of all slots: the databases' constraints stand on it."""

_SECONDS = int(QUARTER.total_seconds())


class Ability(StrEnum):
    """What a computer has beyond a browser. Closed."""

    OFFICE = "office"
    SCANNER = "scanner"
    BIG_PRINT = "big_print"
    VIDEO_GAMES = "video_games"


class BookingKind(StrEnum):
    """What a computer is kept for. *Guest*: somebody without a card, at the desk's word."""

    READER = "reader"
    GUEST = "guest"
    BLOCK = "block"
    WORKSHOP = "workshop"


OF_STAFF = (BookingKind.BLOCK, BookingKind.WORKSHOP)
"""Kinds that nobody has to claim: the computer is kept until the end."""


class BookingStatus(StrEnum):
    """The life of a booking. *Offered*: kept for a while for somebody who waited."""

    OFFERED = "offered"
    BOOKED = "booked"
    IN_USE = "in_use"
    ENDED = "ended"
    CANCELLED = "cancelled"
    NO_SHOW = "no_show"


LIVE = (BookingStatus.OFFERED, BookingStatus.BOOKED, BookingStatus.IN_USE)
"""The states in which a booking keeps its computer: never two of them at once on one."""
COUNTED = (*LIVE, BookingStatus.ENDED, BookingStatus.NO_SHOW)
"""The states whose minutes count against a reader's allowance."""


class BookingEnd(StrEnum):
    """Why a booking has ended."""

    SIGNED_OUT = "signed_out"
    TIME_OVER = "time_over"
    NOT_CLAIMED = "not_claimed"
    BY_READER = "by_reader"
    BY_STAFF = "by_staff"
    FOR_BLOCK = "for_block"
    CLOSED = "closed"
    DECLINED = "declined"
    OFFER_OVER = "offer_over"


class Settlement(StrEnum):
    """What becomes of a booking that is in the way of a block. Closed.

    *Cancel* what is in use means that it ends when the block begins.
    """

    MOVE = "move"
    CANCEL = "cancel"


class SlotRefusal(StrEnum):
    """Why a slot cannot be had, or be done something with. Closed."""

    NOT_ON_GRID = "not_on_grid"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    IN_THE_PAST = "in_the_past"
    TOO_FAR_AHEAD = "too_far_ahead"
    CLOSED = "closed"
    CLOSING_SOON = "closing_soon"
    CARD_EXPIRED = "card_expired"
    BLOCKED = "blocked"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    AGE_UNKNOWN = "age_unknown"
    LACKS_ABILITY = "lacks_ability"
    OUT_OF_ORDER = "out_of_order"
    DESK_ONLY = "desk_only"
    """Readers do not book this computer themselves."""
    TAKEN = "taken"
    NONE_FREE = "none_free"
    BOOKED_ELSEWHERE = "booked_elsewhere"
    """The reader has another slot at that time."""
    DAILY_ALLOWANCE = "daily_allowance"
    WEEKLY_ALLOWANCE = "weekly_allowance"
    HAS_ENDED = "has_ended"
    HAS_BEGUN = "has_begun"
    TOO_EARLY = "too_early"
    NOT_CLAIMED_IN_TIME = "not_claimed_in_time"
    NOT_IN_USE = "not_in_use"
    TOO_EARLY_TO_EXTEND = "too_early_to_extend"
    NEXT_IS_BOOKED = "next_is_booked"
    SOMEBODY_WAITS = "somebody_waits"
    IN_THE_WAY = "in_the_way"
    """Bookings stand in the way of a block, and nobody has said what becomes of them."""
    BLOCKED_ALREADY = "blocked_already"
    CANNOT_MOVE = "cannot_move"
    ALREADY_WAITS = "already_waits"
    NOT_OFFERED = "not_offered"


OVERRIDABLE = frozenset(
    {
        SlotRefusal.TOO_LONG,
        SlotRefusal.TOO_FAR_AHEAD,
        SlotRefusal.CARD_EXPIRED,
        SlotRefusal.BLOCKED,
        SlotRefusal.TOO_YOUNG,
        SlotRefusal.TOO_OLD,
        SlotRefusal.AGE_UNKNOWN,
        SlotRefusal.LACKS_ABILITY,
        SlotRefusal.DAILY_ALLOWANCE,
        SlotRefusal.WEEKLY_ALLOWANCE,
    }
)
"""What a librarian may let pass; it is written into the audit log."""


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """An interval in UTC; the end is not part of it."""

    starts: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """How long it is, begun minutes counted whole."""
        return -(-int((self.ends - self.starts).total_seconds()) // 60)

    def overlaps(self, other: "Slot") -> bool:
        """Tell whether both hold some instant."""
        return self.starts < other.ends and other.starts < self.ends

    def quarters(self) -> range:
        """Return the numbers of the quarters that it touches, counted from 1970."""
        return range(quarter(self.starts), -(-int(self.ends.timestamp()) // _SECONDS))


def quarter(instant: datetime) -> int:
    """Return the number of the quarter that holds an instant."""
    return int(instant.timestamp()) // _SECONDS


def begin_of(number: int) -> datetime:
    """Return the instant at which a quarter begins."""
    return datetime.fromtimestamp(number * _SECONDS, UTC)


def lasting(starts: datetime, minutes: int) -> Slot:
    """Return the slot of so many minutes from an instant on."""
    return Slot(starts, starts + timedelta(minutes=minutes))


def gaps(within: Slot, held: Iterator[Slot] | tuple[Slot, ...]) -> Iterator[Slot]:
    """Yield the parts of an interval that nothing holds, in their order."""
    at = within.starts
    for one in sorted(held):
        if one.starts > at:
            yield Slot(at, min(one.starts, within.ends))
        at = max(at, one.ends)
        if at >= within.ends:
            return
    if at < within.ends:
        yield Slot(at, within.ends)


@dataclass(frozen=True, slots=True)
class SlotRules:
    """What the library has decided about its computers; all in minutes, but `ahead_days`.

    A slot begins and ends on a grid of `grid` by the clock on the wall, and lasts from `least` to
    `session`. `weekly` is None where only the day is limited. Who does not come within `claim`
    loses the slot. The last `gap` of a slot is left to whoever comes next. Nothing begins less
    than `closing` before the doors close. At `extend_within` from the end, `extension` may be
    had, where nobody is booked. An offer to somebody who waits stands for `offer`, a called number
    for `call`.
    """

    grid: int = 15
    session: int = 60
    least: int = 15
    daily: int = 120
    weekly: int | None = None
    ahead_days: int = 7
    claim: int = 15
    gap: int = 5
    closing: int = 15
    extension: int = 15
    extend_within: int = 5
    offer: int = 30
    call: int = 5
