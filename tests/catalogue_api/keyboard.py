"""What a person does with a keyboard alone in front of a page."""

from playwright.async_api import Page, expect


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus; whoever has no mouse gets there the same way."""
    for _ in range(60):
        if await page.locator(selector).evaluate("one => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not lead to {selector}")


async def scan(page: Page, code: str, into: str = "#barcode") -> None:
    """Type as a barcode reader does: into what has the focus, then Enter."""
    await expect(page.locator(into)).to_be_focused()
    await page.keyboard.type(code)
    await page.keyboard.press("Enter")


async def access_key(page: Page, letter: str) -> None:
    """Press Alt and a letter, with all that a keyboard tells of it."""
    devtools = await page.context.new_cdp_session(page)
    key = {"modifiers": 1, "key": letter, "code": f"Key{letter.upper()}"}
    said = key | {"text": letter, "unmodifiedText": letter}
    said["windowsVirtualKeyCode"] = ord(letter.upper())
    for kind in ("rawKeyDown", "char", "keyUp"):
        await devtools.send("Input.dispatchKeyEvent", {"type": kind} | said)
