import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.domain.throttling import EASES_AFTER, FREE_TRIES, LONGEST, Failures, origin
from catalogue_api.services.secrets import throttle
from catalogue_api.storage.engine.database import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_each_failure_doubles_the_wait_up_to_five_minutes() -> None:
    waits = [Failures(n, NOW).wait(FREE_TRIES, NOW).total_seconds() for n in range(9)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8]
    assert Failures(10_000, NOW).wait(FREE_TRIES, NOW) == LONGEST
    assert Failures(10_000, NOW).wait(FREE_TRIES, NOW + LONGEST) == timedelta()


def test_failures_are_forgotten_one_by_one() -> None:
    found = Failures(3, NOW).eased(NOW + 1.5 * EASES_AFTER)
    assert found == Failures(2, NOW + EASES_AFTER)  # what is left of a stretch goes on to count
    assert found.eased(NOW + 2.5 * EASES_AFTER).count == 1
    assert Failures(3, NOW).eased(NOW + 3 * EASES_AFTER).count == 0
    assert Failures(3, NOW).eased(NOW - LONGEST) == Failures(3, NOW)  # another server's clock
    assert Failures(3, NOW).eased(NOW - timedelta(days=365)).count == 0


def test_who_guesses_without_end_gains_nothing_by_what_is_forgotten() -> None:
    failures, tries = Failures(0, NOW), 0
    for seconds in range(0, 20 * 3600, 10):
        now = NOW + timedelta(seconds=seconds)
        failures = failures.eased(now)
        if not failures.wait(FREE_TRIES, now):
            tries, failures = tries + 1, Failures(failures.count + 1, failures.at)
    assert tries <= timedelta(hours=20) / LONGEST + FREE_TRIES + 9


@pytest.mark.parametrize(
    ("address", "counted_for"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::99", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::99", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("/run/proxy.sock", "/run/proxy.sock"),
        ("", ""),
    ],
)
def test_a_household_does_not_guess_anew_from_each_of_its_addresses(address, counted_for) -> None:
    assert origin(address) == counted_for


def count(database: Database, account: str, now: datetime = NOW) -> int:
    """Count a try at one address; return how long to wait."""
    subjects = {account: FREE_TRIES, "address:192.0.2.1": 30}
    try:
        database.write_now(lambda db: throttle.count_try(db, subjects, now))
    except Refused as refused:
        return refused.retry_after if refused.type is ProblemType.TOO_MANY_REQUESTS else -1
    return 0


def test_every_process_counts_the_same_failures(world) -> None:
    other = Database(world.url)
    tries = [count(each, "account:ana") for each in [world.database, other] * 3]
    assert tries == [0, 0, 0, 0, 0, 1]
    assert [count(other, "account:bo") for _ in range(3)] == [0, 0, 0]
    stored = world.rows("SELECT subject, count FROM sign_in_failures ORDER BY count")
    assert [count for _, count in stored] == [3, 5, 8]
    assert not any("ana" in subject or "192" in subject for subject, _ in stored)
    other.close()


def test_a_success_forgets_the_account_but_not_what_others_failed_at_the_address(world) -> None:
    for number in range(29):
        assert count(world.database, f"account:{number}") == 0
    for _ in range(3):  # somebody with an account of their own guesses no faster
        assert count(world.database, "account:mine") == 0
        world.database.write_now(
            lambda db: throttle.forget(db, "account:mine", "address:192.0.2.1")
        )
    assert count(world.database, "account:30") == 0
    assert count(world.database, "account:31") > 0
    assert count(world.database, "account:31", NOW + EASES_AFTER) == 0


def test_a_place_that_many_share_is_not_slowed_down_for_what_they_got_wrong_last_week(
    world,
) -> None:
    mistakes = [NOW + number * timedelta(hours=1) for number in range(40)]
    assert not any(count(world.database, f"account:{at}", at) for at in mistakes)
    for minute in range(10):  # nor do those who sign in well make it count for longer
        at = mistakes[-1] + minute * MINUTE
        assert count(world.database, "account:right", at) == 0
        world.database.write_now(
            lambda db: throttle.forget(db, "account:right", "address:192.0.2.1")
        )
    assert [count(world.database, f"account:{number}", at) for number in range(5)] == [0] * 5


@pytest.mark.parametrize("tries", [20])
async def test_tries_at_once_are_all_counted(world, tries) -> None:
    async def one() -> bool:
        try:
            await world.database.write(
                lambda db: throttle.count_try(db, {"account:ana": FREE_TRIES}, NOW)
            )
        except Refused:
            return False
        return True

    let_through = await asyncio.gather(*(one() for _ in range(tries)))
    assert sum(let_through) == FREE_TRIES
