"""`kill -9` at random instants of a visit, on the real journal, with real programs around."""

import asyncio
import json
import random
from datetime import date
from pathlib import Path

import pytest
from killing import Kiosk, delivered, forking, returns_of

from simulator.demo.programs import run, running
from simulator.library import build
from simulator.program.control import Simulator, connect

KILLS = 200
SEED = 20261123
LONGEST = 0.05  # seconds from laying to the kill: longer than most visits take


async def lives_and_deaths(kiosk: Kiosk, sim: Simulator, barcodes: list[str]) -> None:
    chance = random.Random(SEED)
    for barcode in barcodes:
        await kiosk.start()
        await sim.lay(barcode)
        await asyncio.sleep(chance.uniform(0, LONGEST))
        await kiosk.kill()
        if chance.random() < 0.7:  # some patrons wait for the machine to come back
            await sim.lift_all()


@pytest.mark.kill
@pytest.mark.server
async def test_after_200_kills_every_promised_return_is_in_the_catalogue_once(tmp_path: Path):
    stock = build(tmp_path / "library", date(2026, 11, 23), SEED)
    database, journal = tmp_path / "catalogue.db", tmp_path / "journal.db"
    settings = tmp_path / "api.toml"
    settings.write_text(f'database = "sqlite:///{database}"\nport = 0\n')
    api = ("ritournelle-api", "--settings", settings)
    await run(*api, "migrate")
    await run(*api, "import", *stock.imports)
    added = json.loads(await run(*api, "kiosks", "add", "hall", "--site", "CENTRALE", "--json"))
    reader = ["reader", "--family", "feig", "--tcp", "127.0.0.1:0", "--tags", stock.tags]
    barcodes = [*stock.on_loan, *stock.on_shelf][:KILLS]
    assert len(barcodes) == KILLS
    async with (
        running("ritournelle-api", ["--settings", settings, "serve"], tmp_path / "api.log") as up,
        running("ritournelle-sim", reader, tmp_path / "reader.log") as metal,
        connect(metal["address"]) as sim,
        forking(metal["url"], up["url"], added["token"], stock.owner, str(journal)) as kiosk,
    ):
        await lives_and_deaths(kiosk, sim, barcodes)
        killed = set(kiosk.promised)
        await kiosk.start()
        await delivered(journal)
        after_restart = returns_of(database)
        assert {item for item in killed if after_restart[item] != 1} == set()
        assert max(after_restart.values()) == 1

        # Whoever was not told "returned" lays the item again: now all are, once, and secured.
        await sim.lift_all()
        for at in range(0, KILLS, 20):
            pile = barcodes[at : at + 20]
            await sim.lay(*pile)
            await kiosk.until(lambda _, pile=pile: kiosk.promised >= set(pile))
            await sim.lift_all()
        await delivered(journal)
        tags = {tag.name: tag for tag in await sim.tags()}
    assert returns_of(database) == dict.fromkeys(barcodes, 1)
    assert {name for name in barcodes if tags[name].afi != "07"} == set()
    # The kills really fell into the visits: some before, some after the promise.
    assert 0 < len(killed) < KILLS
