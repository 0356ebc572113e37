from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue_api.domain.calendar import (
    ALL_DAY,
    Calendar,
    Exceptional,
    Next,
    Opening,
    Span,
    Stretch,
)
from catalogue_api.domain.holidays import PublicHoliday, easter, holidays_on, public_holidays
from catalogue_api.domain.school_holidays import ZONE_C

PARIS = ZoneInfo("Europe/Paris")
DAY = timedelta(days=1)
MORNING, AFTERNOON = Stretch(time(10), time(12, 30)), Stretch(time(14), time(19))
# Closed on Sunday and Monday; Wednesday all day, else afternoons.
WEEK = ((), (AFTERNOON,), (MORNING, AFTERNOON), (AFTERNOON,), (AFTERNOON,), (MORNING,), ())
IN_HOLIDAYS = ((), (MORNING,), (MORNING,), (), (MORNING,), (), ())
LIBRARY = Calendar(PARIS, WEEK, IN_HOLIDAYS, school_holidays=ZONE_C)
OCTOBER = Exceptional(Span(date(2026, 10, 6), date(2026, 10, 11), "travaux"), own=False)


def is_open_at(calendar: Calendar, instant: datetime) -> bool:
    day = calendar.day(instant)
    return any(one.starts <= instant < one.ends for one in calendar.openings(day, day))


def paris(*when: int, fold: int = 0) -> datetime:
    return datetime(*when, tzinfo=PARIS, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (1961, date(1961, 4, 2)),
        (2000, date(2000, 4, 23)),
        (2008, date(2008, 3, 23)),
        (2024, date(2024, 3, 31)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
        (2285, date(2285, 3, 22)),
    ],
)
def test_easter(year, day) -> None:
    assert easter(year) == day


def test_the_eleven_public_holidays_of_a_year() -> None:
    assert [(day.month, day.day) for day, _ in public_holidays(2026)] == [
        (1, 1), (4, 6), (5, 1), (5, 8), (5, 14), (5, 25), (7, 14), (8, 15), (11, 1), (11, 11),
        (12, 25),
    ]  # fmt: skip
    assert holidays_on(date(2026, 5, 14)) == {PublicHoliday.ASCENSION}
    assert holidays_on(date(2026, 5, 15)) == frozenset()


def test_a_library_that_opens_on_one_of_two_holidays_of_a_day_stays_closed() -> None:
    first_of_may = date(2008, 5, 1)
    both = {PublicHoliday.LABOUR_DAY, PublicHoliday.ASCENSION}
    assert holidays_on(first_of_may) == both
    opens = replace(LIBRARY, opens_on=frozenset({PublicHoliday.ASCENSION}))
    assert not opens.is_open(first_of_may)
    assert replace(LIBRARY, opens_on=frozenset(both)).is_open(first_of_may)


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        (date(2026, 11, 25), (MORNING, AFTERNOON)),
        (date(2026, 11, 23), ()),
        (date(2026, 11, 11), ()),  # a public holiday on a Wednesday
        (date(2026, 10, 21), (MORNING,)),  # a Wednesday in the autumn holidays
        (date(2026, 10, 24), ()),
        (date(2026, 10, 17), ()),  # the first and the last day of holidays are days of them
        (date(2026, 11, 3), (AFTERNOON,)),
        (date(2028, 2, 29), (AFTERNOON,)),  # a leap day
    ],
)
def test_the_hours_of_a_day(day, hours) -> None:
    assert LIBRARY.hours(day) == hours


def test_a_closure_with_both_ends() -> None:
    closed = replace(LIBRARY, exceptions=(OCTOBER,))
    days = [date(2026, 10, 5) + step * DAY for step in range(9)]
    assert [day.day for day in days if LIBRARY.is_open(day)] == [6, 7, 8, 9, 10, 13]
    assert [day.day for day in days if closed.is_open(day)] == [13]
    assert closed.next_open_day(date(2026, 10, 6)) == date(2026, 10, 13)
    assert closed.previous_open_day(date(2026, 10, 12)) == date(2026, 10, 3)
    assert closed.open_days_between(date(2026, 10, 3), date(2026, 10, 13)) == 1


