"""The real program of a computer against a real server: by lines of JSON, and in a terminal."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from http_world import QUICK, serving
from slot_people import furnish

from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import ComputerAgent, Patron

pytestmark = [
    pytest.mark.server,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PIN = "258013"
PATIENCE = 60.0


@pytest.fixture
def library(world, tmp_path):
    furnish(world)
    world.add(Patron(id=11, card="P11", family_name="Onze", pin_hash=QUICK._hasher.hash(PIN)))

    def guard(db) -> None:
        row = ComputerAgent(computer_id=1, token_hash=hashed("of-pc-1"), created_at=world.now)
        db.add(row)

    world.database.write_now(guard)
    (tmp_path / "token").write_text("of-pc-1\n")
    return world


def command(url: object, folder: Path, *more: str) -> list[str]:
    return [
        sys.executable, "-m", "catalogue_api", "agent", "--url", str(url), "--computer", "1",
        "--token-file", str(folder / "token"), "--state", str(folder / "agent.json"), *more,
    ]  # fmt: skip


class Lines:
    """A lock screen that drives the program."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def do(self, deed: str, **values: str) -> None:
        self.process.stdin.write(json.dumps({"do": deed, **values}).encode() + b"\n")

    async def until(self, is_so: Callable[[dict], bool]) -> dict:
        async with asyncio.timeout(PATIENCE):
            while True:
                line = json.loads(await self.process.stdout.readline())
                if is_so(line):
                    return line

    async def face(self, face: str, **values: object) -> dict:
        wanted = {"face": face, **values}
        found = await self.until(lambda line: wanted.items() <= line.get("show", {}).items())
        return found["show"]


@asynccontextmanager
async def program(url: object, folder: Path) -> AsyncIterator[Lines]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *command(url, folder, "--json"), stdin=pipe, stdout=pipe
    )
    try:
        yield Lines(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_session_lives_through_kill_minus_nine(library, client, tmp_path) -> None:
    url = client._base_url
    async with program(url, tmp_path) as screen:
        await screen.face("free")
        screen.process.stdin.write(b"rubbish\n")
        assert "sign_in" in (await screen.until(lambda line: "error" in line))["error"]
        screen.do("sign_in", card="P11", secret=PIN)
        shown = await screen.face("in_use")
        assert "PC 1" in shown["text"]
        screen.process.kill()
    async with program(url, tmp_path) as screen:
        await screen.face("locked")
        screen.do("unlock", secret="999999")
        await screen.until(lambda line: "ensemble" in line.get("show", {}).get("text", ""))
        screen.do("unlock", secret=PIN)
        await screen.face("in_use")
        screen.do("sign_out")
        await screen.face("free", ended="signed_out")
        screen.process.stdin.close()
        async with asyncio.timeout(PATIENCE):
            assert await screen.process.wait() == 0
    rows = library.rows("SELECT status, end_reason FROM bookings")
    assert rows == [("ended", "signed_out")]


async def test_a_disk_that_takes_nothing_does_not_end_the_program(
    library, client, tmp_path
) -> None:
    (tmp_path / "agent.json.new").mkdir()  # so that nothing can be written there
    async with program(client._base_url, tmp_path) as screen:
        await screen.face("free")
        screen.do("sign_in", card="P11", secret="9" * 100)
        screen.do("sign_in", card="P11", secret=PIN)
        await screen.face("in_use")
        screen.do("sign_out")
        await screen.face("free", ended="signed_out")


async def test_a_server_that_restarts_ends_no_session(library, tmp_path) -> None:
    async with serving(library) as client:
        url = client._base_url
        async with program(url, tmp_path) as screen:
            await screen.face("free")
            screen.do("sign_in", card="P11", secret=PIN)
            await screen.face("in_use")
    # The lines above ended the program too: begin again with the server away.
    async with program(url, tmp_path) as screen:
        await screen.face("away")
        async with serving(library, port=url.port):
            await screen.face("locked", online=True)
            screen.do("unlock", secret=PIN)
            await screen.face("in_use")
        screen.do("extend")
        shown = await screen.face("in_use", online=False)
        assert shown["minutes_left"] == 60
        assert "rester" in shown["text"]
        async with serving(library, port=url.port):
            await screen.face("in_use", online=True)


async def test_a_person_at_a_terminal_sits_down_and_leaves(library, client, tmp_path) -> None:
    far, near = os.openpty()
    process = await asyncio.create_subprocess_exec(
        *command(client._base_url, tmp_path), stdin=near, stdout=near
    )
    os.close(near)
    shown = ""

    async def until(words: str) -> None:
        nonlocal shown
        async with asyncio.timeout(PATIENCE):
            while words not in shown:
                shown += (await asyncio.to_thread(os.read, far, 1000)).decode()

    try:
        await until("Numéro de carte")
        os.write(far, b"P11\n")
        await until("Code secret")
        os.write(far, f"{PIN}\n".encode())
        await until("Votre séance est ouverte sur PC 1.")
        assert PIN not in shown, "what is secret is not shown"
        os.write(far, b"3\n")
        await until("Votre séance est terminée.")
    finally:
        process.kill()
        await process.wait()
        os.close(far)
