"""A copy of a city library, from its UNIMARC record to the patron's screen."""

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from simulator.demo.programs import run, running
from simulator.demo.visits import Look, Patron
from simulator.program.control import Simulator, connect

pytestmark = [pytest.mark.server, pytest.mark.asyncio(loop_scope="module")]

OWNER = "FR-595126101"
CARD = "20000000000017"
BARCODE = "C0000557049"
TITLE = "Contre violence ou la Résistance à l'État"
SHELF_MARK = "Mag. in-8/43 679"
UID = "E004015012345678"


@dataclass(frozen=True, slots=True)
class Roubaix:
    """The running library with its one reader who has one book."""

    imported: dict[str, Any]
    lent: dict[str, Any]
    sim: Simulator
    patron: Patron
    database: Path

    def row(self, sql: str) -> tuple[Any, ...]:
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            (found,) = database.execute(sql).fetchall()
        return tuple(found)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def roubaix(marc: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Roubaix]:
    folder = tmp_path_factory.mktemp("roubaix")
    (folder / "readers.csv").write_text(
        f"card,family_name,given_name\n{CARD},Inventé,Zoé\n", "utf-8"
    )
    (folder / "tags.toml").write_text(
        f'[[tag]]\nuid = "{UID}"\nitem = "{BARCODE}"\nowner = "{OWNER}"\nafi = "C2"\n'
    )
    (folder / "api.toml").write_text(
        f'database = "sqlite:///{folder / "catalogue.db"}"\nport = 0\n'
    )
    api = ("ritournelle-api", "--settings", folder / "api.toml")
    files = (marc / "unimarc-roubaix-238.mrc", folder / "readers.csv")
    imported = json.loads(await run(*api, "import", *files, "--json"))
    added = json.loads(await run(*api, "kiosks", "add", "hall", "--site", "MED", "--json"))
    lent = json.loads(await run(*api, "lend", BARCODE, CARD, "--json"))
    reader = ["reader", "--tcp", "127.0.0.1:0", "--tags", folder / "tags.toml"]
    async with AsyncExitStack() as house:

        async def start(name: str, *arguments: str | Path) -> dict[str, Any]:
            return await house.enter_async_context(running(name, arguments, folder / f"{name}.log"))

        up = await start("ritournelle-api", *api[1:], "serve")
        metal = await start("ritournelle-sim", *reader)
        (folder / "kiosk.toml").write_text(
            f'name = "hall"\ntoken = "{added["token"]}"\nreader = "{metal["url"]}"\n'
            f'owners = ["{OWNER}"]\njournal = "{folder / "journal.db"}"\n'
            f'catalogue.url = "{up["url"]}"\nscreen.port = 0\n'
            "times.quiet = 0.05\ntimes.summary = 0.05\n"
        )
        ready = await start("ritournelle-kiosk", "run", "--settings", folder / "kiosk.toml")
        sim = await house.enter_async_context(connect(metal["address"]))
        http = await house.enter_async_context(aiohttp.ClientSession())
        patron = Patron(sim, ready["screen"], http)
        yield Roubaix(imported, lent, sim, patron, folder / "catalogue.db")


def returned(look: Look) -> bool:
    return [row["key"] for row in look["rows"]] == ["returned"]


async def test_a_real_copy_comes_back(roubaix: Roubaix):
    assert roubaix.imported["titles_new"] == 238
    assert roubaix.imported["items_new"] == 273
    assert roubaix.lent["title"] == TITLE
    open_loans = "SELECT barcode FROM loans JOIN items ON items.id = item_id WHERE ended_at IS NULL"
    assert roubaix.row(open_loans) == (BARCODE,)

    await roubaix.sim.lay(UID)
    look = await roubaix.patron.until(returned)
    (row,) = look["rows"]
    assert (row["title"], row["shelf_mark"]) == (TITLE, SHELF_MARK)
    assert row["headline"].startswith("Retour enregistré.")
    assert look["count"]["number"] == 1
    await roubaix.sim.lift_all()
    await roubaix.patron.until(lambda look: look["state"] == "idle")

    assert roubaix.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (0,)
    barcode, outcome, loan, answer = roubaix.row(
        "SELECT barcode, outcome, loan_id, answer FROM returns"
    )
    assert (barcode, outcome) == (BARCODE, "returned")
    assert (loan,) == roubaix.row("SELECT id FROM loans")
    assert json.loads(answer)["title"] == TITLE
    assert json.loads(answer)["shelf_mark"] == SHELF_MARK
    (tag,) = await roubaix.sim.tags()
    assert tag.afi == "07"
