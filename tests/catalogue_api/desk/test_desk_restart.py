"""The API is killed and started anew while a page of the desk is open: nothing typed is lost."""

import asyncio
import json
import os
import signal
import socket
import sys
from datetime import UTC, datetime

import pytest
from catalogue_world import fact
from desk_world import PASSWORD, busy_day, hire
from playwright.async_api import Page, expect

from catalogue_api.contract.returns import RETURN_ITEM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]


async def started(url: str, port: int) -> asyncio.subprocess.Process:
    """Start the real program, and wait until it answers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "catalogue_api", "serve", "--port", str(port),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "RITOURNELLE_API_DATABASE": url},
    )  # fmt: skip
    assert process.stdout is not None
    assert json.loads(await asyncio.wait_for(process.stdout.readline(), 60))["url"]
    return process


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def come_in(page: Page) -> None:
    await page.goto("/desk/sign-in")
    for name, text in [("#name", "ana"), ("#password", PASSWORD)]:
        await page.locator(name).fill(text)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/today")


async def test_the_api_is_killed_and_started_anew_under_an_open_page(world, chromium) -> None:
    world.now = datetime.now(UTC)
    hire(world)
    await busy_day(world)
    port = free_port()
    process = await started(world.url, port)
    context = await chromium.new_context(base_url=f"http://127.0.0.1:{port}", locale="fr-FR")
    page, form = await context.new_page(), await context.new_page()
    try:
        await come_in(page)
        await form.goto("/desk/titles/1/edit")
        await form.locator("#publisher").fill("Gallimard")
        await page.bring_to_front()
        await expect(page.locator("#anomalies .count")).to_have_text("1")
        remark = page.locator("#anomalies input[name=remark]")
        await remark.fill("étiquette")
        process.send_signal(signal.SIGKILL)
        await process.wait()
        await page.keyboard.press("Enter")  # while nobody answers
        await expect(page.locator("#said")).to_contain_text("n’a pas répondu")
        await expect(remark).to_have_value("étiquette")
        process = await started(world.url, port)
        await remark.press("Enter")
        await expect(page.locator("#said")).to_contain_text("C’est noté.")
        await world.embedded().call(RETURN_ITEM, fact(9, "unknown since"), kiosk="pad")
        await expect(page.locator("#anomalies")).to_contain_text("unknown since", timeout=30_000)
        await form.bring_to_front()
        await form.keyboard.press("Enter")
        await expect(form.locator("#said")).to_contain_text("« L’Été » est enregistré.")
    finally:
        await context.close()
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), 30)
    assert world.row("SELECT publisher FROM titles WHERE id = 1") == ("Gallimard",)
    assert world.row("SELECT count(*) FROM anomalies WHERE remark = 'étiquette'") == (1,)


async def test_what_a_proxy_answers_meanwhile_ends_no_live_page(world, watched) -> None:
    page = await watched.context.new_page()
    await page.clock.install()
    asked = asyncio.Event()

    async def in_its_place(route) -> None:
        await route.fulfill(status=502, body="Bad gateway")
        asked.set()

    await page.route("**/desk/events*", in_its_place)
    await come_in(page)
    await asyncio.wait_for(asked.wait(), 30)
    await page.unroute("**/desk/events*")
    await world.embedded().call(RETURN_ITEM, fact(9, "unknown since"), kiosk="pad")
    await page.clock.fast_forward("00:11")
    await expect(page.locator("#anomalies")).to_contain_text("unknown since")
