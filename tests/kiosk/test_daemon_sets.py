"""Sets, twins, typed barcodes and refusals on a whole kiosk with simulated metal."""

from dataclasses import replace

import pytest

from catalogue_api.contract.returns import Outcome, Security
from drivers.iso15693 import AFI_IN_STOCK, AFI_ON_LOAN
from kiosk.bins import Bins
from kiosk.outcomes import KioskOutcome
from kiosk.session.events import Pressed
from kiosk.session.staff import Act, Entry
from kiosk.session.states import Idle, Stage, TypedBarcodes
from kiosk.staff_cards import StaffCards

PARTS = ("part 1", "part 2", "part 3")


async def test_a_set_of_three_tags_is_one_return_and_all_its_tags_are_secured(bench):
    async with bench.running():
        bench.lay(*PARTS)
        assert await bench.told("part 2") is Outcome.RETURNED
        await bench.delivered()
    assert bench.library.returns() == [("5", "returned")]
    assert {bench.afi(name) for name in PARTS} == {AFI_IN_STOCK}


async def test_a_set_with_a_part_missing_is_not_returned_until_it_comes(bench):
    async with bench.running():
        bench.lay("part 1", "part 3", "1")
        assert await bench.told("1") is Outcome.RETURNED
        assert await bench.told("part 1") is Outcome.PARTS_MISSING
        assert bench.library.returns() == [("1", "returned")]
        assert bench.afi("part 1") == AFI_ON_LOAN, "what is given back is not written to"
        bench.lay("part 2")
        await bench.item("part 2", lambda laid: laid.verdict is Outcome.RETURNED)
        await bench.delivered()
    assert sorted(bench.library.returns()) == [("1", "returned"), ("5", "returned")]


@pytest.mark.server
async def test_a_set_cut_short_by_a_power_cut_is_secured_when_all_of_it_is_laid_again(bench):
    async with bench.running():
        bench.field.tear(bench.uid("part 2"))
        bench.lay(*PARTS)
        assert await bench.told("part 1") is KioskOutcome.LAY_AGAIN
        await bench.delivered()
    bench.lift("part 1", "part 3")
    async with bench.running():
        bench.lay("part 2")
        assert await bench.told("part 2") is KioskOutcome.LAY_AGAIN
        bench.lay("part 1", "part 3")
        await bench.item("part 1", lambda laid: laid.security is Security.SECURED)
        await bench.delivered()
    assert bench.library.returns() == [("5", "returned")]
    assert {bench.afi(name) for name in PARTS} == {AFI_IN_STOCK}
    assert bench.journal.counts().to_secure == 0


async def let_go_without(bench, daemon, missing: str) -> None:
    """Return a set without one of its parts, as staff allow; then carry it away."""
    here = [name for name in PARTS if name != missing]
    bench.lay(*here)
    assert await bench.told(here[0]) is Outcome.PARTS_MISSING
    bench.lay("card")
    await bench.screen.until(lambda session: session.menu is not None)
    bench.lift("card")
    daemon.emit(Pressed(Entry(Act.ACCEPT).key))
    await bench.item(here[0], lambda laid: laid.security is Security.SECURED)
    await bench.delivered()
    bench.lift(*here)
    await bench.screen.until(lambda session: isinstance(session.phase, Idle))


@pytest.mark.server
async def test_a_part_that_was_missing_and_comes_first_makes_no_second_return(bench):
    bench.staff_cards = StaffCards(barcodes=frozenset({"P1"}))
    async with bench.running() as daemon:
        await let_go_without(bench, daemon, "part 2")
        bench.lay("part 2")
        assert await bench.told("part 2") is KioskOutcome.SEEN_ALREADY
        bench.lay("part 1", "part 3")
        await bench.item("part 1", lambda laid: len(laid.parts) == len(PARTS))
        await bench.delivered()
    assert len(bench.library.returns()) == 1


@pytest.mark.server
async def test_a_set_lent_again_is_returned_also_if_the_part_that_was_missing_comes_first(bench):
    bench.staff_cards = StaffCards(barcodes=frozenset({"P1"}))
    async with bench.running() as daemon:
        await let_go_without(bench, daemon, "part 2")
        for name in PARTS:
            bench.field.tags[bench.uid(name)].afi = AFI_ON_LOAN
        bench.lay("part 2")
        assert await bench.told("part 2") is KioskOutcome.SEEN_ALREADY
        bench.lay("part 1", "part 3")
        await bench.item("part 1", lambda laid: laid.security is Security.SECURED)
        await bench.delivered()
    assert len(bench.library.returns()) == 2
    assert {bench.afi(name) for name in PARTS} == {AFI_IN_STOCK}


