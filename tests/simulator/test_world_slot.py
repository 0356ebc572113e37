"""The drop slot of a world knows what lies behind its flap, whatever the power does."""

import pytest

from simulator.devices.mechanics import Hand
from simulator.world import town
from simulator.world.slot import Mouth

FLAP, BELT = 0, 1


@pytest.fixture
def thing() -> town.Thing:
    return town.things()[0]


@pytest.fixture
def mouth() -> Mouth:
    mouth = Mouth("kiosk-0", lambda _: None)
    mouth.slot.power(on=True)
    return mouth


def test_what_is_held_falls_in_when_the_flap_opens_and_goes_where_the_diverter_leads(thing, mouth):
    mouth.slot.offer(thing)
    assert thing.place == town.HOME
    mouth.slot.switch(3, on=True)
    mouth.slot.switch(FLAP, on=True)
    assert thing.place == "kiosk-0/flap"
    mouth.slot.switch(BELT, on=True)
    assert thing.place == "kiosk-0/3"
    assert mouth.slot.behind == []


def test_without_power_it_stays_behind_the_flap_until_somebody_frees_that(thing, mouth):
    mouth.slot.offer(thing)
    mouth.slot.meddle(Hand.STICK)
    mouth.slot.switch(FLAP, on=True)
    mouth.slot.power(on=False)
    mouth.slot.switch(BELT, on=True)
    assert thing.place == "kiosk-0/flap"
    assert mouth.slot.stands_open
    assert mouth.slot.free() == [thing]
    assert not mouth.slot.stands_open


def test_what_is_taken_back_does_not_fall_in(thing, mouth):
    mouth.slot.offer(thing)
    mouth.slot.take_back()
    mouth.slot.switch(FLAP, on=True)
    assert mouth.slot.behind == []
