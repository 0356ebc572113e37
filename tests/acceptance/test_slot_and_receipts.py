"""A drop slot with its relay board, and a receipt: every part a program of its own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio
from breakable import House, open_breakable, program

from simulator.demo.programs import running
from simulator.program.devices import meddle_with

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_breakable(tmp_path_factory.mktemp("house")) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="module")
async def machine(house: House) -> AsyncIterator[dict[str, str]]:
    """A board on a serial port and a printer on TCP, and what a kiosk's settings say of them."""
    async with AsyncExitStack() as programs:
        board = await programs.enter_async_context(
            running("ritournelle-sim", ["sorter", "--pty", house.folder / "board"], _log(house))
        )
        printer = await programs.enter_async_context(
            running("ritournelle-sim", ["printer", "--tcp", "127.0.0.1:0"], _log(house))
        )
        yield {"board": board["address"], "printer": printer["address"]} | {
            "returns.shape": "slot",
            "sorter.url": board["url"],
            "sorter.flap": 0,
            "sorter.belt": 1,
            "sorter.passed": 0,
            "sorter.closed": 1,
            "sorter.entry": 5.0,
            "sorter.travel": 0.1,
            "receipt.mode": "always",
            "receipt.printer": printer["url"],
            "times.question": 20.0,
            "times.summary": 20.0,
        }


def _log(house: House):
    return house.folder / "devices.log"


def settings(machine: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in machine.items() if "." in key}


async def printed(printer: str) -> str:
    """Return the one receipt, once the printer has it: it prints while the summary is shown."""
    async with asyncio.timeout(20):
        while not (receipts := (await meddle_with(printer, "look"))["receipts"]):
            pass
    (receipt,) = receipts
    return receipt


async def test_a_book_goes_through_the_flap_and_its_receipt_is_found_again(house, machine):
    book = house.book()
    async with house.kiosk("slot", **settings(machine)) as kiosk:
        await kiosk.state("idle")
        await house.sim.lay(book)
        look = await kiosk.state("reading")
        assert look["headline"]
        await meddle_with(machine["board"], "put")
        await kiosk.shows("returned")
        await house.sim.lift_all()
        look = await kiosk.state("summary")
        await kiosk.done()
        board = await meddle_with(machine["board"], "look")
        assert board == {"flap_open": False, "inside": 0, "bins": {"": 1}, "full": []}
        receipt = await printed(machine["printer"])
    number = receipt.split("n°")[1].split()[0]
    assert house.returns(book) == [("returned", "1", "secured")]
    found = await program(
        "ritournelle-api", "--settings", house.folder / "api.toml", "receipt", number, "--json"
    )
    assert [row["barcode"] for row in json.loads(found.out)] == [book]
    path = house.settings("slot", **settings(machine))
    bins = await program("ritournelle-kiosk", "bins", "--settings", path, "--json")
    assert [thing["barcode"] for thing in json.loads(bins.out)[0]["things"]] == [book]


async def test_a_flap_that_sticks_puts_the_kiosk_out_of_service_until_it_is_freed(house, machine):
    book = house.book()
    async with house.kiosk("stuck", **settings(machine)) as kiosk:
        await kiosk.state("idle")
        await meddle_with(machine["board"], "stick")
        await meddle_with(machine["board"], "put")
        await house.sim.lay(book)
        await kiosk.state("out_of_service")
        await kiosk.done()
        assert house.returns(book) == [("returned", "flap", "secured")]
        await house.sim.lift_all()
        await meddle_with(machine["board"], "free")
        await kiosk.state("idle")


async def test_the_acceptance_test_moves_the_flap_and_prints_a_slip(house, machine):
    path = house.settings("accept", **settings(machine) | {"sorter.entry": 0.1})
    done = await program("ritournelle-kiosk", "check", "--settings", path, "--json")
    found = {it["part"]: it for it in json.loads(done.out)["findings"]}
    assert [part for part, it in found.items() if not it["well"] and part != "sounds"] == []
    assert "closed when nothing was put in" in found["sorter"]["detail"]
    assert "a slip was printed" in found["printer"]["detail"]
