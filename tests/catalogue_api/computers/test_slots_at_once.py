"""64 people after one slot, a reader with 64 hands, and a class in the middle of it."""

import asyncio
import json
from collections import Counter
from random import Random

import pytest
from http_world import serving
from slot_people import at, furnish, overlapping, sign_in

from catalogue_api.contract.my_slots import BOOK_MY_SLOT
from catalogue_api.contract.slot_blocks import BLOCK_COMPUTERS, BlockComputers
from catalogue_api.contract.slots import BookMySlot
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Computer, Patron

pytestmark = pytest.mark.server
CLIENTS, FIRST = 64, 201


@pytest.fixture
def crowd(world):
    """64 readers more, all signed in, and four computers that readers may book."""
    furnish(world)
    numbers = range(FIRST, FIRST + CLIENTS)
    world.add(*(Patron(id=one, card=f"X{one}", family_name=f"N{one}") for one in numbers))
    for one in numbers:
        sign_in(world, one)
    world.add(*(Computer(id=one, room_id=1, name=f"PC {one}") for one in (5, 6)))
    return world


async def book(client, reader: int, starts, minutes: int, computer: int | None, key: str) -> str:
    body = BookMySlot(site="cachan", starts_at=starts, minutes=minutes, computer=computer)
    headers = {"Authorization": f"Bearer reader{reader}", "Idempotency-Key": key}
    async with client.post(
        BOOK_MY_SLOT.path, data=body.model_dump_json(), headers=headers
    ) as response:
        said = json.loads(await response.read())
        if response.status == 200:
            return f"slot {said['slot']}"
        assert response.status == 409, said
        return ",".join(said.get("reasons") or ["conflict"])


async def test_64_people_want_one_slot_and_one_has_it(crowd) -> None:
    async with serving(crowd) as client:
        heard = await asyncio.gather(
            *(
                book(client, FIRST + number, at(14), 60, 1, f"k{number}")
                for number in range(CLIENTS)
            )
        )
    assert Counter(one.split()[0] for one in heard) == {"slot": 1, "taken": CLIENTS - 1}
    assert crowd.row("SELECT count(*) FROM bookings") == (1,)


async def test_a_reader_with_64_hands_keeps_to_their_allowance(crowd) -> None:
    """Slots of all lengths at four computers over the day: two hours, and never at two places."""
    chance = Random(1)

    async def hand(client, number: int) -> str:
        starts = at(10 + chance.randrange(8), 15 * chance.randrange(4))
        minutes = 15 * chance.randint(1, 4)
        return await book(client, FIRST, starts, minutes, chance.choice((1, 2, 5, 6)), f"k{number}")

    async with serving(crowd) as client:
        said = await asyncio.gather(*(hand(client, number) for number in range(CLIENTS)))
    heard = Counter(one.split()[0] for one in said)
    assert heard["slot"] >= 2
    rows = crowd.rows("SELECT starts_at, ends_at FROM bookings WHERE patron_id = 201")
    minutes = sum(int(end[11:13]) * 60 + int(end[14:16]) for _, end in rows)
    minutes -= sum(int(start[11:13]) * 60 + int(start[14:16]) for start, _ in rows)
    assert minutes <= 120
    assert overlapping(crowd) == []


async def test_one_key_sent_64_times_is_one_slot(crowd) -> None:
    async with serving(crowd) as client:
        heard = await asyncio.gather(
            *(book(client, FIRST, at(14), 60, None, "the-same") for _ in range(CLIENTS))
        )
    assert len(set(heard)) == 1
    assert crowd.row("SELECT count(*) FROM bookings") == (1,)
    assert crowd.row("SELECT count(*) FROM notices") == (1,)


async def test_a_class_takes_all_or_nothing_while_readers_book(crowd) -> None:
    body = BlockComputers(computers=(1, 2, 5, 6), starts_at=at(14), ends_at=at(16), label="CM2")
    headers = {
        "Authorization": f"Bearer {crowd.signed_in(Role.LIBRARIAN)}",
        "Idempotency-Key": "class",
    }

    async def block(client) -> int:
        async with client.post(
            BLOCK_COMPUTERS.path, data=body.model_dump_json(), headers=headers
        ) as response:
            return response.status

    async with serving(crowd) as client:
        readers = [
            book(client, FIRST + number, at(13 + number % 4), 60, 1 + number % 2, f"k{number}")
            for number in range(16)
        ]
        status, *_ = await asyncio.gather(block(client), *readers)
    held = crowd.row("SELECT count(*) FROM bookings WHERE kind = 'block'")[0]
    assert (status, held) in {(200, 4), (409, 0)}
    assert overlapping(crowd) == []
