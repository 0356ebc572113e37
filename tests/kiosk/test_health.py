"""How a kiosk is, as its service manager, a technician, Prometheus and the catalogue hear it."""

import asyncio
import random
import socket
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from catalogue_api.contract.changes import Changes
from catalogue_api.contract.kiosks import HEARTBEAT, KioskFault, KioskHealth, KioskNews
from drivers.errors import ReaderLost
from kiosk.catalogue import CatalogueUnreachable
from kiosk.daemon import Daemon
from kiosk.health import Checkup, in_one_line
from kiosk.metrics import CountingScreen, exposition
from kiosk.reporting import Heartbeat, routes, serve, watch_over, with_news
from kiosk.screen.place import Place, SiteText
from kiosk.screen.texts import load
from kiosk.session.states import Language
from kiosk.snapshot import Snapshot
from kiosk.systemd import ServiceManager

KIOSK, OWNER, NOW = "hall", "FR-940165801", datetime(2026, 11, 23, 12, tzinfo=UTC)
SPEAK = load()
PLACE = Place("Médiathèque", opening=SiteText("mardi 10 h", "Tuesday 10 am"))
NEWS = KioskNews(now=NOW)


def checkup(bench, daemon) -> Checkup:
    return Checkup(daemon, bench.world(), ("1", "2"))


@asynccontextmanager
async def served(bench, daemon):
    """Serve `/healthz` and `/metrics` of a kiosk on the bench; yield a client."""
    asked = routes(checkup(bench, daemon), CountingScreen(bench.screen))
    runner = await serve(asked, "127.0.0.1", 0)
    try:
        host, port = runner.addresses[0]
        async with aiohttp.ClientSession(f"http://{host}:{port}/") as client:
            yield client
    finally:
        await runner.cleanup()


async def scraped(client) -> dict:
    """Return the samples of each metric, as Prometheus reads them."""
    async with client.get("/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        return {one.name: one.samples for one in families}


async def test_a_kiosk_that_works_is_well_and_knows_its_bins(bench) -> None:
    async with bench.running() as daemon:
        bench.lay("1")
        await bench.told("1")
        await bench.delivered()
        health = await checkup(bench, daemon).health()
    assert health.faults == ()
    assert health.reader
    assert (health.returns, health.undelivered, health.unplaced) == (1, 0, 0)
    assert [(one.bin, one.items) for one in health.bins] == [("1", 1), ("2", 0)]
    assert health.disk_free
    assert in_one_line(health) == "in service; 0 to deliver; 0 to secure"


@pytest.fixture
def without_reader(bench):
    """A bench whose reader is not there."""

    async def nobody() -> None:
        raise ReaderLost("no reader")

    bench.open_reader = nobody
    return bench


async def test_before_the_reader_was_ever_open_it_is_out_of_service(bench) -> None:
    daemon = Daemon(KIOSK, [OWNER], bench.rules, bench.world())
    assert (await checkup(bench, daemon).health()).faults == (KioskFault.READER,)


async def test_without_a_reader_it_is_out_of_service(without_reader) -> None:
    async with without_reader.starting() as daemon:
        await without_reader.screen.until(lambda session: bool(session.faults))
        health = await checkup(without_reader, daemon).health()
        assert (health.faults, health.reader) == ((KioskFault.READER,), "")
        assert in_one_line(health).startswith("out of service (reader); ")


async def test_a_broken_journal_is_a_fault_and_the_last_counts_stand(bench) -> None:
    async with bench.running() as daemon:
        bench.lay("1")
        await bench.told("1")
        await bench.delivered()
        checked = checkup(bench, daemon)
        assert (await checked.health()).returns == 1
        bench.journal.close()
        bench.journal.path.unlink()
        bench.journal.path.mkdir()
        health = await checked.health()
    assert (health.faults, health.returns) == ((KioskFault.JOURNAL,), 1)


async def test_healthz_and_metrics(bench) -> None:
    async with bench.running() as daemon, served(bench, daemon) as client:
        async with client.get("/healthz") as answer:
            assert (answer.status, (await answer.json())["status"]) == (200, "ok")
        found = await scraped(client)
    assert found["ritournelle_kiosk_in_service"][0].value == 1
    assert {one.labels["part"] for one in found["ritournelle_kiosk_fault"]} == set(KioskFault)


async def test_health_says_since_when_the_kiosk_knows_the_catalogue(bench, tmp_path) -> None:
    bench.snapshot = Snapshot(tmp_path / "snapshot.db")
    async with bench.running() as daemon, served(bench, daemon) as client:
        bench.snapshot.forget()
        assert (await checkup(bench, daemon).health()).snapshot_at is None
        bench.snapshot.take(Changes(items=(), next="1", more=False), "CENTRALE", NOW)
        assert (await checkup(bench, daemon).health()).snapshot_at == NOW
        assert (await scraped(client))["ritournelle_kiosk_snapshot_time_seconds"][0].value == (
            NOW.timestamp()
        )
    bench.snapshot.close()


async def test_healthz_out_of_service(without_reader) -> None:
    async with without_reader.starting() as daemon, served(without_reader, daemon) as client:
        await without_reader.screen.until(lambda session: bool(session.faults))
        async with client.get("/healthz") as answer:
            assert (answer.status, (await answer.json())["status"]) == (503, "out_of_service")


async def test_a_visit_is_counted_once_by_verdict_and_without_personal_data(bench) -> None:
    counting = CountingScreen(bench.screen)
    bench.shown_on = counting
    async with bench.running() as daemon:
        bench.lay("1", "2", "foreign")
        for name in ("1", "2", "foreign"):
            await bench.told(name)
        bench.lift("1", "2", "foreign")
        await bench.screen.until(lambda _: counting.visits == 1)
        health = await checkup(bench, daemon).health()
    text = exposition(health, counting.verdicts, counting.visits).decode()
    assert 'things_total{verdict="returned"} 1.0' in text
    assert 'things_total{verdict="not_ours"} 1.0' in text
    assert "visits_total 1.0" in text
    for secret in (bench.uid("1"), "Camus", "Persépolis", "Ida", "P1"):
        assert secret not in text


class Listening:
    """A service manager's end of the socket."""

    def __init__(self, path) -> None:
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))
        self.socket.setblocking(False)
        self.environment = {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "60000"}

    async def hears(self) -> str:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(5):
            return (await loop.sock_recv(self.socket, 4096)).decode()


