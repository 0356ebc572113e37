import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from catalogue_world import World, fact
from http_world import serving

from catalogue_api.contract.returns import RETURN_ITEM, Returned
from catalogue_api.storage.database import Database


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}", readers=0)
    database.migrate()
    database.close()
    return path


@pytest.fixture
def world(template: Path, tmp_path: Path) -> Iterator[World]:
    path = tmp_path / "catalogue.db"
    shutil.copy(template, path)
    world = World(path)
    yield world
    world.database.close()


@pytest.fixture
def give_back(world: World):
    """Return an item through the embedded catalogue."""

    async def give_back(number: int, barcode: str = "1", at: str = "pad", **values) -> Returned:
        token = {"pad": "token-of-pad", "a/b c": "token-of-other"}[at]
        answer = await world.embedded(token).call(
            RETURN_ITEM, fact(number, barcode, **values), kiosk=at
        )
        assert isinstance(answer, Returned)
        return answer

    return give_back


@pytest.fixture
async def client(world: World) -> AsyncIterator[aiohttp.ClientSession]:
    async with serving(world) as client:
        yield client
