"""Pictures of the pages of reservations, for `desk_scenes`."""

import sqlite3
from contextlib import closing
from pathlib import Path

from playwright.async_api import Page

from simulator.demo.house import House


async def take_holds(page: Page, house: House, folder: Path) -> None:
    """Put what was caught on the shelf, and let a class go before in the longest queue."""
    _without_email(house.database)
    await page.goto(f"{house.catalogue}/desk/shelving")
    for number, barcode in enumerate(_caught(house.database), start=1):
        await page.locator("#barcode").press_sequentially(barcode)
        await page.keyboard.press("Enter")
        await page.locator("#answer .number").get_by_text(str(number), exact=True).wait_for()
    title = _longest_queue(house.database)
    for card in _idle_readers(house.database):
        await page.goto(f"{house.catalogue}/desk/titles/{title}/holds")
        await page.locator("#card").fill(card)
        await page.keyboard.press("Enter")
        await page.locator("#said .told").wait_for()
    await page.locator("#note").fill("CM2 de l’école Carnot")
    await page.locator("form[action$=move] button").click()
    await page.locator("#said .told").get_by_text("Place changée").wait_for()
    await page.set_viewport_size({"width": 1280, "height": 1000})
    await page.screenshot(path=folder / "desk-hold.png")
    await page.goto(f"{house.catalogue}/desk/titles/{title}/holds")
    await page.screenshot(path=folder / "desk-queue.png")
    await page.set_viewport_size({"width": 1280, "height": 720})
    for name, path in [("calls", "to-tell"), ("slips", "slips")]:
        await page.goto(f"{house.catalogue}/desk/holds/{path}")
        await page.screenshot(path=folder / f"desk-{name}.png")


def _caught(database: Path) -> list[str]:
    """Return the copies that lie in bins of the central library for its own readers."""
    caught = """
        SELECT barcode FROM holds JOIN items ON items.id = item_id
        WHERE holds.status = 'captured' AND pickup_site = 'CENTRALE' AND current_site = 'CENTRALE'
        ORDER BY barcode
    """
    with closing(sqlite3.connect(database)) as connection:
        return [barcode for (barcode,) in connection.execute(caught)]


def _longest_queue(database: Path) -> int:
    """Return the title for which most readers wait."""
    longest = """
        SELECT title_id FROM holds WHERE status = 'waiting'
        GROUP BY title_id ORDER BY count(*) DESC, title_id
    """
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute(longest).fetchone()[0])


def _idle_readers(database: Path) -> list[str]:
    """Return the cards of five readers who have nothing and wait for nothing."""
    idle = """
        SELECT card FROM patrons WHERE category = 'adult'
          AND id NOT IN (SELECT patron_id FROM holds WHERE patron_id IS NOT NULL)
          AND id NOT IN (SELECT patron_id FROM loans WHERE patron_id IS NOT NULL)
          AND id NOT IN (SELECT patron_id FROM blocks)
        ORDER BY card LIMIT 5
    """
    with closing(sqlite3.connect(database)) as connection:
        return [card for (card,) in connection.execute(idle)]


def _without_email(database: Path) -> None:
    """Let readers have no e-mail, and some a telephone."""
    phone = "'01 45 46 ' || (10 + id % 89) || ' ' || (10 + id * 7 % 89)"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(f"UPDATE patrons SET email = '', phone = {phone}")
        connection.execute("UPDATE patrons SET phone = '' WHERE id % 4 = 0")
