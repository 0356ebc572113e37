"""Stories at the desk, in Chromium and with the keyboard alone."""

from datetime import timedelta

import pytest
from catalogue_world import fact
from chromium import without_script
from desk_world import PASSWORD
from keyboard import access_key, scan, tab_to
from playwright.async_api import expect

from catalogue_api.contract.returns import RETURN_ITEM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def test_a_morning_from_sign_in_to_a_cleared_pick_list(world, watched) -> None:
    world.hold(1)
    page = await watched.context.new_page()
    await page.goto("/desk/")
    await expect(page.locator("#name")).to_be_focused()
    await page.keyboard.type("ana")
    await page.keyboard.press("Tab")
    await expect(page.locator("#password")).to_be_focused()
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Aujourd’hui")
    await expect(page.locator("#picks .lines > li")).to_have_count(2)
    await tab_to(page, "#not-found-11")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("« Vendredi » est noté manquant")
    await expect(page.locator("#picks .lines > li")).to_have_count(1)
    await expect(page.locator("#picks :focus")).to_have_count(1)  # the keyboard stayed there
    assert world.row("SELECT status FROM items WHERE id = 11") == ("missing",)
    await page.keyboard.press("F2")
    await expect(page.locator("#barcode")).to_be_focused()
    await scan(page, "1")
    await expect(page.locator("#answer")).to_contain_text("Prêt à retirer")
    await scan(page, "12")
    await expect(page.locator("#answer .what")).to_have_text("Momo")
    await expect(page.locator("#answer .number")).to_be_visible()
    await expect(page.locator("#earlier li")).to_have_count(1)
    await access_key(page, "a")
    await expect(page.locator("#picks")).to_contain_text("Rien à chercher")
    await expect(page.locator("#caught")).to_contain_text("Aucun exemplaire retenu")
    ready = world.rows("SELECT item_id FROM holds WHERE status = 'ready'")
    assert {(1,), (12,)} <= set(ready)


async def test_a_kiosk_returns_books_while_the_desk_watches(world, watched) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/today")
    count = page.locator("#caught .count")
    await expect(count).to_have_text("1")
    await page.locator("#cleared-16").focus()
    world.hold(1)
    world.lend("1")
    kiosk = world.embedded()
    await kiosk.call(RETURN_ITEM, fact(1, "1"), kiosk="pad")
    await expect(count).to_have_text("2")
    await expect(page.locator("#caught")).to_contain_text("L’Été")
    await expect(page.locator("#cleared-16")).to_be_focused()
    remark = page.locator("#anomalies input[name=remark]")
    await remark.focus()
    await page.keyboard.type("étiquette")
    await kiosk.call(RETURN_ITEM, fact(2, "also unknown"), kiosk="pad")
    await expect(page.locator("main[data-waiting]")).to_be_visible()  # it has heard, and waits
    await expect(remark).to_have_value("étiquette")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("C’est noté.")
    await expect(page.locator("#anomalies")).to_contain_text("also unknown")
    assert world.rows("SELECT remark FROM anomalies WHERE handled_at IS NOT NULL") == [
        ("étiquette",)
    ]


async def test_a_card_and_its_books_scanned_at_once(world, watched) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/scan")
    for code in ("P1", "1", "3", "nothing"):
        await scan(page, code)
    await expect(page.locator("#answer")).to_contain_text("« nothing » n’est ni")
    await expect(page.locator("#reader")).to_contain_text("Ida Inconnue")
    lent = world.rows("SELECT item_id FROM loans WHERE patron_id = 1 AND ended_at IS NULL")
    assert sorted(lent) == [(1,), (3,)]
    await page.keyboard.press("F4")
    await expect(page.locator("#reader section")).to_have_count(0)
    await expect(page.locator("#barcode")).to_be_focused()
    await page.keyboard.press("F8")
    await expect(page.locator("button[aria-pressed=true]")).to_contain_text("Retours seulement")
    await scan(page, "1")
    await expect(page.locator("#answer")).to_contain_text("Rendu")
    await page.locator("#answer").get_by_text("Annuler le retour").press("Enter")
    await expect(page.locator("#answer")).to_contain_text("Retour annulé")
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (2,)


async def test_a_desk_left_alone_locks_and_keeps_what_was_typed(world, watched) -> None:
    page = await watched.context.new_page()
    await page.clock.install()
    await page.goto("/desk/sign-in")
    for name, text in [("#name", "ana"), ("#password", PASSWORD)]:
        await page.locator(name).fill(text)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/today")
    await page.goto("/desk/scan")
    await expect(page.locator("#barcode")).to_be_focused()
    await page.keyboard.type("1")
    world.now += timedelta(minutes=20)
    await page.clock.fast_forward("16:00")
    lock = page.locator("#lock")
    await expect(lock).to_be_visible()
    await expect(page.locator("#barcode")).to_be_hidden()
    await expect(page.locator("#lock-password")).to_be_focused()
    await scan(page, "wrong horse", "#lock-password")
    await expect(lock).to_contain_text("Ce n’est pas le bon mot de passe")
    await page.keyboard.press("Escape")
    await expect(lock).to_be_visible()
    await page.locator("#lock-password").focus()
    await scan(page, PASSWORD, "#lock-password")
    await expect(lock).to_be_hidden()
    await expect(page.locator("#barcode")).to_have_value("1")
    await page.locator("#barcode").press("Enter")
    await expect(page.locator("#answer")).to_contain_text("Rien à rendre")


async def test_a_session_that_ended_in_mid_form(world, watched) -> None:
    page = await watched.context.new_page()
    await page.goto("/desk/sign-in")
    for name, text in [("#name", "ana"), ("#password", PASSWORD)]:
        await page.locator(name).fill(text)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/today")
    await page.locator("#anomalies input[name=remark]").fill("étiquette")
    world.now += timedelta(hours=3)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Reconnectez-vous pour continuer")
    await page.locator("#name").fill("ana")
    await page.locator("#password").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("C’est noté.")
    assert world.row("SELECT remark, handled_by FROM anomalies") == ("étiquette", "ana")


async def test_without_script_every_button_works(world, watched) -> None:
    async with without_script(watched.context, watched.home) as page:
        await page.goto("/desk/sign-in")
        for name, text in [("#name", "ana"), ("#password", PASSWORD)]:
            await page.locator(name).fill(text)
        await page.keyboard.press("Enter")
        for button in ("#not-found-11", "#cleared-16", "#sent-1", "#shelved-1"):
            await page.locator(button).press("Enter")
            await expect(page.locator(button)).to_have_count(0)
        await page.goto("/desk/scan")
        await scan(page, "P1")
        await expect(page.locator("#reader")).to_contain_text("Ida Inconnue")
        await scan(page, "1")
        await expect(page.locator("#answer")).to_contain_text("Prêté jusqu’au")
        await page.reload()
        await expect(page.locator("#answer")).to_contain_text("Prêté jusqu’au")
        assert world.row("SELECT count(*) FROM loans WHERE item_id = 1") == (1,)
