"""Whole visits as people live them: a real screen, and what the catalogue holds afterwards."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
import pytest_asyncio
from breakable import House, Kiosk, open_breakable
from network import network_to
from playwright.async_api import expect
from watching import Screen, parts_of_sets, sets_of

from drivers.interface import Uid
from kiosk.screen.texts import load
from kiosk.session.states import Language
from kiosk.staff_cards import hashed
from simulator.demo.programs import running
from simulator.program.devices import meddle_with

pytestmark = pytest.mark.server

WELL = ("returned", "1", "secured")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_breakable(tmp_path_factory.mktemp("house"), parts_of_sets) as house:
        yield house


@pytest_asyncio.fixture(loop_scope="session")
async def house(opened_house: House) -> House:
    await opened_house.mend()
    return opened_house


@pytest.fixture
def watched(house, page):
    """`async with watched(name, **settings) as (kiosk, screen)`: a kiosk, looked at while idle."""

    @asynccontextmanager
    async def watch(name: str, **settings: object) -> AsyncIterator[tuple[Kiosk, Screen]]:
        # An end of the visit that can be looked at closely.
        waits = {"times__quiet": 0.3, "times__summary": 3.0}
        async with house.kiosk(name, **waits | settings) as kiosk:
            opened = await page()
            await opened.goto(kiosk.screen)
            screen = Screen(opened)
            await expect(screen.state("idle")).to_be_visible()
            yield kiosk, screen

    return watch


async def afis(house: House) -> dict[str, str]:
    return {tag.name: tag.afi for tag in await house.sim.tags()}


async def test_a_pile_of_six_with_one_foreign_tag(house, watched):
    books = [house.book() for _ in range(5)]
    async with watched("pile") as (kiosk, screen):
        before = {tag.name: tag for tag in await house.sim.tags()}
        await house.sim.lay(*books[:3], "foreign", *books[3:])
        await expect(screen.heading).to_have_text("6 documents lus.")
        await expect(screen.row("returned")).to_have_count(5)
        for row in await screen.row("returned").all():
            await expect(row.locator(".headline")).to_have_text("Retour enregistré. Merci !")
            await expect(row.locator(".action")).to_have_text("Posez le document dans le bac 1.")
        foreign = screen.row("not_ours")
        await expect(foreign).to_contain_text("Ce document vient d’une autre bibliothèque.")
        await expect(foreign).to_contain_text("Reprenez-le et rendez-le là-bas.")
        await expect(foreign.locator("use")).to_have_attribute("href", "#shape-back")
        tally = screen.page.locator(".tally li")
        await expect(tally).to_have_text(
            [re.compile(r"5\s+rendus"), re.compile(r"1\s+à reprendre")]
        )
        await screen.clean()

        await house.sim.lift_all()
        summary = screen.state("summary")
        await expect(screen.heading).to_contain_text("rendus, 1 à reprendre.")
        await expect(summary.locator("[data-row]").first).to_contain_text("autre bibliothèque")
        await screen.clean()
        await expect(screen.state("idle")).to_be_visible()
        await kiosk.done()
        after = {tag.name: tag for tag in await house.sim.tags()}
    assert house.returns(*books) == [WELL] * 5
    assert not any(map(house.on_loan, books))
    assert await house.secured(*books)
    assert house.rows(
        "SELECT count(*) FROM returns WHERE barcode NOT IN (SELECT barcode FROM items)"
    ) == [(0,)]
    assert (after["foreign"].memory, after["foreign"].afi) == (
        before["foreign"].memory, before["foreign"].afi,
    )  # fmt: skip


async def test_a_set_whose_missing_part_comes_after_all(house, watched):
    book, (item, *_) = house.book(), sets_of(house.stock)
    async with watched("set", times__parts=1.0) as (kiosk, screen):
        await house.sim.lay("set 1, part 1", book)
        waiting = screen.row("gathering")
        await expect(waiting).to_contain_text("Il manque encore : partie 2 sur 2.")
        await expect(screen.row("returned")).to_have_count(1), "and holds up nothing else"
        missing = screen.row("parts_missing")
        await expect(missing).to_contain_text(
            "Il manque une partie. Le retour n’est pas enregistré."
        )
        await expect(missing).to_contain_text("Ajoutez : partie 2 sur 2.")
        await screen.clean()
        assert (house.returns(item), house.on_loan(item)) == ([], True)
        assert (await afis(house))["set 1, part 1"] == "C2"

        await house.sim.lay("set 1, part 2")
        await expect(screen.row("returned")).to_have_count(2)
        await expect(missing).to_have_count(0)
        await house.sim.lift_all()
        await expect(screen.heading).to_have_text("2 documents rendus. Merci !")
        await kiosk.done()
    assert house.returns(item, book) == [WELL, WELL]
    assert not house.on_loan(item)
    assert await house.secured("set 1, part 1", "set 1, part 2")


async def test_staff_let_a_set_go_without_its_missing_part(house, watched):
    _, item, _ = sets_of(house.stock)
    uids = {tag.name: tag.uid for tag in await house.sim.tags()}
    card = hashed(Uid(uids["patron-card"]))
    async with watched("override", times__parts=0.5, staff__cards=[card]) as (kiosk, screen):
        await house.sim.lay("set 2, part 2")
        await expect(screen.row("parts_missing")).to_contain_text("Ajoutez : partie 1 sur 2.")
        await expect(screen.page.get_by_role("button", name="Accepter")).to_have_count(0)

        await house.sim.lay("patron-card")
        await expect(screen.heading).to_have_text("Menu du personnel")
        await screen.clean()
        await screen.page.get_by_role("button", name="Accepter l’ensemble incomplet").click()
        await expect(screen.row("returned")).to_have_count(1)
        await house.sim.lift_all()
        await expect(screen.heading).to_have_text("1 document rendu. Merci !")
        await kiosk.done()
    ((warnings, bin_name),) = house.rows(
        "SELECT warnings, bin FROM returns WHERE barcode = ?", item
    )
    assert (json.loads(warnings), bin_name) == (["missing_part_1"], "1")
    assert not house.on_loan(item)
    after = await afis(house)
    assert (after["set 2, part 1"], after["set 2, part 2"]) == ("C2", "07")
    assert after["patron-card"] == "00", "a card is never written to"


async def test_whether_all_parts_are_there_is_asked_and_answered_with_a_number_pad(house, watched):
    book, (*_, item) = house.book(), sets_of(house.stock)
    settings = {"returns__sets": "main_part", "screen__keypad": True}
    async with watched("question", **settings) as (kiosk, screen):
        press = screen.page.keyboard.press
        await house.sim.lay("set 3, part 1", book)
        await expect(screen.footer).to_contain_text("Tout y est ?")
        await expect(screen.footer).to_contain_text("Ce document a 2 parties.")
        await expect(screen.page.get_by_role("status")).to_contain_text("Oui, tout y est.")
        await expect(screen.row("returned")).to_have_count(1), "the pile does not wait"
        await expect(screen.heading).to_have_text("2 documents lus.")
        await screen.clean()
        await press("2")
        missing = screen.row("parts_missing")
        await expect(missing).to_contain_text("Ajoutez : la partie manquante.")
        await expect(screen.footer).not_to_contain_text("Tout y est ?")
        await screen.clean()
        assert house.on_loan(item)

        await house.sim.lift_all()
        await expect(screen.heading).to_contain_text("1 rendu, 1 à reprendre.")
        await expect(screen.state("idle")).to_be_visible()
        await house.sim.lay("set 3, part 1")
        await expect(screen.row("checking")).to_contain_text("Regardez à l’intérieur")
        await house.sim.lift("set 3, part 1")
        await expect(screen.row("checking.away")).to_contain_text("Reposez ce document.")
        await screen.clean()
        await house.sim.lay("set 3, part 1")
        await expect(screen.row("checking")).to_have_count(1)
        await press("ArrowRight")
        await expect(screen.page.get_by_role("button", name="Oui, tout y est")).to_be_focused()
        await press("Enter")
        await expect(screen.row("returned")).to_have_count(1)
        await house.sim.lift_all()
        await expect(screen.heading).to_have_text("1 document rendu. Merci !")
        await kiosk.done()
    said = "SELECT outcome, parts_check, bin FROM returns WHERE barcode = ? ORDER BY received_at"
    assert house.rows(said, item) == [
        ("parts_missing", "incomplete", ""),
        ("returned", "complete", "1"),
    ]
    assert not house.on_loan(item)


async def test_the_network_is_cut_in_mid_visit_and_mended(house, watched):
    before, during, later = (house.book() for _ in range(3))
    times = "SELECT occurred_at < received_at, received_at FROM returns WHERE barcode = ?"
    async with (
        network_to(house.catalogue) as network,
        watched("cut", catalogue__url=network.url, catalogue__timeout=1.0) as (kiosk, screen),
    ):
        banner = screen.page.locator(".banners")
        await house.sim.lay(before)
        await expect(screen.row("returned")).to_have_count(1)
        await expect(banner).to_have_count(0)

        network.cut()
        await house.sim.lay(during)
        kept = screen.row("kept_for_later")
        await expect(kept).to_contain_text(
            re.compile(r"Document reçu à\s\d+\sh(\s\d\d)?\. Cette heure compte pour le retour\.")
        )
        await expect(kept).to_contain_text("Posez-le dans le bac 1.")
        await expect(banner).to_contain_text("Vous pouvez rendre vos documents normalement.")
        await expect(banner).to_contain_text(
            "La connexion est coupée ; vos retours sont gardés ici."
        )
        await screen.clean()
        await house.sim.lift_all()
        await expect(screen.heading).to_have_text("2 documents rendus. Merci !")
        await expect(banner).to_be_visible()
        await expect(screen.state("idle")).to_be_visible()
        await expect(banner.locator("[lang=en]")).to_contain_text("The connection is down")
        await screen.clean()
        await house.sim.lay(later)
        await expect(kept).to_have_count(1)
        await kiosk.secured()
        assert (house.returns(during, later), house.on_loan(during)) == ([], True)
        await house.sim.lift_all()
        await expect(screen.state("idle")).to_be_visible()

        network.mend()
        await expect(banner).to_have_count(0)
        await kiosk.delivered()
    assert house.returns(before, during, later) == [WELL] * 3, "each of them once"
    assert not any(map(house.on_loan, (before, during, later)))
    assert await house.secured(before, during, later)
    for book in (during, later):
        ((dated_back, received),) = house.rows(times, book)
        assert dated_back, received


async def test_a_visit_from_right_to_left(house, watched):
    speak, book = load(), house.book()
    languages = ["fr", "en", "ar"]
    async with watched("rtl", screen__languages=languages, screen__allow_draft=True) as (
        kiosk, screen,
    ):  # fmt: skip
        html = screen.page.locator("html")
        await expect(html).to_have_attribute("dir", "ltr")
        await screen.page.get_by_role("button", name="العربية").click()
        await expect(html).to_have_attribute("dir", "rtl")
        await expect(screen.heading).to_have_text(speak(Language.ARABIC, "idle.headline"))
        await screen.clean()
        await house.sim.lay(book, "patron-card")
        for verdict in ("returned", "patron_card"):
            row = screen.row(verdict)
            said = speak(Language.ARABIC, f"{verdict}.headline")
            await expect(row.locator(".headline")).to_have_text(said)
            shape, words = row.locator(".shape"), row.locator(".headline")
            assert (await shape.bounding_box())["x"] > (await words.bounding_box())["x"]
        await expect(screen.row("returned").locator("cite")).to_have_css("direction", "ltr")
        await screen.clean()
        await house.sim.lift_all()
        await expect(screen.state("summary")).to_be_visible()
        await screen.clean()
        await expect(screen.state("idle")).to_be_visible()
        await expect(html).to_have_attribute("lang", "fr")
        await kiosk.done()
    assert house.returns(book) == [WELL]
    assert not house.on_loan(book)


@pytest_asyncio.fixture(loop_scope="session")
async def printer(house: House) -> AsyncIterator[dict[str, str]]:
    """The first line of a running printer: its address, and its URL for a kiosk."""
    async with AsyncExitStack() as programs:
        command = ["printer", "--tcp", "127.0.0.1:0"]
        log = house.folder / "printer.log"
        yield await programs.enter_async_context(running("ritournelle-sim", command, log))


async def test_a_whole_visit_with_a_number_pad_alone(house, watched, printer):
    book = house.book()
    settings = {
        "screen__keypad": True,
        "receipt__mode": "ask",
        "receipt__printer": printer["url"],
        "times__question": 1.0,
    }
    async with watched("keypad", **settings) as (kiosk, screen):
        press = screen.page.keyboard.press
        await press("2")
        await expect(screen.heading).to_have_text("Lay your items here.")
        await press("*")
        await expect(screen.page.locator("html")).to_have_attribute("data-aids", "large")
        await house.sim.lay(book)
        await expect(screen.row("returned")).to_contain_text("Returned. Thank you!")
        await house.sim.lift_all()

        # Whoever needs longer is asked, and any key is an answer to that.
        await expect(screen.heading).to_have_text("Have you finished?")
        await expect(screen.state("warning")).to_contain_text("any key (20 s)")
        await screen.clean()
        await press("5")
        await expect(screen.heading).to_contain_text("Thank you!")
        await expect(screen.footer).to_contain_text("Would you like a receipt?")
        await press("ArrowRight")
        await expect(screen.page.get_by_role("button", name="Yes")).to_be_focused()
        await press("Enter")
        # On a busy machine the visit may end before the printer has; the paper is looked at below.
        printing = re.compile(r"Your receipt is print(ing|ed)\.")
        await expect(screen.page.locator(".banners")).to_contain_text(printing)
        await expect(screen.state("idle")).to_be_visible()
        await expect(screen.heading).to_have_text("Posez vos documents ici.")
        await expect(screen.page.locator("html")).to_have_attribute("data-aids", "")
        await kiosk.done()
        (paper,) = (await meddle_with(printer["address"], "look"))["receipts"]
    ((outcome, number),) = house.rows(
        "SELECT outcome, receipt FROM returns WHERE barcode = ?", book
    )
    assert outcome == "returned"
    assert f"Return receipt no. {number}" in paper
    assert not house.on_loan(book)
