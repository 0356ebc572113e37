"""What every test gets: chance that is the same in every run, a guard against tasks that are left
running, and a light heap.
"""

import asyncio
import gc
import inspect
import os
from collections.abc import AsyncIterator

import pytest
from hypothesis import settings

# Two runs of the suite try the same examples. `RITOURNELLE_EXPLORE=1` draws new ones, and prints
# what plays a failure again.
EXPLORE = os.environ.get("RITOURNELLE_EXPLORE", "") not in ("", "0")
settings.register_profile("same", derandomize=True, deadline=None, database=None)
settings.register_profile("explore", deadline=None, database=None, print_blob=True)
settings.load_profile("explore" if EXPLORE else "same")

# Thousands of tests and all that they import live until the end. The collector need not look at
# them time and again, and seldom at what outlives a test: time of the fast suite.
gc.disable()


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.set_threshold(10_000, 10, 100)
    gc.enable()


@pytest.fixture(autouse=True)
def no_task_left_running(request: pytest.FixtureRequest) -> None:
    if inspect.iscoroutinefunction(getattr(request.node, "obj", None)):
        request.getfixturevalue("guarded_loop")


@pytest.fixture
async def guarded_loop() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    left = asyncio.all_tasks() - before - {asyncio.current_task()}
    if left:  # what was cancelled at the very end of a test needs one more turn of the loop
        await asyncio.wait(left, timeout=0.5)
    running = [task for task in left if task is not None and not task.done()]
    assert not running, f"tasks left running: {running}"