@pytest.fixture
def listening(tmp_path):
    end = Listening(tmp_path / "notify")
    yield end
    end.socket.close()


async def test_the_service_manager_is_given_signs_of_life(bench, listening) -> None:
    manager = ServiceManager(listening.environment)
    assert manager.watchdog == 0.06
    manager.ready()
    assert await listening.hears() == "READY=1"
    async with bench.running() as daemon:
        watching = asyncio.create_task(watch_over(manager, checkup(bench, daemon)))
        for _ in range(2):
            sign = await listening.hears()
            assert sign == "WATCHDOG=1\nSTATUS=in service; 0 to deliver; 0 to secure"
        watching.cancel()
        await asyncio.wait([watching])
    manager.stopping()
    while (sign := await listening.hears()).startswith("WATCHDOG=1"):
        pass
    assert sign == "STOPPING=1"


async def test_a_disk_that_hangs_gives_no_sign_of_life(bench, listening) -> None:
    async with bench.running() as daemon:
        hangs = asyncio.Event()

        async def hanging(work):
            hangs.set()
            await asyncio.Event().wait()

        checked = Checkup(daemon, replace(bench.world(), run=hanging), ())
        watching = asyncio.create_task(watch_over(ServiceManager(listening.environment), checked))
        await hangs.wait()
        with pytest.raises(BlockingIOError):
            listening.socket.recv(4096)
        watching.cancel()
        await asyncio.wait([watching])


@pytest.mark.parametrize(
    "environment",
    [{}, {"WATCHDOG_USEC": "x"}, {"WATCHDOG_USEC": "60000", "WATCHDOG_PID": "1"}],
)
def test_a_watchdog_that_is_not_ours_is_not_fed(environment) -> None:
    manager = ServiceManager(environment)
    assert manager.watchdog is None
    manager.ready()  # nobody listens: nothing happens


def test_a_service_manager_that_is_gone_stops_nobody(tmp_path) -> None:
    ServiceManager({"NOTIFY_SOCKET": str(tmp_path / "nobody")}).ready()


