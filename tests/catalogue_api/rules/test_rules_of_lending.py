from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_rules_of_calendar import CALENDARS, DAYS, LIBRARY, PARIS

from catalogue_api.domain.lateness import Penalties, counted_day, late_days, suspended_until
from catalogue_api.domain.rulebook import Limit, LoanTerms, Rulebook

RULES = Rulebook(PARIS, calendars={"cachan": LIBRARY})
DAY = timedelta(days=1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), UTC)


@pytest.mark.parametrize(
    ("lent", "days", "ends", "due"),
    [
        (date(2026, 11, 25), 28, None, date(2026, 12, 23)),
        (date(2026, 11, 28), 30, None, date(2026, 12, 29)),  # the 28th is a Monday
        (date(2026, 11, 27), 28, None, date(2026, 12, 29)),  # Christmas, then the weekend
        (date(2026, 11, 25), 28, date(2026, 12, 22), date(2026, 12, 22)),
        (date(2026, 11, 25), 28, date(2026, 12, 14), date(2026, 12, 12)),  # a Monday: the Saturday
        (date(2026, 11, 25), 28, date(2026, 11, 25), date(2026, 11, 25)),
        (date(2026, 11, 23), 28, date(2026, 11, 23), date(2026, 11, 23)),  # closed, and it ends
        (date(2028, 2, 1), 28, None, date(2028, 2, 29)),
        (date(2026, 11, 25), 0, None, date(2026, 11, 25)),
    ],
)
def test_due_dates(lent, days, ends, due) -> None:
    terms = LoanTerms(loan_days=days)
    assert RULES.due_on(at(lent), "cachan", terms, ends) == due


@settings(max_examples=40, deadline=None)
@given(CALENDARS, DAYS, DAYS, st.integers(0, 120), st.none() | st.integers(0, 200))
def test_a_due_date_is_open_within_the_card_and_never_earlier_for_a_later_loan(
    calendar, first, second, days, card_days
) -> None:
    first, second = sorted((first, second))
    ends = None if card_days is None else second + card_days * DAY
    rules = Rulebook(PARIS, calendars={"here": calendar})
    terms = LoanTerms(loan_days=days)
    due = rules.due_on(at(first), "here", terms, ends)
    assert due >= first
    assert due <= rules.due_on(at(second), "here", terms, ends)
    assert ends is None or due <= ends
    if not calendar.is_open(due):
        # There is no open day: not for years, or not between the loan and the card's end.
        last = ends or due + 900 * DAY
        assert calendar.open_days_between(first - DAY, last) == 0


def test_the_kind_says_more_than_the_category_and_the_category_more_than_the_site() -> None:
    def of(days: int) -> LoanTerms:
        return LoanTerms(loan_days=days)

    rules = replace(
        RULES,
        loan_rules={
            ("", "", ""): of(1),
            ("", "", "cachan"): of(2),
            ("school", "", ""): of(3),
            ("", "film", ""): of(4),
            ("", "film", "cachan"): of(5),
            ("school", "film", ""): of(6),
        },
    )
    found = [
        rules.terms(category, kind, site).loan_days
        for category in ("adult", "school")
        for kind in ("book", "film")
        for site in ("arcueil", "cachan")
    ]
    assert found == [1, 2, 4, 5, 3, 3, 6, 6]
    assert RULES.terms("adult", "book", "cachan") == LoanTerms()
    assert Rulebook(PARIS, loan_days=14).terms().loan_days == 14


def test_limits_of_a_kind_and_of_all_kinds() -> None:
    rules = replace(
        RULES, limits={("", "video_game"): 2, ("", ""): 20, ("child", ""): 10, ("x", "film"): 1}
    )
    assert list(rules.limits_on("adult", "video_game")) == [Limit("video_game", 2), Limit("", 20)]
    assert list(rules.limits_on("child", "film")) == [Limit("", 10)]
    assert list(RULES.limits_on("adult", "book")) == []


@pytest.mark.parametrize(
    ("due", "returned", "late"),
    [
        (date(2026, 11, 25), date(2026, 11, 25), 0),
        (date(2026, 11, 28), date(2026, 11, 30), 0),  # Monday counts as the Saturday before
        (date(2026, 11, 28), date(2026, 12, 1), 1),  # Sunday and Monday do not count
        (date(2026, 11, 25), date(2026, 12, 2), 5),
        (date(2026, 11, 25), date(2026, 11, 20), 0),
    ],
)
def test_late_days_leave_closed_days_out(due, returned, late) -> None:
    assert late_days(due, counted_day(returned, LIBRARY), LIBRARY) == late


@pytest.mark.parametrize(
    ("late", "penalties", "until"),
    [
        (60, Penalties(), None),
        (3, Penalties(on=True), None),
        (4, Penalties(on=True), date(2026, 12, 2)),
        (400, Penalties(on=True), date(2027, 1, 30)),
        (4, Penalties(on=True, grace_days=0, per_day=2), date(2026, 12, 9)),
        (9, Penalties(on=True, per_day=0), None),
    ],
)
def test_suspensions(late, penalties, until) -> None:
    assert suspended_until(late, date(2026, 12, 1), penalties) == until


@settings(max_examples=40, deadline=None)
@given(CALENDARS, DAYS, st.integers(0, 60), st.integers(0, 60))
def test_coming_later_is_never_better(calendar, due, early, more) -> None:
    first, second = due + early * DAY, due + (early + more) * DAY
    found = [late_days(due, counted_day(day, calendar), calendar) for day in (first, second)]
    assert found == sorted(found)
    assert found[1] <= early + more


def test_the_shelf_waits_to_an_open_day() -> None:
    assert RULES.shelf_until(at(date(2026, 11, 27)), "cachan") == date(2026, 12, 8)
    assert RULES.shelf_until(at(date(2026, 11, 27)), "nowhere") == date(2026, 12, 7)
