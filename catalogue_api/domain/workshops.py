"""Places in events: who may have one, who is next, and what becomes due as time goes by. Pure.

Seats are numbered, and the database gives each number of a session to one person at most: that is
the last word on how many there are. Who waits is served in the order of coming. A seat that comes
free is held for the next one for a while: the offer.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from catalogue_api.domain.events import Ages, days_before

OFFER = timedelta(hours=24)
OFFER_ON_THE_DAY = timedelta(hours=2)
_MORNING = time(8)
"""Before it nobody has to read messages: on the day, the two hours count from here at the least."""
CONFIRM_DAYS, RELEASE_DAYS, REMIND_DAYS = 7, 3, 1
LATE = timedelta(minutes=5)
"""After the start a seat whose owner is not there is anybody's."""
_TIME_TO_ANSWER = timedelta(days=1)
"""Nobody loses a seat for want of an answer to what they were asked less than this ago."""


class RegistrationStatus(StrEnum):
    """How a registration stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    """A seat is held for it until an hour that was told."""
    REGISTERED = "registered"
    ENDED = "ended"


OPEN = (RegistrationStatus.WAITING, RegistrationStatus.OFFERED, RegistrationStatus.REGISTERED)
SEATED = (RegistrationStatus.OFFERED, RegistrationStatus.REGISTERED)


class RegistrationEnd(StrEnum):
    """Why a registration has ended."""

    CANCELLED = "cancelled"
    """By whom it was for."""
    CANCELLED_BY_STAFF = "cancelled_by_staff"
    DECLINED = "declined"
    OFFER_LAPSED = "offer_lapsed"
    NOT_CONFIRMED = "not_confirmed"
    CALLED_OFF = "called_off"
    """The session was cancelled."""
    NO_SEAT = "no_seat"
    """It is over, and none came free."""
    TOOK_PLACE = "took_place"


class Attendance(StrEnum):
    """Whether somebody was there."""

    UNKNOWN = "unknown"
    CAME = "came"
    ABSENT = "absent"


class WorkshopRefusal(StrEnum):
    """Why somebody is not registered, or a registration is not changed like this. Closed."""

    NO_REGISTRATION = "no_registration"
    """One comes as one likes."""
    NOT_OPEN_YET = "not_open_yet"
    HAS_BEGUN = "has_begun"
    IS_OVER = "is_over"
    CALLED_OFF = "called_off"
    NOT_PUBLISHED = "not_published"
    ALREADY_REGISTERED = "already_registered"
    PERHAPS_REGISTERED = "perhaps_registered"
    """Somebody of that name is: it may be the same person."""
    ELSEWHERE_THEN = "elsewhere_then"
    """They have a place in something else at that time."""
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    BIRTH_YEAR_UNKNOWN = "birth_year_unknown"
    FULL = "full"
    HAS_ENDED = "has_ended"
    NOT_OFFERED = "not_offered"
    OFFER_OVER = "offer_over"
    NOT_REGISTERED = "not_registered"
    TOO_EARLY = "too_early"
    """Who came is noted on the day."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What one registers for: a session, or all sessions of a series.

    `starts_at` is the first start and `ends_at` the last end of what is not called off; `free`
    how many seats nobody holds, in the fullest of the sessions; None takes no registrations.
    `waiting` counts who waits without an offer. `opens_on`: the first day of registering.
    """

    starts_at: datetime
    ends_at: datetime
    free: int | None
    waiting: int = 0
    ages: Ages = field(default=Ages())
    opens_on: date | None = None
    called_off: bool = False
    published: bool = True
    must_confirm: bool = False

    @property
    def full(self) -> bool:
        """Whether somebody who comes now has to wait: also behind others who wait already."""
        return self.free is None or self.free <= 0 or self.waiting > 0


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody who wants a place; `by_staff`: a librarian asks for them."""

    birth_year: int | None
    registered: bool = False
    elsewhere: bool = False
    by_staff: bool = False


def refusals(
    applicant: Applicant, occasion: Occasion, now: datetime, zone: ZoneInfo
) -> tuple[WorkshopRefusal, ...]:
    """Return all that stands against a registration, a full house aside; none if it may be made.

    Staff may register whoever stands at the door, until it is over, and before registering opens.
    """
    return (
        *_of_occasion(occasion, now, zone, by_staff=applicant.by_staff),
        *_of_applicant(applicant, occasion, zone),
    )


def _of_occasion(
    occasion: Occasion, now: datetime, zone: ZoneInfo, *, by_staff: bool
) -> Iterator[WorkshopRefusal]:
    if occasion.free is None:
        yield WorkshopRefusal.NO_REGISTRATION
    if occasion.called_off:
        yield WorkshopRefusal.CALLED_OFF
    elif occasion.ends_at <= now:
        yield WorkshopRefusal.IS_OVER
    elif occasion.starts_at <= now and not by_staff:
        yield WorkshopRefusal.HAS_BEGUN
    if not occasion.published and not by_staff:
        yield WorkshopRefusal.NOT_PUBLISHED
    opens = occasion.opens_on
    if opens is not None and now.astimezone(zone).date() < opens and not by_staff:
        yield WorkshopRefusal.NOT_OPEN_YET


