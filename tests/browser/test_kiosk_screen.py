import re
from dataclasses import replace

import pytest
from accessible import wrongs
from kiosk_scenes import EVERY_LANGUAGE, HIGH, MANY, PLACE, SCENES, SIZES, VISIT, busy
from playwright.async_api import expect
from watching import OVERFLOWING, shown

from kiosk.screen.place import SiteText
from kiosk.session.effects import Sound
from kiosk.session.states import Aid, Language, Session, Visit

SCANNER = """code => [...code, "Enter"].forEach((key) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })))"""


async def test_a_language_is_chosen_by_keyboard_and_keeps_the_focus(page, servers):
    server = await servers(PLACE)
    server.show(Session())
    opened = await page()
    await opened.goto(server.url)
    await expect(opened.locator("h1:visible")).to_have_text("Posez vos documents ici.")
    english = opened.get_by_role("button", name="English")
    await opened.keyboard.press("Tab")
    await opened.keyboard.press("Tab")
    await expect(english).to_be_focused()
    await opened.keyboard.press("Enter")
    await expect(opened.locator("h1:visible")).to_have_text("Lay your items here.")
    await expect(english).to_have_attribute("aria-pressed", "true")
    await expect(english).to_be_focused()
    box = await english.bounding_box()
    assert min(box["width"], box["height"]) >= 44


async def test_arabic_runs_from_right_to_left(page, servers):
    server = await servers(EVERY_LANGUAGE)
    server.show(Session(phase=Visit(VISIT)))
    opened = await page(*SIZES["landscape"])
    await opened.goto(server.url)
    await opened.get_by_role("button", name="العربية").click()
    await expect(opened.locator("html")).to_have_attribute("dir", "rtl")
    row = opened.locator("[data-row]").first
    shape, words = row.locator(".shape"), row.locator(".headline")
    assert (await shape.bounding_box())["x"] > (await words.bounding_box())["x"]
    # A French title in it still runs from left to right.
    await expect(row.locator("cite")).to_have_css("direction", "ltr")
    await opened.get_by_role("button", name="Français").click()
    await expect(opened.locator("html")).to_have_attribute("dir", "ltr")


async def test_a_number_pad_is_enough(page, servers):
    server = await servers(EVERY_LANGUAGE)
    server.show(Session(phase=Visit(MANY)))
    opened = await page()
    await opened.goto(server.url)
    read = len(MANY)
    heading, html = opened.locator("h1:visible"), opened.locator("html")
    await expect(heading).to_have_text(f"{read} documents lus.")
    await expect(opened.get_by_role("button", name="English").locator("kbd")).to_have_text("2")
    await opened.keyboard.press("2")
    await expect(heading).to_have_text(f"{read} items read.")
    for key, aids in (("/", "contrast"), ("*", "contrast large"), ("/", "large")):
        await opened.keyboard.press(key)
        await expect(html).to_have_attribute("data-aids", aids)
    rows = opened.locator(".rows")
    await rows.evaluate("it => it.scrollTo({top: 0, behavior: 'instant'})")
    await opened.keyboard.press("ArrowDown")
    await opened.wait_for_function("document.querySelector('.rows').scrollTop > 50")
    await opened.keyboard.press("ArrowRight")
    await expect(opened.get_by_role("button", name="Français")).to_be_focused()
    await opened.keyboard.press("Enter")
    await expect(heading).to_have_text(f"{read} documents lus.")
    await expect(opened.get_by_role("button", name="Français")).to_be_focused()


async def test_a_scanner_is_told_from_a_hand(page, servers):
    server, given = await servers(EVERY_LANGUAGE), []
    server._take_barcode = given.append
    opened = await page()
    await opened.goto(server.url)
    await opened.evaluate(SCANNER, "29059001234567")
    await opened.keyboard.press("2")
    await expect(opened.locator("html")).to_have_attribute("lang", "en")
    assert given == ["29059001234567"], "and no digit of it has pressed a button"


