"""Many terminals at once over HTTP, against the real program's application, on either database."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from catalogue_world import NOW, fact
from http_world import serving
from invariants import broken

from catalogue_api.contract.loans import LEND_ITEM, LendItem
from catalogue_api.contract.returns import RETURN_ITEM, Outcome, Returned
from catalogue_api.domain.roles import Role
from catalogue_api.services.kiosks.kiosks import add_kiosk
from catalogue_api.storage.tables import Item, Loan

TERMINALS, ITEMS = 8, 150


@pytest.fixture
def many_lent(world):
    """A hundred and fifty items more, all on loan."""
    numbers = range(1001, 1001 + ITEMS)
    world.add(
        *(
            Item(id=n, barcode=f"B{n}", title_id=1, home_site="cachan", current_site="cachan")
            for n in numbers
        )
    )
    started = NOW - timedelta(days=3)
    world.add(
        *(Loan(item_id=n, patron_id=1, started_at=started, due_on=NOW.date()) for n in numbers)
    )
    for terminal in range(TERMINALS):
        world.database.write_now(
            lambda db, terminal=terminal: add_kiosk(
                db, f"k{terminal}", "cachan", f"token{terminal}", NOW
            )
        )
    return [f"B{n}" for n in numbers]


@pytest.mark.server
async def test_eight_terminals_return_the_same_items_at_once(world, many_lent) -> None:
    """One return of each item counts; each of the others hears that it was not on loan."""

    async def terminal(client, number: int) -> list[Outcome]:
        outcomes = []
        for place, barcode in enumerate(many_lent):
            body = fact(number * 1000 + place, barcode).model_dump_json()
            async with client.post(
                RETURN_ITEM.url(kiosk=f"k{number}"),
                data=body,
                headers={"Authorization": f"Bearer token{number}"},
            ) as response:
                assert response.status == 200
                outcomes.append(Returned.model_validate_json(await response.read()).outcome)
        return outcomes

    async with serving(world) as client:
        heard = await asyncio.gather(*(terminal(client, number) for number in range(TERMINALS)))
    for outcomes in zip(*heard, strict=True):
        assert Counter(outcomes) == {Outcome.RETURNED: 1, Outcome.NOT_ON_LOAN: TERMINALS - 1}
    ended = "SELECT count(*), count(DISTINCT loan_id) FROM returns WHERE loan_id IS NOT NULL"
    assert world.row(ended) == (ITEMS, ITEMS)
    assert world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL") == (0,)


@pytest.mark.server
async def test_eight_terminals_send_the_same_return_at_once(world, many_lent) -> None:
    """The same identifiers, as after a lost answer: one row each, and one answer for all."""

    async def terminal(client) -> list[bytes]:
        answers = []
        for place, barcode in enumerate(many_lent):
            body = fact(place + 1, barcode).model_dump_json()
            async with client.post(
                RETURN_ITEM.url(kiosk="pad"),
                data=body,
                headers={"Authorization": "Bearer token-of-pad"},
            ) as response:
                assert response.status == 200
                answers.append(await response.read())
        return answers

    async with serving(world) as client:
        heard = await asyncio.gather(*(terminal(client) for _ in range(TERMINALS)))
    assert all(len(set(answers)) == 1 for answers in zip(*heard, strict=True))
    assert world.row("SELECT count(*) FROM returns") == (ITEMS,)


@pytest.mark.server
async def test_64_clients_lend_and_return_the_same_few_items(world) -> None:
    headers = {"Authorization": f"Bearer {world.signed_in(Role.LIBRARIAN)}"}
    kiosk = {"Authorization": "Bearer token-of-pad"}
    lent: list[str] = []

    async def one(client, number: int) -> None:
        barcode = str(number % 3 + 1)
        body = LendItem(barcode=barcode, card=f"P{number % 2 + 1}", site="cachan")
        key = {"Idempotency-Key": f"lend{number}"}
        async with client.post(
            LEND_ITEM.url(), data=body.model_dump_json(), headers=headers | key
        ) as response:
            assert response.status in {200, 409}
            if response.status == 200:
                lent.append(barcode)
        # By a clock that is a little ahead, so that no return is from before the loan.
        returned = fact(number + 1, barcode, occurred_at=NOW + timedelta(seconds=1))
        async with client.post(
            RETURN_ITEM.url(kiosk="pad"), data=returned.model_dump_json(), headers=kiosk
        ) as response:
            assert response.status == 200

    async with serving(world) as client:
        await asyncio.gather(*(one(client, number) for number in range(64)))
    outcomes = Counter(outcome for (outcome,) in world.rows("SELECT outcome FROM returns"))
    assert outcomes.total() == 64
    still_lent = world.row("SELECT count(*) FROM loans WHERE ended_at IS NULL")[0]
    ended = world.row("SELECT count(*) FROM returns WHERE loan_id IS NOT NULL")[0]
    assert ended + still_lent == len(lent) == world.row("SELECT count(*) FROM loans")[0]
    assert broken(world.database, 100, 100) == []
