import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import pytest
import pytest_asyncio
from catalogue_world import World, fact
from desk_world import Visitor, hire
from http_world import serving
from portal_world import PortalVisitor, give_pin

from bench.postgres import PostgresServer, postgres_server
from catalogue_api.contract.returns import RETURN_ITEM, Returned
from catalogue_api.storage.engine.database import Database

if TYPE_CHECKING:
    from desk_watched import Watched
    from playwright.async_api import Browser


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated database, to be copied."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    database = Database(f"sqlite:///{path}", threads=0)
    database.migrate()
    database.close()
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real server with two migrated databases to copy.

    `template_library` is empty, in `furnished_library` is the library of a `World`.
    """
    with postgres_server() as server:
        server.create_named("template_library")
        database = Database(server.url("template_library"), threads=0)
        database.migrate()
        database.close()
        World(server.create_named("furnished_library", "template_library")).database.close()
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.server)])
def database_url(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated database, of either kind: empty, or that of the test's `world`."""
    in_use = "world" in request.fixturenames
    if request.param == "sqlite":
        path = tmp_path / "catalogue.db"
        shutil.copy(request.getfixturevalue("furnished") if in_use else template, path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    url = server.create("furnished_library" if in_use else "template_library")
    yield url
    server.drop(url)


@pytest.fixture(scope="session")
def furnished(template: Path) -> Path:
    """A database with the library of a `World`, to be copied."""
    path = template.with_name("furnished.db")
    shutil.copy(template, path)
    World(f"sqlite:///{path}").database.close()
    return path


@pytest.fixture
def world(database_url: str) -> Iterator[World]:
    world = World(database_url, furnish=False)
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


@pytest.fixture
async def visitor(world: World, client: aiohttp.ClientSession) -> Visitor:
    """Ana, a librarian of Cachan, signed in at the desk."""
    hire(world)
    visitor = Visitor(client)
    await visitor.sign_in()
    return visitor


@pytest.fixture
def anybody(client: aiohttp.ClientSession) -> PortalVisitor:
    """Somebody at the portal, not signed in."""
    return PortalVisitor(client)


@pytest.fixture
async def reader(world: World, anybody: PortalVisitor) -> PortalVisitor:
    """Ida, reader 1, signed in at the portal."""
    give_pin(world)
    await anybody.sign_in()
    return anybody


@pytest_asyncio.fixture(loop_scope="session")
async def watched(world: World, chromium: "Browser") -> AsyncIterator["Watched"]:
    """A busy day at the desk, in Chromium."""
    from desk_watched import watched_desk  # noqa: PLC0415 - the others need no browser

    async with watched_desk(world, chromium) as watched:
        yield watched
