from datetime import date, time

from catalogue_api.domain.calendar import Stretch
from catalogue_api.domain.lateness import Penalties
from catalogue_api.domain.rulebook import LoanTerms
from catalogue_api.storage.tables import (
    CalendarException,
    LoanLimit,
    LoanRule,
    OpeningHours,
    OpenPublicHoliday,
    Rulebook,
    SchoolHoliday,
)


def current(world):
    return world.database.read_now(lambda session: world.rules.current(session.connection()))


def test_where_nothing_was_entered_the_settings_hold(world) -> None:
    rules = current(world)
    assert rules.version == 0
    assert rules.terms() == LoanTerms()
    assert rules.calendar("cachan").is_open(date(2026, 12, 25))


def test_everything_that_was_entered_is_in_force(world) -> None:
    day = date(2026, 12, 24)
    rows = (
        Rulebook(
            version=7, shelf_days=5, most_holds=3, hold_on_available=False, penalties=True,
            grace_days=1, suspension_per_day=2, longest_suspension=30, most_late_items=4,
        ),
        LoanRule(kind="film", loan_days=7, renewals=0, floats=True),
        LoanRule(category="school", lendable=False),
        LoanLimit(kind="video_game", most=2),
        OpeningHours(site="cachan", weekday=3, opens=time(14), closes=time(19)),
        OpeningHours(site="cachan", weekday=3, opens=time(9), closes=time(12)),
        OpeningHours(
            site="cachan", in_school_holidays=True, weekday=3, opens=time(9), closes=time(10)
        ),
        CalendarException(first_on=date(2026, 10, 6), last_on=date(2026, 10, 11), label="x"),
        CalendarException(
            site="cachan", first_on=day, last_on=day, opens=time(9), closes=time(11)
        ),
        SchoolHoliday(first_on=date(2026, 12, 19), last_on=date(2027, 1, 3)),
        OpenPublicHoliday(key="armistice_1918"),
    )  # fmt: skip
    world.database.write_now(lambda session: session.add_all(rows))
    rules = current(world)
    assert (rules.version, rules.shelf_days, rules.most_holds) == (7, 5, 3)
    assert (rules.hold_on_available, rules.late_notices, rules.most_late_items) == (False, False, 4)
    assert rules.penalties == Penalties(True, 1, 2, 30)
    assert rules.terms("adult", "film", "cachan") == LoanTerms(True, 7, 0, True)
    assert not rules.terms("school", "book").lendable
    assert [limit.most for limit in rules.limits_on("adult", "video_game")] == [2]
    cachan = rules.calendar("cachan")
    two = (Stretch(time(9), time(12)), Stretch(time(14), time(19)))
    assert cachan.hours(date(2026, 11, 26)) == two
    assert cachan.hours(date(2026, 12, 31)) == (Stretch(time(9), time(10)),)
    assert cachan.hours(day) == (Stretch(time(9), time(11)),)
    assert not cachan.is_open(date(2026, 10, 8))
    assert not rules.calendar("arcueil").is_open(date(2026, 10, 8))
    assert rules.calendar("arcueil").is_open(date(2026, 12, 25))
    assert [one.value for one in cachan.opens_on] == ["armistice_1918"]
