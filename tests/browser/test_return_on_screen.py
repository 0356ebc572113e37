"""A return as people see it: the kiosk's screen, then the librarians' desk, in Chromium."""

import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from accessible import wrongs
from playwright.async_api import Page, expect

from catalogue_api.settings import ApiSettings
from simulator.demo.__main__ import show_pieces
from simulator.demo.house import LIBRARIAN, PASSWORD, House, Manner, open_house
from simulator.program.control import Simulator, connect
from simulator.program.orders import FaultKind

pytestmark = pytest.mark.server

ZONE, SHELF_TIME = ZoneInfo("Europe/Paris"), timedelta(days=10)
SUMMARY = 2.0  # seconds: long enough to be looked at closely


@dataclass(frozen=True, slots=True)
class Running:
    """The open house, and the hands that lay things down."""

    house: House
    sim: Simulator

    def row(self, sql: str, *values: str) -> tuple[Any, ...]:
        path = f"file:{self.house.database}?mode=ro"
        with closing(sqlite3.connect(path, uri=True)) as database:
            (found,) = database.execute(sql, values).fetchall()
        return tuple(found)

    def title(self, barcode: str) -> str:
        query = "SELECT title FROM items JOIN titles ON titles.id = title_id WHERE barcode = ?"
        (title,) = self.row(query, barcode)
        return str(title)

    def simple(self, accents: str) -> str:
        """A copy that is at home here, lent, wanted by nobody, with an accent in its title."""
        stock = self.house.stock
        return next(
            item
            for item in stock.on_loan
            if item not in {*stock.wanted, *stock.late}
            and stock.home[item] == "CENTRALE"
            and re.search(accents, self.title(item))
        )


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def opened_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    folder = tmp_path_factory.mktemp("library")
    # The real day: the desk shows and counts by the clock.
    today = datetime.now(ApiSettings().time_zone).date()
    async with AsyncExitStack() as doors:
        manner = Manner(quiet=0.3, summary=SUMMARY)
        house = await doors.enter_async_context(open_house(folder, today, 1, manner))
        sim = await doors.enter_async_context(connect(house.reader))
        yield Running(house, sim)


@pytest_asyncio.fixture(loop_scope="session")
async def library(opened_house: Running) -> Running:
    """The house, with nothing on its kiosk."""
    await opened_house.sim.fault(FaultKind.NONE)
    await opened_house.sim.lift_all()
    return opened_house


async def clean(page: Page, picture: Path) -> None:
    """Nothing is wrong for anybody; leave a picture of it."""
    assert await wrongs(page, enhanced=False) == []
    await page.screenshot(path=picture)


def on_screen(page: Page, state: str):
    return page.locator(f"main[data-state={state}]:not(#away)")


async def test_a_book_is_laid_and_lifted(page, library, tmp_path):
    book = library.simple("[éèêëàâîïôùûç]")
    opened = await page()
    await opened.goto(library.house.screen)
    idle = on_screen(opened, "idle")
    await expect(idle.locator("h1")).to_have_text("Posez vos documents ici.")
    await clean(opened, tmp_path / "idle.png")

    await library.sim.lay(book)
    visit = on_screen(opened, "visit")
    row = visit.locator("[data-row='1:returned']")
    await expect(row.locator(".headline")).to_contain_text("Retour enregistré.")
    await expect(row.locator(".title")).to_contain_text(library.title(book))
    await expect(visit.locator("h1 .number")).to_have_text("1")
    await expect(opened.locator("html")).to_have_attribute("data-last-sound", "done")
    await clean(opened, tmp_path / "visit.png")

    await library.sim.lift_all()
    summary = on_screen(opened, "summary")
    await expect(summary.locator("h1")).to_contain_text("1")
    await expect(summary).not_to_contain_text(library.title(book))
    await clean(opened, tmp_path / "summary.png")
    await expect(idle).to_be_visible()
    assert library.row("SELECT outcome FROM returns WHERE barcode = ?", book) == ("returned",)


