from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from catalogue_api.domain import vouchers
from catalogue_api.domain.events import (
    Ages,
    EventKind,
    EventRefusal,
    against_places,
    days_before,
    instant_of,
    repeated,
)
from catalogue_api.domain.vouchers import Scheme, VoucherRefusal
from catalogue_api.domain.workshops import (
    Applicant,
    Occasion,
    RegistrationStatus,
    Standing,
    Step,
    WorkshopRefusal,
    due,
    free_seat,
    offer_until,
    refusals,
)

PARIS = ZoneInfo("Europe/Paris")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
START = datetime(2026, 12, 10, 14, tzinfo=PARIS)
END = START + HOUR
NOW = START - 20 * DAY


def occasion(**values) -> Occasion:
    return Occasion(**{"starts_at": START, "ends_at": END, "free": 1} | values)


def standing(number: int, status="registered", days: float = 20, **values) -> Standing:
    made = START - days * DAY
    return Standing(number, RegistrationStatus(status), made, **values)


@pytest.mark.parametrize(
    ("kind", "places", "against"),
    [
        ("workshop", 5, None), ("workshop", 12, None),
        ("workshop", 4, EventRefusal.WORKSHOP_NEEDS_PLACES),
        ("workshop", 13, EventRefusal.WORKSHOP_NEEDS_PLACES),
        ("workshop", None, EventRefusal.WORKSHOP_NEEDS_PLACES),
        ("drop_in", None, None), ("drop_in", 5, EventRefusal.DROP_IN_HAS_NO_PLACES),
        ("talk", None, None), ("story_hour", 30, None), ("meeting", 1, None),
    ],
)  # fmt: skip
def test_how_many_places_a_kind_may_have(kind, places, against) -> None:
    assert against_places(EventKind(kind), places) is against


@pytest.mark.parametrize(
    ("birth_year", "expected"),
    [(2019, ()), (2016, ()), (2020, ("too_young",)), (2015, ("too_old",)),
     (None, ("birth_year_unknown",))],
)  # fmt: skip
def test_age_goes_by_the_year_of_birth(birth_year, expected) -> None:
    """From seven to ten: whoever turns seven on New Year's Eve is seven all year."""
    found = refusals(Applicant(birth_year), occasion(ages=Ages(7, 10)), NOW, PARIS)
    assert found == tuple(map(WorkshopRefusal, expected))


def test_who_asks_for_no_age_needs_no_birth_year() -> None:
    assert refusals(Applicant(None), occasion(), NOW, PARIS) == ()


@pytest.mark.parametrize(
    ("values", "now", "reader", "staff"),
    [
        ({"free": None}, NOW, "no_registration", "no_registration"),
        ({"called_off": True}, NOW, "called_off", "called_off"),
        ({}, START, "has_begun", ""),
        ({}, END, "is_over", "is_over"),
        ({"published": False}, NOW, "not_published", ""),
        ({"opens_on": date(2026, 11, 21)}, NOW, "not_open_yet", ""),
        ({"opens_on": date(2026, 11, 20)}, NOW, "", ""),
        ({"free": 0}, NOW, "", ""),
    ],
)
def test_what_stands_against_registering(values, now, reader, staff) -> None:
    for applicant, expected in (
        (Applicant(None), reader), (Applicant(None, by_staff=True), staff),
    ):  # fmt: skip
        found = refusals(applicant, occasion(**values), now, PARIS)
        assert found == ((WorkshopRefusal(expected),) if expected else ())


@pytest.mark.parametrize(
    ("made", "until"),
    [
        (START - 5 * DAY, START - 4 * DAY),
        (datetime(2026, 12, 10, 9, tzinfo=PARIS), datetime(2026, 12, 10, 11, tzinfo=PARIS)),
        # the evening before, and in the night: two hours from eight in the morning on
        (datetime(2026, 12, 9, 20, tzinfo=PARIS), datetime(2026, 12, 10, 10, tzinfo=PARIS)),
        (datetime(2026, 12, 10, 3, tzinfo=PARIS), datetime(2026, 12, 10, 10, tzinfo=PARIS)),
        (datetime(2026, 12, 10, 13, tzinfo=PARIS), START),
        (datetime(2026, 12, 9, 9, tzinfo=PARIS), datetime(2026, 12, 10, 9, tzinfo=PARIS)),
    ],
)
def test_how_long_an_offer_stands(made, until) -> None:
    assert offer_until(made, START, PARIS) == until


def test_an_offer_across_the_change_of_the_clocks_is_24_hours_long() -> None:
    """In the night to 25 October 2026 the clocks go back: noon comes after 25 hours."""
    made = datetime(2026, 10, 24, 12, tzinfo=PARIS)
    until = offer_until(made, datetime(2026, 10, 27, 14, tzinfo=PARIS), PARIS)
    assert until.astimezone(UTC) - made.astimezone(UTC) == 24 * HOUR
    assert until.astimezone(PARIS).hour == 11


