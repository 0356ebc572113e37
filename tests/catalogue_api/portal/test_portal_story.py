"""The portal in Chromium: find, reserve, see one's place; by keyboard, without scripts, light."""

import re
import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from catalogue_world import NOW
from chromium import without_script
from playwright.async_api import BrowserContext, Page, expect
from portal_browser import browsing, clean, fill_in, press, weighing, weight
from portal_world import PIN, give_pin, lived_in
from test_portal_account_story import MINE

from bench.portal_pages import PAGES
from catalogue_api.services.staff.sessions import open_patron_session

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
LOOKS = ((320, "light", "fr"), (320, "dark", "en"), (1280, "dark", "fr"), (1280, "light", "en"))
LIGHT = 50_000  # bytes of everything that a first visit brings
PUBLIC = [path for path in PAGES if path not in MINE]


@pytest_asyncio.fixture(loop_scope="session")
async def browser(world, chromium) -> AsyncIterator[tuple[BrowserContext, str]]:
    lived_in(world)
    give_pin(world)
    async with browsing(world, chromium) as opened:
        yield opened


async def reserved(page: Page) -> None:
    """Fail unless the page says that it was reserved, and at which place."""
    await expect(page.locator("#said")).to_contain_text("C’est réservé.")
    await expect(page.locator(".rank")).to_have_text("Vous êtes au rang 1.")
    await expect(page.locator("#reserver")).to_contain_text("Attendu pour mercredi 2 décembre.")


@pytest.mark.parametrize("width", [360, 1280])
async def test_find_reserve_and_see_ones_place_with_the_keyboard_alone(browser, width) -> None:
    page = await browser[0].new_page()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto("/")
    await clean(page)
    await fill_in(page, q="lieues")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_have_text("1 titre")
    await clean(page)
    await press(page, "a[href='/titre/11']")
    await expect(page.locator("h1")).to_have_text("Vingt mille lieues sous les mers")
    await clean(page)
    await press(page, "#reserver a.button")
    await fill_in(page, card="P1", pin=PIN)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/titre/11#reserver")
    await press(page, "#reserver button")
    await reserved(page)
    await clean(page)
    await press(page, "#said button")
    await expect(page.locator("#said")).to_contain_text("La réservation est annulée.")


async def test_find_reserve_and_see_ones_place_without_a_script(browser) -> None:
    async with without_script(*browser) as page:
        await page.goto("/")
        await page.fill("#q", "verne lieues")
        await page.click("main form button")
        await page.click("a[href='/titre/11']")
        await page.click("#reserver a.button")
        await page.fill("#card", "P1")
        await page.fill("#pin", PIN)
        await page.click("main form button")
        await page.select_option("#pickup", "arcueil")
        await page.click("#reserver button")
        await reserved(page)
        await expect(page.locator("#reserver")).to_contain_text("À retirer")


async def test_the_box_suggests_and_arrows_choose(browser) -> None:
    page = await browser[0].new_page()
    await page.goto("/")
    await page.locator("#q").press_sequentially("le tou")
    suggested = page.get_by_role("option")
    await expect(suggested.first).to_have_text("Le Tour du monde en quatre-vingts jours")
    await expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")
    await clean(page)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("listbox")).to_be_hidden()
    await page.keyboard.type("r")
    await expect(suggested.first).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(suggested.first).to_have_attribute("aria-selected", "true")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_have_text("1 titre")


@pytest.mark.parametrize(
    "path",
    ["/", "/recherche?q=verne", "/titre/11", "/lieux", "/guides", "/agenda?mois=2026-12",
     "/ordinateurs", "/agenda/2"],
)  # fmt: skip
async def test_a_first_visit_is_light(browser, path) -> None:
    page = await browser[0].new_page()
    travelled = weighing(page)
    await page.goto(path)
    await page.wait_for_load_state("networkidle")
    total = await weight(travelled)
    assert 1000 < total < LIGHT, (path, total)


async def test_a_guide_prints_on_a_sheet_and_places_without_what_is_for_the_screen(browser) -> None:
    page = await browser[0].new_page()
    for guide in ("rendre", "reserver", "ordinateur"):
        await page.goto(f"/guides/{guide}")
        printed = await page.pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1, guide
    await page.goto("/lieux")
    await page.emulate_media(media="print")
    await expect(page.get_by_text("8 ordinateurs")).to_be_visible()
    for hidden in (".top .tools", ".entries", ".bottom", ".data"):
        await expect(page.locator(hidden)).to_be_hidden()


async def test_text_twice_as_large_needs_no_scrolling_sideways(browser) -> None:
    started = browser[0].browser
    assert started is not None
    large = await started.browser_type.launch(
        executable_path=shutil.which("chromium"),
        args=["--no-sandbox", "--blink-settings=defaultFontSize=32"],
    )
    page = await large.new_page(base_url=browser[1], locale="fr-FR")
    await page.set_viewport_size({"width": 360, "height": 740})
    for path in ("/", "/titre/11", "/recherche?q=verne", "/lieux", "/agenda/2", "/connexion",
                 "/ordinateurs", "/nouveautes", "/questions"):  # fmt: skip
        await page.goto(path)
        assert await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 32
        assert await page.evaluate("document.documentElement.scrollWidth") <= 360, path
    await large.close()


@pytest.mark.parametrize("path", PUBLIC)
async def test_everybody_can_use_every_public_page(browser, path) -> None:
    await looked_at(browser, path)


@pytest.mark.parametrize("path", ["/", "/titre/11"])
async def test_everybody_can_use_a_page_signed_in(world, browser, path) -> None:
    world.hold(11, patron=1)
    world.database.write_now(lambda db: open_patron_session(db, 1, "here", "csrf", NOW))
    await browser[0].add_cookies(
        [{"name": "ritournelle_reader", "value": "here", "url": browser[1]}]
    )
    await looked_at(browser, path)


async def looked_at(browser: tuple[BrowserContext, str], path: str) -> None:
    """Fail unless a page is clean in all its looks, without errors and scrolling sideways."""
    context, home = browser
    page = await context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Policy" in said.text else None)
    for width, scheme, language in LOOKS:
        cookie = {"name": "ritournelle_portal_language", "value": language, "url": home}
        await context.add_cookies([cookie])
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        assert await page.locator("html").get_attribute("lang") == language
        await clean(page)
    assert not errors
