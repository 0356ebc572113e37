"""axe-core on an open page: what is wrong with it for anybody."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async (options) => (await axe.run(document, options)).violations.flatMap(
    (one) => one.nodes.map((node) => `${one.id}: ${node.html} (${node.failureSummary})`))"""


async def wrongs(page: Page, *, enhanced: bool = True) -> list[str]:
    """Each thing that breaks a rule; `enhanced`: text must stand out 7:1 from what is behind it."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    rules = {"color-contrast-enhanced": {"enabled": enhanced}}
    options = {"runOnly": LEVELS, "rules": rules, "resultTypes": ["violations"]}
    return list(await page.evaluate(RUN, options))
