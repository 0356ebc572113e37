"""When a site is open: its week in term and in school holidays, exceptions, public holidays.

What says most about a day wins: an exception, then a public holiday, then the week. Among
exceptions the shortest wins (one open Saturday in a closed August), then the site's own over one
of all sites, then a closure; otherwise their hours add up.

A site that has entered no weekly hours is open all day on every day that no exception closes,
public holidays too: nothing is guessed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from catalogue_api.domain.holidays import PublicHoliday, holidays_on

FARTHEST = 3 * 366
"""Days in which an open day is looked for; a site that is closed for longer has none."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """A part of a day on which a site is open, by the clock on its wall."""

    opens: time
    closes: time


ALL_DAY = Stretch(time.min, time.max)
"""From midnight to midnight."""

Week = tuple[tuple[Stretch, ...], ...]
"""The stretches of each weekday, Monday first."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included."""

    first: date
    last: date
    label: str = ""

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Days on which a site does not keep its week: closed (no hours), or open at other hours.

    `own`: it is the site's own, not one of all sites.
    """

    span: Span
    hours: Stretch | None = None
    own: bool = True


@dataclass(frozen=True, slots=True, order=True)
class Opening:
    """An interval in which a site is open, in UTC; the end is not part of it."""

    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Next:
    """What a door says at an instant: open until, or closed until; None if not foreseeable."""

    open_now: bool
    closes_at: datetime | None = None
    opens_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar of one site; `week` is None where no hours were entered.

    `holiday_week` holds in `school_holidays`; None if it is the week of the term.
    """

    zone: ZoneInfo
    week: Week | None = None
    holiday_week: Week | None = None
    exceptions: tuple[Exceptional, ...] = ()
    school_holidays: tuple[Span, ...] = ()
    opens_on: frozenset[PublicHoliday] = field(default=frozenset())

    def hours(self, day: date) -> tuple[Stretch, ...]:
        """Return the stretches of a day in their order; none if it is a closed day."""
        exceptional = self.exception(day)
        if exceptional is not None:
            return exceptional
        if self.week is None:
            return (ALL_DAY,)
        if not holidays_on(day) <= self.opens_on:
            return ()
        week = self.week
        if self.holiday_week is not None and any(day in span for span in self.school_holidays):
            week = self.holiday_week
        return week[day.weekday()]

    def exception(self, day: date) -> tuple[Stretch, ...] | None:
        """Return what exceptions make of a day, None if there are none."""
        found = [one for one in self.exceptions if day in one.span]
        if not found:
            return None
        least = min(map(_weight, found))
        strongest = [one.hours for one in found if _weight(one) == least]
        if None in strongest:
            return ()
        return tuple(sorted({hours for hours in strongest if hours is not None}))

    def is_open(self, day: date) -> bool:
        """Tell whether the site is open on a day at all."""
        return bool(self.hours(day))

    def next_open_day(self, day: date) -> date:
        """Return the day itself or the first open day after it; the day itself if there is none."""
        ahead = (day + step * _DAY for step in range(_days_left(day)))
        return next(filter(self.is_open, ahead), day)

    def previous_open_day(self, day: date) -> date:
        """Return the day itself or the last open day before; the day itself if there is none."""
        back = (day - step * _DAY for step in range(min(FARTHEST, day.toordinal())))
        return next(filter(self.is_open, back), day)

    def open_days_between(self, after: date, until: date) -> int:
        """Count the open days later than `after`, up to and with `until`; 0 if none lie there."""
        days = range(1, (until - after).days + 1)
        return sum(self.is_open(after + step * _DAY) for step in days)

    def openings(self, first: date, last: date) -> Iterator[Opening]:
        """Yield the intervals of the days from `first` to `last`, joined where they touch."""
        held: Opening | None = None
        for step in range((last - first).days + 1):
            for opening in self._openings_of(first + step * _DAY):
                if held is not None and opening.starts <= held.ends:
                    held = Opening(held.starts, max(held.ends, opening.ends))
                    continue
                if held is not None:
                    yield held
                held = opening
        if held is not None:
            yield held

    def next_opening(self, instant: datetime) -> Next:
        """Return until when the site is open now, or when it opens next."""
        day = self.day(instant)
        # A week, because an opening up to midnight may go on after it; what goes on to the end
        # of the week has no end that is worth telling.
        last = day + 7 * _DAY
        horizon = _instant(last + _DAY, time.min, self.zone, fold=0)
        for opening in self.openings(day, last):
            if opening.starts <= instant < opening.ends:
                closes_at = opening.ends if opening.ends < horizon else None
                return Next(open_now=True, closes_at=closes_at)
            if opening.starts > instant:
                return Next(open_now=False, opens_at=opening.starts)
        ahead = self.next_open_day(last + _DAY)
        first = next(self.openings(ahead, ahead), None)
        return Next(open_now=False, opens_at=None if first is None else first.starts)

    def last_closing(self, day: date) -> datetime:
        """Return when the site closed last before a day: what lay in its book drop counts as then.

        Never later than the last minute of that day, for at midnight another day begins. The day
        before, where no day was open within `FARTHEST` days.
        """
        eve = self.previous_open_day(day - _DAY)
        last = _instant(eve, time(23, 59), self.zone, fold=1)
        return min(max((one.ends for one in self.openings(eve, eve)), default=last), last)

    def day(self, instant: datetime) -> date:
        """Return the calendar day of an instant at this site."""
        return instant.astimezone(self.zone).date()

    def _openings_of(self, day: date) -> Iterator[Opening]:
        for stretch in self.hours(day):
            starts = _instant(day, stretch.opens, self.zone, fold=0)
            if stretch.closes == time.max:
                ends = _instant(day + _DAY, time.min, self.zone, fold=0)
            else:
                ends = _instant(day, stretch.closes, self.zone, fold=1)
            if starts < ends:
                yield Opening(starts, ends)


def _weight(exceptional: Exceptional) -> tuple[int, bool]:
    return (exceptional.span.last - exceptional.span.first).days, not exceptional.own


def _days_left(day: date) -> int:
    return min(FARTHEST, date.max.toordinal() - day.toordinal() + 1)


def _instant(day: date, wall: time, zone: ZoneInfo, fold: int) -> datetime:
    """Return the instant at which the clock on the wall shows a time.

    In the hour that is there twice, `fold` 0 is the first and 1 the second: open from the first
    02:30 to the second. In the hour that is not there, it is the instant of the change.
    """
    local = datetime.combine(day, wall, zone).replace(fold=fold)
    instant = local.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return instant
    early = local.replace(fold=1).astimezone(UTC)
    late = local.replace(fold=0).astimezone(UTC)
    offset = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)
