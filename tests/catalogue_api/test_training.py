"""The invented library: sound in itself, something to do on every page, and told as invented."""

import asyncio
import json
import shutil
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from catalogue_world import NOW, World
from desk_world import Visitor, hire
from http_world import serving
from invariants import broken
from sqlalchemy import select

from catalogue_api.commands.invented import barcode_of, card_of, furnish
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.jobs.running import JOBS, run
from catalogue_api.services.rules.rules import RulesInForce
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Table
from catalogue_api.web.pages.training import TRAINING_PASSWORD

RULES = Rulebook(ApiSettings.model_fields["time_zone"].default)


MOMENTS = {
    "a Monday at noon": NOW,
    "a Saturday when it is about to close": datetime(2026, 11, 28, 16, 50, tzinfo=UTC),
    "a Sunday": datetime(2026, 11, 29, 14, 3, 7, 11, tzinfo=UTC),
    "a moment after opening": datetime(2026, 11, 24, 8, 0, 1, tzinfo=UTC),
    "the night when the clock goes back": datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    "the eve of two closed days": datetime(2027, 4, 30, 20, 0, tzinfo=UTC),
}


def laid(url: str, at: datetime) -> Database:
    database = Database(url, threads=0)
    database.write_now(lambda db: furnish(db, RULES, "hash", at))
    return database


def dump(database: Database) -> list[object]:
    def read(db) -> list[object]:
        return [
            db.execute(select(table).order_by(*table.primary_key.columns)).all()
            for table in Table.metadata.sorted_tables
        ]

    return database.read_now(read)


@pytest.mark.server
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("at", MOMENTS.values(), ids=MOMENTS)
def test_an_invented_library_breaks_no_rule_and_lives_on(database_url, at) -> None:
    database = laid(database_url, at)
    assert broken(database, 20, 10) == []
    rules = RulesInForce(RULES)
    for hours in (0, 1, 24, 24 * 8):
        for job in JOBS:
            run(database, job, at + timedelta(hours=hours), rules, dry_run=False, quiet=True)
        assert broken(database, 20, 10) == []
    database.close()


@pytest.mark.server
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_is_the_same_at_each_start(database_url, template, tmp_path) -> None:
    copy = tmp_path / "again.db"
    shutil.copy(template, copy)
    once, again = laid(database_url, NOW), laid(f"sqlite:///{copy}", NOW)
    assert dump(once) == dump(again)
    once.close()
    again.close()


@pytest.mark.server
@pytest.mark.parametrize("at", [NOW, MOMENTS["the eve of two closed days"]])
async def test_there_is_something_on_every_page_of_the_desk(invented, at) -> None:
    visitor = await invented(at)
    for path, said in {
        "/desk/agenda/sessions/1": ["Premiers pas avec une souris", "Abadie", "Odile M."],
        "/desk/questions": ["gros caractères", "classe le mardi"],
        "/desk/suggestions": ["Tricoter la brume"],
        "/desk/notices/to-tell": ["Émile Bonnard", "Nour Castel"],
        "/desk/readers/deletions": ["Klein, Victor"],
        "/desk/computers": ["PC 2", "Clavier commandé", "CM2, école de l’Invention"],
        "/desk/figures": ["L’heure la plus chargée", "prêtes en 7 j au plus"],
        "/desk/computers/programs": ["en contact", "attendu, jamais vu", "pas de jeton"],
    }.items():
        page = await visitor.open(path)
        for words in said:
            assert words in page.said, (path, words)
    assert "Médiathèque centrale" in (await visitor.open("/ordinateurs")).said


@pytest.fixture
async def invented(template, tmp_path):
    """Serve the library that is laid at an instant, and sign a librarian in."""
    async with AsyncExitStack() as stack:

        async def serve(at: datetime) -> Visitor:
            path = tmp_path / "training.db"
            shutil.copy(template, path)
            laid(f"sqlite:///{path}", at).close()
            world = World(f"sqlite:///{path}", furnish=False)
            world.now, world.rules = at, RulesInForce(RULES)
            stack.callback(world.database.close)
            client = await stack.enter_async_context(serving(world))
            hire(world, "ana", site="CENTRALE")
            visitor = Visitor(client)
            await visitor.sign_in()
            return visitor

        yield serve


@pytest.mark.server
async def test_training_serves_an_invented_library_and_forgets_it(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "catalogue_api", "training", "--port", "0", "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert program.stdout is not None
    async with asyncio.timeout(60):
        ready = json.loads(await program.stdout.readline())
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(ready["url"], cookie_jar=jar) as client:
            visitor = Visitor(client)
            assert TRAINING_PASSWORD in (await visitor.open("/desk/sign-in")).said
            door = await visitor.open("/connexion")
            inside = await visitor.send(door, "/connexion", card=card_of(0), pin=TRAINING_PASSWORD)
            assert "Rosalie" in inside.said
            today = await visitor.sign_in("administrator", TRAINING_PASSWORD)
            for said in ("Tout ici est inventé", "Médiathèque centrale", "Trois hivers à Morlac"):
                assert said in today.said
            rules = await visitor.open("/desk/settings/rules")
            assert "Tout ici est inventé" in rules.said
        assert list(tmp_path.glob("ritournelle-training-*/training.db"))
        program.terminate()
        assert await program.wait() == 0
    assert not list(tmp_path.glob("ritournelle-training-*"))
    assert card_of(0) == "29416000000017"
    assert barcode_of(1) == "39416000000062"
