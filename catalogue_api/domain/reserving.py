"""Whether a reader may reserve: every reason that stands against it, as a closed list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from catalogue_api.domain.collection import ItemStatus

COULD_SERVE = frozenset({ItemStatus.AVAILABLE, ItemStatus.IN_REPAIR})
"""States of a copy for which it is worth waiting; a lost one may never come back."""


class HoldRefusal(StrEnum):
    """Why a reservation cannot be made or changed like this."""

    CARD_EXPIRED = "card_expired"
    BLOCKED = "blocked"
    TOO_MANY_HOLDS = "too_many_holds"
    TOO_MANY_OF_KIND = "too_many_of_kind"
    NOT_LENT_TO_READER = "not_lent_to_reader"
    ALREADY_RESERVED = "already_reserved"
    HAS_ON_LOAN = "has_on_loan"
    ON_THE_SHELF = "on_the_shelf"
    NO_COPY = "no_copy"
    UNKNOWN_SITE = "unknown_site"
    HAS_ENDED = "has_ended"
    NOT_WAITING = "not_waiting"
    PAUSE_IN_THE_PAST = "pause_in_the_past"
    NOT_CANCELLED = "not_cancelled"
    TOO_LATE_TO_RESTORE = "too_late_to_restore"
    ANOTHER_TITLE = "another_title"
    ANOTHER_COPY_WANTED = "another_copy_wanted"
    COPY_NOT_FREE = "copy_not_free"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class Applicant:
    """A reader who wants to reserve, and what they have already.

    The counts are of open holds, of all kinds and of this title's kind. `most_of_kind` is how many
    of that kind may be borrowed at once, None for no limit: more than that is not reserved either.
    """

    card_ends: date | None
    blocked: bool
    holds: int
    holds_of_kind: int
    most_of_kind: int | None
    reserved_already: bool
    has_on_loan: bool
    is_lent_to: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the title that is wanted; `free`: it stands on the shelf of `site` for anybody."""

    id: int
    status: ItemStatus
    site: str
    free: bool


@dataclass(frozen=True, slots=True)
class Application:
    """What is asked for: any copy, or only the one `wanted_item`, to be fetched at a site."""

    pickup_site: str
    copies: tuple[Copy, ...]
    wanted_item: int | None = None

    @property
    def suitable(self) -> tuple[Copy, ...]:
        """The copies that could answer it."""
        return tuple(
            copy
            for copy in self.copies
            if copy.status in COULD_SERVE and self.wanted_item in {None, copy.id}
        )


def refusals(
    applicant: Applicant, asked: Application, *, most_holds: int, on_available: bool, today: date
) -> tuple[HoldRefusal, ...]:
    """Return all reasons against a reservation, none if it may be made.

    `on_available`: the library lets readers reserve what stands on the shelf where they would
    fetch it.
    """
    return (*_of_reader(applicant, most_holds, today), *_of_title(asked, on_available))


def _of_reader(applicant: Applicant, most_holds: int, today: date) -> Iterator[HoldRefusal]:
    if applicant.card_ends is not None and applicant.card_ends < today:
        yield HoldRefusal.CARD_EXPIRED
    if applicant.blocked:
        yield HoldRefusal.BLOCKED
    if applicant.reserved_already:
        yield HoldRefusal.ALREADY_RESERVED
    if applicant.has_on_loan:
        yield HoldRefusal.HAS_ON_LOAN
    if applicant.holds >= most_holds:
        yield HoldRefusal.TOO_MANY_HOLDS
    most = applicant.most_of_kind
    if not applicant.is_lent_to or most == 0:
        yield HoldRefusal.NOT_LENT_TO_READER
    elif most is not None and applicant.holds_of_kind >= most:
        yield HoldRefusal.TOO_MANY_OF_KIND


def _of_title(asked: Application, on_available: bool) -> Iterator[HoldRefusal]:
    if not asked.suitable:
        yield HoldRefusal.NO_COPY
    elif not on_available and any(
        copy.free and copy.site == asked.pickup_site for copy in asked.suitable
    ):
        yield HoldRefusal.ON_THE_SHELF
