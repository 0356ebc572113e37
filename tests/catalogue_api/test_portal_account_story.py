"""The account of a reader in Chromium: on a phone and on a wide screen, with the keyboard alone."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from catalogue_world import NOW, TODAY, World
from http_world import QUICK, serving
from playwright.async_api import Browser, BrowserContext, Page, Request, expect
from portal_world import give_pin
from test_desk_story import tab_to

from bench.portal_pages import OWN, PAGES
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.patrons import RESET_PIN
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.sessions import open_patron_session
from catalogue_api.storage.tables import Block

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
LOOKS = ((320, "light", "fr"), (320, "dark", "en"), (1280, "dark", "fr"), (1280, "light", "en"))
LIGHT = 50_000
"""Bytes of everything that all looks of a page bring, the first visit among them."""
MINE = [page for page in (*PAGES, *OWN) if page.startswith(("/compte", "/code"))]


def furnish(world: World) -> None:
    """Give Ida something of everything."""
    world.lend("1", due_in=3)
    world.lend("2", days_ago=60, due_in=-5)
    world.hold(2, patron=1)
    ready = {"status": "ready", "item_id": 3, "ready_at": NOW, "expires_on": TODAY}
    world.hold(1, patron=1, shelf_number=12, **ready)
    world.add(
        Block(patron_id=1, kind="staff", from_on=TODAY, created_at=NOW, reason="x" * 90,
              lifted_at=NOW)
    )  # fmt: skip


@asynccontextmanager
async def browsing(world: World, chromium: Browser) -> AsyncIterator[tuple[BrowserContext, str]]:
    """Open a context of the browser in front of the portal, and say at which address."""
    async with serving(world) as client:
        home = str(client._base_url).rstrip("/")
        context = await chromium.new_context(base_url=home, reduced_motion="reduce", locale="fr-FR")
        yield context, home
        await context.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(world, chromium) -> AsyncIterator[tuple[BrowserContext, str]]:
    async with browsing(world, chromium) as opened:
        yield opened


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


def read_json(file: Path) -> dict:
    return json.loads(file.read_text())


async def press(page: Page, what: str) -> None:
    """Reach a button or a link with the Tab key, and press Enter on it."""
    await tab_to(page, what)
    await page.keyboard.press("Enter")


async def fill_in(page: Page, **fields: str) -> None:
    """Reach each field with the Tab key and type into it."""
    for name, text in fields.items():
        await tab_to(page, f"#{name}")
        await page.keyboard.type(text)


@pytest.mark.parametrize("width", [360, 1280])
async def test_from_a_code_of_the_desk_to_signing_out_by_keyboard(world, browser, width) -> None:
    furnish(world)
    world.hold(1, patron=2, wanted_item_id=2)
    desk = EmbeddedCatalogue(
        world.database, world.signed_in(Role.LIBRARIAN), world.rules, world.clock, passwords=QUICK
    )
    code = (await desk.call(RESET_PIN, Nothing(), version=1, patron="1")).code
    page = await browser[0].new_page()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto("/connexion")
    await press(page, "main a[href='/code']")
    await fill_in(page, card="P1", code=code, new_pin="481516", again_pin="481516")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("Votre code secret est choisi")
    await fill_in(page, card="P1", pin="481516")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Bonjour Ida")
    await clean(page)
    await press(page, "a[href='/compte/prets']")
    await press(page, "button[value=all]")
    await expect(page.locator("#result")).to_be_focused()
    await expect(page.locator("#result")).to_contain_text("1 prêt prolongé.")
    await expect(page.locator(".no")).to_have_count(1)
    await expect(page.locator(".no")).to_contain_text("Quelqu’un d’autre attend ce document")
    await expect(page.locator(".no")).to_contain_text("Il est trop en retard. Rendez-le")
    await clean(page)
    await page.goto("/compte/reservations")
    await press(page, "main li:nth-child(2) a.button")
    await tab_to(page, "#until")
    await page.keyboard.type("12242026")  # as this browser's own language writes days
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("vous gardez votre place")
    await expect(page.locator("main")).to_contain_text("En pause jusqu’au jeudi 24 décembre.")
    await clean(page)
    await page.goto("/compte/mes-donnees")
    await tab_to(page, "button[value=export]")
    async with page.expect_download() as download:
        await page.keyboard.press("Enter")
    taken = read_json(await (await download.value).path())
    assert taken["reader"]["card"] == "P1"
    assert [hold["status"] for hold in taken["holds"]] == ["ready", "waiting"]
    if width == 360:
        await press(page, ".menu summary")
    await press(page, (".menu" if width == 360 else ".leave") + " button")
    await expect(page.locator("#said")).to_contain_text("Vous êtes déconnecté")
    await page.goto("/compte/mes-donnees")
    await expect(page.locator("h1")).to_have_text("Se connecter à son compte")


def keep(requests: list[Request], request: Request) -> None:
    """Note a request (Playwright calls no built-in function)."""
    requests.append(request)


async def weight(requests: list[Request]) -> int:
    """Return how many bytes travelled to the browser."""
    sizes = [await one.sizes() for one in requests]
    return sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


@pytest.mark.parametrize("path", MINE)
async def test_everybody_can_use_every_page(world, browser, path) -> None:
    furnish(world)
    give_pin(world)
    context, home = browser
    if path.startswith("/compte"):
        world.database.write_now(lambda db: open_patron_session(db, 1, "here", "csrf", NOW))
        world.database.write_now(lambda db: open_patron_session(db, 1, "elsewhere", "csrf", NOW))
        cookie = {"name": "ritournelle_reader", "value": "here", "url": home}
        await context.add_cookies([cookie])
    page = await context.new_page()
    errors: list[str] = []
    sizes: list[Request] = []
    page.on("requestfinished", lambda request: keep(sizes, request))
    page.on("pageerror", lambda error: errors.append(str(error)))
    for width, scheme, language in LOOKS:
        language_cookie = {"name": "ritournelle_portal_language", "value": language, "url": home}
        await context.add_cookies([language_cookie])
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        assert await page.locator("html").get_attribute("lang") == language
        assert path in page.url
        await clean(page)
    assert not errors
    assert 1000 < await weight(sizes) < LIGHT, path