async def test_two_tags_of_one_barcode_are_one_return_and_the_second_is_told(bench):
    async with bench.running():
        bench.lay("1")
        assert await bench.told("1") is Outcome.RETURNED
        bench.lay("twin")
        assert await bench.told("twin") is KioskOutcome.SEEN_ALREADY
        await bench.delivered()
        bench.lift("1", "twin")
        await bench.item("twin", lambda laid: not laid.present)
        bench.lay("1", "twin")
        await bench.item("twin", lambda laid: laid.present)
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned"), ("1", "needs_staff")]
    told = "SELECT kind, barcode, site, kiosk FROM anomalies"
    assert bench.library.rows(told) == [("same_barcode", "1", "C", "hall")]
    assert bench.library.on_loan() == {"2", "3", "4", "5", "6"}
    last = bench.journal.last_of_barcode("1")
    assert last is not None
    assert last.uid == bench.uid("1")


async def test_what_lies_there_when_a_kiosk_starts_is_returned(bench):
    bench.lay("1", "3")
    async with bench.running():
        assert await bench.told("1") is Outcome.RETURNED
        assert await bench.told("3") is Outcome.RETURNED


async def test_a_typed_barcode_is_returned_and_its_tag_is_reported(bench):
    bench.rules = replace(bench.rules, typed_barcodes=TypedBarcodes.EVERYBODY)
    async with bench.running() as daemon:
        daemon.take_barcode(" 4\n")
        session = await bench.screen.until(
            lambda session: any(
                laid.stage is Stage.SETTLED for laid in getattr(session.phase, "items", ())
            )
        )
        assert session.phase.items[0].verdict is Outcome.RETURNED
        await bench.delivered()
        await bench.screen.until(lambda session: isinstance(session.phase, Idle))
        daemon.take_barcode("4")
        await bench.screen.until(
            lambda session: any(
                laid.verdict is KioskOutcome.SEEN_ALREADY
                for laid in getattr(session.phase, "items", ())
            )
        )
    assert bench.library.rows("SELECT barcode, security, warnings FROM returns") == [
        ("4", "failed", '["typed_barcode"]')
    ]


@pytest.mark.server
async def test_what_cannot_be_read_is_taken_at_last_and_lies_in_the_bin_of_staff(bench):
    bench.rules = replace(bench.rules, take_after=1, quiet=5.0)
    async with bench.running():
        bench.lay("blank")
        assert await bench.told("blank") is KioskOutcome.UNREADABLE
        bench.lift("blank")
        await bench.item("blank", lambda laid: not laid.present)
        bench.lay("blank")
        await bench.item("blank", lambda laid: laid.verdict is Outcome.NEEDS_STAFF)
        content = Bins(bench.journal).content("4")
    assert [(thing.barcode, thing.why) for thing in content.things] == [("", "unreadable")]
    assert bench.library.returns() == []
    assert bench.afi("blank") == AFI_ON_LOAN


@pytest.mark.parametrize("limit", [1, 2])
async def test_a_bin_with_as_many_items_as_it_holds_takes_no_more(bench, limit):
    sorting = bench.rules.sorting
    bins = tuple(replace(one, limit=limit) for one in sorting.bins)
    bench.rules = replace(bench.rules, sorting=replace(sorting, bins=bins))
    names = ["1", "3", "4"][:limit]
    async with bench.running():
        for name in names:
            bench.lay(name)
            assert await bench.told(name) is Outcome.RETURNED
        await bench.screen.until(lambda session: "1" in session.full)
        bench.lay("5")
        assert await bench.told("5") is KioskOutcome.BIN_FULL
        await bench.delivered()
    assert [barcode for barcode, _ in bench.library.returns()] == names
    Bins(bench.journal).empty("1", bench.now)
    bench.lift("5", *names)
    async with bench.running():
        bench.lay("5")
        assert await bench.told("5") is Outcome.RETURNED
