"""The kiosk as its program, in a house of real programs in which things go wrong."""

import json
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from breakable import House, open_breakable, program
from impostor import Impostor, impostor

from simulator.demo.programs import run
from simulator.program.orders import FaultKind

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

KEPT, RETURNED = "kept_for_later", "returned"
UNREADABLE, SEEN_ALREADY = "unreadable", "seen_already"
WELL = ("returned", "1", "secured")
OFFLINE = "Vous pouvez rendre vos documents normalement."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_breakable(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def house(opened: House) -> House:
    await opened.mend()
    return opened


async def check(settings) -> dict[str, str]:
    """What `ritournelle-kiosk check` says of each part that failed; no test has a loudspeaker."""
    done = await program("ritournelle-kiosk", "check", "--settings", settings, "--json")
    assert done.err == ""
    report = json.loads(done.out)
    assert done.status == (0 if report["well"] else 1)
    failed = {it["part"]: it["detail"] for it in report["findings"] if not it["well"]}
    failed.pop("sounds", None)
    return failed


async def test_a_wrong_token_keeps_the_items_and_is_told_to_the_technician(house):
    book = house.book()
    async with house.kiosk("token", token="that of another kiosk") as kiosk:
        await house.sim.lay(book)
        look = await kiosk.shows(KEPT)
        assert [banner["headline"] for banner in look["banners"]] == [OFFLINE]
        away = await kiosk.logged("catalogue_away")
        assert "check name and token" in away["reason"]
        assert "that of another kiosk" not in str(away)
        await kiosk.secured()
    failed = await check(house.settings("token", token="that of another kiosk"))
    assert list(failed) == ["catalogue", "clock"]
    assert "check name and token" in failed["catalogue"]
    assert house.returns(book) == []
    async with house.kiosk("token") as kiosk:
        await kiosk.done()
    assert house.returns(book) == [WELL]
    assert await check(house.settings("token")) == {}


@pytest.mark.parametrize("key", ["name", "token", "reader", "owners", "catalogue.url"])
async def test_a_setting_that_is_missing_is_named(house, key):
    settings = house.settings("missing", without=key)
    done = await program("ritournelle-kiosk", "run", "--settings", settings)
    assert (done.status, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert f"'{key.partition('.')[0]}" in done.err
    assert str(settings) in done.err


async def test_a_reader_that_is_pulled_out_and_plugged_in_again(house):
    first, second = house.book(), house.book()
    # Long enough to see what the visit that was cut short leaves on the screen.
    async with house.kiosk("pulled", times__summary=60.0) as kiosk:
        await kiosk.state("idle")
        await house.sim.lay(first)
        await kiosk.shows(RETURNED)
        await run("ritournelle-sim", "fault", "pull", "--at", house.metal["address"])
        look = await kiosk.state("out_of_service")
        assert [row["key"] for row in look["rows"]] == [RETURNED]
        lost = await kiosk.logged("reader_lost")
        assert "check cable and power" in lost["error"]
        await house.sim.lift_all()
        await run("ritournelle-sim", "fault", "plug", "--at", house.metal["address"])
        await kiosk.state("idle")
        await house.sim.lay(second)
        await kiosk.shows(RETURNED)
        await kiosk.done()
    assert house.returns(first, second) == [WELL, WELL]
    assert await house.secured(first, second)


async def test_a_port_that_is_not_there(house):
    nowhere = f"feig+serial://{house.folder / 'no-port'}"
    async with house.kiosk("no-port", reader=nowhere) as kiosk:
        await kiosk.state("out_of_service")
        error = (await kiosk.logged("reader_not_opened"))["error"]
        assert "plug the reader in, or correct its address" in error
    failed = await check(house.settings("no-port", reader=nowhere))
    assert list(failed) == ["reader", "antenna"]
    assert f"{house.folder / 'no-port'}: there is no such port" in failed["reader"]


async def test_a_line_with_noise_loses_no_item(house):
    books = [house.book() for _ in range(4)]
    async with house.kiosk("noise") as kiosk:
        await kiosk.state("idle")
        await house.sim.fault(FaultKind.NOISE, 0.003)
        await house.sim.fault(FaultKind.PIECES)
        told = {UNREADABLE}
        while told - {RETURNED, SEEN_ALREADY}:
            # A tag may be told unreadable; then the patron tries again.
            await house.sim.lift_all()
            await kiosk.state("idle")
            await house.sim.lay(*books)
            told = await kiosk.told(len(books))
        await house.sim.fault(FaultKind.NONE)
        await kiosk.done()
    assert house.returns(*books) == [WELL] * 4
    assert await house.secured(*books)


async def test_a_catalogue_that_stops_in_mid_visit_and_comes_back(house):
    before, during = house.book(), house.book()
    async with house.kiosk("away") as kiosk:
        await house.sim.lay(before)
        await kiosk.shows(RETURNED)
        await house.close_catalogue()
        await house.sim.lay(during)
        look = await kiosk.shows(RETURNED, KEPT)
        assert [banner["headline"] for banner in look["banners"]] == [OFFLINE]
        assert await house.secured(before, during)
        await house.open_catalogue()
        look = await kiosk.shows(RETURNED, RETURNED)
        assert look["banners"] == []
        await kiosk.done()
    assert house.returns(before, during) == [WELL, WELL]
    assert not house.on_loan(before)
    assert not house.on_loan(during)


async def test_whatever_answers_for_the_catalogue_nothing_is_lost(house):
    books = {manner: house.book() for manner in Impostor.MANNERS}
    async with impostor() as strange:
        changes = {"catalogue__url": strange.url, "catalogue__timeout": 1.0, "times__answer": 0.1}
        # Each on a visit of its own: some make the kiosk think that nobody is there at all.
        for manner, book in books.items():
            strange.manner = manner
            strange.asked.clear()
            async with house.kiosk("impostor", **changes) as kiosk:
                await house.sim.lay(book)
                await kiosk.shows(KEPT)
                await kiosk.secured()
                assert strange.asked.is_set()
    assert house.returns(*books.values()) == []
    async with house.kiosk("impostor") as kiosk:
        await kiosk.done()
    assert house.returns(*books.values()) == [WELL] * len(books)
    assert await house.secured(*books.values())


async def test_a_kiosk_that_is_stopped_in_mid_visit_keeps_its_promises(house):
    book = house.book()
    async with impostor() as strange:
        strange.manner = "silent"
        async with house.kiosk("stopped", catalogue__url=strange.url, times__answer=60.0) as kiosk:
            await house.sim.lay(book)
            await kiosk.shows("reading")
            await kiosk.journal(lambda counts: counts.returns)
        # It has ended with status 0, or `running` would have complained.
    async with house.kiosk("stopped") as kiosk:
        await kiosk.delivered()
        assert house.returns(book) == [(RETURNED, "?", "pending")]
        await house.sim.lay(book)
        await kiosk.shows(RETURNED)
        await kiosk.done()
    assert house.returns(book) == [WELL]
    assert await house.secured(book)


async def test_a_journal_that_cannot_be_written(house):
    in_the_way = house.folder / "a-file"
    in_the_way.touch()
    path = str(in_the_way / "journal.db")
    async with house.kiosk("no-journal", journal=path) as kiosk:
        await kiosk.state("out_of_service")
        assert f"journal {path}" in (await kiosk.logged("journal_failed"))["error"]
    assert "journal" in await check(house.settings("no-journal", journal=path))


async def test_a_port_of_the_screen_that_is_taken(house):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = await program(
            "ritournelle-kiosk", "run", "--settings", house.settings("taken", screen__port=port)
        )
    assert (done.status, done.out) == (1, "")
    assert done.err.count("\n") == 1
    assert f"screen 127.0.0.1:{port}" in done.err