class TestHeartbeat:
    def heart(self, bench, daemon, tell, every=60.0):
        checked = checkup(bench, daemon)
        clock, chance = bench.world().clock, random.Random(1)
        sort_by = daemon.sorting.take
        heart = Heartbeat(KIOSK, bench.catalogue, checked, tell, sort_by, clock, chance, every)
        return heart, clock

    async def test_the_catalogue_hears_and_answers(self, bench) -> None:
        heard = []
        async with bench.running() as daemon:
            bench.now = NOW + timedelta(seconds=90)
            heart, clock = self.heart(bench, daemon, heard.append)
            await heart.beat()
        assert heard == [NEWS]
        assert clock.error == 90.0
        ((health,),) = bench.library.rows("SELECT health FROM kiosks")
        assert KioskHealth.model_validate_json(health).reader

    async def test_away_it_keeps_the_last_news_and_beats_on(self, bench) -> None:
        heard = asyncio.Queue()
        async with bench.running() as daemon:
            heart, _ = self.heart(bench, daemon, heard.put_nowait, every=0.001)
            await heart.beat()
            bench.catalogue.error = CatalogueUnreachable("away")
            beating = asyncio.create_task(heart.beat_for_ever())
            async with asyncio.timeout(5):
                assert [await heard.get() for _ in range(4)] == [NEWS] * 4
            beating.cancel()
            await asyncio.wait([beating])

    async def test_another_table_is_taken_once_and_said_to_be_followed(self, bench) -> None:
        heard = []
        _set(bench, 'sorting = \'[{"bin": "2"}]\', sorting_version = 3')
        async with bench.running() as daemon:
            heart, _ = self.heart(bench, daemon, heard.append)
            await heart.beat()
            await heart.beat()
            await bench.screen.until(lambda session: len(session.rules.sorting.table) == 1)
        assert [news.sorting and news.sorting.version for news in heard] == [3, None]
        ((said,),) = bench.library.rows("SELECT health FROM kiosks")
        used = KioskHealth.model_validate_json(said).sorting
        assert (used.version, used.refused) == (3, 0)

    async def test_a_table_that_cannot_be_followed_is_told_once_with_the_reason(
        self, bench
    ) -> None:
        heard = []
        _set(bench, 'sorting = \'[{"bin": "9"}]\', sorting_version = 3')
        async with bench.running() as daemon:
            heart, _ = self.heart(bench, daemon, heard.append)
            await heart.beat()
            await heart.beat()
        assert [news.sorting and news.sorting.version for news in heard] == [3, None]
        ((said,),) = bench.library.rows("SELECT health FROM kiosks")
        assert "there is no bin '9'" in KioskHealth.model_validate_json(said).sorting.reason

    async def test_a_message_ends_by_the_clock_of_the_kiosk_with_nobody_to_say_so(
        self, bench
    ) -> None:
        heard = asyncio.Queue()
        ends = (NOW + timedelta(milliseconds=20)).strftime("%Y-%m-%d %H:%M:%S.%f")
        _set(bench, f"message_fr = 'Fermé.', message_until = '{ends}'")
        async with bench.running() as daemon:
            heart, _ = self.heart(bench, daemon, heard.put_nowait)
            beating = asyncio.create_task(heart.beat_for_ever())
            async with asyncio.timeout(5):
                first = await heard.get()
                bench.catalogue.error = CatalogueUnreachable("away")
                again = await heard.get()
            asked = bench.catalogue.asked.count(HEARTBEAT)
            beating.cancel()
            await asyncio.wait([beating])
        assert first.message_fr == "Fermé."
        assert (again, asked) == (first, 1), "told again at its end, before the next beat"
        assert with_news(PLACE, again, SPEAK, NOW + timedelta(seconds=1)) == PLACE


def _set(bench, columns: str) -> None:
    bench.library.database.write_now(
        lambda session: session.connection().exec_driver_sql(f"UPDATE kiosks SET {columns}")
    )


class TestNews:
    def test_none(self) -> None:
        assert with_news(PLACE, None, SPEAK, NOW) == PLACE
        assert with_news(PLACE, NEWS, SPEAK, NOW) == PLACE

    def test_a_message_that_is_over_says_nothing(self) -> None:
        news = NEWS.model_copy(update={"message_fr": "Fermé.", "message_until": NOW})
        assert with_news(PLACE, news, SPEAK, NOW - timedelta(seconds=1)).message.french
        assert with_news(PLACE, news, SPEAK, NOW) == PLACE

    def test_a_message(self) -> None:
        news = NEWS.model_copy(update={"message_fr": "Fermé jeudi."})
        assert with_news(PLACE, news, SPEAK, NOW).message == SiteText("Fermé jeudi.")

    def test_closed_until_a_moment_in_plain_words(self) -> None:
        opens = NOW + timedelta(hours=21)
        news = NEWS.model_copy(update={"open_now": False, "opens_at": opens})
        place = with_news(PLACE, news, SPEAK, NOW)
        assert (place.closed, place.staffed) == (True, False)
        assert place.opening.french.replace("\xa0", " ") == "mardi 24 novembre à 10 h"
        assert place.opening.to(Language.ENGLISH) == "Tuesday 24 November at 10:00"
        # Told yesterday, and nothing heard since: nobody knows any more.
        assert with_news(PLACE, news, SPEAK, opens) == PLACE

    def test_closed_for_nobody_knows_how_long(self) -> None:
        news = NEWS.model_copy(update={"open_now": False})
        assert with_news(PLACE, news, SPEAK, NOW) == PLACE


async def test_a_taken_port_is_an_error() -> None:
    runner = await serve([], "127.0.0.1", 0)
    with pytest.raises(OSError, match="in use"):
        await serve([], "127.0.0.1", runner.addresses[0][1])
    await runner.cleanup()
