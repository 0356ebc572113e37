"""Pictures of the agenda, at the desk and at the portal, taken in Chromium before a full month.

`python tests/catalogue_api/agenda_pictures.py` writes them to docs/images; a folder as argument is
used instead.
"""

import asyncio
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from agenda_world import DAY, START, Agenda, readers
from catalogue_world import World
from desk_world import PASSWORD
from http_world import serving
from playwright.async_api import Page, async_playwright

from catalogue_api.storage.engine.database import Database

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
_HOUR = timedelta(hours=1)
_NAMES = ("Ahmed Ben Ali", "Odile Martin", "Zoé Lambert", "Yann Le Goff", "Inès Haddad")


async def _month(world: World) -> Agenda:
    """Plan December: workshops, story hours, a talk, a series, help without registration."""
    agenda, first = Agenda(world), START - 7 * DAY
    about = "Prendre en main une souris, puis ranger ses dossiers.\nSans jargon, à son rythme."
    room = {"room": "Salle multimédia", "site": "cachan"}
    thursdays = [first + 7 * week * DAY for week in range(3)]
    await agenda.event(*thursdays, title="Premiers pas sur ordinateur", about=about, **room)
    story = {"kind": "story_hour", "places": 15, "least_age": 3, "most_age": 6, "minutes": 45}
    wednesdays = [first - DAY - 3.5 * _HOUR + 7 * week * DAY for week in range(4)]
    await agenda.event(*wednesdays, title="L’heure du conte", **story)
    talk = {"kind": "talk", "places": None, "site": "arcueil"}
    evening = first + 8 * DAY + 5 * _HOUR
    await agenda.event(evening, title="Albert Camus, la mer et le soleil", **talk)
    mondays = [first + (4 + 7 * week) * DAY for week in range(4)]
    help_ = {"kind": "drop_in", "places": None, "minutes": 120}
    await agenda.event(*mondays, title="Aide aux démarches", **help_)
    photos = {"title": "Trier ses photos", "series": True, "places": 6, "least_age": 16}
    await agenda.event(first + 2 * DAY, first + 9 * DAY, **photos, **room)
    for name in _NAMES[:4]:
        await agenda.by_staff(1, session=1, name=name, phone="06 12 34 56 78")
    for one in readers(world, 3):
        await agenda.register(one, 1, session=1)
    await agenda.by_staff(5, name=_NAMES[4], birth_year=1990)
    return agenda


async def take(folder: Path) -> None:
    """Take all pictures."""
    with tempfile.TemporaryDirectory() as scene:
        url = f"sqlite:///{Path(scene) / 'library.db'}"
        database = Database(url, threads=0)
        database.migrate()
        database.close()
        world = World(url)
        await _month(world)
        async with serving(world) as client, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            home = str(client._base_url).rstrip("/")
            page = await browser.new_page(viewport=WIDE, locale="fr-FR", reduced_motion="reduce")
            await _shoot(page, f"{home}/agenda?mois=2026-12", folder / "portal-agenda.png")
            await page.set_viewport_size(NARROW)
            await _shoot(page, f"{home}/agenda/1", folder / "portal-event-narrow.png")
            await page.set_viewport_size(WIDE)
            await page.goto(f"{home}/desk/")
            await page.fill("#name", "ana")
            await page.fill("#password", PASSWORD)
            await page.press("#password", "Enter")
            await page.wait_for_url("**/desk/today")
            await _shoot(page, f"{home}/desk/agenda?month=2026-12", folder / "desk-agenda.png")
            await _shoot(page, f"{home}/desk/agenda/sessions/1", folder / "desk-session.png")
            await browser.close()
        world.database.close()


async def _shoot(page: Page, address: str, file: Path) -> None:
    await page.goto(address)
    await page.screenshot(path=file)


if __name__ == "__main__":
    images = Path(__file__).parents[2] / "docs" / "images"
    asyncio.run(take(Path(sys.argv[1]) if len(sys.argv) > 1 else images))
