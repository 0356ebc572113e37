import re
from html.parser import HTMLParser

import pytest
from axe_playwright_python.async_playwright import Axe
from http_world import serving
from playwright.async_api import Page

from catalogue_api.contract.all import ENDPOINTS


class Refers(HTMLParser):
    """Collects what a page loads, links to and names."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loads: set[str] = set()
        self.links: set[str] = set()
        self.names: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        said = dict(attrs)
        assert "style" not in said
        assert tag not in {"script", "style"}
        if tag == "link":
            self.loads.add(said["href"])
        if tag == "a":
            self.links.add(said["href"])
        if "id" in said:
            self.names.append(said["id"])


async def test_the_page_shows_every_call_and_loads_nothing_from_elsewhere(client) -> None:
    response = await client.get("/docs", headers={"Accept-Language": "fr"})
    page = await response.text()
    assert (response.status, response.url.path) == (200, "/docs/")
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    for endpoint in ENDPOINTS:
        assert f"<code>{endpoint.path}</code>" in page
    refers = Refers(page)
    assert all(load.startswith("/static/") for load in refers.loads)
    for load in refers.loads | {link for link in refers.links if not link.startswith("#")}:
        async with client.get(load) as answer:
            assert answer.status == 200, load
    assert {link[1:] for link in refers.links if link.startswith("#")} <= set(refers.names)
    assert len(refers.names) == len(set(refers.names))
    assert "Qui peut demander" in page


async def test_it_speaks_both_languages(client) -> None:
    english = await (await client.get("/docs/?language=en")).text()
    assert re.search(r'<html lang="en"', english)
    assert "Who may ask" in english
    other = await client.get("/docs/?language=xx", headers={"Accept-Language": "en"})
    assert "Who may ask" in await other.text()


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_reads_well_small_and_dark(world, chromium) -> None:
    async with serving(world) as client:
        context = await chromium.new_context(viewport={"width": 320, "height": 800})
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        await page.goto(f"{str(client._base_url).rstrip(chr(47))}/docs/")
        first = page.locator("details").first
        await first.locator("summary").focus()
        await page.keyboard.press("Enter")
        assert await first.evaluate("it => it.open")
        await page.emulate_media(color_scheme="dark")
        assert await wrong(page) == []
        await page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
        await page.emulate_media(color_scheme="light")  # all that is open, once: that takes long
        assert await wrong(page) == []
        assert complaints == []
        await context.close()


async def wrong(page: Page) -> list:
    return (await Axe().run(page)).response["violations"]
