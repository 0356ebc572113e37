"""A drop slot with a simulated flap, belt and relay board."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from catalogue_api.contract.returns import Outcome
from drivers.iso15693 import AFI_IN_STOCK
from kiosk.bins import Bins
from kiosk.journal import Journal
from kiosk.outcomes import KioskOutcome
from kiosk.session.states import Fault, Stage, Stopped
from simulator.cable import Cable, Exchange, Faults, Line
from simulator.devices.board import BoardFace
from simulator.devices.mechanics import Hand
from simulator.disk import SimDisk


@pytest.fixture
def slot(bench):
    return bench.put_a_slot_in_the_wall()


def lying(bench) -> dict[str, list[str]]:
    """Where the journal says that things lie."""
    bins = Bins(bench.journal)
    return {name: [thing.barcode for thing in bins.content(name).things] for name in bins.counts()}


@pytest.mark.server
async def test_an_item_falls_into_its_bin_once_it_is_returned_and_secured(bench, slot):
    slot.meddle(Hand.PUT)
    async with bench.running():
        assert slot.bins == {}
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
        assert slot.bins == {"": 1}
        assert bench.afi("1") == AFI_IN_STOCK
        bench.lift("1")
        slot.meddle(Hand.PUT)
        bench.lay("2")
        assert await bench.told("2") is Outcome.HOLD_CAPTURED
        await bench.delivered()
    assert slot.bins == {"": 1, "2": 1}
    assert lying(bench) == {"1": ["1"], "2": ["2"]}
    assert bench.library.rows("SELECT bin FROM returns ORDER BY rowid") == [("1",), ("2",)]
    assert slot.on == set(), "everything is at rest"


@pytest.mark.parametrize("name", ["foreign", "card", "blank", "unknown"])
async def test_nothing_falls_in_that_is_not_ours(bench, slot, name):
    slot.meddle(Hand.PUT)
    async with bench.running():
        bench.lay(name)
        await bench.told(name)
    assert slot.bins == {}
    assert slot.in_hand == 1


@pytest.mark.server
async def test_two_things_are_let_in_one_by_one(bench, slot):
    slot.meddle(Hand.PUT)
    async with bench.running():
        bench.lay("1", "3")
        await bench.item("1", lambda laid: laid.stage is Stage.WAITING)
        await bench.item("3", lambda laid: laid.stage is Stage.WAITING)
        assert bench.library.returns() == []
        bench.lift("3")
        assert await bench.told("1") is Outcome.RETURNED
        bench.lift("1")
        await bench.item("1", lambda laid: not laid.present)
        slot.meddle(Hand.PUT)
        bench.lay("3")
        await bench.item("3", lambda laid: laid.verdict is Outcome.RETURNED)
    assert slot.bins == {"": 2}


@pytest.mark.server
async def test_what_is_not_put_in_is_returned_and_nobody_claims_to_know_where_it_is(bench, slot):
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.LAY_AGAIN
        assert lying(bench) == {"?": ["1"]}
        bench.lift("1")
        await bench.item("1", lambda laid: not laid.present)
        slot.meddle(Hand.PUT)
        bench.lay("1")
        await bench.item("1", lambda laid: laid.verdict is Outcome.RETURNED)
        await bench.delivered()
    assert lying(bench) == {"1": ["1"]}
    assert bench.library.rows("SELECT bin FROM returns") == [("1",)]


async def test_a_flap_that_sticks_stops_the_kiosk_and_the_item_is_known_to_be_in_it(
    bench, slot, monkeypatch
):
    bench.look = 0.01
    monkeypatch.setattr("kiosk.mouth._SHORTEST", 0.01)
    slot.meddle(Hand.STICK)
    slot.meddle(Hand.PUT)
    async with bench.running():
        bench.lay("1")
        await bench.screen.until(lambda session: Fault.SORTER in session.faults)
        assert await bench.told("1") is Outcome.RETURNED
        assert lying(bench) == {"flap": ["1"]}
        assert isinstance(bench.screen.session.phase, Stopped)
        bench.lift("1")
        slot.meddle(Hand.FREE)
        await bench.screen.until(lambda session: not session.faults)
        slot.meddle(Hand.PUT)
        bench.lay("3")
        assert await bench.told("3") is Outcome.RETURNED


async def test_what_a_power_cut_left_behind_the_flap_is_not_taken_for_the_next_item(bench, slot):
    bench.look = 0.01
    slot.inside = 1
    async with bench.starting():
        await bench.screen.until(lambda session: session.faults == {Fault.SORTER})
        slot.meddle(Hand.FREE)
        await bench.screen.until(lambda session: not session.faults)
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.LAY_AGAIN, "nobody has put it in"
    assert lying(bench) == {"?": ["1"]}


async def test_a_pulled_board_stops_the_kiosk_and_a_plugged_one_starts_it(bench, slot, monkeypatch):
    bench.look = 0.01
    monkeypatch.setattr("kiosk.mouth._SHORTEST", 0.01)
    async with bench.running():
        await bench.board.pull()
        await bench.screen.until(lambda session: Fault.SORTER in session.faults)
        bench.board.plug()
        await bench.screen.until(lambda session: not session.faults)
        slot.meddle(Hand.PUT)
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED


class LostOnceTheBeltRuns(BoardFace):
    """Starts the belt, and is never heard of again."""

    def receive(self, data: bytes) -> Sequence[Exchange]:
        answers = super().receive(data)
        return () if 1 in self.slot.on else answers


async def test_where_a_belt_without_a_board_left_an_item_is_not_known(bench, slot, monkeypatch):
    monkeypatch.setattr("kiosk.mouth._SHORTEST", 0.01)
    bench.board = Cable(Line(LostOnceTheBeltRuns(slot)))
    slot.meddle(Hand.PUT)
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
        await bench.screen.until(lambda session: Fault.SORTER in session.faults)
    assert slot.bins == {"": 1}
    assert lying(bench) == {"?": ["1"]}


async def test_a_full_bin_is_felt_by_its_sensor(bench, slot):
    slot.meddle(Hand.FILL, "1")
    async with bench.running():
        await bench.screen.until(lambda session: session.full == {"1"})
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.BIN_FULL
    assert bench.library.returns() == []


async def test_a_sensor_that_changes_while_the_disk_fails_ends_nothing(bench, slot, tmp_path):
    bench.look = 0.01
    sorting = bench.rules.sorting
    limited = tuple(replace(one, limit=9) for one in sorting.bins)
    bench.rules = replace(bench.rules, sorting=replace(sorting, bins=limited))
    disk = SimDisk("failing", random.Random(1))
    bench.journal = Journal(tmp_path / "failing.db", vfs=disk.vfs_name)
    async with bench.running():
        disk.power_off()
        bench.journal.close()  # so that it has to be opened again on that disk
        slot.meddle(Hand.FILL, "1")
        await bench.screen.until(lambda session: session.faults == {Fault.JOURNAL})
    bench.journal.close()
    disk.unregister()


async def test_a_board_that_answers_in_pieces_is_understood(bench, slot):
    bench.board.line.faults = Faults(byte_by_byte=True)
    slot.meddle(Hand.PUT)
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
    assert slot.bins == {"": 1}
