"""The pure rules of slots: grid, allowances, the life of a booking, and whose turn it is."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.domain.calendar import Calendar, Stretch
from catalogue_api.domain.seat_states import SeatState, state_of
from catalogue_api.domain.slot_booking import Applicant, Seat, Wanted, minutes_left, of_seat
from catalogue_api.domain.slot_grid import is_on_grid, last_end, opening_at, starts_on
from catalogue_api.domain.slot_use import Use, claiming, extending, is_lapsed, remaining
from catalogue_api.domain.slot_waiting import SlotWish, fitting, offer_until
from catalogue_api.domain.slots import (
    LIVE,
    Ability,
    BookingKind,
    BookingStatus,
    Slot,
    SlotRefusal,
    SlotRules,
    begin_of,
    gaps,
    lasting,
    quarter,
)
from catalogue_api.domain.walk_ins import Turn, next_turn, seat_now

PARIS = ZoneInfo("Europe/Paris")
RULES = SlotRules()
NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
OPEN_ALL_NIGHT = Calendar(PARIS, week=((Stretch(time.min, time.max),),) * 7)
OPEN = Calendar(PARIS, week=((Stretch(time(10), time(12, 20)), Stretch(time(14), time(18))),) * 7)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def wall(starts) -> list[str]:
    return [f"{at.astimezone(PARIS):%H:%M}" for at in starts]


def test_slots_begin_on_the_grid_while_the_doors_are_open() -> None:
    starts = [at for at, _ in starts_on(OPEN, date(2026, 11, 24), RULES)]
    assert wall(starts)[:3] == ["10:00", "10:15", "10:30"]
    assert "12:00" in wall(starts)
    assert "12:15" not in wall(starts)  # five minutes are no slot
    assert wall(starts)[-1] == "17:45"
    hourly = [at for at, _ in starts_on(OPEN, date(2026, 11, 24), SlotRules(grid=60, least=60))]
    assert wall(hourly) == ["10:00", "11:00", "14:00", "15:00", "16:00", "17:00"]


@pytest.mark.parametrize(
    ("day", "number", "twice"),
    [(date(2026, 3, 29), 92, 0), (date(2026, 10, 25), 100, 4), (date(2026, 11, 24), 96, 0)],
)
def test_a_night_when_the_clock_changes_has_as_many_quarters_as_it_lasts(day, number, twice):
    starts = [at for at, _ in starts_on(OPEN_ALL_NIGHT, day, RULES)]
    assert len(starts) == len(set(starts)) == number
    assert len(wall(starts)) - len(set(wall(starts))) == twice
    assert all(after - one == minutes(15) for one, after in pairwise(starts))


def test_an_opening_that_began_yesterday_is_seen() -> None:
    night = Calendar(PARIS, week=((Stretch(time(0), time(2)), Stretch(time(20), time.max)),) * 7)
    at = datetime(2026, 11, 24, 0, 30, tzinfo=UTC)
    opening = opening_at(night, at)
    assert opening is not None
    assert wall((opening.starts, opening.ends)) == ["20:00", "02:00"]
    assert opening_at(OPEN, at) is None


@given(st.integers(0, 366 * 24 * 3600), st.integers(1, 300))
def test_quarters_cover_a_slot_and_nothing_more(seconds, length) -> None:
    slot = lasting(NOON + timedelta(seconds=seconds), length)
    quarters = slot.quarters()
    assert begin_of(quarters.start) <= slot.starts < begin_of(quarters.start + 1)
    assert begin_of(quarters.stop - 1) < slot.ends <= begin_of(quarters.stop)
    assert quarter(slot.starts) == quarters.start


@given(st.lists(st.tuples(st.integers(0, 90), st.integers(1, 40)), max_size=6))
def test_gaps_are_what_nothing_holds(pairs) -> None:
    held = tuple(lasting(NOON + minutes(first), length) for first, length in pairs)
    within = lasting(NOON, 100)
    found = list(gaps(within, held))
    for step in range(100):
        at = NOON + minutes(step)
        is_held = any(one.starts <= at < one.ends for one in held)
        assert is_held is not any(one.starts <= at < one.ends for one in found)


def test_the_last_end_is_on_the_grid() -> None:
    assert last_end(NOON + minutes(59), PARIS, 15) == NOON + minutes(45)
    assert last_end(NOON + minutes(59), PARIS, 60) == NOON
    assert is_on_grid(NOON, PARIS, 60)
    assert not is_on_grid(NOON + timedelta(microseconds=1), PARIS, 15)


def test_an_allowance_is_counted_by_the_day_and_the_week_in_the_library() -> None:
    # 23:30 in Paris is the evening before in no time zone but the library's own.
    late = lasting(datetime(2026, 11, 24, 22, 30, tzinfo=UTC), 60)
    monday = lasting(datetime(2026, 11, 23, 9, tzinfo=UTC), 45)
    day = date(2026, 11, 24)
    assert minutes_left((late, monday), day, OPEN, RULES) == 60
    assert minutes_left((late, monday), day, OPEN, SlotRules(weekly=110)) == 5
    assert minutes_left((late, monday), day, OPEN, SlotRules(weekly=60)) == 0
    assert minutes_left((monday,), date(2026, 11, 30), OPEN, SlotRules(weekly=60)) == 60


def test_ages_are_those_of_the_year() -> None:
    seat = Seat(least_age=11, most_age=17)
    wanted, day = Wanted(lasting(NOON, 60)), date(2026, 11, 24)
    against = {
        year: set(of_seat(seat, Applicant(birth_year=year), wanted, day))
        for year in (2008, 2009, 2015, 2016, None)
    }
    assert against == {
        2008: {SlotRefusal.TOO_OLD}, 2009: set(), 2015: set(), 2016: {SlotRefusal.TOO_YOUNG},
        None: {SlotRefusal.AGE_UNKNOWN},
    }  # fmt: skip
    assert not set(of_seat(seat, None, wanted, day))


def test_the_time_that_is_left_is_an_interval_and_never_less_than_nothing() -> None:
    slot = lasting(NOON, 60)
    assert remaining(slot, RULES, NOON + minutes(50), followed=True) == minutes(5)
    assert remaining(slot, RULES, NOON + minutes(50), followed=False) == minutes(10)
    assert remaining(slot, RULES, NOON + minutes(500), followed=True) == timedelta()


def test_what_lapses_when() -> None:
    slot = lasting(NOON, 60)

    def lapses(status: BookingStatus, **values) -> int | None:
        use = Use(status, slot, **values)
        steps = (step for step in range(-30, 90) if is_lapsed(use, RULES, NOON + minutes(step)))
        return next(steps, None)

    assert lapses(BookingStatus.BOOKED) == 15
    assert lapses(BookingStatus.IN_USE) == 60
    assert lapses(BookingStatus.BOOKED, kind=BookingKind.BLOCK) == 60
    assert lapses(BookingStatus.OFFERED, offered_until=NOON - minutes(5)) == -5
    assert {one for one in BookingStatus if lapses(one) == -30} == set(BookingStatus) - set(LIVE)


def test_every_state_of_a_booking_says_why_it_cannot_be_claimed_or_extended() -> None:
    slot = lasting(NOON, 60)
    found = {status: claiming(Use(status, slot), RULES, NOON) for status in BookingStatus}
    assert [status for status, why in found.items() if why is None] == [BookingStatus.BOOKED]
    later = NOON + minutes(56)
    found = {status: extending(Use(status, slot), RULES, later) for status in BookingStatus}
    assert [status for status, why in found.items() if why is None] == [BookingStatus.IN_USE]
    over = extending(Use(BookingStatus.IN_USE, slot), RULES, NOON + minutes(60))
    assert over is SlotRefusal.HAS_ENDED


def test_an_offer_never_reaches_into_the_slot() -> None:
    slot = lasting(NOON, 60)
    assert offer_until(slot, RULES, NOON - minutes(120)) == NOON - minutes(90)
    assert offer_until(slot, RULES, NOON - minutes(10)) == NOON
    assert offer_until(slot, RULES, NOON - minutes(4)) is None


def test_a_wish_is_answered_by_the_first_time_that_fits() -> None:
    wish = SlotWish(1, NOON, lasting(NOON, 180), 60, frozenset({Ability.OFFICE}))
    seat, now = Seat(frozenset({Ability.OFFICE})), NOON + minutes(7)
    assert fitting(wish, lasting(NOON, 90), seat, now) == lasting(NOON + minutes(15), 60)
    assert fitting(wish, lasting(NOON, 60), seat, now) is None
    assert fitting(wish, lasting(NOON + minutes(150), 90), seat, now) is None
    assert fitting(wish, lasting(NOON, 90), Seat(), now) is None


def test_who_walks_in_sits_down_until_the_grid_the_next_or_closing() -> None:
    now = NOON + minutes(7)
    assert seat_now(NOON + minutes(300), PARIS, RULES, now) == Slot(now, NOON + minutes(60))
    assert seat_now(NOON + minutes(40), PARIS, RULES, now) == Slot(now, NOON + minutes(30))
    assert seat_now(NOON + minutes(20), PARIS, RULES, now) is None
    turns = [Turn(2, 8), Turn(1, 7, frozenset({Ability.SCANNER}))]
    assert next_turn(turns, Seat()) == turns[0]
    assert next_turn(turns, Seat(frozenset({Ability.SCANNER}))) == turns[1]
    assert next_turn(turns, Seat(out_of_order=True)) is None


def test_a_computer_is_what_stands_first() -> None:
    used = Use(BookingStatus.IN_USE, lasting(NOON, 60))
    next_one = Use(BookingStatus.BOOKED, lasting(NOON + minutes(60), 60))

    def state(uses, after: int, **values):
        values = {"out_of_order": False} | values
        return state_of(uses, RULES, NOON + minutes(after), **values)

    assert state([used, next_one], 10) == (SeatState.IN_USE, NOON + minutes(60))
    assert state([next_one], 10) == (SeatState.FREE, NOON + minutes(60))
    assert state([next_one], 56) == (SeatState.EXPECTED, NOON + minutes(120))
    assert state([next_one], 75) == (SeatState.FREE, None)
    of_class = Use(BookingStatus.BOOKED, next_one.slot, kind=BookingKind.BLOCK)
    assert state([of_class], 80) == (SeatState.BLOCKED, NOON + minutes(120))
    assert state([used], 10, out_of_order=True) == (SeatState.OUT_OF_ORDER, None)
