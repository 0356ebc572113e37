"""Each part of a kiosk, tried: what is found when it is well, and when it is not."""

from datetime import timedelta

import pytest

from catalogue_api.contract.endpoint import ProblemType, Refused
from kiosk import checking
from kiosk.checking import Unwell
from kiosk.printer import EscPosPrinter
from kiosk.receipt import Line, escpos
from simulator.devices.mechanics import Hand
from simulator.devices.printer import Mood


async def test_an_antenna_sees_every_tag_every_time(bench):
    reader = await bench.open_reader()
    assert "no tag lies on it" in await checking.antenna(reader)
    bench.lay("1", "3")
    assert await checking.antenna(reader) == "2 tags, each seen 10 times of 10"
    bench.field.lift(bench.uid("3"), after_bytes=200)
    with pytest.raises(Unwell, match="1 of 2 tags were missed"):
        await checking.antenna(reader)
    await reader.close()
    await bench.cable.close()


async def test_the_clock_is_compared_with_that_of_the_catalogue(bench):
    assert "0.0 s" in await checking.clock(bench.catalogue, "hall", lambda: bench.now)
    bench.now += timedelta(seconds=90)
    with pytest.raises(Unwell, match=r"90\.0 s ahead of the catalogue: set the clock"):
        await checking.clock(bench.catalogue, "hall", lambda: bench.now)


async def test_a_catalogue_that_refuses_this_kiosk_says_what_to_look_at(bench):
    bench.catalogue.error = Refused(ProblemType.NOT_AUTHENTICATED, "unknown token")
    finding = await checking.tried("catalogue", lambda: checking.greeted(bench.catalogue, "hall"))
    assert not finding.well
    assert "check name and token" in finding.detail


async def test_a_flap_is_opened_and_closed(bench):
    slot = bench.put_a_slot_in_the_wall()
    sorter = await bench.open_sorter()
    assert "closed when nothing was put in" in await checking.sorter(sorter, opens=True)
    slot.meddle(Hand.FILL, "1")
    assert await checking.sorter(sorter, opens=False) == "bins full: 1"
    slot.meddle(Hand.STICK)
    finding = await checking.tried("sorter", lambda: checking.sorter(sorter, opens=True))
    assert (finding.well, "does not close" in finding.detail) == (False, True)
    with pytest.raises(Unwell, match="free it"):
        await checking.sorter(sorter, opens=False)
    await sorter.close()
    await bench.board.close()


async def test_a_slip_is_printed(bench):
    roll = bench.put_a_printer_beside_it()
    printer = EscPosPrinter(bench.printer_cable.connect, patience=0.05)
    assert "a slip was printed" in await checking.paper(printer, escpos([Line("essai")]))
    assert roll.receipts
    roll.meddle(Mood.PAPER_OUT)
    with pytest.raises(Unwell, match="out"):
        await checking.paper(printer, None)
    await bench.printer_cable.close()


def test_a_disk_without_room_is_told(tmp_path, monkeypatch):
    assert "MB free" in checking.disk(tmp_path / "not" / "yet" / "journal.db")
    monkeypatch.setattr(checking, "_ENOUGH_DISK", 1 << 60)
    with pytest.raises(Unwell, match="make room"):
        checking.disk(tmp_path)


def test_a_machine_without_a_sound_card_is_told(tmp_path):
    cards = tmp_path / "cards"
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n      irq 130\n")
    assert checking.sounds(cards).startswith("HDA-Intel - HDA Intel PCH;")
    with pytest.raises(Unwell, match="no sound card"):
        checking.sounds(tmp_path / "none")
