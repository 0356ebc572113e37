"""Every page of the desk: usable by everybody, narrow and wide, light and dark, in both languages.

A new page is one line in `PAGES`; what it shows, `desk_world.busy_day` lays there.
"""

import pytest
from axe_playwright_python.async_playwright import Axe
from desk_settings_world import settled
from desk_watched import Watched
from playwright.async_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

PAGES = (
    "/desk/today",
    "/desk/today?only=picks",
    "/desk/today?only=baskets",
    "/desk/scan",
    "/desk/scan?reader=2",
    "/desk/sites/cachan/shelving",
    "/desk/readers",
    "/desk/readers/new",
    "/desk/readers/1",
    "/desk/readers/1/edit",
    "/desk/readers/1/history",
    "/desk/readers/1/delete",
    "/desk/titles",
    "/desk/titles?q=t*",
    "/desk/titles?kind=x",
    "/desk/titles/1",
    "/desk/titles/new",
    "/desk/titles/1/edit",
    "/desk/titles/1/items",
    "/desk/items/12",
    "/desk/items/12/edit",
    "/desk/kiosks",
    "/desk/kiosks/pad",
    "/desk/returns?q=12",
    "/desk/returns?kiosk=pad&day=x",
    "/desk/kiosk-tokens",
    "/desk/journal",
    "/desk/journal?day=x",
    "/desk/holds",
    "/desk/titles/11/holds",
    "/desk/holds/1",
    "/desk/holds/3",
    "/desk/holds/to-tell",
    "/desk/holds/letters?to=all",
    "/desk/holds/slips",
    "/desk/figures",
    "/desk/figures?first=2026-11-01&last=x&site=nowhere",
    "/desk/figures/year",
    "/desk/site",
    "/desk/help",
    "/desk/nothing-here",
)
SETTINGS = (
    "", "/closures?past=1", "/closures/new", "/closures/1", "/closures/1/remove", "/moves",
    "/calendar?month=2026-12", "/hours", "/holidays", "/rules", "/rules/change", "/staff",
    "/staff/ana", "/account", "/import",
)  # fmt: skip
OUTSIDE = ("/desk/sign-in",)
LOOKS = (
    (320, "light", "fr"),
    (320, "dark", "en"),
    (1920, "light", "en"),
    (1920, "dark", "fr"),
)


async def look_at(watched: Watched, page: Page, path: str) -> None:
    """Fail unless the page is clean in all its looks, without scrolling sideways."""
    for width, scheme, language in LOOKS:
        await watched.keep("ritournelle_language", language)
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        await page.goto(path)
        assert await page.locator("html").get_attribute("lang") == language
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
