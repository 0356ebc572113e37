"""From the portal to the chair: booked in Chromium, claimed at the computer, extended, ended."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, expect
from portal_browser import browsing, fill_in, press
from portal_world import PIN, give_pin
from slot_people import at, furnish
from test_agent_program import program

from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import ComputerAgent

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
MINE = "/ordinateurs/mes-creneaux"


@pytest_asyncio.fixture(loop_scope="session")
async def browser(world, tmp_path, chromium) -> AsyncIterator[tuple[BrowserContext, str]]:
    furnish(world)
    give_pin(world)

    def guard(db) -> None:
        row = ComputerAgent(computer_id=1, token_hash=hashed("of-pc-1"), created_at=world.now)
        db.add(row)

    world.database.write_now(guard)
    (tmp_path / "token").write_text("of-pc-1\n")
    async with browsing(world, chromium) as opened:
        yield opened


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_slot_from_the_booking_to_the_end(world, browser, tmp_path, width) -> None:
    page = await browser[0].new_page()
    await page.set_viewport_size({"width": width, "height": 800})
    await page.goto("/ordinateurs")
    await press(page, "a[href*='13%3A00%3A00']")
    await fill_in(page, card="P1", pin=PIN)
    await page.keyboard.press("Enter")
    await press(page, "main form button")
    await expect(page.locator("#said")).to_contain_text("C’est réservé : PC 1")
    world.now = at(13, 57)
    async with program(browser[1], tmp_path) as screen:
        await screen.face("expected")
        screen.do("sign_in", card="P1", secret=PIN)
        await screen.face("in_use", language="fr")
        await page.goto(MINE)  # the session of the morning has ended
        await fill_in(page, card="P1", pin=PIN)
        await page.keyboard.press("Enter")
        await expect(page.locator("main")).to_contain_text("En cours")
        world.now = at(14, 56)
        screen.do("extend")
        await screen.until(lambda line: "14:15" in str(line.get("show", {}).get("until")))
        await page.reload()
        await expect(page.locator("main")).to_contain_text("15 h 15")
        screen.do("sign_out")
        await screen.face("free", ended="signed_out", until=None)  # the catalogue knows
    await page.reload()
    await expect(page.locator("main")).to_contain_text("Vous n’avez aucun créneau.")
