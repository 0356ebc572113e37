"""Staff at a whole kiosk: cards, bins, out of service, the acceptance test."""

from dataclasses import replace

import pytest

from catalogue_api.contract.returns import Outcome
from drivers.iso15693 import AFI_ON_LOAN
from kiosk.bins import Bins
from kiosk.outcomes import KioskOutcome
from kiosk.session import events as ev
from kiosk.session.effects import Sound
from kiosk.session.pages import BinPage, CheckPage, Menu
from kiosk.session.staff import Act, Entry, entries
from kiosk.session.states import Fault, Idle, Stopped
from kiosk.staff_cards import StaffCards, hashed


@pytest.fixture
def by_hash(bench):
    bench.staff_cards = StaffCards(hashes=frozenset({hashed(bench.uid("card"))}))
    return bench


async def menu(bench, daemon, act: Act, bin_name: str = "") -> None:
    daemon.emit(ev.Pressed(Entry(act, bin_name).key))


async def shown(bench, page: type) -> Menu:
    session = await bench.screen.until(
        lambda session: session.menu is not None and isinstance(session.menu.page, page)
    )
    assert session.menu is not None
    return session.menu


@pytest.mark.parametrize("how", ["hashes", "barcodes"])
async def test_a_staff_card_opens_the_menu_and_is_never_written_to(bench, how):
    known = {"hashes": hashed(bench.uid("card")), "barcodes": "P1"}[how]
    bench.staff_cards = StaffCards(**{how: frozenset({known})})
    async with bench.running():
        bench.lay("card")
        await bench.screen.until(lambda session: session.menu is not None)
        assert isinstance(bench.screen.session.phase, Idle)
    assert bench.afi("card") == AFI_ON_LOAN
    assert bench.library.returns() == []


async def test_any_other_card_stays_a_card(bench):
    bench.staff_cards = StaffCards(barcodes=frozenset({"1", "P2"}))
    async with bench.running():
        bench.lay("card", "1")
        assert await bench.told("card") is KioskOutcome.PATRON_CARD
        assert await bench.told("1") is Outcome.RETURNED, "a book is no card, whatever its barcode"
        assert bench.screen.session.menu is None


async def test_a_bin_is_emptied_and_what_was_in_it_stays_in_the_journal(by_hash):
    async with by_hash.running() as daemon:
        by_hash.lay("1", "3", "card")
        assert await by_hash.told("1") is Outcome.RETURNED
        assert await by_hash.told("3") is Outcome.RETURNED
        await by_hash.screen.until(lambda session: session.menu is not None)
        for act in (Act.BINS, Act.BIN, Act.EMPTY):
            await by_hash.screen.until(
                lambda session, act=act: (
                    Entry(act, "" if act is Act.BINS else "1").key
                    in {entry.key for entry in entries(session)}
                )
            )
            await menu(by_hash, daemon, act, "" if act is Act.BINS else "1")
        found = await by_hash.screen.until(
            lambda session: (
                session.menu is not None
                and isinstance(session.menu.page, BinPage)
                and session.menu.page.emptied
            )
        )
    content = found.menu.page.content
    assert sorted((thing.barcode, thing.title) for thing in content.things) == [
        ("1", "L’Été"), ("3", "L’Été"),
    ]  # fmt: skip
    assert Bins(by_hash.journal).counts() == {}


async def test_what_staff_have_closed_stays_closed_over_a_power_cut(by_hash):
    async with by_hash.running() as daemon:
        by_hash.lay("card")
        await by_hash.screen.until(lambda session: session.menu is not None)
        await menu(by_hash, daemon, Act.CLOSE)
        await by_hash.screen.until(lambda session: Fault.STAFF in session.faults)
    by_hash.lift("card")
    async with by_hash.starting() as daemon:
        await by_hash.screen.until(lambda session: session.faults == {Fault.STAFF})
        by_hash.lay("1", "card")
        await by_hash.screen.until(lambda session: session.menu is not None)
        assert isinstance(by_hash.screen.session.phase, Stopped)
        assert by_hash.library.returns() == []
        await menu(by_hash, daemon, Act.OPEN)
        assert await by_hash.told("1") is Outcome.RETURNED


async def test_an_incomplete_set_is_accepted_by_card_and_librarians_read_what_is_missing(by_hash):
    by_hash.rules = replace(by_hash.rules, quiet=5.0)
    async with by_hash.running() as daemon:
        by_hash.lay("part 1", "part 3")
        assert await by_hash.told("part 1") is Outcome.PARTS_MISSING
        by_hash.lay("card")
        await by_hash.screen.until(lambda session: session.menu is not None)
        await menu(by_hash, daemon, Act.ACCEPT)
        await by_hash.item("part 1", lambda laid: laid.verdict is Outcome.RETURNED)
        await by_hash.delivered()
    assert by_hash.library.rows("SELECT barcode, security, warnings FROM returns") == [
        ("5", "secured", '["missing_part_2"]')
    ]


async def test_the_parts_are_tried_while_the_kiosk_runs(by_hash):
    by_hash.put_a_slot_in_the_wall()
    by_hash.put_a_printer_beside_it()
    async with by_hash.running() as daemon:
        by_hash.lay("card")
        await by_hash.screen.until(lambda session: session.menu is not None)
        await menu(by_hash, daemon, Act.CHECK)
        page = (await shown(by_hash, CheckPage)).page
    found = {finding.part: finding for finding in page.findings}
    assert all(found[part].well for part in ("disk", "journal", "reader", "catalogue", "sorter"))
    assert found["printer"].well
    assert by_hash.screen.sounds == list(Sound)


async def test_restart_is_left_to_whoever_started_it(by_hash):
    async with by_hash.running() as daemon:
        by_hash.lay("card")
        await by_hash.screen.until(lambda session: session.menu is not None)
        await menu(by_hash, daemon, Act.RESTART)
        await by_hash.restarted.wait()
