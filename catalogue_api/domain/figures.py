"""The sums of a library: spans of days, hours of the day, waits, and the year of the ministry.

Nothing here knows a reader. Where a figure counts readers, `merged` keeps it from pointing at one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from catalogue_api.domain.retention import FOUR_MONTHS

LONGEST_SPAN = 731
"""Days that figures may cover at once: two years."""
LEAST_PEOPLE = 5
"""Fewer readers than this are not told apart: who knows the library could guess who they are."""
HOURS = 24
DESK = ""
"""Stands for the desks where kiosks are named."""


class AgeBand(StrEnum):
    """Ages as the ministry's Observatoire de la lecture publique asks for them."""

    CHILDREN = "0-14"
    ADULTS = "15-64"
    ELDERS = "65"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instant at which it begins in the library, and the one at which it is over."""
        return _midnight(self.first, zone), _midnight(self.last + timedelta(days=1), zone)

    def months(self) -> tuple["Span", ...]:
        """Return the months that it touches, whole, the oldest first."""
        found, day = [], self.first.replace(day=1)
        while day <= self.last:
            after = (day + timedelta(days=31)).replace(day=1)
            found.append(Span(day, after - timedelta(days=1)))
            day = after
        return tuple(found)


def year_span(year: int) -> Span:
    """Return the days of a year."""
    return Span(date(year, 1, 1), date(year, 12, 31))


def by_local_hour(
    counted: Iterable[tuple[str, datetime, int]], zone: ZoneInfo
) -> dict[str, tuple[int, ...]]:
    """Return for each place how many fell into each hour of the library's day.

    `counted`: place, the hour in UTC, how many.
    """
    found: dict[str, list[int]] = {}
    for place, hour, number in counted:
        found.setdefault(place, [0] * HOURS)[hour.astimezone(zone).hour] += number
    return {place: tuple(hours) for place, hours in found.items()}


def share(part: int, whole: int) -> float | None:
    """Return a part of a whole, 0 to 1; None of nothing."""
    return part / whole if whole else None


def nearest_rank(days: Mapping[int, int], of: float) -> int | None:
    """Return the fewest days within which a share (0 to 1) waited; None where nobody did.

    `days`: how many waited for so many whole days. It is the percentile by nearest rank.
    """
    whole, so_far = sum(days.values()), 0
    for day in sorted(days):
        so_far += days[day]
        if so_far >= of * whole and so_far:
            return day
    return None


def band_of(birth_year: int | None, year: int) -> AgeBand:
    """Return the band of the age that a reader reaches in a year; the day is not known."""
    if birth_year is None or not 0 <= year - birth_year <= 120:
        return AgeBand.UNKNOWN
    age = year - birth_year
    if age < 15:
        return AgeBand.CHILDREN
    return AgeBand.ADULTS if age < 65 else AgeBand.ELDERS


def merged(
    cells: Mapping[str, int], least: int = LEAST_PEOPLE
) -> tuple[tuple[tuple[str, ...], int], ...]:
    """Return counts of people so that none is between 1 and `least`, as far as there are others.

    The smallest count is put together with the next smallest until all are large enough. Their sum
    stays the same; a zero points at nobody and stays.
    """
    groups: list[tuple[tuple[str, ...], int]] = [
        ((name,), number) for name, number in cells.items()
    ]
    while True:
        some = sorted((group for group in groups if group[1]), key=lambda group: group[1])
        if len(some) < 2 or some[0][1] >= least:
            return tuple(groups)
        one, other = sorted(some[:2], key=groups.index)
        groups[groups.index(one)] = ((*one[0], *other[0]), one[1] + other[1])
        groups.remove(other)


def borrowers_known(year: int, today: date) -> bool:
    """Tell whether it can be counted today who borrowed in a year.

    A loan keeps its reader for four months, a reader only the day on which the last of them ended.
    Once loans that ended in the next year have lost their readers, that day says nothing of the
    year before.
    """
    return year <= today.year and FOUR_MONTHS.first_kept(today) <= date(year + 1, 1, 1)


def borrowers(birth_years: Mapping[int | None, int], year: int) -> dict[str, int]:
    """Return the borrowers of a year by age band; `birth_years`: how many were born when."""
    found: Counter[AgeBand] = Counter()
    for birth_year, number in birth_years.items():
        found[band_of(birth_year, year)] += number
    return {band.value: found[band] for band in AgeBand}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
