"""Chromium for the tests of pages: one browser a run, one context a test."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from kiosk.screen.server import ScreenServer
from kiosk.session.machine import advance

HERE = Path(__file__).parent
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--autoplay-policy=no-user-gesture-required",
]

PATIENCE = 15_000  # ms: on a busy machine, and only ever waited for where a test fails
expect.set_options(timeout=PATIENCE)

OpenPage = Callable[..., Awaitable[Page]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every async test here drives the one Chromium, so all share one event loop."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium, without a window."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[OpenPage]:
    """`await page(width, height, **context)`: a new page; an error in its scripts fails the test.

    Motion is reduced unless asked otherwise, so that nothing moves while it is looked at.
    """
    errors: list[str] = []

    async with AsyncExitStack() as contexts:

        async def open_page(width: int = 1080, height: int = 1920, **options: object) -> Page:
            settings = {"reduced_motion": "reduce", **options}
            context = await browser.new_context(
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
