"""What the library offers beside its shelves: kinds of events, when they are, and for whom. Pure.

An event has one date or several; each is a session. In a series one registration is for all of
them. An event without places takes no registrations: whoever comes is there.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

FEWEST_PLACES, MOST_PLACES = 5, 12
"""Of a workshop: with fewer it is no group, with more nobody is helped."""
MOST_SESSIONS = 60


class EventKind(StrEnum):
    """What sort of event it is."""

    TALK = "talk"
    MEETING = "meeting"
    STORY_HOUR = "story_hour"
    DROP_IN = "drop_in"
    """Help for whoever comes: never with a registration."""
    WORKSHOP = "workshop"
    """A digital workshop: always with one."""


class EventRefusal(StrEnum):
    """Why an event or a session is not made or changed like this. Closed."""

    WORKSHOP_NEEDS_PLACES = "workshop_needs_places"
    """From five to twelve of them."""
    DROP_IN_HAS_NO_PLACES = "drop_in_has_no_places"
    FEWER_THAN_SEATED = "fewer_than_seated"
    """More people have a place already than there would be."""
    NO_SESSION = "no_session"
    SAME_TIME_TWICE = "same_time_twice"
    IN_THE_PAST = "in_the_past"
    HAS_BEGUN = "has_begun"
    CANCELLED = "cancelled"
    HAS_REGISTRATIONS = "has_registrations"
    """Whether it is a series, or takes registrations at all, stays as it is while there are any."""
    AGES_REVERSED = "ages_reversed"
    TOO_FEW_COMPUTERS = "too_few_computers"
    """At that time fewer can be had in the room than the event needs."""
    UNKNOWN_SITE = "unknown_site"
    UNKNOWN_SCHEME = "unknown_scheme"


class SessionWarning(StrEnum):
    """What a librarian should know of a session, and may leave as it is."""

    CLOSED = "closed"
    """The site is closed on that day."""
    ROOM_TAKEN = "room_taken"
    """Something else is in the same room at that time."""


@dataclass(frozen=True, slots=True)
class Ages:
    """From which age to which, both included; None for no bound.

    Age goes by the year of birth alone, as nothing more is known of a reader: who turns seven in
    the year of the session is seven.
    """

    least: int | None = None
    most: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether an age has to be known at all."""
        return self.least is not None or self.most is not None

    def too_young(self, birth_year: int, on: date) -> bool:
        """Tell whether somebody is too young on a day."""
        return self.least is not None and age(birth_year, on) < self.least

    def too_old(self, birth_year: int, on: date) -> bool:
        """Tell whether somebody is too old on a day."""
        return self.most is not None and age(birth_year, on) > self.most


def age(birth_year: int, on: date) -> int:
    """Return the age that somebody reaches in the year of a day."""
    return on.year - birth_year


def against_places(kind: EventKind, places: int | None) -> EventRefusal | None:
    """Return why an event of a kind cannot have so many places (None: no registration)."""
    if kind is EventKind.DROP_IN and places is not None:
        return EventRefusal.DROP_IN_HAS_NO_PLACES
    fits = places is not None and FEWEST_PLACES <= places <= MOST_PLACES
    if kind is EventKind.WORKSHOP and not fits:
        return EventRefusal.WORKSHOP_NEEDS_PLACES
    return None


def instant_of(day: date, wall: time, zone: ZoneInfo) -> datetime | None:
    """Return the instant at which the clock on the wall shows a time; None where it never does.

    In the hour that is there twice it is the first.
    """
    local = datetime.combine(day, wall, zone)
    instant = local.astimezone(UTC)
    same = instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None)
    return instant if same else None


def repeated(first: date, times: int, every_weeks: int) -> tuple[date, ...]:
    """Return the days of an event that comes again every so many weeks."""
    return tuple(first + timedelta(weeks=every_weeks * number) for number in range(times))


def days_before(instant: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return when the clock on the wall showed the same time so many days before.

    Across a change of the clocks that is an hour more or less than so many times 24 hours.
    """
    local = instant.astimezone(zone)
    return (local - timedelta(days=days)).replace(fold=0).astimezone(UTC)
