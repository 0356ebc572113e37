"""Documents and the journal in Chromium, with the keyboard alone."""

import pytest
from axe_playwright_python.async_playwright import Axe
from keyboard import access_key, tab_to
from playwright.async_api import Page, expect
from test_desk_settings_story import press, type_over

from catalogue_api.domain.roles import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def narrow(page: Page) -> None:
    """Fail if anything is wrong with the page for anybody on a telephone."""
    await page.set_viewport_size({"width": 320, "height": 900})
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    await page.set_viewport_size({"width": 1280, "height": 900})


async def test_a_title_and_a_copy_are_edited_and_marked_and_it_is_told_who_did_it(
    world, watched
) -> None:
    page = await watched.signed_in(Role.MANAGER)
    await page.goto("/desk/today")
    await access_key(page, "d")
    await expect(page.locator("h1")).to_have_text("Documents")
    await page.locator("[name=q]").focus()
    await page.keyboard.type("été camus")
    await page.keyboard.press("Enter")
    await press(page, 'main a[href^="/desk/titles/1"]')
    await press(page, 'a[href="/desk/titles/1/edit"]')
    await type_over(page, "publisher", "Gallimard")
    await tab_to(page, "[name=numbers]")
    await page.keyboard.type("978-2-07-036002-4")
    await press(page, 'form[action="/desk/titles/1/edit"] button')
    await expect(page.locator("#said")).to_contain_text("« L’Été » est enregistré.")
    await expect(page.locator("main")).to_contain_text("9782070360024")

    await press(page, 'main a[href="/desk/items/1"]')
    await press(page, 'a[href="/desk/items/1/edit"]')
    await type_over(page, "shelf_mark", "R ETE")
    await press(page, 'form[action="/desk/items/1/edit"] button')
    await expect(page.locator("#said")).to_contain_text("enregistré")
    await tab_to(page, "#remark")
    await page.keyboard.type("après l’inventaire")
    await page.keyboard.press("Enter")  # as a barcode reader does: that chooses no mark
    await press(page, "form.mark button[value=lost]")
    await expect(page.locator("#said")).to_contain_text("« L’Été » est noté perdu.")
    await narrow(page)
    assert world.row("SELECT status, shelf_mark FROM items WHERE id = 1") == ("lost", "R ETE")
    await press(page, "#said button")
    await expect(page.locator("#said")).to_contain_text("est noté disponible")
    assert world.row("SELECT status FROM items WHERE id = 1") == ("available",)

    log = await watched.signed_in(Role.ADMINISTRATOR)
    await log.goto("/desk/today")
    await access_key(log, "j")
    await expect(log.locator("h1")).to_be_visible()
    await tab_to(log, "#who")
    await log.keyboard.type("manager")
    await log.keyboard.press("Enter")
    lines = log.locator("table.log tbody tr")
    await expect(lines).to_have_count(4)  # edited twice, marked twice; the newest first
    await expect(lines.nth(1)).to_contain_text("après l’inventaire")
    await expect(lines.nth(3)).to_contain_text("manager")
    await narrow(log)
    await press(log, 'table.log tbody tr:nth-child(4) a[href="/desk/titles/1"]')
    await expect(log.locator("h1")).to_contain_text("L’Été")