async def test_the_menu_of_staff_by_a_number_pad(page, servers):
    server = await servers(replace(PLACE, keypad=True))
    session = SCENES["staff-bin"][1]
    opened = await page()
    await opened.goto(server.url)
    await shown(server, opened, session)
    await expect(opened.locator(".lines li")).to_have_count(10)
    await expect(opened.get_by_role("button", name="Bac vidé")).to_have_attribute("data-key", "1")
    await opened.keyboard.press("2")
    await expect(opened.locator("h1:visible")).to_have_text("Menu du personnel")
    await opened.keyboard.press("5")
    await expect(opened.locator("main[data-state=idle]")).to_be_visible()


async def test_a_barcode_is_typed_where_the_page_asks_for_one(page, servers):
    (place, session), given = SCENES["barcode"], []
    server = await servers(place)
    server._take_barcode = given.append
    opened = await page()
    await opened.goto(server.url)
    await shown(server, opened, session)
    field = opened.get_by_label("Code-barres")
    await field.fill("30001")
    async with opened.expect_response("**/barcode"):
        await opened.get_by_role("button", name="Rendre").click()
    assert given == ["30001"]
    await expect(field).to_have_value("")


async def test_a_receipt_is_asked_for_and_its_number_shown_when_there_is_no_paper(page, servers):
    server = await servers(PLACE)
    opened = await page()
    await opened.goto(server.url)
    await shown(server, opened, SCENES["receipt"][1])
    await opened.get_by_role("button", name="Oui").click()
    await expect(opened.locator(".banners")).to_contain_text("Votre reçu s’imprime.")
    await shown(server, opened, SCENES["receipt-none"][1])
    await expect(opened.locator(".banners")).to_contain_text("4F7K-29QM-3")
    await expect(opened.get_by_role("button", name="Oui")).to_have_count(0)


async def test_any_key_prolongs_a_question_and_its_number_answers_it(page, servers):
    place, session = SCENES["warning"]
    server = await servers(place)
    server.show(session)
    opened = await page()
    await opened.goto(server.url)
    heading = opened.locator("h1:visible")
    await expect(heading).to_have_text("Avez-vous terminé ?")
    await expect(opened.locator("#question")).to_contain_text("Voulez-vous un reçu ?")
    await opened.keyboard.press("x")
    await expect(heading).to_contain_text("Merci !")
    yes = opened.get_by_role("button", name="Oui")
    await expect(yes.locator("kbd")).to_have_text("1")
    await opened.keyboard.press("2")
    await expect(yes).to_have_count(0)
    assert server._session.phase.receipt is None


async def test_large_text_and_contrast_are_larger_and_stronger(page, servers):
    server = await servers(PLACE)
    server.show(Session(phase=Visit(VISIT)))
    opened = await page()
    await opened.goto(server.url)
    headline = opened.locator("[data-row] .headline").first
    size = "it => parseFloat(getComputedStyle(it).fontSize)"
    before = await headline.evaluate(size)
    await opened.get_by_role("button", name="Grand texte").click()
    await expect(opened.locator("html")).to_have_attribute("data-aids", "large")
    assert await headline.evaluate(size) >= before * 1.25
    await opened.get_by_role("button", name="Contraste").click()
    await expect(opened.locator(".hero:visible")).to_have_css("background-color", "rgb(0, 0, 0)")


async def test_what_is_said_is_heard_by_whoever_asks(page, servers):
    server = await servers(PLACE)
    server.show(Session())
    opened = await page()
    await opened.goto(server.url)
    await expect(opened.locator("h1:visible")).to_have_text("Posez vos documents ici.")
    await expect(opened.locator("html")).to_have_attribute("data-speech", "")
    await opened.get_by_role("button", name="Écouter").click()
    await expect(opened.locator("html")).to_have_attribute("data-spoken", re.compile("^kiosk "))


