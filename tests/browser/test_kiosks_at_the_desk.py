"""A kiosk returns books while the desk watches it; one return is taken back. In Chromium."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime

import pytest
import pytest_asyncio
from desk_scenes import sign_in
from playwright.async_api import expect

from catalogue_api.settings import ApiSettings
from simulator.demo.house import KIOSK, SITE, House, Manner, open_house
from simulator.program.control import Simulator, connect

pytestmark = pytest.mark.server


@pytest_asyncio.fixture(loop_scope="session")
async def library(
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[tuple[House, Simulator]]:
    today = datetime.now(ApiSettings().time_zone).date()
    async with AsyncExitStack() as doors:
        folder = tmp_path_factory.mktemp("library")
        house = await doors.enter_async_context(open_house(folder, today, 1, Manner(quiet=0.3)))
        yield house, await doors.enter_async_context(connect(house.reader))


async def test_the_desk_watches_a_kiosk_and_takes_a_return_back(page, library) -> None:
    house, sim = library
    lent = [
        item
        for item in house.stock.on_loan
        if item not in house.stock.wanted and house.stock.home[item] == SITE
    ]
    desk = await page(1280, 900, locale="fr-FR")
    await sign_in(desk, house)
    await desk.goto(f"{house.catalogue}/desk/kiosks")
    card = desk.locator(".kiosks > li", has=desk.get_by_role("link", name=KIOSK, exact=True))
    await expect(card).to_contain_text("En service")
    await card.get_by_role("link", name=KIOSK, exact=True).click()
    lines = desk.locator(".past > li")
    await expect(lines).to_have_count(0)
    details = desk.locator("details.bin summary").first
    for number, book in enumerate(lent[:2], 1):
        await sim.lay(book)
        await expect(lines).to_have_count(number)  # nobody touched the page
        await expect(lines.first).to_contain_text(book)
        await sim.lift_all()
    await expect(details).to_contain_text("exemplaire")
    undo = lines.first.get_by_role("button")
    await undo.click()
    await expect(desk.locator("#said")).to_contain_text("Retour annulé")
    await expect(lines.first).to_contain_text("Annulé le")
    await expect(lines.first.get_by_role("button")).to_have_count(0)
    await desk.locator("#q").fill(lent[0])
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#answer")).to_contain_text("Oui : rendu le")
    await desk.locator("#q").fill(lent[1])
    await desk.keyboard.press("Enter")
    await expect(desk.locator("#answer")).to_contain_text("retour annulé le")
