"""Answers that are none, and files that say nothing: the program of a computer outlives them."""

import json
from contextlib import asynccontextmanager
from io import BytesIO, StringIO, TextIOWrapper

import pytest
from aiohttp import web

from catalogue_api.agent.asking import Asking
from catalogue_api.agent.keeping import read_kept
from catalogue_api.agent.machine import advance, view
from catalogue_api.agent.panels import JsonPanel
from catalogue_api.agent.states import Ask, Heard, Kept, Lock, Refused, State, Tick, Unreachable
from catalogue_api.contract import computer_agents as agents
from catalogue_api.contract.computer_agents import Pulse
from catalogue_api.contract.endpoint import ProblemType
from catalogue_api.web.texts import read_words

NOW = {
    "computer": 3, "name": "PC 3", "room_name": "Multimédia", "site_name": "Cachan",
    "now": "2026-11-23T09:00:00Z", "open_until": "2026-11-23T18:00:00Z", "state": "in_use",
    "ask_again_in": 20,
    "session": {
        "session": 12, "guest": False, "language": "fr", "started_at": "2026-11-23T09:00:00Z",
        "ends_at": "2026-11-23T10:00:00Z", "usable_until": "2026-11-23T10:00:00Z",
    },
}  # fmt: skip
PROBLEM = {"type": "/problems/refused-by-rule", "title": "No", "status": 409}


@asynccontextmanager
async def answering(status: int, *parts: bytes):
    """A catalogue that gives one answer, part by part."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status)
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        await response.write_eof()
        return response

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = site._server.sockets[0].getsockname()[1]
        async with Asking(f"http://127.0.0.1:{port}", 3, "token") as asking:
            yield asking
    finally:
        await runner.cleanup()


async def heard(status: int, *parts: bytes) -> Heard | Refused | Unreachable:
    async with answering(status, *parts) as asking:
        return await asking.ask(Ask(agents.PULSE, Pulse()))


def now(**other: object) -> bytes:
    return json.dumps(NOW | other).encode()


async def test_an_answer_comes_in_parts() -> None:
    whole = now()
    found = await heard(200, whole[:40], whole[40:90], whole[90:])
    assert isinstance(found, Heard)
    assert found.seat.session.session == 12


async def test_a_newer_catalogue_may_say_more() -> None:
    session = {**NOW["session"], "later": [1]}
    found = await heard(200, now(later={"said": 1}, session=session))
    assert isinstance(found, Heard)
    assert found.seat.session.session == 12


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (200, b""),
        (200, b"<html>Welcome to the Wi-Fi</html>"),
        (200, b"[" * 90_000),
        (200, now()[:-1] + b" " * 100_000 + b"}"),
        (200, now(now="2026-11-23T09:00:00")),
        (200, now(now="0001-01-01T00:00:00+14:00")),
        (200, now(session=NOW["session"] | {"usable_until": "9999-12-31T23:59:59-14:00"})),
        (200, now(session=NOW["session"] | {"session": -1})),
        (200, now(ask_again_in=10**400)),
        (200, now(ask_again_in=-1)),
        (302, b""),
        (404, b"null"),
        (409, b"[" * 90_000),
        (409, b"\xff"),
        (500, now()),
    ],
)
async def test_what_is_no_answer_is_like_none(status, said) -> None:
    assert await heard(status, said) == Unreachable()


async def test_a_reason_that_only_a_later_catalogue_knows_can_be_shown() -> None:
    event = await heard(409, json.dumps(PROBLEM | {"reasons": ["moon_is_full", "taken"]}).encode())
    assert event == Refused(ProblemType.REFUSED_BY_RULE, ("moon_is_full", "taken"))
    state, _ = advance(State("boot"), Tick(), 100.0)
    state, _ = advance(state, event, 101.0)
    for words in read_words("Europe/Paris").values():
        assert all(words.text(key) for key in view(state, 102.0).said)


@pytest.mark.parametrize(
    "kept",
    ["", "null", "[]", "[" * 90_000, '{"session": 1}']
    + [
        f'{{"session": {session}, "leaving": {leaving}}}'
        for session, leaving in (("-1", "false"), ("1e99", "true"), ('"x"', "true"), ("1", "2"))
    ]
    + ['{"session": ' + "9" * 40 + ', "leaving": false}'],
)
def test_what_a_disk_has_made_of_the_file_is_forgotten(tmp_path, kept) -> None:
    (tmp_path / "agent.json").write_text(kept)
    found = read_kept(tmp_path / "agent.json")
    assert found == Kept()
    Pulse(session=found.session)


async def test_a_line_that_is_no_text_is_not_the_last_one_that_is_read() -> None:
    said = b"\xff\xfe\n" + b"[" * 90_000 + b'\n{"do": "lock"}\n'
    out = StringIO()
    panel = JsonPanel(TextIOWrapper(BytesIO(said), encoding="utf-8"), out, {})
    assert [deed async for deed in panel.deeds()] == [Lock()]
    assert len(out.getvalue().splitlines()) == 2
