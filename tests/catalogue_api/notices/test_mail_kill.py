"""The sender is killed in the midst of its work: nothing is lost, and what comes twice says so."""

import asyncio
import os
import signal
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from catalogue_world import World
from mail_world import PostOffice, post_office, write_to
from sqlalchemy import text

from catalogue_api.domain.notices import NoticeKind
from catalogue_api.services.noticing import notify

NOTICES, KILLS = 12, 3


def settings_of(url: str, post: PostOffice) -> dict[str, str]:
    return os.environ | {
        "RITOURNELLE_API_DATABASE": url,
        "RITOURNELLE_API_MAIL_HOST": "127.0.0.1",
        "RITOURNELLE_API_MAIL_PORT": str(post.port),
        "RITOURNELLE_API_MAIL_SECURITY": "none",
        "RITOURNELLE_API_MAIL_FROM": "Médiathèques <biblio@example.org>",
        "RITOURNELLE_API_PORTAL_ADDRESS": "https://biblio.example.org",
    }


async def mail_send(url: str, post: PostOffice, kill_at: int = 0) -> int:
    """Run the real program once; kill it when it hands over this mail. Return how it ended."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "catalogue_api", "mail", "send",
        stdout=asyncio.subprocess.DEVNULL, env=settings_of(url, post),
    )  # fmt: skip
    before = len(post.letters)

    def take(_server, _address) -> str:
        if kill_at and len(post.letters) - before + 1 == kill_at:
            process.send_signal(signal.SIGKILL)  # it has sent all of it, and is not answered yet
        return "250 OK"

    post.says["DATA"] = take
    return await asyncio.wait_for(process.wait(), 60)


def let_claims_run_out(world: World) -> None:
    long_ago = "UPDATE notices SET claimed_until = '2020-01-01 00:00:00.000000'"
    world.database.write_now(lambda session: session.execute(text(long_ago)))


@pytest.mark.kill
async def test_a_killed_sender_loses_nothing_and_repeats_one_mail_with_its_number(world) -> None:
    write_to(world)
    now = datetime.now(UTC)
    about = {"site": "cachan", "starts_at": (now + timedelta(days=9)).isoformat()}

    def lay(session) -> None:
        for number in range(NOTICES):
            notify(session, NoticeKind.SLOT_CANCELLED, 1, about, now, key=f"kill:{number}")

    world.database.write_now(lay)
    async with post_office() as post:
        for kill in range(1, KILLS + 1):
            assert await mail_send(world.url, post, kill_at=kill) == -signal.SIGKILL
            let_claims_run_out(world)
        assert await mail_send(world.url, post) == 0
    numbers = Counter(letter["Message-ID"] for _, letter in post.letters)
    assert len(numbers) == NOTICES
    assert sorted(numbers.values()) == [1] * (NOTICES - KILLS) + [2] * KILLS
    assert world.rows("SELECT DISTINCT status FROM notices") == [("sent",)]


@pytest.mark.server
async def test_the_program_says_what_waits_and_why_it_cannot_be_sent(world, tmp_path) -> None:
    write_to(world)
    async with post_office() as post:
        pass
    assert await mail_send(world.url, post) == 0, "nothing to send: no server is asked"
    now = datetime.now(UTC)
    about = {"site": "cachan", "starts_at": (now + timedelta(days=9)).isoformat()}
    world.database.write_now(
        lambda session: notify(session, NoticeKind.SLOT_CANCELLED, 1, about, now, key="k")
    )
    assert await mail_send(world.url, post) == 1


@pytest.mark.server
async def test_the_server_sends_by_itself_and_ends_when_it_is_told_to(world) -> None:
    write_to(world)
    now, came = datetime.now(UTC), asyncio.Event()
    about = {"site": "cachan", "starts_at": (now + timedelta(days=9)).isoformat()}

    def take(_server, _address) -> str:
        came.set()
        return "250 OK"

    async with post_office() as post:
        post.says["DATA"] = take
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "catalogue_api", "serve", "--port", "0",
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=settings_of(world.url, post),
        )  # fmt: skip
        assert process.stdout is not None
        await asyncio.wait_for(process.stdout.readline(), 60)
        world.database.write_now(
            lambda session: notify(session, NoticeKind.SLOT_CANCELLED, 1, about, now, key="k")
        )
        await asyncio.wait_for(came.wait(), 30)
        process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0
    assert world.rows("SELECT status FROM notices") == [("sent",)]
