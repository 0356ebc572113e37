"""What is measured of slots is measured whole, and what was booked in the rush is looked at."""

import asyncio
from pathlib import Path

import pytest

from bench.seats import PLACES, WORKSHOPS, rush_for_seats
from bench.slots import measured, rush


@pytest.mark.server
def test_booking_is_measured_beside_the_bare_constraint(tmp_path: Path) -> None:
    file = tmp_path / "library.db"
    found = measured("sqlite", f"sqlite:///{file}", str(file), 20)
    assert found["service"]["per_second"] > 0
    assert set(found["http"]) == {"1", "8", "64"}
    assert found["service_to_bare_sql"]["processor"] > 0


@pytest.mark.server
def test_a_rush_neither_overlaps_nor_passes_an_allowance(tmp_path: Path) -> None:
    found = asyncio.run(rush(f"sqlite:///{tmp_path / 'library.db'}", 10))
    assert (found["overlaps"], found["allowances_passed"]) == (0, 0)
    assert found["heard"]["booked"] > 10


@pytest.mark.server
def test_a_rush_for_the_last_seats_fills_each_once(tmp_path: Path) -> None:
    found = asyncio.run(rush_for_seats(f"sqlite:///{tmp_path / 'library.db'}", 20))
    assert found["seats_taken"] == found["seats"] == WORKSHOPS * PLACES
    assert found["heard"].keys() >= {"registered", "waiting", "given up", "already_registered"}
    assert {name: found[name] for name in found if "seat" in name and found[name] == 0}.keys() == {
        "seats_beyond_the_places", "seats_had_twice", "people_seated_twice",
        "waiting_beside_a_free_seat",
    }  # fmt: skip