def test_the_shortest_exception_wins_then_the_sites_own_then_a_closure() -> None:
    august = Exceptional(Span(date(2026, 8, 1), date(2026, 8, 31)), own=True)
    saturday = Exceptional(Span(date(2026, 8, 8), date(2026, 8, 8)), MORNING, own=False)
    calendar = replace(LIBRARY, exceptions=(august, saturday))
    assert calendar.hours(date(2026, 8, 8)) == (MORNING,)
    assert calendar.hours(date(2026, 8, 12)) == ()
    day = Span(date(2026, 11, 11), date(2026, 11, 11))
    others = Exceptional(day, own=False)
    ours = [Exceptional(day, hours) for hours in (AFTERNOON, MORNING)]
    assert replace(LIBRARY, exceptions=(others, *ours)).hours(day.first) == (MORNING, AFTERNOON)
    everything = (others, *ours, Exceptional(day))
    assert replace(LIBRARY, exceptions=everything).hours(day.first) == ()


def test_without_hours_every_day_is_open_but_for_closures() -> None:
    plain = Calendar(PARIS)
    assert plain.hours(date(2026, 12, 25)) == (ALL_DAY,)
    assert is_open_at(plain, paris(2026, 12, 25, 3))
    assert plain.next_opening(paris(2026, 12, 25, 3)) == Next(open_now=True)
    closed = replace(plain, exceptions=(OCTOBER,))
    assert closed.next_opening(paris(2026, 10, 5, 12)) == Next(True, paris(2026, 10, 6))
    assert closed.next_opening(paris(2026, 10, 6, 12)) == Next(False, None, paris(2026, 10, 12))


def test_what_the_door_says() -> None:
    assert LIBRARY.next_opening(paris(2026, 11, 25, 12)) == Next(True, paris(2026, 11, 25, 12, 30))
    assert LIBRARY.next_opening(paris(2026, 11, 25, 12, 30)) == Next(
        False, None, paris(2026, 11, 25, 14)
    )
    assert LIBRARY.next_opening(paris(2026, 11, 28, 18)) == Next(
        False, None, paris(2026, 12, 1, 14)
    )
    closed = replace(LIBRARY, exceptions=(OCTOBER,))
    assert closed.next_opening(paris(2026, 10, 3, 18)) == Next(False, None, paris(2026, 10, 13, 14))
    assert is_open_at(LIBRARY, paris(2026, 11, 25, 10))
    assert not is_open_at(LIBRARY, paris(2026, 11, 25, 19))


def test_a_site_that_never_opens_again_has_no_next_opening() -> None:
    for_ever = Exceptional(Span(date(2026, 1, 1), date(2039, 12, 31)))
    gone = replace(LIBRARY, exceptions=(for_ever,))
    noon, day = paris(2031, 6, 4, 12), date(2031, 6, 4)
    assert gone.next_opening(noon) == Next(open_now=False)
    assert gone.next_open_day(day) == gone.previous_open_day(day) == day
    assert gone.last_closing(day) == paris(2031, 6, 3, 23, 59)


def test_when_it_closed_last() -> None:
    assert LIBRARY.last_closing(date(2026, 11, 25)) == paris(2026, 11, 24, 19)
    assert LIBRARY.last_closing(date(2026, 12, 1)) == paris(2026, 11, 28, 12, 30)
    always = Calendar(LIBRARY.zone)  # at midnight another day begins
    assert always.last_closing(date(2026, 11, 25)) == paris(2026, 11, 24, 23, 59)