def _of_applicant(
    applicant: Applicant, occasion: Occasion, zone: ZoneInfo
) -> Iterator[WorkshopRefusal]:
    day, ages = occasion.starts_at.astimezone(zone).date(), occasion.ages
    if ages.bounded and applicant.birth_year is None:
        yield WorkshopRefusal.BIRTH_YEAR_UNKNOWN
    elif applicant.birth_year is not None:
        if ages.too_young(applicant.birth_year, day):
            yield WorkshopRefusal.TOO_YOUNG
        if ages.too_old(applicant.birth_year, day):
            yield WorkshopRefusal.TOO_OLD
    if applicant.registered:
        yield WorkshopRefusal.ALREADY_REGISTERED
    if applicant.elsewhere:
        yield WorkshopRefusal.ELSEWHERE_THEN


def offer_until(made: datetime, starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return until when an offer stands: 24 hours, on the day of the session two, never past it.

    Two hours of the day count from 08:00 at the least, also for an offer made the evening before.
    """
    made, day = made.astimezone(UTC), starts_at.astimezone(zone).date()
    morning = datetime.combine(day, _MORNING, zone).astimezone(UTC)
    on_the_day = max(made, morning) + OFFER_ON_THE_DAY
    return min(made + OFFER, on_the_day, starts_at)


def free_seat(taken: Sequence[int], places: int) -> int | None:
    """Return the lowest number that nobody has, None if there is none."""
    held = set(taken)
    return next((number for number in range(1, places + 1) if number not in held), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A registration as it stands; all that decides what becomes due.

    `reachable`: they were asked in writing and can answer. Whoever can only be called keeps the
    seat until a librarian has heard from them.
    """

    id: int
    status: RegistrationStatus
    made_at: datetime
    offer_until: datetime | None = None
    confirmed: bool = False
    reachable: bool = False
    asked_at: datetime | None = None
    reminded_at: datetime | None = None


class StepKind(StrEnum):
    """What becomes due."""

    LAPSE = "lapse"
    RELEASE = "release"
    OFFER = "offer"
    ASK = "ask"
    """To confirm, a week before."""
    REMIND = "remind"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """Something due for a registration; `until`: how long the offer stands."""

    kind: StepKind
    registration: int
    until: datetime | None = None


def due(
    occasion: Occasion, standings: Sequence[Standing], now: datetime, zone: ZoneInfo
) -> tuple[Step, ...]:
    """Return what is due now, in the order in which it has to be done; twice is once.

    `standings` are the open registrations in the order of coming.
    """
    if occasion.ends_at <= now:
        return tuple(Step(StepKind.CLOSE, one.id) for one in standings)
    if occasion.starts_at <= now:
        return tuple(_lapsed(standings, now))
    lost = [*_lapsed(standings, now), *_unconfirmed(occasion, standings, now, zone)]
    free = (occasion.free or 0) + len(lost)
    waiting = [one for one in standings if one.status is RegistrationStatus.WAITING]
    until = offer_until(now, occasion.starts_at, zone)
    offers = [Step(StepKind.OFFER, one.id, until) for one in waiting[: max(free, 0)]]
    gone = {step.registration for step in lost}
    kept = [one for one in standings if one.id not in gone]
    return (*lost, *offers, *_letters(occasion, kept, now, zone))


def _lapsed(standings: Sequence[Standing], now: datetime) -> Iterator[Step]:
    for one in standings:
        over = one.offer_until is not None and one.offer_until <= now
        if one.status is RegistrationStatus.OFFERED and over:
            yield Step(StepKind.LAPSE, one.id)


def _unconfirmed(
    occasion: Occasion, standings: Sequence[Standing], now: datetime, zone: ZoneInfo
) -> Iterator[Step]:
    if now < days_before(occasion.starts_at, RELEASE_DAYS, zone):
        return
    for one in standings:
        asked = one.asked_at is not None and one.asked_at + _TIME_TO_ANSWER <= now
        if asked and one.reachable and is_to_confirm(occasion, one, zone):
            yield Step(StepKind.RELEASE, one.id)


def is_to_confirm(occasion: Occasion, one: Standing, zone: ZoneInfo) -> bool:
    """Tell whether a seat has to be confirmed and is not; one taken in the last week is."""
    return (
        occasion.must_confirm
        and one.status is RegistrationStatus.REGISTERED
        and not one.confirmed
        and one.made_at < days_before(occasion.starts_at, CONFIRM_DAYS, zone)
    )


def _letters(
    occasion: Occasion, standings: Sequence[Standing], now: datetime, zone: ZoneInfo
) -> Iterator[Step]:
    week = days_before(occasion.starts_at, CONFIRM_DAYS, zone)
    eve = days_before(occasion.starts_at, REMIND_DAYS, zone)
    for one in standings:
        if one.status is not RegistrationStatus.REGISTERED:
            continue
        if now >= week and one.asked_at is None and is_to_confirm(occasion, one, zone):
            yield Step(StepKind.ASK, one.id)
        elif now >= eve and one.reminded_at is None and one.made_at < eve:
            yield Step(StepKind.REMIND, one.id)
