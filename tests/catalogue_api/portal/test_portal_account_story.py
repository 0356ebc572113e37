"""The account of a reader in Chromium: on a phone and on a wide screen, with the keyboard alone."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from catalogue_world import NOW, TODAY, World
from http_world import QUICK
from keyboard import tab_to
from playwright.async_api import BrowserContext, expect
from portal_browser import browsing, clean, fill_in, press, weighing, weight
from portal_world import give_pin

from bench.portal_pages import OWN, PAGES
from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.patrons import RESET_PIN
from catalogue_api.domain.roles import Role
from catalogue_api.embedded import EmbeddedCatalogue
from catalogue_api.services.staff.sessions import open_patron_session
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


@pytest_asyncio.fixture(loop_scope="session")
async def browser(world, chromium) -> AsyncIterator[tuple[BrowserContext, str]]:
    async with browsing(world, chromium) as opened:
        yield opened


def read_json(file: Path) -> dict:
    return json.loads(file.read_text())


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
    travelled = weighing(page)
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
    assert 1000 < await weight(travelled) < LIGHT, path
