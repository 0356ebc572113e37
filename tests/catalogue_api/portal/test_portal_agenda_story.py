"""A place in a workshop, in Chromium: by keyboard, waiting, offered, confirmed; without scripts."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from agenda_world import DAY, START, Agenda, readers
from chromium import without_script
from playwright.async_api import BrowserContext, Page, expect
from portal_browser import browsing, clean, fill_in, press
from portal_world import PIN, give_pin

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.registrations import CANCEL_REGISTRATION

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
MONTH = "/agenda?mois=2026-12"


@pytest_asyncio.fixture(loop_scope="session")
async def full_house(world) -> Agenda:
    """A workshop of five that five others have filled, and a talk."""
    agenda = Agenda(world)
    about = "Prendre en main une souris, puis un dossier.\nSans jargon."
    await agenda.event(title="Souris", about=about, room="Salle bleue", must_confirm=True)
    await agenda.event(START + DAY, title="Camus", kind="talk", places=None)
    for one in readers(world, 5):
        await agenda.register(one)
    give_pin(world)
    return agenda


@pytest_asyncio.fixture(loop_scope="session")
async def browser(full_house, world, chromium) -> AsyncIterator[tuple[BrowserContext, str]]:
    async with browsing(world, chromium) as opened:
        yield opened


async def said(page: Page, text: str) -> None:
    """Wait until the page says something about what was just done."""
    await expect(page.locator("#said")).to_contain_text(text)


@pytest.mark.parametrize("width", [360, 1280])
async def test_wait_take_and_confirm_with_the_keyboard_alone(
    world, full_house, browser, width
) -> None:
    page = await browser[0].new_page()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto(MONTH)
    await expect(page.locator(".days")).to_contain_text("complet")
    await clean(page)
    await press(page, "a[href='/agenda/1']")
    await expect(page.locator("h1")).to_have_text("Souris")
    await clean(page)
    await press(page, "#inscription a.button")
    await fill_in(page, card="P1", pin=PIN)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/agenda/1#inscription")
    await press(page, "#inscription form button")
    await said(page, "Vous êtes sur la liste d’attente")
    await expect(page.locator(".standing")).to_contain_text("Place dans la file : 1.")
    await clean(page)
    await full_house.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="1")
    await page.goto("/agenda/inscriptions/6")
    await clean(page)
    await press(page, ".actions form:first-child button")
    await said(page, "La place est à vous.")
    await clean(page)
    await page.goto("/agenda/1")
    await expect(page.locator(".standing")).to_contain_text("Vous êtes inscrit.")
    await press(page, ".standing a")
    await press(page, "button.risky")
    await said(page, "C’est annulé.")
    assert full_house.statuses()[-1] == "cancelled"


async def test_register_without_a_script_and_print_the_month(world, full_house, browser) -> None:
    await full_house.desk.call(CANCEL_REGISTRATION, Nothing(), version=1, registration="2")
    async with without_script(*browser) as page:
        await page.goto("/connexion?next=/agenda/1")
        await page.fill("#card", "P1")
        await page.fill("#pin", PIN)
        await page.click("main form button")
        await page.click("#inscription form button")
        await said(page, "C’est noté")
        await page.goto(MONTH)
        sheets = await page.pdf(format="A4", landscape=True, prefer_css_page_size=True)
        assert sheets.count(b"/Type /Page\n") == 1
