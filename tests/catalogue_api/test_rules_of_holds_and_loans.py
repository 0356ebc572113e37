from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldStatus, Scan, Wish, queue, shelf_number, shelve
from catalogue_api.domain.loans import Lendable, LendRefusal, may_lend
from catalogue_api.domain.rulebook import Rulebook

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARIS = Rulebook(ZoneInfo("Europe/Paris"))


def test_the_queue_is_by_staff_priority_then_age_then_number() -> None:
    wishes = [
        Wish(1, "a", NOON),
        Wish(2, "a", NOON - timedelta(hours=1)),
        Wish(3, "a", NOON, staff_priority=1),
        Wish(4, "a", NOON - timedelta(hours=1)),
        Wish(5, "a", NOON - timedelta(days=9), staff_priority=-1),
    ]
    assert [wish.id for wish in queue(wishes)] == [3, 2, 4, 1, 5]


@pytest.mark.parametrize(
    ("pickup", "status", "on_loan", "expected"),
    [
        ("a", HoldStatus.CAPTURED, False, Scan.READY),
        ("a", HoldStatus.READY, False, Scan.ALREADY_READY),
        ("b", HoldStatus.CAPTURED, False, Scan.OTHER_SITE),
        ("b", HoldStatus.READY, False, Scan.OTHER_SITE),
        (None, None, False, Scan.NOT_CAUGHT),
        (None, None, True, Scan.ON_LOAN),
    ],
)
def test_what_a_scan_onto_the_shelf_comes_to(pickup, status, on_loan, expected) -> None:
    assert shelve("a", pickup, status, on_loan) is expected


@pytest.mark.parametrize(
    ("last", "taken", "expected"),
    [(0, (), 1), (3, {1, 2, 3}, 4), (3, {4, 5}, 6), (999, {1, 999}, 2), (5, range(1, 1000), 1000)],
)
def test_numbers_of_slips(last, taken, expected) -> None:
    assert shelf_number(last, taken) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (Lendable(ItemStatus.AVAILABLE, False, None), None),
        (Lendable(ItemStatus.LOST, False, None), None),
        (Lendable(ItemStatus.AVAILABLE, True, None), LendRefusal.ON_LOAN),
        (Lendable(ItemStatus.AVAILABLE, False, 1), None),
        (Lendable(ItemStatus.AVAILABLE, False, 2), LendRefusal.CAUGHT_FOR_ANOTHER),
        (Lendable(ItemStatus.WITHDRAWN, False, None), LendRefusal.WITHDRAWN),
        (Lendable(ItemStatus.NOT_FOR_LOAN, False, None), LendRefusal.NOT_FOR_LOAN),
        (Lendable(ItemStatus.IN_REPAIR, False, None), LendRefusal.NOT_FOR_LOAN),
    ],
)
def test_who_may_borrow(item, expected) -> None:
    assert may_lend(item, 1) is expected


def test_days_are_those_of_the_library_not_of_greenwich() -> None:
    before_midnight = datetime(2026, 7, 1, 21, 59, tzinfo=UTC)
    assert PARIS.day(before_midnight) == date(2026, 7, 1)
    assert PARIS.day(before_midnight + timedelta(minutes=1)) == date(2026, 7, 2)
    assert PARIS.due_on(before_midnight) == date(2026, 7, 29)
    assert PARIS.shelf_until(before_midnight) == date(2026, 7, 11)
