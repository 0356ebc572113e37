"""The catalogue is away for long, wrong about the time, or not the one that it was."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from catalogue_api.contract.returns import RETURN_BATCH, RETURN_ITEM, Outcome
from kiosk.catalogue import CatalogueBroken, CatalogueUnreachable
from kiosk.journal import CLOCK_UNSURE
from kiosk.outcomes import KioskOutcome
from kiosk.snapshot import Snapshot


async def until(is_so: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while True:
            if is_so():
                return
            await asyncio.sleep(0)


@pytest.mark.server
async def test_the_snapshot_is_read_as_soon_as_the_first_greeting_is_answered(bench, tmp_path):
    bench.snapshot = Snapshot(tmp_path / "snapshot.db")
    bench.catalogue.error = CatalogueUnreachable("not yet")
    async with bench.running():
        await bench.screen.until(lambda session: not session.online)
        assert bench.snapshot.age().refreshed is None
        bench.catalogue.error = None
        await until(lambda: bench.snapshot.age().refreshed)
    bench.snapshot.close()


async def test_away_the_snapshot_chooses_the_bin_and_knows_strangers(bench, tmp_path):
    bench.snapshot = Snapshot(tmp_path / "snapshot.db")
    async with bench.running():
        await until(lambda: bench.snapshot.age().refreshed)
    bench.catalogue.error = CatalogueUnreachable("no route")
    async with bench.running():
        await bench.screen.until(lambda session: not session.online)
        bench.lay("2", "3", "unknown")
        assert await bench.told("2") is KioskOutcome.KEPT_FOR_LATER
        wanted = await bench.item("2", lambda laid: laid.bin != "")
        assert (wanted.bin, wanted.expected.title) == ("2", "Persépolis")
        assert (await bench.item("3", lambda laid: laid.bin != "")).bin == "1"
        assert await bench.told("unknown") is Outcome.UNKNOWN_ITEM
    bench.snapshot.close()
    assert bench.journal.counts().returns == 2, "a stranger given back is no return"


@pytest.mark.server
async def test_a_backlog_goes_in_batches_and_in_order(bench):
    bench.catalogue.error = CatalogueUnreachable("no route")
    async with bench.running():
        await bench.screen.until(lambda session: not session.online)
        for name in ("1", "2", "3"):
            bench.lay(name)
            assert await bench.told(name) is KioskOutcome.KEPT_FOR_LATER
        bench.catalogue.error = None
        await bench.delivered()
    assert [barcode for barcode, _ in bench.library.returns()] == ["1", "2", "3"]
    assert RETURN_BATCH in bench.catalogue.asked


async def test_what_a_restored_catalogue_has_lost_is_offered_again(bench, monkeypatch):
    async with bench.running():
        bench.lay("1", "2")
        await bench.told("1")
        await bench.told("2")
        await bench.delivered()
    for statement in (
        "DELETE FROM returns",
        "UPDATE loans SET ended_at = NULL",
        "UPDATE holds SET status = 'waiting', item_id = NULL",
    ):
        bench.library.database.write_now(
            lambda session, sql=statement: session.connection().execute(text(sql))
        )
    assert bench.library.returns() == []
    async with bench.running():
        await until(lambda: len(bench.library.returns()) == 2)
        await bench.delivered()
    assert sorted(bench.library.returns()) == [("1", "returned"), ("2", "hold_captured")]
    assert bench.library.rows("SELECT count(*) FROM returns WHERE bin IS NULL") == [(0,)]


@pytest.mark.server
async def test_a_wrong_clock_does_not_date_a_return(bench):
    true, bench.now = bench.now, bench.now - timedelta(days=20000)
    bench.catalogue.error = CatalogueUnreachable("no route")
    async with bench.running():
        await bench.screen.until(lambda session: not session.online)
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.KEPT_FOR_LATER
        bench.uptime += 3600.0
        bench.catalogue.error = None
        await bench.delivered()
    (entry,) = [bench.journal.last_of(bench.uid("1"), "1")]
    assert abs(entry.request.occurred_at - (true - timedelta(hours=1))) < timedelta(minutes=1)
    assert CLOCK_UNSURE not in entry.request.warnings


async def lay_while_nobody_tells_the_time(bench) -> None:
    """Return a book, cut the power, and bring the catalogue back to hear of it."""
    bench.now -= timedelta(days=1)
    bench.catalogue.error = CatalogueUnreachable("no route")
    async with bench.running():
        await bench.screen.until(lambda session: not session.online)
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.KEPT_FOR_LATER
    bench.lift("1")
    bench.boot, bench.uptime = "next boot", 5.0
    bench.catalogue.error = None


async def test_a_return_without_a_date_is_not_counted_twice_after_a_power_cut(bench):
    await lay_while_nobody_tells_the_time(bench)
    async with bench.running():
        await bench.delivered()
        bench.lay("1")
        assert await bench.told("1") is KioskOutcome.SEEN_ALREADY
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]


@pytest.mark.server
async def test_nor_is_one_that_the_catalogue_has_not_yet_answered(bench):
    await lay_while_nobody_tells_the_time(bench)
    bench.catalogue.error, bench.catalogue.error_of = CatalogueBroken("half an answer"), RETURN_ITEM
    async with bench.running():
        await until(lambda: bench.journal.last_of(bench.uid("1"), "1").dated)
        bench.lay("1")
        await bench.told("1")
        bench.catalogue.error = None
        await bench.delivered()
    assert bench.library.returns() == [("1", "returned")]


async def test_a_while_after_that_the_same_book_is_a_new_return(bench):
    await lay_while_nobody_tells_the_time(bench)
    async with bench.running():
        await bench.delivered()
        bench.uptime += timedelta(minutes=11).total_seconds()
        bench.lay("1")
        assert await bench.told("1") is Outcome.NOT_ON_LOAN