@pytest.mark.parametrize(
    ("night", "opens", "closes", "hours"),
    [
        (date(2026, 3, 29), time(0), time(4), 3),
        (date(2026, 10, 25), time(0), time(4), 5),
        (date(2026, 3, 29), time(2, 30), time(4), 1),  # 02:30 does not exist: from 03:00 on
        (date(2026, 3, 29), time(2, 15), time(2, 45), 0),
        (date(2026, 10, 25), time(2, 30), time(3), 1.5),  # from the first 02:30 on
        (date(2026, 10, 25), time(1), time(2, 30), 2.5),  # to the second 02:30
        (date(2026, 10, 24), time(0), time.max, 24),
        (date(2026, 3, 29), time(0), time.max, 23),
        (date(2026, 10, 25), time(0), time.max, 25),
    ],
)
def test_openings_in_the_nights_when_the_clock_changes(night, opens, closes, hours) -> None:
    stretch = Stretch(opens, closes)
    calendar = Calendar(PARIS, tuple([(stretch,)] * 7))
    found = list(calendar.openings(night, night))
    assert sum((one.ends - one.starts for one in found), timedelta()) == timedelta(hours=hours)


def test_openings_that_touch_are_one() -> None:
    calendar = Calendar(
        PARIS, (*[()] * 5, (Stretch(time(20), time.max),), (Stretch(time.min, time(2)),))
    )
    assert list(calendar.openings(date(2026, 11, 27), date(2026, 11, 30))) == [
        Opening(paris(2026, 11, 28, 20), paris(2026, 11, 29, 2))
    ]
    assert calendar.next_opening(paris(2026, 11, 28, 23)) == Next(True, paris(2026, 11, 29, 2))


def stretches():
    walls = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
    pairs = st.tuples(walls, walls).filter(lambda pair: pair[0] < pair[1])
    return st.lists(pairs.map(lambda pair: Stretch(*pair)), max_size=3).map(
        lambda found: tuple(sorted(found))
    )


DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))
SPANS = st.tuples(DAYS, st.integers(0, 90)).map(lambda span: Span(span[0], span[0] + span[1] * DAY))
WEEKS = st.tuples(*[stretches()] * 7)
CALENDARS = st.builds(
    Calendar,
    st.just(PARIS),
    st.none() | WEEKS,
    st.none() | WEEKS,
    st.lists(
        st.builds(Exceptional, SPANS, st.none() | st.just(MORNING), st.booleans()), max_size=4
    ).map(tuple),
    st.just(ZONE_C),
)


@settings(max_examples=40, deadline=None)
@given(CALENDARS, DAYS)
def test_open_days_are_next_to_the_day_they_were_asked_for(calendar, day) -> None:
    ahead, back = calendar.next_open_day(day), calendar.previous_open_day(day)
    assert back <= day <= ahead
    for found in {ahead, back} - {day}:
        assert calendar.is_open(found)
        between = (min(found, day) + step * DAY for step in range(1, abs((found - day).days)))
        assert not any(calendar.is_open(one) for one in between)
    assert calendar.open_days_between(day, ahead) == (ahead != day)
    assert calendar.open_days_between(ahead, day) == 0


@settings(max_examples=40, deadline=None)
@given(CALENDARS, DAYS, st.integers(0, 4 * 24 * 4))
def test_an_instant_is_open_exactly_within_the_openings(calendar, day, quarters) -> None:
    instant = datetime.combine(day, time.min, UTC) + quarters * timedelta(minutes=15)
    found = list(calendar.openings(day - DAY, day + 5 * DAY))
    assert all(one.starts < one.ends for one in found)
    assert all(one.ends < other.starts for one, other in pairwise(found))
    is_open = any(one.starts <= instant < one.ends for one in found)
    assert is_open_at(calendar, instant) == is_open
    said = calendar.next_opening(instant)
    assert said.open_now == is_open
    closed_on = calendar.day(calendar.last_closing(day))
    assert closed_on < day
    assert calendar.open_days_between(closed_on, day - DAY) == 0
    if said.opens_at is not None:
        assert said.opens_at > instant
        assert is_open_at(calendar, said.opens_at)
    if said.closes_at is not None:
        assert is_open_at(calendar, said.closes_at - timedelta(seconds=1))
        assert not is_open_at(calendar, said.closes_at)
