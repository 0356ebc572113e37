from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from catalogue_world import NOW
from http_world import QUICK, serving
from playwright.async_api import Page, expect

from catalogue_api.services.staff import staff

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
PHONE = {"width": 360, "height": 740}


async def sign_in(page: Page, address: str) -> None:
    """Sign in with the keyboard alone."""
    await page.goto(f"{address}/desk".replace("//desk", "/desk"))
    await expect(page.locator("#name")).to_be_focused()
    await page.keyboard.type("ana")
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/today")
    await page.goto(f"{address}/desk/shelving".replace("//desk", "/desk"))
    await expect(page.locator("#barcode")).to_be_focused()


async def scan(page: Page, barcode: str) -> None:
    """Type as a barcode reader does: into whatever has the focus, then Enter."""
    await page.keyboard.type(barcode)
    await page.keyboard.press("Enter")


@pytest_asyncio.fixture(loop_scope="session")
async def address(world, give_back) -> AsyncIterator[str]:
    stored = QUICK.hash(PASSWORD)
    world.database.write_now(lambda db: staff.add_staff(db, "ana", stored, "cachan", NOW))
    world.hold()
    world.hold(title=2)
    await give_back(1)
    await give_back(2, "4")
    async with serving(world) as client:
        yield str(client._base_url)


@pytest.mark.parametrize("javascript", [True, False])
async def test_scanning_needs_no_mouse_and_no_script(world, chromium, address, javascript) -> None:
    context = await chromium.new_context(java_script_enabled=javascript, locale="fr-FR")
    page = await context.new_page()
    await sign_in(page, address)
    await scan(page, "1")
    await expect(page.locator("#answer")).to_contain_text("Prêt à retirer")
    await expect(page.locator("#answer")).to_contain_text("numéro 1")
    await expect(page.locator("#lists li")).to_have_count(1)
    await expect(page).to_have_title(
        "Prêt à retirer, L’Été · Réservations à mettre de côté · Ritournelle"
    )
    await expect(page.locator("#barcode")).to_be_focused()
    await scan(page, "4")
    await expect(page.locator("#answer")).to_contain_text("numéro 2")
    await expect(page.locator("#lists")).to_contain_text("Rien à mettre de côté")
    assert world.row("SELECT count(*) FROM holds WHERE status = 'ready'") == (2,)


async def test_scans_that_follow_at_once_are_all_taken(world, chromium, address) -> None:
    page = await chromium.new_page(locale="fr-FR")
    await sign_in(page, address)
    for barcode in ("1", "4", "nothing"):
        await scan(page, barcode)
    await expect(page.locator("#answer")).to_contain_text("« nothing »")
    assert world.row("SELECT count(*) FROM holds WHERE status = 'ready'") == (2,)


async def test_a_scan_that_got_no_answer_is_said(world, chromium, address) -> None:
    page = await chromium.new_page(locale="fr-FR")
    await sign_in(page, address)
    await page.context.set_offline(True)
    await scan(page, "1")
    await expect(page.locator("#answer")).to_contain_text("Pas de réponse du catalogue")
    assert world.row("SELECT count(*) FROM holds WHERE status = 'ready'") == (0,)


async def test_on_a_phone_the_areas_fold_into_a_menu(chromium, address) -> None:
    context = await chromium.new_context(viewport=PHONE, locale="fr-FR")
    page = await context.new_page()
    await sign_in(page, address)
    menu, areas = page.get_by_text("Menu", exact=True), page.locator("nav.entries")
    await expect(areas).to_be_hidden()
    await menu.click()
    await check(page, PHONE["width"])
    await areas.get_by_text("Lecteurs").click()
    await page.wait_for_url("**/desk/readers")
    await expect(areas).to_be_hidden()
    await page.set_viewport_size({"width": 1280, "height": 800})  # turned, or zoomed out
    await expect(areas).to_be_visible()
    await expect(menu).to_be_hidden()


async def test_without_a_script_the_areas_are_all_in_view(chromium, address) -> None:
    context = await chromium.new_context(viewport=PHONE, java_script_enabled=False, locale="fr-FR")
    page = await context.new_page()
    await sign_in(page, address)
    await expect(page.locator("nav.entries")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280, 1920])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everybody_can_use_it(chromium, address, width, scheme) -> None:
    context = await chromium.new_context(
        viewport={"width": width, "height": 800}, color_scheme=scheme, locale="fr-FR"
    )
    page = await context.new_page()
    await page.goto(f"{address}/desk".replace("//desk", "/desk"))
    await check(page, width)
    await sign_in(page, address)
    for barcode, said in [("1", "Prêt"), ("2", "Aucune réservation"), ("?", "inconnu")]:
        await scan(page, barcode)
        await expect(page.locator("#answer")).to_contain_text(said)
        await check(page, width)


async def check(page: Page, width: int) -> None:
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
