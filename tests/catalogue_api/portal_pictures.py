"""Pictures of the readers' portal, taken in Chromium before a small library that is lived in.

`python tests/catalogue_api/portal_pictures.py` writes them to docs/images; a folder as argument is
used instead.
"""

import asyncio
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from catalogue_world import TODAY, World
from http_world import serving
from playwright.async_api import Browser, async_playwright
from portal_world import PIN, give_pin, lived_in

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Question

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
PICTURES = (
    ("start", "/", WIDE), ("start-narrow", "/", NARROW), ("search", "/recherche?q=verne", WIDE),
    ("title", "/titre/11", WIDE), ("arrivals", "/nouveautes", WIDE),
    ("favourites", "/coups-de-coeur", WIDE), ("places", "/lieux", WIDE),
    ("guide", "/guides/reserver", WIDE), ("computers", "/ordinateurs", WIDE),
    ("computers-narrow", "/ordinateurs", NARROW), ("room", "/ordinateurs/salle/1", WIDE),
)  # fmt: skip


async def take(folder: Path) -> None:
    """Take all pictures, and that of a reader who has just reserved."""
    with tempfile.TemporaryDirectory() as scene:
        url = f"sqlite:///{Path(scene) / 'library.db'}"
        database = Database(url, threads=0)
        database.migrate()
        database.close()
        world = World(url)
        lived_in(world)
        give_pin(world)
        async with serving(world) as client, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            home = str(client._base_url).rstrip("/")
            for name, path, size in PICTURES:
                await _picture(browser, home + path, folder / f"portal-{name}.png", size)
            await _reserved(browser, home, folder)
            await _account(world, browser, home, folder)
            await browser.close()
        world.database.close()


async def _picture(browser: Browser, address: str, file: Path, size: dict[str, int]) -> None:
    page = await browser.new_page(viewport=size, locale="fr-FR", reduced_motion="reduce")
    await page.goto(address)
    await page.screenshot(path=file)
    await page.close()


async def _reserved(browser: Browser, home: str, folder: Path) -> None:
    page = await browser.new_page(viewport=NARROW, locale="fr-FR", reduced_motion="reduce")
    await page.goto(f"{home}/connexion?next=/titre/11%23reserver")
    await page.fill("#card", "P1")
    await page.fill("#pin", PIN)
    await page.press("#pin", "Enter")
    await page.wait_for_url("**/titre/11*")
    await page.locator("#pickup + p + button").click()
    await page.locator(".rank").wait_for()
    await page.evaluate("scrollTo(0, 0)")
    await page.screenshot(path=folder / "portal-reserved-narrow.png", full_page=True)
    await page.close()


async def _account(world: World, browser: Browser, home: str, folder: Path) -> None:
    """Take the account of a reader, their loans after renewing all, and a question of theirs."""
    copies = {title: number for number, title in world.rows("SELECT id, title_id FROM items")}
    world.lend(str(copies[13]), days_ago=25, due_in=3)
    world.lend(str(copies[19]), days_ago=32, due_in=-4)
    ready = {"status": "ready", "item_id": copies[20], "ready_at": world.now}
    world.hold(20, patron=1, shelf_number=12, expires_on=TODAY + timedelta(days=9), **ready)
    world.add(
        Question(
            asked_as="1", patron_id=1, title_id=11, text="L’avez-vous en gros caractères ?",
            asked_at=world.now, status="answered", ended_at=world.now, answered_by="claire",
            answer="Oui, à Cachan : il vous attend à l’accueil jusqu’à samedi.",
        )
    )  # fmt: skip
    for size, name in ((WIDE, "account"), (NARROW, "loans-narrow"), (NARROW, "question-narrow")):
        page = await browser.new_page(viewport=size, locale="fr-FR", reduced_motion="reduce")
        await page.goto(f"{home}/connexion?next=/compte")
        await page.fill("#card", "P1")
        await page.fill("#pin", PIN)
        await page.press("#pin", "Enter")
        await page.wait_for_url("**/compte")
        if name == "question-narrow":
            await page.goto(f"{home}/questions")
        if name == "loans-narrow":
            await page.goto(f"{home}/compte/prets")
            await page.click("button[value=all]")
            await page.locator("#result").wait_for()
        await page.screenshot(path=folder / f"portal-{name}.png", full_page=size is NARROW)
        await page.close()


if __name__ == "__main__":
    here = Path(__file__).parents[2] / "docs" / "images"
    asyncio.run(take(Path(sys.argv[1]) if len(sys.argv) > 1 else here))
