"""Pictures of the librarians' desk, taken in a running library.

`python tests/browser/desk_scenes.py` writes them to docs/images; a folder as argument is used
instead.
"""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from datetime import datetime
from pathlib import Path

import aiohttp
from hold_scenes import take_holds
from playwright.async_api import Page, async_playwright

from catalogue_api.settings import ApiSettings
from simulator.demo.house import KIOSK, LIBRARIAN, PASSWORD, SITE, House, Manner, open_house
from simulator.demo.visits import Patron, Pile
from simulator.library import Summary
from simulator.program.control import connect

CAUGHT_HERE = 4
SIZE = {"width": 1280, "height": 800}


def pile(stock: Summary) -> Pile:
    """A few copies that are wanted at the kiosk's own site."""
    here = [item for item, pickup in stock.wanted.items() if pickup == SITE]
    return Pile(tuple(here[:CAUGHT_HERE]))


async def sign_in(page: Page, house: House) -> None:
    """Come to the page of what is to be put aside."""
    await page.goto(f"{house.catalogue}/desk/")
    await page.locator("#name").fill(LIBRARIAN)
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/today")
    await page.goto(f"{house.catalogue}/desk/shelving")
    await page.locator("#barcode").wait_for()


async def take(folder: Path) -> None:
    """Let a patron bring some reserved copies, then look at the desk."""
    today = datetime.now(ApiSettings().time_zone).date()
    with tempfile.TemporaryDirectory() as scene:
        async with (
            open_house(Path(scene), today, 1, Manner(quiet=0.05, summary=0.05)) as house,
            connect(house.reader) as sim,
            aiohttp.ClientSession() as http,
            async_playwright() as playwright,
        ):
            await Patron(sim, house.screen, http).visit(pile(house.stock))
            chromium = await playwright.chromium.launch(
                executable_path="/usr/bin/chromium", args=["--no-sandbox", "--lang=fr"]
            )
            page = await chromium.new_page(
                viewport=SIZE, locale="fr-FR", color_scheme="light", reduced_motion="reduce"
            )
            await sign_in(page, house)
            await page.locator("#lists li").first.wait_for()
            await page.screenshot(path=folder / "desk-shelving.png")
            await take_the_day(page, house, folder)
            await take_readers(page, house, folder)
            await take_kiosks(page, house, folder)
            await take_holds(page, house, folder)
            await chromium.close()


async def take_readers(page: Page, house: House, folder: Path) -> None:
    """Lend to a reader, and register somebody of the same name."""
    await page.goto(f"{house.catalogue}/desk/readers")
    await page.locator("#words").fill(house.stock.teacher_card)
    await page.keyboard.press("Enter")
    await page.locator("#loans").wait_for()
    await page.locator("#barcode").fill(house.stock.on_shelf[-1])
    await page.keyboard.press("Enter")
    await page.locator("#answer .told").wait_for()
    await page.set_viewport_size({"width": 1280, "height": 1180})
    await page.screenshot(path=folder / "desk-reader.png")
    family, given = (await page.locator("h1").inner_text()).split(", ")
    await page.goto(f"{house.catalogue}/desk/readers/new")
    for name, text in [("family_name", given), ("given_name", family), ("card", "29416000099999")]:
        await page.locator(f"#{name}").fill(text)
    await page.keyboard.press("Enter")
    await page.locator(".seem").wait_for()
    await page.screenshot(path=folder / "desk-reader-known.png")
    await page.set_viewport_size({"width": SIZE["width"], "height": SIZE["height"]})


async def take_the_day(page: Page, house: House, folder: Path) -> None:
    """Look at what there is to do; lend a book to a reader who stands there."""
    await page.goto(f"{house.catalogue}/desk/today")
    await page.locator("#picks .lines > li").first.wait_for()
    await page.screenshot(path=folder / "desk-today.png")
    await page.set_viewport_size({"width": 400, "height": 800})
    await page.emulate_media(color_scheme="dark")
    await page.reload()
    await page.locator("nav.entries").wait_for(state="hidden")
    await page.screenshot(path=folder / "desk-today-narrow.png")
    await page.set_viewport_size(SIZE)
    await page.emulate_media(color_scheme="light")
    await page.goto(f"{house.catalogue}/desk/scan")
    for code in _reader_and_book(house.database):
        await page.locator("#barcode").press_sequentially(code)
        await page.keyboard.press("Enter")
        await page.locator("#answer [data-tone]").wait_for(state="attached")
    await page.locator("#answer .told.right").wait_for()
    await page.screenshot(path=folder / "desk-scan.png")


def _reader_and_book(database: Path) -> tuple[str, str]:
    """Return the card of somebody who has about three loans, and a book that nobody waits for."""
    reader = """
        SELECT card FROM patrons JOIN loans ON loans.patron_id = patrons.id
        WHERE ended_at IS NULL AND patrons.category = 'adult'
        GROUP BY card HAVING min(due_on) > date('now') ORDER BY abs(count(*) - 3), card
    """
    book = """
        SELECT barcode FROM items JOIN titles ON titles.id = title_id
        WHERE status = 'available' AND destination IS NULL AND current_site = 'CENTRALE'
          AND titles.kind = 'book' AND title_id NOT IN (SELECT title_id FROM holds)
          AND items.id NOT IN (SELECT item_id FROM loans WHERE ended_at IS NULL) ORDER BY barcode
    """
    with closing(sqlite3.connect(database)) as connection:
        card, barcode = (connection.execute(sql).fetchone()[0] for sql in (reader, book))
        return card, barcode


async def take_kiosks(page: Page, house: House, folder: Path) -> None:
    """Look at the kiosk that took them, and ask for one of them."""
    await page.goto(f"{house.catalogue}/desk/kiosks/{KIOSK}")
    await page.locator(".state.well").wait_for()
    await page.screenshot(path=folder / "desk-kiosk.png")
    barcode = await page.locator(".past .code").first.inner_text()
    await page.goto(f"{house.catalogue}/desk/returns?q={barcode}")
    await page.locator("#answer .head").wait_for()
    await page.screenshot(path=folder / "desk-returned.png")
    await page.goto(f"{house.catalogue}/desk/items/{barcode}")
    await page.locator(".place .up").click()
    await page.locator(".copies-now").wait_for()
    await page.screenshot(path=folder / "desk-title.png")


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target))
