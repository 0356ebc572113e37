from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from catalogue_api.domain.collection import ItemStatus
from catalogue_api.domain.holds import HoldStatus, Scan, Wish, queue, shelf_number, shelve
from catalogue_api.domain.loans import (
    OVERRIDABLE,
    Copy,
    LoanRefusal,
    Reached,
    Reader,
    Renewable,
    against_lending,
    against_renewal,
    copies_needed,
    left_after,
)
from catalogue_api.domain.patrons import Blocked, BlockKind
from catalogue_api.domain.rulebook import Rulebook

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PARIS = Rulebook(ZoneInfo("Europe/Paris"))
TODAY, DAY = date(2026, 11, 23), timedelta(days=1)
FREE = Copy(ItemStatus.AVAILABLE)


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
    ("copy", "expected"),
    [
        (Copy(ItemStatus.AVAILABLE), []),
        (Copy(ItemStatus.LOST), []),
        (Copy(ItemStatus.AVAILABLE, lent_to=2), [LoanRefusal.ON_LOAN]),
        (Copy(ItemStatus.LOST, lent_to=1), [LoanRefusal.ON_LOAN_TO_READER]),
        (Copy(ItemStatus.AVAILABLE, caught_for=1), []),
        (Copy(ItemStatus.AVAILABLE, caught_for=2), [LoanRefusal.CAUGHT_FOR_ANOTHER]),
        (Copy(ItemStatus.AVAILABLE, wanted=True), [LoanRefusal.WANTED_BY_ANOTHER]),
        (Copy(ItemStatus.AVAILABLE, caught_for=1, wanted=True), []),
        (
            Copy(ItemStatus.DAMAGED, caught_for=2, wanted=True),
            [LoanRefusal.CAUGHT_FOR_ANOTHER, LoanRefusal.DAMAGED],
        ),
        (Copy(ItemStatus.WITHDRAWN), [LoanRefusal.WITHDRAWN]),
        (Copy(ItemStatus.NOT_FOR_LOAN), [LoanRefusal.NOT_FOR_LOAN]),
        (Copy(ItemStatus.IN_REPAIR), [LoanRefusal.IN_REPAIR]),
    ],
)
def test_what_speaks_against_a_copy(copy, expected) -> None:
    assert list(against_lending(copy, Reader(1), True, (), TODAY)) == expected


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (Reader(1, TODAY), []),
        (Reader(1, TODAY - DAY), [LoanRefusal.CARD_EXPIRED]),
        (Reader(1, blocks=(Blocked(BlockKind.SUSPENSION, TODAY),)), [LoanRefusal.SUSPENDED]),
        (Reader(1, blocks=(Blocked(BlockKind.SUSPENSION, TODAY - DAY),)), []),
        (Reader(1, blocks=(Blocked(BlockKind.LOST_CARD),)), [LoanRefusal.CARD_LOST]),
        (
            Reader(1, TODAY - DAY, (Blocked(BlockKind.STAFF), Blocked(BlockKind.LOST_ITEM)), True),
            [
                LoanRefusal.CARD_EXPIRED, LoanRefusal.OWES_LOST_ITEM, LoanRefusal.BLOCKED,
                LoanRefusal.TOO_MANY_LATE,
            ],
        ),
    ],
)  # fmt: skip
def test_what_keeps_a_reader_from_borrowing(reader, expected) -> None:
    assert list(against_lending(FREE, reader, True, (), TODAY)) == expected


@pytest.mark.parametrize(
    ("from_age", "birth_year", "asked"),
    [
        (12, TODAY.year - 11, True),
        (12, TODAY.year - 12, False),  # this year they turn 12, or did
        (3, TODAY.year, True),
        (18, TODAY.year - 40, False),
        (None, TODAY.year - 5, False),
        (12, None, False),
    ],
)
def test_a_game_for_older_players_is_asked_about(from_age, birth_year, asked) -> None:
    copy, reader = Copy(ItemStatus.AVAILABLE, from_age=from_age), Reader(1, birth_year=birth_year)
    expected = (LoanRefusal.TOO_YOUNG,) if asked else ()
    assert against_lending(copy, reader, True, (), TODAY) == expected
    assert LoanRefusal.TOO_YOUNG in OVERRIDABLE


def test_limits_and_kinds_that_are_not_lent() -> None:
    full = (Reached("film", 2, 2), Reached("", 5, 6))
    assert against_lending(FREE, Reader(1), True, full, TODAY) == (LoanRefusal.TOO_MANY_OF_KIND,)
    assert against_lending(FREE, Reader(1), False, (Reached("", 7, 6),), TODAY) == (
        LoanRefusal.NOT_LENT_TO_CATEGORY,
        LoanRefusal.TOO_MANY,
    )


RENEWABLE = Renewable(ItemStatus.AVAILABLE, TODAY, TODAY + DAY, 0, 1, 3, 3, reserved=False)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, None),
        ({"reserved": True}, LoanRefusal.WANTED_BY_ANOTHER),
        ({"renewals": 1}, LoanRefusal.TOO_MANY_RENEWALS),
        ({"late_days": 4}, LoanRefusal.TOO_LATE),
        ({"new_due": TODAY}, LoanRefusal.TOO_SOON),
        ({"status": ItemStatus.LOST}, LoanRefusal.DECLARED_LOST),
        ({"status": ItemStatus.CLAIMED_RETURNED}, LoanRefusal.CLAIMED_RETURNED),
        ({"lendable": False}, LoanRefusal.NOT_LENT_TO_CATEGORY),
        ({"reached": (Reached("", 6, 6), Reached("film", 2, 2))}, None),
        ({"reached": (Reached("", 7, 6),)}, LoanRefusal.TOO_MANY),
        ({"reached": (Reached("film", 3, 2),)}, LoanRefusal.TOO_MANY_OF_KIND),
    ],
)
def test_what_speaks_against_renewing(changes, expected) -> None:
    found = against_renewal(replace(RENEWABLE, **changes), Reader(1), TODAY)
    assert list(found) == ([expected] if expected else [])


def test_only_what_may_be_overridden_is_set_aside() -> None:
    found = (LoanRefusal.ON_LOAN, LoanRefusal.TOO_MANY, LoanRefusal.SUSPENDED)
    aside = {LoanRefusal.ON_LOAN, LoanRefusal.TOO_MANY}
    assert left_after(found, aside) == (LoanRefusal.ON_LOAN, LoanRefusal.SUSPENDED)


@pytest.mark.parametrize(
    ("waiting", "free", "this", "needed"),
    [(0, 0, False, False), (1, 0, False, True), (1, 1, False, False), (2, 1, False, True),
     (0, 9, True, True)],
)  # fmt: skip
def test_a_reservation_needs_the_copy_when_no_other_can_serve_it(
    waiting, free, this, needed
) -> None:
    assert copies_needed(waiting, free, for_this_copy=this) is needed


def test_days_are_those_of_the_library_not_of_greenwich() -> None:
    before_midnight = datetime(2026, 7, 1, 21, 59, tzinfo=UTC)
    assert PARIS.day(before_midnight) == date(2026, 7, 1)
    assert PARIS.day(before_midnight + timedelta(minutes=1)) == date(2026, 7, 2)
    assert PARIS.due_on(before_midnight) == date(2026, 7, 29)
    assert PARIS.shelf_until(before_midnight) == date(2026, 7, 11)
