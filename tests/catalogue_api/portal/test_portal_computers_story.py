"""A computer booked, moved and given up in Chromium: by keyboard alone, and without a script."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from chromium import without_script
from playwright.async_api import BrowserContext, expect
from portal_browser import browsing, clean, fill_in, press
from portal_world import PIN, give_pin
from slot_people import at, desk, furnish, reader

from catalogue_api.contract import slots

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
FREE_AT_TWO = "a[href*='13%3A00%3A00']"
FREE_AT_FOUR = "a[href*='15%3A00%3A00']"


@pytest_asyncio.fixture(loop_scope="session")
async def browser(world, chromium) -> AsyncIterator[tuple[BrowserContext, str]]:
    furnish(world)
    give_pin(world)
    async with browsing(world, chromium) as opened:
        yield opened


@pytest.mark.parametrize("width", [360, 1280])
async def test_find_book_move_and_give_up_with_the_keyboard_alone(browser, width) -> None:
    page = await browser[0].new_page()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto("/ordinateurs")
    await clean(page)
    await press(page, FREE_AT_TWO)
    await fill_in(page, card="P1", pin=PIN)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Réserver cet ordinateur ?")
    await clean(page)
    await press(page, "main form button")
    await expect(page.locator("#said")).to_contain_text("C’est réservé : PC 1")
    await clean(page)
    await press(page, "a[href*='deplacer=']")
    await press(page, FREE_AT_FOUR)
    await expect(page.locator("main")).to_contain_text("À la place de")
    await clean(page)
    await press(page, "main form button")
    await expect(page.locator("#said")).to_contain_text("de 16 h à 17 h")
    await press(page, "form[action^='/ordinateurs/creneaux/'] button")
    await expect(page.locator("#said")).to_contain_text("Le créneau est annulé.")
    await expect(page.locator("main")).to_contain_text("Vous n’avez aucun créneau.")


async def test_book_without_a_script(browser) -> None:
    async with without_script(*browser) as page:
        await page.goto("/ordinateurs")
        await page.select_option("#duree", "30")
        await page.click("main form button")
        await page.click(FREE_AT_TWO)
        await page.fill("#card", "P1")
        await page.fill("#pin", PIN)
        await page.click("main form button")
        await page.select_option("#computer", "2")
        await page.click("main form button")
        told = "C’est réservé : PC 2, lundi 23 novembre"
        await expect(page.locator("#said")).to_contain_text(told)
        await expect(page.locator("main")).to_contain_text("de 14 h à 14 h 30")


async def test_the_screen_of_a_room_comes_up_to_date_by_itself(world, browser) -> None:
    at_desk = desk(world)
    used = await at_desk.sit(computer=1)
    page = await browser[0].new_page()
    await page.clock.install()
    await page.goto("/ordinateurs/salle/1")
    await clean(page)
    first = page.locator(".room li").first
    await expect(first).to_contain_text("Occupé")
    await at_desk.act(slots.END_SLOT, used)
    await page.clock.run_for(11_000)
    await expect(first).to_contain_text("Libre")


async def test_an_offer_is_taken(world, browser) -> None:
    paul = reader(world, 2)
    slot = await paul.book(at(14), computer=1)
    await desk(world).block(at(14), at(18), computers=(2,))
    page = await browser[0].new_page()
    await page.set_viewport_size({"width": 360, "height": 800})
    await page.goto("/ordinateurs")
    await press(page, "a[href^='/ordinateurs/attendre']")
    await fill_in(page, card="P1", pin=PIN)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Attendre qu’un ordinateur se libère")
    await clean(page)
    await page.fill("#from", "14:00")
    await page.fill("#until", "15:00")
    await press(page, "main form button")
    await expect(page.locator("#said")).to_contain_text("C’est noté")
    await paul.cancel(slot)
    await page.goto("/ordinateurs/mes-creneaux")
    await clean(page)
    await press(page, "button[aria-label^='Je le prends']")
    await expect(page.locator("#said")).to_contain_text("C’est réservé.")
