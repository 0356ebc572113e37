"""Settings, accounts and the night's book drop, in Chromium and with the keyboard alone."""

import re

import pytest
from axe_playwright_python.async_playwright import Axe
from desk_settings_world import settled
from desk_world import PASSWORD
from keyboard import access_key, scan, tab_to
from playwright.async_api import Page, expect

from catalogue_api.domain.roles import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
HOURS = "/desk/settings/hours"


async def clean(page: Page) -> None:
    """Fail if anything is wrong with the page for anybody, narrow or wide, light or dark."""
    for width, scheme in [(320, "dark"), (1920, "light")]:
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        found = await Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def type_over(page: Page, name: str, text: str) -> None:
    """Reach a field with the Tab key, and type in place of what stands there."""
    await tab_to(page, f'[name="{name}"]')
    await page.keyboard.press("Control+a")
    await page.keyboard.type(text)


async def press(page: Page, button: str) -> None:
    """Reach a button with the Tab key, and press it."""
    await tab_to(page, button)
    await page.keyboard.press("Enter")


async def test_hours_are_changed_with_open_eyes_and_the_second_one_is_told(world, watched) -> None:
    await settled(world)
    mine = await watched.signed_in()
    other = await watched.context.browser.new_context(base_url=watched.home, locale="fr-FR")
    token = world.signed_in(Role.MANAGER)
    cookie = {"name": "ritournelle_desk", "value": token, "url": f"{watched.home}/desk"}
    await other.add_cookies([cookie])
    theirs = await other.new_page()
    await theirs.goto(HOURS)

    await mine.goto("/desk/today")
    await access_key(mine, "g")
    await press(mine, f'main a[href="{HOURS}"]')
    await type_over(mine, "term.1", "14h-20h")
    await press(mine, 'button[value="look"]')
    await expect(mine.locator(".preview")).to_contain_text("14:00–19:00 → 14:00–20:00")
    await expect(mine.locator("main")).to_contain_text("Rien n’est encore enregistré")
    await clean(mine)
    await press(mine, 'button[value="edit"]')
    await expect(mine.locator('[name="term.1"]')).to_have_value("14h-20h")
    await press(mine, 'button[value="look"]')
    await expect(mine.locator('button[value="save"]')).to_be_focused()
    await mine.keyboard.press("Enter")
    await expect(mine.locator("#said")).to_contain_text("Les horaires de Cachan sont enregistrés")

    await type_over(theirs, "term.2", "9h-12h")
    await press(theirs, 'button[value="look"]')
    told = theirs.locator("#objections")
    await expect(told).to_contain_text("Un collègue l’a changé")
    await expect(told.locator("del")).to_have_text("14:00–19:00")
    await expect(told.locator("ins")).to_have_text("14:00–20:00")
    await expect(theirs.locator('[name="term.2"]')).to_have_value("9h-12h")
    await expect(theirs.locator('[name="term.1"]')).to_have_value("14:00–20:00")  # theirs stays
    await clean(theirs)
    await press(theirs, 'button[value="look"]')
    await expect(theirs.locator('button[value="save"]')).to_be_focused()
    await theirs.keyboard.press("Enter")
    await expect(theirs.locator("#said")).to_contain_text("sont enregistrés")
    hours = world.rows(
        "SELECT weekday, opens, closes FROM opening_hours WHERE weekday IN (1, 2) ORDER BY weekday"
    )
    assert [(day, f"{opens}"[:5], f"{closes}"[:5]) for day, opens, closes in hours] == [
        (1, "14:00", "20:00"), (2, "09:00", "12:00"),
    ]  # fmt: skip
    await other.close()


async def test_a_new_colleague_chooses_a_password_and_is_made_a_manager(world, watched) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/settings/staff")
    await page.locator("#where").select_option("cachan")
    await page.locator("#name").fill("zoé")
    await page.keyboard.press("Enter")
    password = re.compile(r"(?:[a-z2-9]{4}-){3}[a-z2-9]{4}")
    await expect(page.locator("#said")).to_contain_text(password)
    (secret,) = password.findall(await page.locator("#said").inner_text())
    other = await watched.context.browser.new_context(base_url=watched.home, locale="fr-FR")
    hers = await other.new_page()
    await hers.goto("/desk/sign-in?next=/desk/scan")
    for name, text in [("#name", "zoé"), ("#password", secret)]:
        await hers.locator(name).fill(text)
    await hers.keyboard.press("Enter")
    await expect(hers.locator("h1")).to_have_text("Choisissez votre mot de passe")
    await expect(hers.locator(".entries a")).to_have_count(0)
    await clean(hers)
    for name, text in [("password", secret), ("new_password", PASSWORD), ("repeat_password", "x")]:
        await tab_to(hers, f"#{name}")
        await hers.keyboard.type(text)
    await hers.keyboard.press("Enter")
    await expect(hers.locator("#against-repeat_password")).to_be_visible()
    await clean(hers)
    for name, text in [
        ("password", secret), ("new_password", PASSWORD), ("repeat_password", PASSWORD),
    ]:  # fmt: skip
        await hers.locator(f"#{name}").fill(text)
    await hers.keyboard.press("Enter")
    await expect(hers.locator("#barcode")).to_be_focused()  # where she wanted to go
    await page.locator("#role").select_option("manager")
    await press(page, "form.after button")
    await expect(page.locator(".preview")).to_contain_text("Bibliothécaire → Responsable")
    await clean(page)
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("Le compte de zoé est enregistré")
    await hers.goto("/desk/settings/hours")
    await expect(hers.locator('button[value="look"]')).to_be_visible()
    await other.close()


async def test_the_book_drop_of_the_night_by_keyboard(world, watched) -> None:
    await settled(world)
    world.lend("2", due_in=-2)
    page = await watched.signed_in()
    await page.goto("/desk/scan")
    await press(page, 'form[action$="/scan/night"] button')
    await expect(page.locator("#night")).to_contain_text("samedi 21 novembre")
    await clean(page)
    await expect(page.locator("#barcode")).to_be_focused()
    for code in ("2", "nothing"):
        await scan(page, code)
    await expect(page.locator("#answer")).to_contain_text("« nothing »")
    await expect(page.locator("#night")).to_contain_text("samedi 21 novembre")
    await expect(page.locator("#earlier")).to_contain_text("Rendu")
    assert world.row("SELECT occurred_at FROM returns WHERE barcode = '2'") == (
        "2026-11-21 17:00:00.000000",
    )
    await scan(page, "P2")  # a card opens an account: that ends it
    await expect(page.locator("#reader")).to_contain_text("Paul Personne")
    await expect(page.locator("#night > *")).to_have_count(0)
    await expect(page.locator('form[action$="/scan/night"] button')).to_have_attribute(
        "aria-pressed", "false"
    )
