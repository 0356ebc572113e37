"""The API is killed under load, and so is its database: what was answered is there afterwards."""

import asyncio
import json
import os
import random
import shutil
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp
import pytest
from catalogue_world import World, fact
from sqlalchemy import text

from bench.postgres import postgres_server
from catalogue_api.contract.returns import RETURN_ITEM
from catalogue_api.storage.engine.database import Database

CLIENTS, KILLS = 16, 3
PATH = RETURN_ITEM.url(kiosk="pad")
PAD = {"Authorization": "Bearer token-of-pad"}


@asynccontextmanager
async def program(
    url: str, *, ends: int = 0
) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The real program on a port of its own; it is expected to end with this status."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "catalogue_api",
        "serve",
        "--port",
        "0",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "RITOURNELLE_API_DATABASE": url},
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield json.loads(line)["url"], process
    finally:
        if process.returncode is None and not ends:
            process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == ends


async def load_until_it_is_gone(
    address: str,
    answered: dict[UUID, bytes],
    told: list[int],
    stopping: asyncio.Event,
) -> None:
    """Return things from many sides until nobody answers any more, or until told to stop."""

    async def client(session: aiohttp.ClientSession) -> None:
        while not stopping.is_set():
            body = fact(0).model_copy(update={"return_id": uuid4(), "barcode": "1"})
            try:
                async with session.post(PATH, data=body.model_dump_json(), headers=PAD) as response:
                    content = await response.read()
            except aiohttp.ClientError:
                return
            told.append(response.status)
            if response.status == 200:
                answered[body.return_id] = content

    async with aiohttp.ClientSession(address) as session:
        await asyncio.gather(*(client(session) for _ in range(CLIENTS)))


def stored(url: str) -> dict[UUID, str]:
    database = Database(url, threads=0)
    rows = database.read_now(
        lambda db: db.connection().execute(text("SELECT return_id, answer FROM returns")).all()
    )
    database.close()
    return {UUID(number): answer for number, answer in rows}


async def kill_again_and_again(url: str) -> None:
    chance = random.Random(4)
    answered: dict[UUID, bytes] = {}
    for _ in range(KILLS):
        async with program(url, ends=-signal.SIGKILL) as (address, process):
            load = asyncio.ensure_future(
                load_until_it_is_gone(address, answered, [], asyncio.Event())
            )
            before = len(answered)
            while len(answered) < before + chance.randint(20, 200):
                await asyncio.wait({load}, timeout=0.01)
            process.kill()
            await load
        kept = stored(url)
        missing = [number for number in answered if number not in kept]
        assert not missing
        assert all(kept[number].encode() == said for number, said in answered.items())
    assert len(answered) > KILLS * 20


@pytest.mark.kill
async def test_what_was_answered_survives_kill_9_on_sqlite(template: Path, tmp_path: Path) -> None:
    path = tmp_path / "catalogue.db"
    shutil.copy(template, path)
    url = f"sqlite:///{path}"
    World(url).database.close()
    await kill_again_and_again(url)
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


@pytest.mark.kill
async def test_what_was_answered_survives_kill_9_on_postgresql() -> None:
    with postgres_server(durable=True) as server:
        url = server.create()
        database = Database(url, threads=0)
        database.migrate()
        database.close()
        World(url).database.close()
        await kill_again_and_again(url)


@pytest.mark.kill
async def test_a_database_that_dies_under_load_is_a_problem_and_then_works_again() -> None:
    with postgres_server(durable=True) as server:
        url = server.create()
        database = Database(url, threads=0)
        database.migrate()
        database.close()
        World(url).database.close()
        answered: dict[UUID, bytes] = {}
        told: list[int] = []
        stopping = asyncio.Event()
        async with program(url) as (address, _):
            load = asyncio.ensure_future(load_until_it_is_gone(address, answered, told, stopping))
            while len(answered) < 100:
                await asyncio.wait({load}, timeout=0.01)
            await asyncio.to_thread(server.crash)
            while 503 not in told:
                await asyncio.wait({load}, timeout=0.01)
            await asyncio.to_thread(server.start)
            before = len(answered)
            while len(answered) < before + 100:
                await asyncio.wait({load}, timeout=0.01)
            stopping.set()
            await load
        assert set(told) == {200, 503}
        kept = stored(url)
        assert not [number for number in answered if number not in kept]
