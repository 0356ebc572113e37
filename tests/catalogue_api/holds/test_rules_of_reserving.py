from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.estimates import (
    FARTHEST_TURN,
    Estimate,
    EstimateReason,
    Prospect,
    Terms,
    Turn,
    estimate,
)
from catalogue_api.domain.holds import Wish, queue
from catalogue_api.domain.matching import FreeCopy, matched
from catalogue_api.domain.reserving import (
    Applicant,
    Application,
    Copy,
    HoldRefusal,
    refusals,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = date(2026, 11, 23)
TERMS = Terms(loan_days=28, shelf_days=10)


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def test_a_wish_rests_up_to_and_with_its_last_day() -> None:
    assert Wish(1, "a", NOON, paused=True).rests(day(999))
    until = Wish(1, "a", NOON, paused=True, paused_until=TODAY)
    assert [until.rests(day(offset)) for offset in (-1, 0, 1)] == [True, True, False]
    assert not Wish(1, "a", NOON, paused_until=day(5)).rests(TODAY)


def test_nobody_is_given_the_copy_that_another_needs_if_any_other_will_do() -> None:
    wishes = [Wish(1, "a", NOON), Wish(2, "a", NOON + timedelta(hours=1), wanted_item=1)]
    pairs = matched([FreeCopy(1, "a"), FreeCopy(2, "b")], wishes, TODAY)
    assert [(copy.id, wish.id) for copy, wish in pairs] == [(2, 1), (1, 2)]
    only = matched([FreeCopy(1, "a")], wishes, TODAY)
    assert [(copy.id, wish.id) for copy, wish in only] == [(1, 1)]


def test_a_copy_at_the_readers_own_site_travels_least() -> None:
    pairs = matched([FreeCopy(1, "a"), FreeCopy(2, "b")], [Wish(1, "b", NOON)], TODAY)
    assert [(copy.id, wish.id) for copy, wish in pairs] == [(2, 1)]


wishes = st.lists(
    st.builds(
        Wish,
        id=st.integers(1, 99),
        pickup_site=st.sampled_from("ab"),
        placed_at=st.integers(0, 5).map(lambda hours: NOON + timedelta(hours=hours)),
        staff_priority=st.integers(-1, 1),
        wanted_item=st.none() | st.integers(1, 4),
        paused=st.booleans(),
        paused_until=st.none() | st.integers(-1, 1).map(day),
    ),
    max_size=8,
    unique_by=lambda wish: wish.id,
)
copies = st.lists(
    st.builds(FreeCopy, st.integers(1, 4), st.sampled_from("ab")),
    max_size=4,
    unique_by=lambda copy: copy.id,
)


@pytest.mark.server
@given(copies, wishes)
def test_copies_are_given_once_in_turn_and_to_nobody_who_rests(copies, wishes) -> None:
    pairs = matched(copies, wishes, TODAY)
    served = [wish for _, wish in pairs]
    assert served == queue(served)
    assert len({wish.id for wish in served}) == len(served)
    assert len({copy.id for copy, _ in pairs}) == len(pairs)
    assert all(wish.takes(copy.id, TODAY) for copy, wish in pairs)
    left = {copy.id for copy in copies} - {copy.id for copy, _ in pairs}
    unserved = [wish for wish in wishes if wish not in served]
    assert not any(wish.takes(number, TODAY) for wish in unserved for number in left)


@pytest.mark.parametrize(
    ("turn", "prospects", "expected"),
    [
        (Turn(), [Prospect()], (0, EstimateReason.ON_THE_SHELF)),
        (Turn(), [Prospect(day(5)), Prospect(day(3))], (3, EstimateReason.DUE_BACK)),
        (Turn(), [Prospect(TODAY)], (0, EstimateReason.ON_THE_SHELF)),
        (Turn(1), [Prospect(day(5)), Prospect(day(3))], (5, EstimateReason.AFTER_OTHERS)),
        (Turn(2), [Prospect(day(5)), Prospect(day(3))], (41, EstimateReason.AFTER_OTHERS)),
        (Turn(), [Prospect(kept=True)], (38, EstimateReason.AFTER_OTHERS)),
        (Turn(), [Prospect(day(-1)), Prospect(day(9))], (9, EstimateReason.DUE_BACK)),
        (Turn(), [Prospect(day(-1))], (None, EstimateReason.ALL_LATE)),
        (Turn(), [], (None, EstimateReason.NO_COPY)),
        (Turn(FARTHEST_TURN + 1), [Prospect()], (None, EstimateReason.TOO_FAR)),
        (Turn(0, 3), [Prospect(day(4))], (4, EstimateReason.DUE_BACK)),
        (Turn(0, 0, (day(3),)), [Prospect(day(4))], (42, EstimateReason.AFTER_OTHERS)),
        (Turn(0, 0, (day(4),)), [Prospect(day(4))], (4, EstimateReason.DUE_BACK)),
        (Turn(0, 0, (day(3), day(30))), [Prospect(day(4))], (80, EstimateReason.AFTER_OTHERS)),
    ],
)
def test_when_a_copy_may_be_expected(turn, prospects, expected) -> None:
    told = estimate(TODAY, turn, prospects, TERMS)
    assert (told.on and (told.on - TODAY).days, told.reason) == expected


def test_ones_own_pause_comes_first() -> None:
    told = estimate(TODAY, Turn(), [Prospect(day(3))], TERMS, not_before=day(9))
    assert told == Estimate(day(10), EstimateReason.PAUSED, 0, 1, 0)
    told = estimate(TODAY, Turn(), [Prospect(day(12))], TERMS, not_before=day(9))
    assert told.on == day(12)


due = st.none() | st.integers(-5, 60).map(day)


@given(st.lists(st.builds(Prospect, due, st.booleans()), max_size=5), st.integers(0, 40))
def test_more_readers_ahead_never_make_it_sooner_nor_more_copies_later(prospects, ahead) -> None:
    told = estimate(TODAY, Turn(ahead), prospects, TERMS)
    behind = estimate(TODAY, Turn(ahead + 1), prospects, TERMS)
    richer = estimate(TODAY, Turn(ahead), [*prospects, Prospect(day(7))], TERMS)
    assert (told.on is None) == (behind.on is None)
    if told.on and behind.on:
        assert TODAY <= told.on <= behind.on
        assert richer.on is not None
        assert richer.on <= told.on


FINE = Applicant(TODAY, False, 0, 0, None, False, False, True)
ANY = Application("a", (Copy(1, ItemStatus.AVAILABLE, "a", free=True),))


def against(applicant=FINE, asked=ANY, most_holds=2, on_available=True) -> set[HoldRefusal]:
    found = refusals(
        applicant, asked, most_holds=most_holds, on_available=on_available, today=TODAY
    )
    assert len(found) == len(set(found))
    return set(found)


def test_limits_are_reached_not_passed() -> None:
    assert against() == set()
    assert against(Applicant(None, False, 1, 1, 2, False, False, True)) == set()
    assert against(Applicant(None, False, 2, 2, 2, False, False, True)) == {
        HoldRefusal.TOO_MANY_HOLDS, HoldRefusal.TOO_MANY_OF_KIND,
    }  # fmt: skip
    assert against(Applicant(None, False, 0, 0, 0, False, False, True)) == {
        HoldRefusal.NOT_LENT_TO_READER
    }
    assert against(most_holds=0) == {HoldRefusal.TOO_MANY_HOLDS}


@pytest.mark.parametrize(
    ("copies", "wanted", "expected"),
    [
        ([("available", "a", True)], None, HoldRefusal.ON_THE_SHELF),
        ([("available", "b", True)], None, None),
        ([("available", "a", False)], None, None),
        ([("available", "a", True), ("available", "a", False)], 2, None),
        ([("in_repair", "a", False)], None, None),
        ([("lost", "a", False), ("withdrawn", "a", False)], None, HoldRefusal.NO_COPY),
        ([("available", "a", True), ("missing", "a", False)], 2, HoldRefusal.NO_COPY),
        ([], None, HoldRefusal.NO_COPY),
    ],
)
def test_what_can_be_reserved_where_the_shelf_comes_first(copies, wanted, expected) -> None:
    found = tuple(
        Copy(number, ItemStatus(status), site, free)
        for number, (status, site, free) in enumerate(copies, start=1)
    )
    asked = Application("a", found, wanted)
    assert against(asked=asked, on_available=False) == ({expected} - {None})
