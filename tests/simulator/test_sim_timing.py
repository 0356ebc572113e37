"""The time model against the figures that were computed for it apart."""

import random

import pytest

from simulator import timing
from simulator.timing import Air, RealTime, SerialRate


def ms(seconds):
    return seconds * 1000


def test_slots():
    assert ms(timing.answer(timing.INVENTORY_ANSWER)) == pytest.approx(3.93, rel=0.01)
    assert ms(timing.OCCUPIED_SLOT) == pytest.approx(4.6, rel=0.01)
    assert ms(timing.EMPTY_SLOT) == pytest.approx(0.51, rel=0.01)


@pytest.mark.parametrize(
    ("blocks", "expected"), [(1, 7.4), (8, 15.8), (28, 40.0), (32, 44.8), (80, 102.8)]
)
def test_reading(blocks, expected):
    assert ms(Air().read(4 * blocks)) == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize(("programming", "expected"), [(0, 5.9), (4.5e-3, 10.4), (20e-3, 25.9)])
def test_writing_the_afi(programming, expected):
    assert ms(Air(programming).write(1)) == pytest.approx(expected, rel=0.01)


def test_other_commands():
    assert ms(Air().system_info()) == pytest.approx(9.8, rel=0.01)
    assert ms(Air().eas_alarm()) == pytest.approx(13.1, rel=0.01)


@pytest.mark.parametrize(
    ("tags", "expected"), [(0, 9.8), (1, 13.9), (5, 39), (10, 81), (20, 184), (40, 379)]
)
def test_inventory(tags, expected):
    generator = random.Random(15693)
    runs = [
        timing.inventory(f"E0040150{generator.getrandbits(32):08X}" for _ in range(tags))
        for _ in range(300)
    ]
    assert ms(sum(runs) / len(runs)) == pytest.approx(expected, rel=0.03)


def test_a_serial_line_of_eight_data_bits_with_parity():
    assert ms(SerialRate(38400).duration(121)) == pytest.approx(34.7, rel=0.01)


async def test_real_time_makes_up_for_sleeps_that_take_too_long():
    now = 100.0

    async def oversleep(seconds):
        nonlocal now
        now += seconds + 0.0004

    pace = RealTime(clock=lambda: now, sleep=oversleep)
    for _ in range(100):
        await pace.spend(0.010)
    assert now - 100 == pytest.approx(1.0, abs=0.001)
    for _ in range(1000):
        await pace.spend(0.0001)
    assert now - 100 == pytest.approx(1.1, abs=0.001)


async def test_a_stall_is_not_caught_up_beyond_measure():
    now = 0.0

    async def stall(seconds):
        nonlocal now
        now += seconds + 3

    pace = RealTime(clock=lambda: now, sleep=stall, forgive=0.005)
    await pace.spend(0.010)
    before = now
    await pace.spend(0.010)
    assert now - before == pytest.approx(3.005)
