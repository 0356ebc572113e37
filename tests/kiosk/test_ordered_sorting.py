"""Which bin an item goes into as the library has ordered it: followed, kept, or refused."""

from dataclasses import replace

import pytest

from catalogue_api.contract.returns import Outcome, SortHint
from catalogue_api.contract.sorting import SortedAs, SortingLine, SortingOrder
from kiosk.catalogue import CatalogueUnreachable
from kiosk.journal import JournalFailed
from kiosk.outcomes import KioskOutcome
from kiosk.session import effects as fx
from kiosk.session import events as ev
from kiosk.session.machine import advance
from kiosk.session.sorting import Sorting, SortLine
from kiosk.session.states import Session

EVERYTHING = SortingLine(bin="3")
ORDER = SortingOrder(version=4, lines=(EVERYTHING,))
UNKNOWN = SortingOrder(version=5, lines=(SortingLine(bin="9"),))


async def lies_in(bench, name: str) -> str:
    bench.lay(name)
    await bench.told(name)
    return (await bench.item(name, lambda laid: laid.bin != "")).bin


async def test_an_order_is_followed_at_once_and_after_a_restart_without_the_catalogue(bench):
    async with bench.running() as daemon:
        assert daemon.sorting.used.version == 0
        assert [line.bin for line in daemon.sorting.used.own] == ["2", "3", "4", "1"]
        await daemon.sorting.take(ORDER)
        assert await lies_in(bench, "1") == "3"
    bench.catalogue.error = CatalogueUnreachable("gone")
    async with bench.running() as daemon:
        assert daemon.sorting.used.version == 4
        assert await lies_in(bench, "3") == "3"


async def test_a_bin_that_is_not_there_is_refused_with_the_reason_and_changes_nothing(bench):
    async with bench.running() as daemon:
        await daemon.sorting.take(ORDER)
        await daemon.sorting.take(UNKNOWN)
        used = daemon.sorting.used
        assert (used.version, used.refused) == (4, 5)
        assert used.reason == "line 1: there is no bin '9' here (1, 2, 3, 4)"
        assert await lies_in(bench, "1") == "3"
    async with bench.running() as daemon:
        assert daemon.sorting.used.version == 4


async def test_without_lines_the_own_table_holds_again(bench):
    async with bench.running() as daemon:
        await daemon.sorting.take(ORDER)
        await daemon.sorting.take(SortingOrder(version=6))
        assert daemon.sorting.used.version == 6
        assert await lies_in(bench, "1") == "1"


async def test_an_order_for_bins_that_were_taken_away_since_is_refused_at_the_start(bench):
    async with bench.running() as daemon:
        await daemon.sorting.take(ORDER)
    bins = tuple(one for one in bench.rules.sorting.bins if one.name != "3")
    bench.rules = replace(bench.rules, sorting=Sorting(bins, (SortLine("1"),)))
    async with bench.running() as daemon:
        assert (daemon.sorting.used.version, daemon.sorting.used.refused) == (0, 4)
        assert await lies_in(bench, "1") == "1"


async def test_what_another_release_has_kept_stops_no_kiosk(bench):
    async with bench.running() as daemon:
        await daemon.sorting.take(ORDER)
    bench.journal.write('UPDATE orders SET said = \'{"version": "new"}\'')
    async with bench.running() as daemon:
        assert daemon.sorting.used.version == 0
        assert await lies_in(bench, "1") == "1"


async def test_an_order_that_the_disk_does_not_keep_is_not_followed(bench, monkeypatch):
    async with bench.running() as daemon:

        def full(*_):
            raise JournalFailed("the disk is full")

        monkeypatch.setattr(bench.journal, "write", full)
        await daemon.sorting.take(ORDER)
        assert daemon.sorting.used.version == 0, "so the catalogue says it again"


@pytest.mark.parametrize(
    ("line", "outcome", "fits"),
    [
        (SortingLine(bin="3", outcome=SortedAs.KEPT_FOR_LATER), KioskOutcome.KEPT_FOR_LATER, True),
        (SortingLine(bin="3", outcome=SortedAs.KEPT_FOR_LATER), Outcome.RETURNED, False),
        (SortingLine(bin="3", hint=SortHint.STAFF), Outcome.PARTS_MISSING, True),
        (SortingLine(bin="3", outcome=SortedAs.PARTS_MISSING), Outcome.PARTS_MISSING, True),
    ],
)
async def test_what_a_line_names_is_what_it_fits(bench, line, outcome, fits):
    order = SortingOrder(version=1, lines=(line, SortingLine(bin="1")))
    async with bench.running() as daemon:
        await daemon.sorting.take(order)
        table = (await bench.screen.until(_has_two_lines)).rules.sorting
    assert table.bin(outcome) == ("3" if fits else "1")


def _has_two_lines(session: Session) -> bool:
    return len(session.rules.sorting.table) == 2


def test_what_is_under_way_goes_where_it_was_told_to():
    changed = ev.SortingChanged(Sorting(table=(SortLine("3"),)))
    session, effects = advance(Session(), changed)
    assert session.rules.sorting.table == (SortLine("3"),)
    assert not [it for it in effects if isinstance(it, fx.Settle)]
