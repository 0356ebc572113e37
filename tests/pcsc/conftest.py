"""The real PC/SC service and its slots, as the tests of one file get them."""

import asyncio
import fcntl
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pcsc_world import PATIENCE, Pcscd, Watched, name_of, wait_until_empty

from drivers.pcsc.monitor import ReaderArrived, watch


@pytest.fixture(scope="module")
def pcscd_of_this_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pcscd]:
    lock = Path(tempfile.gettempdir()) / "ritournelle-pcscd.lock"
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        service = Pcscd(tmp_path_factory.mktemp("pcscd"))
        try:
            yield service
        finally:
            service.kill()


@pytest.fixture
async def pcscd(pcscd_of_this_file: Pcscd) -> Pcscd:
    """The service, running; a test that kills it may leave it so."""
    if not pcscd_of_this_file.runs:
        pcscd_of_this_file.start()
    async with watch(first_pause=0.01, longest_pause=0.05) as events, asyncio.timeout(PATIENCE):
        async for event in events:  # it says that it is ready a little before it is
            if event == ReaderArrived(name_of(1)):
                break
    return pcscd_of_this_file


@pytest.fixture
async def slot(pcscd: Pcscd) -> int:
    """A slot with nothing in it: not that of the test before, whose card may still seem there."""
    pcscd.next_slot = 1 - pcscd.next_slot
    await asyncio.to_thread(wait_until_empty, name_of(pcscd.next_slot))
    return pcscd.next_slot


@pytest.fixture
async def both_slots(pcscd: Pcscd) -> None:
    for number in (0, 1):
        await asyncio.to_thread(wait_until_empty, name_of(number))


@pytest.fixture
async def watched(slot: int) -> AsyncIterator[Watched]:
    async with watch() as events:
        yield Watched(events, slot)
