"""Pictures of the patron screen, taken from the real page.

`python tests/browser/kiosk_pictures.py` writes those of the documentation to docs/images; with a
folder as argument, every scene in every size and language goes there instead.
"""

import asyncio
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

from kiosk_scenes import SCENES, SIZES
from playwright.async_api import async_playwright

from kiosk.screen.server import ScreenServer
from kiosk.session.states import Language

PICTURES: dict[str, tuple[str, str, Language]] = {
    "kiosk-idle": ("idle", "half", Language.FRENCH),
    "kiosk-visit": ("visit", "half", Language.FRENCH),
    "kiosk-pile": ("visit-pile", "half", Language.FRENCH),
    "kiosk-question": ("question-keys", "half", Language.FRENCH),
    "kiosk-summary": ("summary", "half", Language.FRENCH),
    "kiosk-receipt": ("receipt-keys", "half", Language.FRENCH),
    "kiosk-warning": ("warning", "half", Language.FRENCH),
    "kiosk-closed": ("idle-closed", "half", Language.FRENCH),
    "kiosk-out": ("out-unstaffed", "half", Language.FRENCH),
    "kiosk-offline": ("visit-offline", "half", Language.FRENCH),
    "kiosk-staff": ("staff-set", "half", Language.FRENCH),
    "kiosk-arabic": ("visit-every", "half", Language.ARABIC),
    "kiosk-contrast": ("visit-aids", "half", Language.ENGLISH),
    "kiosk-wide": ("visit", "panel", Language.ENGLISH),
}
"""Of the documentation: scene, size, language."""


Shot = tuple[str, str, str, Language]
"""File name, scene, size, language."""


def shots(*, everything: bool) -> list[Shot]:
    """What is to be taken."""
    if not everything:
        return [(name, *taken) for name, taken in PICTURES.items()]
    return [
        (f"{scene}-{size}-{language.value}", scene, size, language)
        for scene, size, language in product(SCENES, SIZES, Language)
    ]


async def take(folder: Path, *, everything: bool) -> None:
    """Write pictures of the scenes."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for name, scene, size, language in shots(everything=everything):
            place, session = SCENES[scene]
            server = ScreenServer(place, "127.0.0.1", 0, lambda _: None)
            await server.start()
            server.show(replace(session, language=language))
            width, height = SIZES[size]
            page = await chromium.new_page(
                viewport={"width": width, "height": height}, reduced_motion="reduce"
            )
            await page.goto(server.url)
            await page.locator("#say:not(:empty)").wait_for(state="attached")
            await page.screenshot(path=folder / f"{name}.png")
            await page.close()
            await server.stop()
        await chromium.close()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("docs/images")
    target.mkdir(parents=True, exist_ok=True)
    asyncio.run(take(target, everything=len(sys.argv) > 1))
