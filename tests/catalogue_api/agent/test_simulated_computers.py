"""People at simulated computers, against a real server: they come and go; faults too."""

import asyncio
import json
import sys
from collections import Counter
from contextlib import suppress
from random import Random

import pytest
from http_world import QUICK
from invariants import broken
from slot_people import furnish

from catalogue_api.agent.states import Extend, Face, SignIn, View
from catalogue_api.services.secrets.tokens import hashed
from catalogue_api.storage.tables import ComputerAgent, Patron
from simulator.computers.fleet import Computer, Faults, Room, use
from simulator.computers.people import Habits, Person, next_deed

PEOPLE = [Person(f"P{number}", "258013") for number in range(11, 17)]


@pytest.fixture
def library(world):
    furnish(world)
    pin = QUICK._hasher.hash("258013")
    world.add(
        *(
            Patron(id=int(one.card[1:]), card=one.card, family_name="N", pin_hash=pin)
            for one in PEOPLE
        )
    )

    def guard(db) -> None:
        for number in (1, 2):
            row = ComputerAgent(
                computer_id=number, token_hash=hashed(f"t{number}"), created_at=world.now
            )
            db.add(row)

    world.database.write_now(guard)
    return world


def test_people_do_what_a_screen_lets_them() -> None:
    sure = Habits(sits_down=1, mistypes=0, extends=1)
    chance = Random(1)
    assert next_deed(View(Face.FREE), PEOPLE[0], sure, chance) == SignIn("P11", "258013")
    may = View(Face.IN_USE, minutes_left=4, may_extend=True)
    assert next_deed(may, PEOPLE[0], sure, chance) == Extend()
    for face in (Face.CLOSED, Face.AWAY, Face.OUT_OF_ORDER, Face.BLOCKED, Face.STARTING):
        assert next_deed(View(face), PEOPLE[0], sure, chance) is None
    wrong = next_deed(View(Face.FREE), PEOPLE[0], Habits(1, mistypes=1), chance)
    assert isinstance(wrong, SignIn)
    assert wrong.secret != "258013"


@pytest.mark.server
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_people_come_and_go_whatever_fails(library, client, tmp_path) -> None:
    habits = Habits(0.9, 0.05, 0.7, locks=0.2, comes_back=0.9, leaves=0.2)
    room = Room(
        str(client._base_url), [Computer(1, "t1"), Computer(2, "t2")], PEOPLE, tmp_path,
        pace=600, habits=habits, faults=Faults(0.03, 0.03, 3.0),
    )  # fmt: skip
    told: Counter[str] = Counter()
    wanted = {"in_use": 4, "locked": 2, "free": 4, "power cut": 1, "cable pulled": 1}
    over = "SELECT id FROM bookings WHERE status = 'ended'"
    enough = asyncio.Event()

    def tell(_computer: int, what: str) -> None:
        told[what] += 1
        seen = all(told[name] >= number for name, number in wanted.items())
        # Who only comes back to their seat is shown as "in use" too, but is no other one.
        if seen and len(library.rows(over)) >= 3:
            enough.set()

    using = asyncio.create_task(use(room, tell))
    async with asyncio.timeout(120):
        await enough.wait()
    using.cancel()
    with suppress(asyncio.CancelledError):
        await using
    assert broken(library.database, 100, 100) == []


@pytest.mark.server
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_command_tells_what_each_computer_shows(library, client, tmp_path) -> None:
    file = tmp_path / "room.json"
    file.write_text(json.dumps({"computers": {"1": "t1"}, "people": {"P11": "258013"}}))
    command = [sys.executable, "-m", "simulator", "computers", "--url", str(client._base_url)]
    process = await asyncio.create_subprocess_exec(
        *command, "--room", str(file), "--pace", "600", "--json", stdout=asyncio.subprocess.PIPE
    )
    told = set()
    try:
        async with asyncio.timeout(60):
            while not {"free", "in_use"} <= told:
                told.add(json.loads(await process.stdout.readline())["now"])
    finally:
        process.kill()
        await process.wait()
