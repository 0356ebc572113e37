"""Many people after the last seats at once, over HTTP, on either database."""

import asyncio
import os
from collections import Counter

import pytest
from agenda_world import DAY, START, Agenda, readers
from http_world import serving
from invariants import broken

from catalogue_api.contract.registrations import REGISTER_MYSELF
from catalogue_api.services.staff.sessions import open_patron_session
from catalogue_api.storage.engine.errors import StorageConflict
from catalogue_api.storage.tables import Seat

pytestmark = pytest.mark.server
CLIENTS, ATTEMPTS = 64, int(os.environ.get("RITOURNELLE_ATTEMPTS", "2000"))
"""All clients together make so many attempts."""
WORKSHOPS, PLACES = 6, 12


@pytest.fixture
async def agenda(world) -> Agenda:
    """Six workshops, two of them series, and 64 readers who have signed in."""
    agenda = Agenda(world)
    for number in range(WORKSHOPS):
        dates = [START + number * DAY]
        series = number >= WORKSHOPS - 2
        dates += [START + (30 + number) * DAY] if series else []
        await agenda.event(*dates, places=PLACES, series=series)

    def sign_in(db) -> None:
        for one in people:
            open_patron_session(db, one, f"token-{one}", "csrf", world.now)

    people = readers(world, CLIENTS)
    world.database.write_now(sign_in)
    return agenda


async def _ask(client, method: str, path: str, patron: int, key: str, **values) -> tuple[int, dict]:
    headers = {"Authorization": f"Bearer token-{patron}", "Idempotency-Key": key}
    if method != "POST":
        headers["If-Match"] = f'"{values.pop("version")}"'
    async with client.request(method, path, json=values or None, headers=headers) as answer:
        return answer.status, await answer.json()


async def test_many_attempts_of_64_clients_fill_every_seat_once(world, agenda) -> None:
    """Everybody registers for everything, again and again, and half give a place up in between."""
    outcomes: Counter[str] = Counter()

    async def one(client, patron: int) -> None:
        for attempt in range(ATTEMPTS // CLIENTS + 1):
            event = (patron + attempt) % WORKSHOPS + 1
            key = f"{patron}-{attempt}"
            status, said = await _ask(
                client, "POST", REGISTER_MYSELF.url(), patron, key, event=event
            )
            assert status in {200, 409}, said
            outcomes[said["status"] if status == 200 else said["reasons"][0]] += 1
            if status == 200 and patron % 2 and attempt % 3 == 0:
                path = f"{REGISTER_MYSELF.url()}/{said['registration']}"
                status, said = await _ask(
                    client, "DELETE", path, patron, key, version=said["version"]
                )
                # Meanwhile a seat may have been offered: then its version is another.
                assert status in {200, 412}, said
                outcomes["given up" if status == 200 else "offered meanwhile"] += 1

    async with serving(world) as client:
        await asyncio.gather(*(one(client, 200 + number) for number in range(CLIENTS)))
    assert outcomes["registered"] >= WORKSHOPS * PLACES
    assert outcomes.keys() >= {"registered", "waiting", "already_registered", "given up"}
    assert set(outcomes) <= {
        "registered", "waiting", "already_registered", "given up", "offered meanwhile",
    }  # fmt: skip
    held = dict(world.rows("SELECT session_id, count(number) FROM seats GROUP BY session_id"))
    assert set(held.values()) == {PLACES}
    assert len(held) == WORKSHOPS + 2
    assert broken(world.database, 100, 100) == []
    assert agenda.waiting_beside_free_seats() == []


async def test_64_clicks_on_one_offer_take_one_seat(world, agenda) -> None:
    for one in range(200, 200 + PLACES + 1):
        await agenda.register(one, 1)
    async with serving(world) as client:
        path = f"{REGISTER_MYSELF.url()}/1"
        assert (await _ask(client, "DELETE", path, 200, "k", version=1))[0] == 200
        offer = f"{REGISTER_MYSELF.url()}/{PLACES + 1}/offer"
        clicks = await asyncio.gather(
            *(_ask(client, "PUT", offer, 200 + PLACES, f"k{n}", version=2) for n in range(CLIENTS))
        )
        strangers = await asyncio.gather(
            *(_ask(client, "PUT", offer, 230 + n, f"s{n}", version=2) for n in range(20))
        )
    assert {status for status, _ in clicks} == {200}
    assert {said["status"] for _, said in clicks} == {"registered"}
    assert {status for status, _ in strangers} == {404}
    assert broken(world.database, 100, 100) == []


async def test_the_last_word_is_the_databases(world, agenda) -> None:
    """Whatever a program does, a number of a session is one person's."""
    await agenda.register(200, 1)
    await agenda.register(201, 2)
    for twice in (
        Seat(session_id=1, registration_id=2, number=1),
        Seat(session_id=1, registration_id=1, number=2),
    ):
        with pytest.raises(StorageConflict):
            world.add(twice)
