"""Reservations: the queue of a title, the copy that is caught for one, and the shelf.

*Captured* is not *ready*: a caught copy lies in a bin until a librarian scans it onto the
reservation shelf. Only then is the reader told, and only then do the days of waiting run.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class HoldStatus(StrEnum):
    """The life of a hold. *Captured*: a copy lies in a bin. *Ready*: it stands on the shelf."""

    WAITING = "waiting"
    CAPTURED = "captured"
    READY = "ready"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class HoldEventKind(StrEnum):
    """What can happen to a hold or to its rank."""

    PLACED = "placed"
    MOVED = "moved"
    PASSED = "passed"
    PAUSED = "paused"
    RESUMED = "resumed"
    PICKUP_CHANGED = "pickup_changed"
    CAPTURED = "captured"
    RELEASED = "released"
    READY = "ready"
    TOLD = "told"
    NOT_TOLD = "not_told"
    FULFILLED = "fulfilled"
    CANCELLED = "cancelled"
    RESTORED = "restored"
    EXPIRED = "expired"


class ToldHow(StrEnum):
    """How a reader was told that a copy is ready: by e-mail, or by a librarian where none could."""

    EMAIL = "email"
    TELEPHONE = "telephone"
    LETTER = "letter"
    IN_PERSON = "in_person"


BY_LIBRARIANS = (ToldHow.TELEPHONE, ToldHow.LETTER, ToldHow.IN_PERSON)


class HoldSought(StrEnum):
    """Which reservations somebody looks for; all but the last two are open."""

    OPEN = "open"
    WAITING = "waiting"
    PAUSED = "paused"
    ON_THE_WAY = "on_the_way"
    READY = "ready"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class EndReason(StrEnum):
    """Why a hold has ended."""

    LENT = "lent"
    BY_READER = "by_reader"
    BY_STAFF = "by_staff"
    NOT_FETCHED = "not_fetched"


class MoveReason(StrEnum):
    """Why somebody goes out of turn; those who wait longer for it are told so."""

    SCHOOL = "school"
    HOME_BOUND = "home_bound"
    OUR_MISTAKE = "our_mistake"
    BOOK_CLUB = "book_club"
    IN_HAND = "in_hand"
    OTHER = "other"


OPEN = (HoldStatus.WAITING, HoldStatus.CAPTURED, HoldStatus.READY)
WITH_ITEM = (HoldStatus.CAPTURED, HoldStatus.READY)


@dataclass(frozen=True, slots=True)
class Wish:
    """A waiting hold as far as the queue needs it.

    `wanted_item` is set where only that copy will do. While `paused`, up to and including
    `paused_until` (None: until it is resumed), it keeps its rank and takes no copy.
    """

    id: int
    pickup_site: str
    placed_at: datetime
    staff_priority: int = 0
    wanted_item: int | None = None
    paused: bool = False
    paused_until: date | None = None

    def rests(self, today: date) -> bool:
        """Tell whether it takes no copy on this day."""
        return self.paused and (self.paused_until is None or today <= self.paused_until)

    def takes(self, item: int, today: date) -> bool:
        """Tell whether a copy of its title may go to it on this day."""
        return not self.rests(today) and self.wanted_item in {None, item}


def queue(wishes: Iterable[Wish]) -> list[Wish]:
    """Return waiting holds in the order in which copies go to them."""
    return sorted(wishes, key=lambda wish: (-wish.staff_priority, wish.placed_at, wish.id))


class Scan(StrEnum):
    """What scanning a copy onto the reservation shelf of a site came to."""

    READY = "ready"
    ALREADY_READY = "already_ready"
    OTHER_SITE = "other_site"
    NOT_CAUGHT = "not_caught"
    ON_LOAN = "on_loan"
    UNKNOWN_BARCODE = "unknown_barcode"


def shelve(site: str, pickup_site: str | None, status: HoldStatus | None, on_loan: bool) -> Scan:
    """Decide about a known copy scanned at `site`; the hold is the one that it serves, if any."""
    if on_loan:
        return Scan.ON_LOAN
    if pickup_site is None or status is None:
        return Scan.NOT_CAUGHT
    if pickup_site != site:
        return Scan.OTHER_SITE
    return Scan.ALREADY_READY if status is HoldStatus.READY else Scan.READY


LAST_SHELF_NUMBER = 999


def shelf_number(last: int, taken: Collection[int]) -> int:
    """Return the number for the next slip: the one after the last, 999 before 1, none twice.

    Numbers are not reused at once, so that a reader who comes late does not find another's copy
    under theirs. Only a shelf with 999 copies counts on.
    """
    after = [*range(last + 1, LAST_SHELF_NUMBER + 1), *range(1, last + 1)]
    free = (number for number in after if number not in taken)
    return next(free, max(taken, default=0) + 1)
