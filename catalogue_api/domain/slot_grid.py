"""When slots may begin: the grid on the library's clock, within its opening hours."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from catalogue_api.domain.calendar import Calendar, Opening
from catalogue_api.domain.slots import QUARTER, Slot, SlotRules, begin_of, quarter

_DAY = timedelta(days=1)


def is_on_grid(instant: datetime, zone: ZoneInfo, minutes: int) -> bool:
    """Tell whether the clock on the wall shows a whole step of the grid, counted from midnight.

    In the night when the clock goes back, both instants that it calls 02:30 are on the grid.
    """
    wall = instant.astimezone(zone)
    exact = wall.second == 0 and wall.microsecond == 0
    return exact and (wall.hour * 60 + wall.minute) % minutes == 0


def opening_at(calendar: Calendar, instant: datetime) -> Opening | None:
    """Return the opening that holds an instant; it may have begun the evening before."""
    day = calendar.day(instant)
    around = calendar.openings(day - _DAY, day + _DAY)
    return next((one for one in around if one.starts <= instant < one.ends), None)


def starts_on(calendar: Calendar, day: date, rules: SlotRules) -> Iterator[tuple[datetime, Slot]]:
    """Yield each instant of a day at which a slot may begin, with the opening it lies in.

    None lies closer to closing than the rules allow, or than the shortest slot is long.
    """
    before_end = timedelta(minutes=max(rules.closing, rules.least))
    for opening in calendar.openings(day - _DAY, day + _DAY):
        at = ceiled(opening.starts)
        while at + before_end <= opening.ends:
            if calendar.day(at) == day and is_on_grid(at, calendar.zone, rules.grid):
                yield at, Slot(opening.starts, opening.ends)
            at += QUARTER


def floored(instant: datetime) -> datetime:
    """Return the begin of the quarter that holds an instant."""
    return begin_of(quarter(instant))


def ceiled(instant: datetime) -> datetime:
    """Return the instant itself if a quarter begins there, else the begin of the next."""
    begins = floored(instant)
    return begins if begins == instant else begins + QUARTER


def last_end(until: datetime, zone: ZoneInfo, minutes: int) -> datetime:
    """Return the last instant on the grid that is not after `until`."""
    at = floored(until)
    while not is_on_grid(at, zone, minutes):
        at -= QUARTER
    return at
