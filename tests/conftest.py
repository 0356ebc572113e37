"""What every test gets: a guard against tasks that are left running."""

import asyncio
import inspect
from collections.abc import AsyncIterator

import pytest


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
