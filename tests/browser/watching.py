"""What a person sees of a kiosk, and the sets that they may bring."""

from accessible import wrongs
from playwright.async_api import Locator, Page, expect

from simulator.demo.house import SITE
from simulator.library import Summary

OVERFLOWING = """() => [...document.querySelectorAll("main:not([hidden]) .hero, footer, header")]
    .filter((it) => it.scrollHeight > it.clientHeight + 1 || it.scrollWidth > it.clientWidth + 1)
    .map((it) => it.className + " " + it.scrollHeight + " > " + it.clientHeight)"""
SETS = 3
PART = """
[[tag]]
name = "set {number}, part {part}"
item = "{item}"
owner = "{owner}"
part = {part}
parts = 2
"""


def sets_of(stock: Summary) -> list[str]:
    """Copies that are lent, at home here, and wanted by nobody: they become sets of two parts."""
    plain = [item for item in stock.on_loan if item not in stock.wanted]
    return [item for item in plain if stock.home[item] == SITE][-SETS:]


def parts_of_sets(stock: Summary) -> str:
    return "".join(
        PART.format(number=number, part=part, item=item, owner=stock.owner)
        for number, item in enumerate(sets_of(stock), start=1)
        for part in (1, 2)
    )


class Screen:
    """What a person sees of a kiosk."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.heading = page.locator("main:not(#away) h1")
        self.footer = page.locator("footer")

    def state(self, state: str) -> Locator:
        return self.page.locator(f"main[data-state={state}]:not(#away)")

    def row(self, verdict: str) -> Locator:
        return self.page.locator(f"[data-row$=':{verdict}']")

    async def clean(self) -> None:
        """Nothing is wrong for anybody."""
        assert await wrongs(self.page) == []


async def shown(server, page, session):
    """Show a session and wait until the page has it."""
    server.show(session)
    screen = server._screen
    await expect(page.locator("html")).to_have_attribute("lang", screen.language.value)
    main = page.locator(f"main[data-state={screen.state.value}]:not(#away)")
    await expect(main.locator("h1")).to_have_text(screen.headline)
