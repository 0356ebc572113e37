"""The time, for a kiosk whose own clock may be wrong."""

from datetime import UTC, datetime, timedelta

from kiosk.clock import Clock, Moment, machine_clock

TRUE = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)


class Machine:
    """A machine 100 s after its boot, whose own clock says 1970."""

    def __init__(self) -> None:
        self.wall = datetime(1970, 1, 1, tzinfo=UTC)
        self.uptime = 100.0
        self.clock = Clock(lambda: self.wall, lambda: self.uptime, "boot")


def test_until_the_catalogue_is_heard_the_machine_is_believed():
    machine = Machine()
    assert machine.clock.now() == machine.wall
    assert machine.clock.date_of(50.0) is None


def test_then_every_moment_of_the_boot_has_a_date():
    machine = Machine()
    machine.clock.heard(TRUE, Moment("boot", 99.5))
    assert machine.clock.now() == TRUE
    assert machine.clock.date_of(40.0) == TRUE - timedelta(seconds=60)
    machine.wall += timedelta(days=400)
    machine.uptime += 10
    assert machine.clock.now() == TRUE + timedelta(seconds=10)


def test_a_slow_answer_does_not_replace_a_quick_one():
    machine = Machine()
    machine.clock.heard(TRUE, Moment("boot", 99.9))
    machine.uptime += 60
    machine.clock.heard(TRUE + timedelta(seconds=51), Moment("boot", 151.0))
    assert machine.clock.now() == TRUE + timedelta(seconds=60)


def test_in_one_boot_no_clock_is_needed_to_know_how_long_ago_something_was():
    machine = Machine()
    assert machine.clock.since(Moment("boot", 70.0), TRUE) == timedelta(seconds=30)
    machine.clock.heard(TRUE, machine.clock.moment())
    before = TRUE - timedelta(hours=2)
    assert machine.clock.since(Moment("earlier", 70.0), before) == timedelta(hours=2)


def test_what_has_no_date_was_before_this_boot():
    machine = Machine()
    machine.clock.heard(TRUE, machine.clock.moment())
    assert machine.clock.since(Moment("earlier", 70.0), None) == timedelta(seconds=100)


def test_this_machine_has_a_boot_and_an_uptime():
    clock = machine_clock(lambda: TRUE)
    first, second = clock.moment(), clock.moment()
    assert first.boot == second.boot != ""
    assert 0 < first.uptime <= second.uptime