@pytest.mark.parametrize(
    ("day", "wall", "utc"),
    [
        (date(2026, 3, 29), time(2, 30), None),  # the hour that is not there
        (date(2026, 3, 29), time(3), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (date(2026, 10, 25), time(2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # the first
        (date(2026, 10, 25), time(14), datetime(2026, 10, 25, 13, tzinfo=UTC)),
    ],
)
def test_walls_and_instants(day, wall, utc) -> None:
    assert instant_of(day, wall, PARIS) == utc


def test_a_weekly_event_keeps_its_hour_on_the_wall() -> None:
    days = repeated(date(2026, 10, 15), 3, 1)
    starts = [instant_of(day, time(14), PARIS) for day in days]
    assert [one.astimezone(PARIS).hour for one in starts if one] == [14, 14, 14]
    assert (starts[2] - starts[1], starts[1] - starts[0]) == (7 * DAY + HOUR, 7 * DAY)
    assert days_before(starts[2], 7, PARIS) == starts[1]


@pytest.mark.parametrize(("taken", "free"), [((), 1), ((2,), 1), ((1, 2, 3), None), ((1, 3), 2)])
def test_the_lowest_free_seat_is_given(taken, free) -> None:
    assert free_seat(taken, 3) == free


def kinds(steps: tuple[Step, ...]) -> list[tuple[str, int]]:
    return [(step.kind.value, step.registration) for step in steps]


def test_free_seats_go_to_who_waits_in_the_order_of_coming() -> None:
    people = [standing(1), standing(2, "waiting"), standing(3, "waiting"), standing(4, "waiting")]
    steps = due(occasion(free=2), people, NOW, PARIS)
    assert kinds(steps) == [("offer", 2), ("offer", 3)]
    assert steps[0].until == NOW + DAY
    assert due(occasion(free=0), people, NOW, PARIS) == ()
    assert due(occasion(free=-1), people, NOW, PARIS) == ()


def test_a_lapsed_offer_goes_to_the_next_at_once() -> None:
    people = [
        standing(1, "offered", offer_until=NOW), standing(2, "waiting"), standing(3, "waiting"),
    ]  # fmt: skip
    assert kinds(due(occasion(free=0), people, NOW, PARIS)) == [("lapse", 1), ("offer", 2)]


def test_who_must_confirm_is_asked_a_week_before_and_loses_the_seat_three_days_before() -> None:
    told = occasion(free=0, must_confirm=True)
    one = standing(1, reachable=True)
    assert due(told, [one], START - 8 * DAY, PARIS) == ()
    assert kinds(due(told, [one], START - 7 * DAY, PARIS)) == [("ask", 1)]
    asked = standing(1, reachable=True, asked_at=START - 7 * DAY)
    assert due(told, [asked], START - 3 * DAY - HOUR, PARIS) == ()
    released = due(told, [asked, standing(2, "waiting")], START - 3 * DAY, PARIS)
    assert kinds(released) == [("release", 1), ("offer", 2)]


@pytest.mark.parametrize(
    "kept",
    [
        standing(1, reachable=True, asked_at=START - 7 * DAY, confirmed=True),
        standing(1, reachable=False, asked_at=START - 7 * DAY),  # can only be called
        standing(1, reachable=True, asked_at=START - 3 * DAY - HOUR),  # asked an hour ago
        standing(1, reachable=True),  # the job did not run: nobody was asked
        standing(1, days=6, reachable=True),  # has just said so by registering
    ],
)
def test_nobody_loses_a_seat_who_could_not_have_answered(kept) -> None:
    steps = kinds(due(occasion(free=0, must_confirm=True), [kept], START - 3 * DAY, PARIS))
    assert ("release", 1) not in steps


def test_without_confirming_there_is_one_reminder_on_the_day_before() -> None:
    one = standing(1, reachable=True)
    assert due(occasion(), [one], START - DAY - HOUR, PARIS) == ()
    assert kinds(due(occasion(), [one], START - DAY, PARIS)) == [("remind", 1)]
    assert due(occasion(), [standing(1, reminded_at=NOW)], START - DAY, PARIS) == ()
    assert due(occasion(), [standing(1, days=0.5)], START - HOUR, PARIS) == ()


def test_after_the_start_offers_lapse_and_after_the_end_all_is_closed() -> None:
    people = [standing(1), standing(2, "offered", offer_until=START), standing(3, "waiting")]
    assert kinds(due(occasion(), people, START, PARIS)) == [("lapse", 2)]
    assert kinds(due(occasion(), people, END, PARIS)) == [
        ("close", 1), ("close", 2), ("close", 3),
    ]  # fmt: skip


def test_a_voucher_pays_for_two_hours_in_a_qualified_place() -> None:
    scheme = Scheme(1, frozenset({"cachan"}))
    fits = {"accepted": 1, "site": "cachan", "lasts": 2 * HOUR, "day": START.date(),
            "valid_until": START.date()}  # fmt: skip
    assert vouchers.against(scheme, **fits) == ()
    for name, value, refusal in [
        ("accepted", 2, VoucherRefusal.OTHER_SCHEME),
        ("accepted", None, VoucherRefusal.OTHER_SCHEME),
        ("site", "arcueil", VoucherRefusal.PLACE_NOT_QUALIFIED),
        ("lasts", 2 * HOUR + timedelta(minutes=1), VoucherRefusal.SESSION_TOO_LONG),
        ("valid_until", START.date() - DAY, VoucherRefusal.EXPIRED),
    ]:  # fmt: skip
        assert vouchers.against(scheme, **(fits | {name: value})) == (refusal,)
    closed = Scheme(1, frozenset({"cachan"}), closed=True)
    assert vouchers.against(closed, **(fits | {"valid_until": None})) == (
        VoucherRefusal.SCHEME_CLOSED,
    )
