"""The portal in Chromium: opened, typed into, and looked at with everybody in mind."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from axe_playwright_python.async_playwright import Axe
from catalogue_world import World
from http_world import serving
from keyboard import tab_to
from playwright.async_api import Browser, BrowserContext, Page, Request


@asynccontextmanager
async def browsing(world: World, chromium: Browser) -> AsyncIterator[tuple[BrowserContext, str]]:
    """Open a context of the browser in front of the portal, and say at which address."""
    async with serving(world) as client:
        home = str(client._base_url).rstrip("/")
        context = await chromium.new_context(base_url=home, reduced_motion="reduce", locale="fr-FR")
        yield context, home
        await context.close()


READ = """() => {
  const seen = (one) => one.checkVisibility() && one.getClientRects().length > 0;
  const says = (one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  const found = [];
  let last = null;
  for (const one of document.querySelectorAll("main *")) {
    if (!seen(one) || !(says(one) || one.matches("input, select, textarea, button"))) continue;
    const box = one.getBoundingClientRect();
    if (last && box.bottom <= last.top + 1 && box.left < last.right - 1)
      found.push("above what is read before it: " + one.outerHTML.slice(0, 90));
    last = box;
  }
  let level = 0;
  for (const head of document.querySelectorAll("h1, h2, h3, h4")) {
    const depth = Number(head.tagName[1]);
    if (depth > level + 1) found.push("a level is left out before: " + head.textContent);
    level = depth;
  }
  if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
  const navs = [...document.querySelectorAll("nav")].filter(seen);
  const names = navs.map((n) => n.getAttribute("aria-label")
    || document.getElementById(n.getAttribute("aria-labelledby"))?.textContent);
  if (names.some((n) => !n) || new Set(names).size !== names.length) found.push("navs: " + names);
  if (document.title.split(" · ").length < 2) found.push("title: " + document.title);
  return found;
}"""
"""What is wrong with the order in which a page is read aloud, or with what one jumps by."""


async def clean(page: Page) -> None:
    """Fail if anything is wrong with the page for anybody, or if it scrolls sideways."""
    found = await Axe().run(page)
    assert found.violations_count == 0, (page.url, found.generate_report())
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0, (page.url, wide)
    assert await page.evaluate(READ) == [], page.url


async def press(page: Page, what: str) -> None:
    """Reach a button or a link with the Tab key, and press Enter on it."""
    await tab_to(page, what)
    await page.keyboard.press("Enter")


async def fill_in(page: Page, **fields: str) -> None:
    """Reach each field with the Tab key and type into it."""
    for name, text in fields.items():
        await tab_to(page, f"#{name}")
        await page.keyboard.type(text)


def weighing(page: Page) -> list[Request]:
    """Return the list into which every request of a page goes from now on."""
    requests: list[Request] = []
    # Playwright calls no built-in function.
    page.on("requestfinished", lambda request: requests.append(request))  # noqa: PLW0108
    return requests


async def weight(requests: list[Request]) -> int:
    """Return how many bytes travelled to the browser."""
    sizes = [await one.sizes() for one in requests]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)
