"""The invented library: sound in itself, something to do on every page, and told as invented."""

import asyncio
import json
import sys

import aiohttp
import pytest
from catalogue_world import NOW
from desk_world import Visitor
from http_world import QUICK
from invariants import broken

from catalogue_api.commands.invented import barcode_of, card_of, furnish
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.settings import ApiSettings
from catalogue_api.storage.database import Database
from catalogue_api.web.pages.training import TRAINING_PASSWORD

RULES = Rulebook(ApiSettings.model_fields["time_zone"].default)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_invented_library_breaks_no_rule(database_url) -> None:
    database = Database(database_url, threads=0)
    hashed = QUICK.hash(TRAINING_PASSWORD)
    database.write_now(lambda db: furnish(db, RULES, hashed, NOW))
    assert broken(database, 20, 10) == []
    database.close()


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
