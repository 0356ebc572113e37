"""Chromium as the tests start it: the system's, without a window, nothing going out by itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

PROGRAM = "/usr/bin/chromium"
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


@asynccontextmanager
async def started() -> AsyncIterator[Browser]:
    """Start the browser; it has ended after that."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=PROGRAM, args=ARGUMENTS)
        yield browser
        await browser.close()


@asynccontextmanager
async def without_script(beside: BrowserContext, home: str) -> AsyncIterator[Page]:
    """Open a page for somebody else in the same browser, where no script runs."""
    browser = beside.browser
    assert browser is not None
    context = await browser.new_context(base_url=home, java_script_enabled=False, locale="fr-FR")
    yield await context.new_page()
    await context.close()
