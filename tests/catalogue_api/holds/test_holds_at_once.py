"""Many clients at once, on either database: one copy a hold, queues in order, limits kept."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from catalogue_world import NOW, World
from hold_people import Desk, Reader, add_readers, open_desk, sign_in

from catalogue_api.contract.endpoint import ProblemType, Refused
from catalogue_api.contract.returns import RETURN_ITEM, Outcome, ReturnItem
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Item, Loan, Title

CLIENTS = 64
EXPECTED = {ProblemType.REFUSED_BY_RULE, ProblemType.CHANGED_MEANWHILE}


@contextmanager
def crowd(world: World) -> Iterator[World]:
    """Let sixteen units run at once, as several processes of the API would."""
    alone, world.database = world.database, Database(world.url, threads=16)
    try:
        yield world
    finally:
        world.database.close()
        world.database = alone


def add_copies(world: World, title: int, first: int, last: int, *, lent: bool) -> None:
    world.add(
        *(
            Item(
                id=number, barcode=str(number), title_id=title,
                home_site="cachan", current_site="cachan",
            )
            for number in range(first, last + 1)
        )
    )  # fmt: skip
    if lent:
        started = NOW - timedelta(days=9)
        world.add(
            *(
                Loan(item_id=number, patron_id=1, started_at=started, due_on=NOW.date())
                for number in range(first, last + 1)
            )
        )


async def give_back(world: World, number: int) -> Outcome:
    body = ReturnItem(return_id=UUID(int=number), barcode=str(number), occurred_at=world.now)
    return (await world.embedded().call(RETURN_ITEM, body, kiosk="pad")).outcome


async def taken(asking) -> bool:
    try:
        await asking
    except Refused as refused:
        if refused.type not in EXPECTED:
            raise
        return False
    return True


def queue_and_copies(world: World) -> list[tuple]:
    return world.rows(
        "SELECT status, item_id FROM holds WHERE title_id = 3"
        " ORDER BY staff_priority DESC, placed_at, id"
    )


@pytest.mark.server
async def test_sixty_four_reservations_of_one_reader_stop_at_the_limit(world) -> None:
    world.add(
        *(
            Title(id=number, source="t", control_number=f"c{number}", title=f"T{number}")
            for number in range(101, 101 + CLIENTS)
        )
    )
    for number in range(101, 101 + CLIENTS):
        add_copies(world, number, number, number, lent=False)
    sign_in(world, 2)
    with crowd(world):
        reader = Reader(world, 2)
        placed = await asyncio.gather(
            *(taken(reader.place(number)) for number in range(101, 101 + CLIENTS))
        )
    assert sum(placed) == 10
    assert world.row("SELECT count(*) FROM holds WHERE status = 'waiting'") == (10,)


async def test_a_title_is_reserved_once_by_each_reader(world) -> None:
    add_readers(world, 3, 10)
    open_desk(world)
    with crowd(world):
        desk = Desk(world)
        placed = await asyncio.gather(
            *(taken(desk.place(patron)) for patron in range(3, 11) for _ in range(8))
        )
    assert sum(placed) == 8
    assert world.row("SELECT count(*), count(DISTINCT patron_id) FROM holds") == (8, 8)


async def test_returned_copies_go_to_the_first_of_the_queue_and_each_to_one(world) -> None:
    world.add(Title(id=3, source="t", control_number="3", title="T"))
    add_readers(world, 3, 50)
    add_copies(world, 3, 200, 231, lent=True)
    for place, patron in enumerate(range(3, 51)):
        world.hold(3, patron, placed_at=NOW - timedelta(minutes=60 - place))
    with crowd(world):
        again = list(range(200, 232)) * 2
        outcomes = await asyncio.gather(*(give_back(world, number) for number in again))
    assert set(outcomes) == {Outcome.HOLD_CAPTURED}
    found = queue_and_copies(world)
    assert [status for status, _ in found] == ["captured"] * 32 + ["waiting"] * 16
    assert sorted(item for _, item in found[:32]) == list(range(200, 232))


@pytest.mark.server
async def test_whatever_happens_at_once_no_copy_is_given_twice_and_nobody_is_forgotten(
    world,
) -> None:
    world.add(Title(id=3, source="t", control_number="3", title="T"))
    add_readers(world, 3, 42)
    add_copies(world, 3, 200, 219, lent=True)
    numbers = [
        world.hold(3, patron, placed_at=NOW - timedelta(minutes=99 - patron))
        for patron in range(3, 43)
    ]
    desk = open_desk(world)
    with crowd(world):
        await asyncio.gather(
            *(give_back(world, number) for number in range(200, 220)),
            *(taken(desk.cancel(number)) for number in numbers[::4]),
            *(taken(desk.pickup(number, "arcueil")) for number in numbers[1::4]),
            *(taken(desk.pause(number)) for number in numbers[30:34]),
        )
    kept = world.rows(
        "SELECT item_id, count(*) FROM holds WHERE status IN ('captured', 'ready') GROUP BY item_id"
    )
    assert all(count == 1 for _, count in kept)
    free = world.row(
        "SELECT count(*) FROM items WHERE title_id = 3 AND id NOT IN"
        " (SELECT item_id FROM holds WHERE status IN ('captured', 'ready'))"
    )
    assert free == (0,)
    order = world.rows(
        "SELECT status FROM holds WHERE title_id = 3 AND status <> 'cancelled' AND NOT paused"
        " ORDER BY placed_at"
    )
    statuses = [status for (status,) in order]
    assert statuses == sorted(statuses)
    assert statuses.count("captured") == 20
