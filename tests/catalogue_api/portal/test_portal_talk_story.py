"""Readers and librarians talk, in Chromium: questions, suggestions, and the mails about them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from catalogue_world import World
from desk_world import hire
from mail_world import PostOffice, post_office, sent, tell, write_to
from playwright.async_api import Page, expect
from portal_browser import browsing, clean, fill_in, press
from portal_world import PIN, give_pin

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.domain.roles import Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
ENDS = {"ends_at": "2026-12-24T10:30:00+00:00"}
WIDTHS = (360, 1280)


@dataclass
class House:
    """A reader and a librarian before the same catalogue, and the mail server between them."""

    world: World
    reader: Page
    desk: Page
    post: PostOffice

    async def post_is_sent(self) -> str:
        """Send what waits, and return the last letter."""
        await sent(self.world, self.post)
        return str(self.post.letters[-1][1].get_content())


@pytest_asyncio.fixture(loop_scope="session")
async def house(world, chromium) -> AsyncIterator[House]:
    hire(world)
    give_pin(world)
    write_to(world)
    async with browsing(world, chromium) as (context, home), post_office() as post:
        cookie = {"value": world.signed_in(Role.LIBRARIAN), "url": f"{home}/desk"}
        await context.add_cookies([{"name": "ritournelle_desk", **cookie}])
        yield House(world, await context.new_page(), await context.new_page(), post)


async def signed_in(page: Page) -> None:
    await fill_in(page, card="P1", pin=PIN)
    await page.keyboard.press("Enter")


async def test_a_question_is_asked_answered_and_read(house) -> None:
    reader, desk = house.reader, house.desk
    await reader.set_viewport_size({"width": WIDTHS[0], "height": 740})
    await reader.goto("/titre/1")
    await press(reader, "article a[href='/questions?titre=1']")
    await expect(reader.locator("form p a")).to_have_text("L’Été")
    await press(reader, "main p a[href^='/connexion']")
    await signed_in(reader)
    await expect(reader.locator("form p a")).to_have_text("L’Été")
    await fill_in(reader, text="L’avez-vous en gros caractères ?")
    await press(reader, "main form > button")
    await expect(reader.locator("#said")).to_contain_text("chez les bibliothécaires")
    await expect(reader.locator(".works")).to_contain_text("en attente de réponse")
    await clean(reader)

    for width in WIDTHS:  # a colleague looks on a phone, another answers
        await desk.set_viewport_size({"width": width, "height": 800})
        await desk.goto("/desk/questions")
        await press(desk, "main a[href='/desk/questions/1']")
        await expect(desk.locator("blockquote")).to_have_text("L’avez-vous en gros caractères ?")
        await clean(desk)
    await fill_in(desk, answer="Oui, rayon G. Je vous le mets de côté.")
    await press(desk, "button[value=answer]")
    await expect(desk.locator("#said")).to_contain_text("La réponse part au lecteur.")

    letter = await house.post_is_sent()
    assert "Oui, rayon G." in letter
    assert "> L’avez-vous en gros caractères" in letter
    for width in WIDTHS:
        await reader.set_viewport_size({"width": width, "height": 740})
        await reader.goto("/questions")
        await expect(reader.locator(".works .sheet")).to_contain_text("Oui, rayon G.")
        await expect(reader.locator(".works")).to_contain_text("réponse donnée")
        await clean(reader)
    await press(reader, "main a[href='/suggestions']")
    await fill_in(reader, title="Momo", isbn="123")
    await reader.keyboard.press("Enter")
    await expect(reader.locator("#against-isbn")).to_contain_text("Ce n’est pas un ISBN")
    await clean(reader)
    await reader.fill("#isbn", "")
    await press(reader, "main form > button")
    await expect(reader.locator("#said")).to_contain_text("Merci !")

    await desk.goto("/desk/suggestions")
    await clean(desk)
    await fill_in(desk, **{"remark-1": "En rayon en janvier."})
    await press(desk, "button[value=ordered]")
    await expect(desk.locator("#said")).to_contain_text("le lecteur est prévenu")
    assert "En rayon en janvier." in await house.post_is_sent()
    await reader.reload()
    await expect(reader.locator(".works")).to_contain_text("Commandé")
    await expect(reader.locator(".works")).to_contain_text("En rayon en janvier.")


@pytest.mark.parametrize("width", WIDTHS)
async def test_what_a_reader_is_told_is_theirs_to_choose(house, width) -> None:
    reader = house.reader
    await reader.set_viewport_size({"width": width, "height": 740})
    tell(house.world, 1, NoticeKind.SLOT_SOON, **ENDS)
    found = re.search(r"\S+/desabonnement/(\S+)", await house.post_is_sent())
    assert found is not None
    await reader.goto(f"/desabonnement/{found[1]}")
    await expect(reader.locator("main")).to_contain_text("Rappel d’ordinateur")
    await clean(reader)
    await press(reader, "main form button")
    await expect(reader.locator("main p[role=status]")).to_contain_text("C’est noté")
    await clean(reader)
    await press(reader, "main a[href='/compte/messages/choix']")
    await signed_in(reader)
    way = reader.locator("#way-slot_soon")
    await expect(way).to_have_value("not_at_all")
    await clean(reader)
    tell(house.world, 2, NoticeKind.SLOT_SOON, **ENDS)
    await sent(house.world, house.post)
    assert len(house.post.letters) == 1, "what was declined is not sent"
    await way.select_option("email")
    await press(reader, "main form > button")
    await expect(reader.locator("#said")).to_contain_text("C’est enregistré.")
    await expect(way).to_have_value("email")
    tell(house.world, 3, NoticeKind.SLOT_SOON, **ENDS)
    await house.post_is_sent()
    assert len(house.post.letters) == 2
    await reader.goto("/compte/messages")
    await expect(reader.locator(".works > li")).to_have_count(3)
    await clean(reader)
