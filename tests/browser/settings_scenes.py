"""Pictures of the settings and of the figures, taken in the training library.

`python tests/browser/settings_scenes.py` writes them to docs/images; a folder as argument is used
instead.
"""

import asyncio
import json
import shutil
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

from catalogue_api.web.pages.training import TRAINING_PASSWORD

SIZE = {"width": 1280, "height": 800}
TALL = {"width": 1280, "height": 1430}
SETTINGS = "/desk/settings"


async def fill(page: Page, path: str, fields: dict[str, str]) -> None:
    """Fill in a form, and see what it changes."""
    await page.goto(SETTINGS + path)
    for name, value in fields.items():
        await page.locator(f'[name="{name}"]').fill(value)
    await page.locator('button[value="look"]').click()
    await page.locator(".preview").wait_for()


async def save(page: Page, path: str, fields: dict[str, str]) -> None:
    """Fill in a form, see what it changes, and save it."""
    await fill(page, path, fields)
    await page.locator('button[value="save"]').click()
    await page.locator("#said .told").wait_for()


async def take(page: Page, folder: Path) -> None:
    """Set hours, a closure and rules; look at the month, and at what other rules would change."""
    await page.goto("/desk/sign-in")
    await page.locator("#name").fill("manager")
    await page.locator("#password").fill(TRAINING_PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/today")
    await take_figures(page, folder)
    week = {"term.1": "14h-19h", "term.2": "10h-12h, 14h-18h", "term.4": "14h-19h"}
    await save(page, "/hours", week | {"term.5": "10h-18h"})
    closure = {"label": "Fêtes de fin d’année", "first_on": "2026-12-24", "last_on": "2026-12-26"}
    await save(page, "/closures/new", closure)
    await save(page, "/rules/change", {"rule.0.loan_days": "28", "limit.0.most": "20"})
    await page.goto(f"{SETTINGS}/calendar?month=2026-12")
    await page.screenshot(path=folder / "desk-settings-month.png", full_page=True)
    other = {"rule.0.loan_days": "21", "limit.0.most": "1", "shelf_days": "7"}
    await fill(page, "/rules/change", other)
    await page.screenshot(path=folder / "desk-settings-preview.png")


async def take_figures(page: Page, folder: Path) -> None:
    """Look back on four weeks."""
    await page.goto("/desk/figures")
    await page.set_viewport_size(TALL)
    await page.screenshot(path=folder / "desk-figures.png")
    await page.set_viewport_size(SIZE)


async def main(folder: Path) -> None:
    """Start the training library, and look at it."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "catalogue_api", "training", "--port", "0", "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert program.stdout is not None
    home = json.loads(await program.stdout.readline())["url"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        context = await browser.new_context(
            base_url=home, viewport=SIZE, locale="fr-FR", reduced_motion="reduce"
        )
        await take(await context.new_page(), folder)
        await browser.close()
    program.terminate()
    await program.wait()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(target))
