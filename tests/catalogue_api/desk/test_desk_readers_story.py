"""Readers at the desk, in Chromium: with the keyboard alone, and with what only a browser shows."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.async_playwright import Axe
from catalogue_world import TODAY
from keyboard import access_key, scan, tab_to
from playwright.async_api import Page, expect

from catalogue_api.storage.tables import Block

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def clean(page: Page) -> None:
    """Fail if anything is wrong with the page for anybody, narrow or wide, light or dark."""
    for width, scheme in [(320, "dark"), (1920, "light")]:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def fill_in(page: Page, **fields: str) -> None:
    """Reach each field with the Tab key and type into it."""
    for name, text in fields.items():
        await tab_to(page, f"#{name}")
        await page.keyboard.type(text)


async def test_a_reader_is_registered_lent_to_and_renewed_by_keyboard(world, watched) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/today")
    await access_key(page, "l")
    await expect(page.locator("#words")).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#family_name")).to_be_focused()
    await fill_in(page, family_name="Dupont", given_name="Camille", birth_year="2012", card="C1")
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Dupont, Camille")
    await expect(page.locator("#said")).to_contain_text("Camille Dupont est inscrit")
    await scan(page, "1")
    await scan(page, "2")
    await scan(page, "3")
    await expect(page.locator("#loans li")).to_have_count(3)
    await expect(page.locator("#answer")).to_contain_text("Prêté jusqu’au")
    soon = TODAY + timedelta(days=2)
    world.database.write_now(
        lambda db: db.connection().exec_driver_sql(
            f"UPDATE loans SET due_on = '{soon}' WHERE item_id IN (1, 2, 3)"
        )
    )
    await tab_to(page, "button[value=renew_all]")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_contain_text("3 prêts prolongés")
    await expect(page.locator("#loans :focus")).to_have_count(1)  # the keyboard stayed there
    first = page.locator("#loans button[value^=renew\\:]").first
    await first.focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_contain_text("Déjà prolongé autant que possible")
    await clean(page)
    await access_key(page, "z")
    await expect(page.locator("#barcode")).to_be_focused()
    await page.keyboard.type("2")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_contain_text("Rendu")
    await expect(page.locator("#loans li")).to_have_count(2)
    renewed = world.rows("SELECT item_id, renewals FROM loans WHERE item_id < 4 ORDER BY item_id")
    assert renewed == [(1, 1), (2, 1), (3, 1)]


async def test_scans_that_follow_at_once_are_all_lent(world, watched) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/readers/1")
    for code in ("1", "2", "P1000", "3"):
        await scan(page, code)
    await expect(page.locator("#loans li")).to_have_count(3)
    lent = world.rows("SELECT item_id FROM loans WHERE patron_id = 1 AND ended_at IS NULL")
    assert sorted(lent) == [(1,), (2,), (3,)]


async def test_what_a_session_that_ended_was_about_to_return_is_not_lent(world, watched) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/readers/1")
    await expect(page.locator("#barcode")).to_be_focused()
    world.now += timedelta(hours=13)
    await page.keyboard.type("1")
    await page.get_by_role("button", name="Rendre", exact=True).first.click()
    await expect(page.locator("h1")).to_have_text("Reconnectez-vous pour continuer")
    assert await page.locator("input[name=act]").get_attribute("value") == "return"
    assert await page.locator("input[name=barcode]").get_attribute("value") == "1"


async def test_answers_with_forms_in_them_are_for_everybody(world, watched) -> None:
    world.add(
        Block(patron_id=1, kind="staff", from_on=TODAY, created_at=world.now, reason="x" * 190)
    )
    page = await watched.signed_in()
    await page.goto("/desk/readers/1")
    await scan(page, "1")
    await expect(page.locator("#override_reason")).to_be_visible()
    for summary in await page.locator("main summary").all():
        await summary.click()
    await clean(page)
    await page.locator("#override_reason").fill("pour l’école")
    await page.keyboard.press("Enter")
    await expect(page.locator("#answer")).to_contain_text("Prêté jusqu’au")
    await page.get_by_text("Donner un code à usage unique").click()
    await page.get_by_role("button", name="Faire un code").click()
    await expect(page.locator(".digits")).to_have_text(re.compile(r"\d{4} \d{4}"))
    await clean(page)
    await page.goto("/desk/readers")
    await page.locator("#words").fill("n")
    await page.keyboard.press("Enter")
    await expect(page.locator("#against-words")).to_be_visible()
    await clean(page)
    await page.locator("#words").fill("inconnue")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/desk/readers/1")


async def test_what_is_printed_of_a_reader(world, watched) -> None:
    world.lend("1")
    page = await watched.signed_in()
    await page.goto("/desk/readers/1")
    await page.emulate_media(media="print")
    await expect(page.locator("#loans .title")).to_be_visible()
    for screen_only in ("#barcode", "#loans button", ".side", ".top"):
        await expect(page.locator(screen_only).first).to_be_hidden()
