import asyncio
import json
from uuid import UUID

import aiohttp
import pytest
from catalogue_world import fact
from yarl import URL

from catalogue_api.contract.endpoint import PROBLEM_STATUS, Problem, ProblemType
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM, Outcome, Returned
from catalogue_api.web.problems import TITLES

PAD = {"Authorization": "Bearer token-of-pad"}
OTHER = {"Authorization": "Bearer token-of-other"}
RETURNS = RETURN_ITEM.url(kiosk="pad")


async def problem_of(response: aiohttp.ClientResponse) -> ProblemType:
    assert response.content_type == "application/problem+json"
    problem = Problem.model_validate_json(await response.read())
    assert problem.status == response.status
    assert "Traceback" not in problem.detail
    type_ = ProblemType(problem.type.removeprefix("/problems/"))
    assert PROBLEM_STATUS[type_] == response.status
    return type_


async def test_a_return_over_http(world, client) -> None:
    world.lend()
    response = await client.post(RETURNS, data=fact(1).model_dump_json(), headers=PAD)
    assert response.status == 200
    answer = Returned.model_validate_json(await response.read())
    assert (answer.outcome, answer.title) == (Outcome.RETURNED, "L’Été")


async def test_eight_clients_at_once(world, client) -> None:
    world.lend()

    async def one(number: int) -> Outcome:
        body = fact(number).model_dump_json()
        async with client.post(RETURNS, data=body, headers=PAD) as response:
            return Returned.model_validate_json(await response.read()).outcome

    outcomes = await asyncio.gather(*map(one, range(1, 9)))
    assert sorted(outcomes) == [Outcome.NOT_ON_LOAN] * 7 + [Outcome.RETURNED]


async def test_an_identifier_used_twice(client) -> None:
    first = await client.post(RETURNS, data=fact(1).model_dump_json(), headers=PAD)
    again = await client.post(RETURNS, data=fact(1).model_dump_json(), headers=PAD)
    assert await again.read() == await first.read()
    other = await client.post(RETURNS, data=fact(1, "2").model_dump_json(), headers=PAD)
    assert await problem_of(other) is ProblemType.IDEMPOTENCY_CONFLICT


GOOD = json.loads(fact(1).model_dump_json())


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"null", b"[]", b"\xff\xfe", b'"\\ud800"', b"1e999", b"{" * 30_000,
        *(json.dumps(changed).encode() for changed in [
            GOOD | {"surprise": 1}, GOOD | {"barcode": ""}, GOOD | {"barcode": "a\nb"},
            GOOD | {"barcode": 7}, GOOD | {"barcode": "x" * 65}, GOOD | {"return_id": "no"},
            GOOD | {"occurred_at": "2026-11-23T12:00:00"}, GOOD | {"occurred_at": "yesterday"},
            GOOD | {"warnings": "one"}, {"return_id": GOOD["return_id"]},
        ]),
    ],
)  # fmt: skip
async def test_garbage_is_refused_and_recorded_nowhere(world, client, body) -> None:
    response = await client.post(RETURNS, data=body, headers=PAD)
    assert await problem_of(response) is ProblemType.INVALID_REQUEST
    assert world.row("SELECT count(*) FROM returns") == (0,)


async def test_every_other_error_is_a_problem_of_the_list(client) -> None:
    body = fact(1).model_dump_json()
    for expected, response in [
        (ProblemType.NOT_AUTHENTICATED, await client.post(RETURNS, data=body)),
        (
            ProblemType.NOT_AUTHENTICATED,
            await client.post(RETURNS, data=body, headers={"Authorization": "Bearer wrong"}),
        ),
        (
            ProblemType.NOT_AUTHENTICATED,
            await client.post(RETURNS, data=body, headers={"Authorization": "Basic dG86"}),
        ),
        (ProblemType.NOT_ALLOWED, await client.post(RETURNS, data=body, headers=OTHER)),
        (ProblemType.NOT_FOUND, await client.get("/v1/nothing", headers=PAD)),
        (ProblemType.METHOD_NOT_ALLOWED, await client.delete(RETURNS, headers=PAD)),
        (ProblemType.TOO_LARGE, await client.post(RETURNS, data=b" " * 70_000, headers=PAD)),
        (
            ProblemType.NOT_FOUND,
            await client.put(
                PLACE_ITEM.url(kiosk="pad", return_id=str(UUID(int=9))),
                json={"bin": "1", "security": "secured"},
                headers=PAD,
            ),
        ),
    ]:
        assert await problem_of(response) is expected
        if expected is ProblemType.NOT_AUTHENTICATED:
            assert response.headers["WWW-Authenticate"] == "Bearer"
        if expected is ProblemType.METHOD_NOT_ALLOWED:
            assert response.headers["Allow"] == "POST"


async def test_a_name_with_a_slash_and_a_blank_arrives_as_it_is(client) -> None:
    response = await client.get(GREET_KIOSK.url(kiosk="a/b c"), headers=OTHER)
    assert (await response.json())["kiosk"] == "a/b c"


@pytest.mark.parametrize("name", ["%ff", "%00", "%2e%2e", "%F0%9F%93%9A", "x" * 4000])
async def test_odd_names_are_nobodys(client, name) -> None:
    url = URL(f"{str(client._base_url).rstrip(chr(47))}/v1/kiosks/{name}", encoded=True)
    response = await client.get(url, headers=PAD)
    assert await problem_of(response) in {ProblemType.NOT_ALLOWED, ProblemType.NOT_FOUND}


async def test_a_database_that_fails_is_unavailable_and_tells_nothing(world, client) -> None:
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql("ALTER TABLE items RENAME TO gone")
    )
    response = await client.post(RETURNS, data=fact(1).model_dump_json(), headers=PAD)
    assert await problem_of(response) is ProblemType.UNAVAILABLE
    assert "gone" not in await response.text()


async def test_health_asks_the_database(world, client) -> None:
    well = await client.get("/healthz")
    assert (well.status, await well.json()) == (200, {"status": "ok", "database": "ok"})
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql("ALTER TABLE sites RENAME TO gone")
    )
    ill = await client.get("/healthz")
    assert (ill.status, (await ill.json())["status"]) == (503, "unavailable")


def test_every_problem_has_a_status_and_a_title() -> None:
    assert set(PROBLEM_STATUS) == set(TITLES) == set(ProblemType)


async def test_a_failure_that_nobody_foresaw_is_a_problem_without_a_trace(world, client) -> None:
    body = fact(1).model_dump_json()
    assert (await client.post(RETURNS, data=body, headers=PAD)).status == 200
    world.database.write_now(
        lambda session: session.connection().exec_driver_sql("UPDATE returns SET answer = 'x'")
    )
    response = await client.post(RETURNS, data=body, headers=PAD)
    assert await problem_of(response) is ProblemType.INTERNAL
    assert "pydantic" not in await response.text()