async def test_without_a_voice_of_the_kiosk_the_browser_speaks(page, servers):
    server = await servers(PLACE)
    server._speech._program = "/no/such/program"
    server.show(Session(aids=frozenset({Aid.SPEECH})))
    opened = await page()
    await opened.goto(server.url)
    await expect(opened.locator("html")).to_have_attribute("data-spoken", re.compile("^browser "))


async def test_the_buttons_are_where_the_site_wants_them(page, servers):
    opened = await page()
    for place, low in ((PLACE, True), (HIGH, False)):
        server = await servers(place)
        server.show(Session())
        await opened.goto(server.url)
        button = await opened.get_by_role("button", name="English").bounding_box()
        assert (button["y"] > 1920 * 0.75) is low
        assert (button["y"] < 1920 * 0.25) is not low


async def test_a_message_of_the_library_is_plain_text(page, servers):
    server = await servers(PLACE)
    server.show(Session())
    opened = await page()
    await opened.goto(server.url)
    server.tell(replace(PLACE, message=SiteText("<b>Fermé</b> jeudi.")))
    await expect(opened.locator(".message")).to_have_text("<b>Fermé</b> jeudi.")


async def test_without_scripts_a_language_can_be_chosen_too(page, servers):
    server = await servers(PLACE)
    server.show(Session())
    opened = await page(java_script_enabled=False)
    await opened.goto(server.url)
    await opened.get_by_role("button", name="English").click()
    await expect(opened.locator("h1:visible")).to_have_text("Lay your items here.")


async def test_the_page_says_when_the_kiosk_is_gone_and_comes_back_by_itself(page, servers):
    server = await servers(PLACE)
    server.show(Session(phase=Visit(VISIT)))
    opened = await page()
    await opened.goto(server.url)
    await expect(opened.locator("h1:visible")).to_contain_text("documents lus.")
    await server.stop()
    away = opened.locator("#away")
    await expect(away).to_be_visible()
    await expect(away).to_contain_text("Cet automate est arrêté.")
    await expect(away).to_contain_text("This return machine is out of service.")
    assert await wrongs(opened) == []
    assert await opened.evaluate(OVERFLOWING) == []
    again = await servers(PLACE, port=server.port)
    again.show(Session(language=Language.ENGLISH))
    await expect(opened.locator("h1:visible")).to_have_text("Lay your items here.")
    await expect(away).to_be_hidden()


async def test_items_are_announced_as_they_settle(page, servers):
    server = await servers(PLACE)
    opened = await page()
    await opened.goto(server.url)
    said = opened.get_by_role("status")
    await shown(server, opened, Session(phase=Visit((VISIT[0], busy()))))
    await shown(server, opened, Session(phase=Visit((*VISIT[:2], busy()))))
    await expect(said).to_have_text(
        "Retour enregistré. Quelqu’un attend ce document : merci ! Posez-le à part, dans le bac 2."
    )
    assert "Monte-Cristo" not in await said.inner_text()


async def test_the_newest_row_is_in_view(page, servers):
    server = await servers(PLACE)
    opened = await page(*SIZES["small"])
    await opened.goto(server.url)
    for number in range(1, 12):
        await shown(server, opened, Session(phase=Visit((VISIT[number % 4],) * number)))
        await expect(opened.locator("[data-row]").last).to_be_in_viewport(ratio=0.9)


@pytest.mark.parametrize("sound", Sound)
async def test_sounds_are_played(page, servers, sound):
    server = await servers(PLACE)
    opened = await page()
    await opened.goto(server.url)
    await shown(server, opened, Session())
    server.play(sound)
    await expect(opened.locator("html")).to_have_attribute("data-last-sound", sound.value)


@pytest.mark.parametrize(("motion", "names"), [("reduce", "none"), ("no-preference", "lay")])
async def test_motion_only_where_it_is_welcome(page, servers, motion, names):
    server = await servers(PLACE)
    server.show(Session())
    opened = await page(reduced_motion=motion)
    await opened.goto(server.url)
    await expect(opened.locator(".book")).to_have_css("animation-name", names)
