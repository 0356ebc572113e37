"""Pictures of the desk that want no kiosk: the book drop of the night, and a kiosk's bins.

`python tests/catalogue_api/desk_pictures.py` writes them to docs/images; a folder as argument is
used instead.
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from catalogue_world import World
from desk_settings_world import settled
from desk_watched import watched_desk
from playwright.async_api import Page

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Item, Title

_HERE = {"home_site": "cachan", "current_site": "cachan"}
SIZE = {"width": 1280, "height": 800}


async def take(folder: Path) -> None:
    """Take both."""
    with tempfile.TemporaryDirectory() as scene:
        url = f"sqlite:///{Path(scene) / 'library.db'}"
        database = Database(url, threads=0)
        database.migrate()
        database.close()
        world = World(url)
        async with watched_desk(world) as watched:
            await settled(world)
            world.add(Title(id=30, source="d", control_number="30", title="Le Grand Meaulnes"))
            world.add(Item(id=30, barcode="30", title_id=30, shelf_mark="R FOU", **_HERE))
            world.lend("30", patron=2, days_ago=20, due_in=8)
            page = await watched.signed_in()
            await page.set_viewport_size({"width": SIZE["width"], "height": SIZE["height"]})
            await _book_drop(page, folder / "desk-book-drop.png")
            await page.goto("/desk/settings/bins/pad")
            await page.screenshot(path=folder / "desk-settings-bins.png", full_page=True)
        world.database.close()


async def _book_drop(page: Page, file: Path) -> None:
    await page.goto("/desk/scan")
    await page.locator('form[action="/desk/scan/night"] button').click()
    await page.locator("#night .night").wait_for()
    await page.locator("#barcode").fill("30")
    await page.keyboard.press("Enter")
    await page.locator("#answer .told").wait_for()
    await page.screenshot(path=file)


if __name__ == "__main__":
    images = Path(__file__).parents[2] / "docs" / "images"
    asyncio.run(take(Path(sys.argv[1]) if len(sys.argv) > 1 else images))
