"""Pages in the one Chromium, a context for each test; every test here is a `browser` test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from chromium import PATIENCE
from playwright.async_api import Browser, Page

from kiosk.screen.server import ScreenServer
from kiosk.session.machine import advance

HERE = Path(__file__).parent
OpenPage = Callable[..., Awaitable[Page]]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """`await page(width, height, **context)`: a new page; an error in its scripts fails the test.

    Motion is reduced unless asked otherwise, so that nothing moves while it is looked at.
    """
    errors: list[str] = []

    async with AsyncExitStack() as contexts:

        async def open_page(width: int = 1080, height: int = 1920, **options: object) -> Page:
            settings = {"reduced_motion": "reduce", **options}
            context = await chromium.new_context(
                viewport={"width": width, "height": height}, **settings
            )
            contexts.push_async_callback(context.close)
            opened = await context.new_page()
            opened.set_default_timeout(PATIENCE)
            opened.on("pageerror", lambda error: errors.append(str(error)))
            return opened

        yield open_page
    assert not errors


@pytest_asyncio.fixture(loop_scope="session")
async def servers():
    """`await servers(place)`: a running screen server, which does at once what is pressed."""
    running = []

    async def start(place, port=0):
        server = ScreenServer(
            place,
            "127.0.0.1",
            port,
            lambda deed: server.show(advance(server._session, deed)[0]),
            beat=0.2,
        )
        await server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        await server.stop()
