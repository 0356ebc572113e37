"""What every test gets: chance that is the same in every run, a guard against tasks that are left
running, and a light heap.
"""

import asyncio
import gc
import inspect
import os
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from hypothesis import settings

if TYPE_CHECKING:
    from playwright.async_api import Browser

# Two runs of the suite try the same examples. `RITOURNELLE_EXPLORE=1` draws new ones, and prints
# what plays a failure again.
EXPLORE = os.environ.get("RITOURNELLE_EXPLORE", "") not in ("", "0")
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, database=None, print_blob=True)
settings.load_profile("explore" if EXPLORE else "same")

# Thousands of tests and all that they import live until the end. The collector need not look at
# them time and again, and seldom at what outlives a test: time of the fast suite.
gc.disable()

LONGEST = (
    "test_world_finds_bugs.py",
    "test_power_cut_at_each_step.py",
    "test_kill_at_each_step.py",
    "test_anything_at_any_time.py",
    "test_month_of_computers.py",
    "test_desk_axe.py",
    "test_portal_story.py",
    "test_openapi.py",
    "test_scopes.py",
    "test_faults.py",
    "test_demo.py",
)
"""The files that take more than a minute: whoever begins with them does not end alone."""
SERVED = "client"
"""The fixture that serves a catalogue over HTTP, with all its pages."""
SLOW = ("fuzz", "kill", "browser", "server")
"""Files with such tests come next; the quick ones fill what time is left."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files for the workers; mark the tests that ask a catalogue over HTTP.

    All tests in a browser share one event loop: they drive the one Chromium.
    """
    for item in items:
        if item.get_closest_marker("browser") is not None:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
        if SERVED in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.http)
    slow = {item.path for item in items if any(item.get_closest_marker(name) for name in SLOW)}
    items.sort(key=lambda item: (_place(item.path.name), item.path not in slow))


def _place(name: str) -> int:
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)
    gc.enable()


@pytest.fixture(autouse=True)
def no_task_left_running(request: pytest.FixtureRequest) -> None:
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        request.getfixturevalue("guarded_loop")


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def started_chromium() -> AsyncIterator["Browser"]:
    """The one browser of a run."""
    from chromium import started  # noqa: PLC0415 - the others need no browser

    async with started() as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def chromium(started_chromium: "Browser") -> AsyncIterator["Browser"]:
    """The browser, in which nothing is open; what a test opens is closed after it."""
    yield started_chromium
    for context in started_chromium.contexts:
        await context.close()


@pytest.fixture
async def guarded_loop() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:  # what was cancelled at the very end of a test needs one more turn of the loop
        await asyncio.wait(left, timeout=0.5)
    running = [task for task in left if task is not None and not task.done()]
    assert not running, f"tasks left running: {running}"