async def test_an_english_visit_ends_in_french(page, library, tmp_path):
    late, _ = show_pieces(library.house.stock)
    opened = await page()
    await opened.goto(library.house.screen)
    await expect(on_screen(opened, "idle")).to_be_visible()
    await opened.get_by_role("button", name="English").click()
    await expect(opened.locator("html")).to_have_attribute("lang", "en")
    await expect(on_screen(opened, "idle").locator("h1")).to_have_text("Lay your items here.")
    await clean(opened, tmp_path / "idle-en.png")
    await library.sim.lay(late, "foreign")
    visit = on_screen(opened, "visit")
    await expect(visit.locator("[data-row$=':not_ours']")).to_contain_text("another library")
    notes = visit.locator("[data-row] .note")
    await expect(notes.first).to_contain_text("It was due on")
    await clean(opened, tmp_path / "visit-en.png")
    await library.sim.lift_all()
    await expect(on_screen(opened, "summary")).to_be_visible()
    await clean(opened, tmp_path / "summary-en.png")
    await expect(on_screen(opened, "idle")).to_be_visible()
    await expect(opened.locator("html")).to_have_attribute("lang", "fr")


async def test_out_of_service_and_back(page, library, tmp_path):
    opened = await page()
    await opened.goto(library.house.screen)
    await expect(on_screen(opened, "idle")).to_be_visible()
    await library.sim.fault(FaultKind.PULL)
    await expect(on_screen(opened, "out_of_service")).to_be_visible()
    await clean(opened, tmp_path / "out.png")
    await library.sim.fault(FaultKind.PLUG)
    await expect(on_screen(opened, "idle")).to_be_visible()


async def sign_in(page: Page, library: Running) -> None:
    """Sign in by keyboard alone."""
    await page.goto(f"{library.house.catalogue}/desk")
    await expect(page.locator("#name")).to_be_focused()
    await page.keyboard.type(LIBRARIAN)
    await page.keyboard.press("Tab")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.locator("h1")).to_have_text("Aujourd’hui")


HOLD = """
SELECT holds.status, holds.ready_at, holds.expires_on, holds.shelf_number,
    returns.outcome, returns.bin
FROM returns JOIN holds ON holds.id = returns.hold_id WHERE returns.barcode = ?
"""


async def test_a_reserved_book_goes_from_the_kiosk_to_the_shelf(page, library, tmp_path):
    _, wanted = show_pieces(library.house.stock)
    kiosk = await page()
    await kiosk.goto(library.house.screen)
    await library.sim.lay(wanted)
    caught = on_screen(kiosk, "visit").locator("[data-row='1:hold_captured']")
    await expect(caught).to_contain_text("dans le bac 2")
    await clean(kiosk, tmp_path / "caught.png")
    await library.sim.lift_all()
    await expect(on_screen(kiosk, "idle")).to_be_visible()

    desk = await page(1280, 800, locale="fr-FR")
    await sign_in(desk, library)
    await expect(desk.locator("#caught")).to_contain_text(library.title(wanted))
    await desk.locator("#caught a", has_text="Bipez").press("Enter")
    await expect(desk.locator("h1")).to_have_text("Réservations à mettre de côté")
    group = desk.locator("#lists h3", has_text="Bac 2")
    await expect(group).to_contain_text("hall")
    listed = desk.locator("#lists li", has_text=wanted)
    await expect(listed.locator(".title")).to_contain_text(library.title(wanted))
    assert library.row(HOLD, wanted) == ("captured", None, None, None, "hold_captured", "2")
    await clean(desk, tmp_path / "shelving.png")

    await expect(desk.locator("#barcode")).to_be_focused()
    await desk.keyboard.type(wanted)
    await desk.keyboard.press("Enter")
    answer = desk.locator("#answer")
    await expect(answer).to_contain_text("Prêt à retirer")
    await expect(answer).to_contain_text(library.title(wanted))
    await expect(listed).to_have_count(0)
    await expect(desk.locator("#barcode")).to_be_focused()
    status, ready_at, expires_on, shelf_number, _, _ = library.row(HOLD, wanted)
    assert (status, shelf_number) == ("ready", 1)
    ready = datetime.fromisoformat(ready_at).replace(tzinfo=UTC).astimezone(ZONE)
    assert expires_on == (ready.date() + SHELF_TIME).isoformat()
    await clean(desk, tmp_path / "shelved.png")
