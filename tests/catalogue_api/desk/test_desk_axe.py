"""Every page of the desk: usable by everybody, narrow and wide, light and dark, in both languages.

A new page is one line in `bench.desk_pages`; what it shows, `desk_world.busy_day` lays there.
"""

import pytest
from axe_playwright_python.async_playwright import Axe
from desk_settings_world import settled
from desk_watched import Watched
from playwright.async_api import Page

from bench.desk_pages import OUTSIDE, PAGES, SETTINGS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

LOOKS = {"fr": ((320, "light"), (1920, "dark")), "en": ((1920, "light"), (320, "dark"))}
"""How a page is looked at in each language: without loading it anew."""


async def look_at(watched: Watched, page: Page, path: str) -> None:
    """Fail unless the page is clean in all its looks, without scrolling sideways."""
    for language, looks in LOOKS.items():
        await watched.keep("ritournelle_language", language)
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status < 500, path
        assert await page.locator("html").get_attribute("lang") == language
        for width, scheme in looks:
            await page.set_viewport_size({"width": width, "height": 900})
            await page.emulate_media(color_scheme=scheme)
            found = await Axe().run(page)
            assert found.violations_count == 0, (path, width, scheme, found.generate_report())
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (path, width, wide)


@pytest.mark.parametrize("path", PAGES)
async def test_everybody_can_use_every_page(watched, path) -> None:
    page = await watched.signed_in()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await look_at(watched, page, path)
    assert not errors


@pytest.mark.parametrize("path", SETTINGS)
async def test_everybody_can_use_the_settings(watched, path) -> None:
    await settled(watched.world)
    await look_at(watched, await watched.signed_in(), f"/desk/settings{path}")


@pytest.mark.parametrize("path", OUTSIDE)
async def test_everybody_can_come_in(watched, path) -> None:
    await look_at(watched, await watched.context.new_page(), path)
