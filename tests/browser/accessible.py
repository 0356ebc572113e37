"""axe-core on an open page: what is wrong with it for anybody."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ROOM = {
    "type": "rule",
    "values": [
        "color-contrast", "color-contrast-enhanced", "scrollable-region-focusable", "target-size",
    ],
}  # fmt: skip
RUN = """async (options) => (await axe.run(document, options)).violations.flatMap(
    (one) => one.nodes.map((node) => `${one.id}: ${node.html} (${node.failureSummary})`))"""


async def wrongs(page: Page, *, enhanced: bool = True, room: bool = False) -> list[str]:
    """Each thing that breaks a rule.

    `enhanced`: text must stand out 7:1 from what is behind it. `room`: try only those rules that
    depend on how much room there is; the others judge the markup, at any size the same.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE_SCRIPT)
    rules = {"color-contrast-enhanced": {"enabled": enhanced}}
    options = {"runOnly": ROOM if room else LEVELS, "rules": rules, "resultTypes": ["violations"]}
    return list(await page.evaluate(RUN, options))
