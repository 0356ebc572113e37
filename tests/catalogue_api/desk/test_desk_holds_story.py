"""Reservations at the desk in Chromium: two librarians on one queue, a keyboard, a printer."""

import re
from datetime import timedelta

import pytest
from catalogue_world import NOW, TODAY
from chromium import without_script
from desk_world import PASSWORD
from hold_people import add_readers
from playwright.async_api import Page, expect

from catalogue_api.domain.roles import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
MILLIMETRE = 72 / 25.4  # in points


@pytest.fixture
def queue(world) -> list[int]:
    """Three readers who wait for a title of which every copy is lent."""
    add_readers(world, 3, 5)
    for barcode in ("1", "2", "3"):
        world.lend(barcode)
    return [
        world.hold(patron=patron, placed_at=NOW - timedelta(days=10 - patron))
        for patron in (3, 4, 5)
    ]


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(80):
        if await page.locator(selector).first.evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {selector}")


async def choose(page: Page, selector: str, said: str) -> None:
    """Come to a list with the keyboard, and type what is chosen."""
    await tab_to(page, selector)
    await page.keyboard.type(said)


async def test_two_browsers_on_one_queue(world, watched, queue) -> None:
    mine = await watched.signed_in()
    other = await watched.context.browser.new_context(base_url=watched.home, locale="fr-FR")
    token = world.signed_in(Role.LIBRARIAN)
    cookie = {"name": "ritournelle_desk", "value": token, "url": f"{watched.home}/desk"}
    await other.add_cookies([cookie])
    theirs = await other.new_page()
    await mine.goto(f"/desk/holds/{queue[1]}")
    await theirs.goto("/desk/titles/1/holds")
    await mine.locator("#note").fill("pour mardi")

    await tab_to(theirs, f'#queue a[href="/desk/holds/{queue[2]}"]')
    await theirs.keyboard.press("Enter")
    await choose(theirs, "#place", "1re")
    await choose(theirs, "#why", "pour un cercle")
    await tab_to(theirs, "form[action$=move] button")
    await theirs.keyboard.press("Enter")
    await expect(theirs.locator("#said")).to_contain_text("Place changée : N5")

    await expect(mine.locator("#facts .facts")).to_contain_text("3e place")  # seen live
    await expect(mine.locator("#facts .turns li").first).to_contain_text("N5")
    await expect(mine.locator("#note")).to_have_value("pour mardi")
    await tab_to(mine, "form[action$=move] button")
    await mine.keyboard.press("Enter")
    await expect(mine.locator("#objections")).to_contain_text("Un collègue l’a changé")
    await expect(mine.locator("#meanwhile")).to_contain_text("pour un cercle de lecture")
    await expect(mine.locator("#note")).to_have_value("pour mardi")

    await theirs.goto("/desk/titles/1/holds")
    first = theirs.locator("#queue .queue > li").first
    await expect(first).to_contain_text("N5")
    await tab_to(mine, "form[action$=move] button")
    await mine.keyboard.press("Enter")
    await expect(mine.locator("#said")).to_contain_text("Place changée : N4")
    await expect(first).to_contain_text("N4")
    await expect(theirs.locator("#moves-head")).to_be_visible()
    await other.close()


async def test_a_search_and_a_reservation_with_the_keyboard_alone(world, watched, queue) -> None:
    page = await watched.signed_in()
    await page.goto("/desk/holds")
    await expect(page.locator("#words")).to_be_focused()
    await page.keyboard.type("été")
    await page.keyboard.press("Enter")
    await tab_to(page, ".titles a")
    await page.keyboard.press("Enter")
    await tab_to(page, "#card")
    await page.keyboard.type("P2")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("Réservé pour Paul Personne")
    await tab_to(page, "details:has(form[action$=pause]) summary")
    await page.keyboard.press("Enter")
    await tab_to(page, "form[action$=pause] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#facts .sum")).to_contain_text("En pause")
    await tab_to(page, "#said button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#facts .sum")).to_contain_text("En attente")
    await tab_to(page, "form[action$=cancel] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#facts .sum")).to_contain_text("Annulée")
    assert world.row("SELECT count(*) FROM holds WHERE patron_id = 2 AND title_id = 1") == (1,)


async def test_readers_are_called_while_a_colleague_calls_too(world, watched) -> None:
    add_readers(world, 3, 3)
    world.hold(1, 3, status="ready", item_id=1, shelf_number=13, ready_at=NOW, expires_on=TODAY)
    page = await watched.signed_in()
    other = await page.context.new_page()
    for one in (page, other):
        await one.goto("/desk/holds/to-tell")
        await expect(one.locator(".calls > li")).to_have_count(2)
    await tab_to(page, "#call-3")
    await page.keyboard.press("Enter")
    await expect(page.locator("#said")).to_contain_text("N3 est prévenu")
    await expect(page.locator(".calls > li")).to_have_count(1)
    await other.bring_to_front()
    await expect(other.locator(".calls > li")).to_have_count(1)
    await tab_to(page, "#said button")
    await page.keyboard.press("Enter")
    await expect(page.locator(".calls > li")).to_have_count(2)


async def test_without_a_script_everything_can_be_done(world, watched, queue) -> None:
    async with without_script(watched.context, watched.home) as page:
        await page.goto("/desk/sign-in?next=/desk/holds")
        for name, text in [("#name", "ana"), ("#password", PASSWORD)]:
            await page.locator(name).fill(text)
        await page.keyboard.press("Enter")
        await page.locator("#words").fill("N4")
        await page.keyboard.press("Enter")
        await page.locator("#found a").press("Enter")
        await page.locator("#place").select_option(index=0)
        await page.locator("form[action$=move] button").press("Enter")
        await expect(page.locator("#facts .facts")).to_contain_text("1re place")
        await page.locator("#said button").press("Enter")
        await expect(page.locator("#facts .facts")).to_contain_text("2e place")
        await page.locator("form[action$=cancel] button").press("Enter")
        await expect(page.locator("#facts .sum")).to_contain_text("Annulée")
        await page.goto("/desk/holds/to-tell")
        await page.locator("#met-2").press("Enter")
        await expect(page.locator("#calls")).to_contain_text("Tout le monde est prévenu")


async def test_slips_and_letters_fit_their_paper(world, watched) -> None:
    add_readers(world, 3, 4)
    for patron, item in ((3, 1), (4, 2)):
        world.hold(
            1, patron, status="ready", item_id=item, shelf_number=900 + item, ready_at=NOW,
            expires_on=TODAY,
        )  # fmt: skip
    page = await watched.signed_in()
    for path, width in [("/desk/holds/slips", 80), ("/desk/holds/letters?to=all", 210)]:
        await page.goto(path)
        printed = await page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 3, path
        sheets = {float(found) for found in re.findall(rb"/MediaBox \[0 0 ([\d.]+)", printed)}
        assert all(abs(sheet - width * MILLIMETRE) < 2 for sheet in sheets), (path, sheets)
        await page.emulate_media(media="print")
        assert await page.locator("button:visible, form:visible, header:visible").count() == 0
        await page.emulate_media(media="screen")
