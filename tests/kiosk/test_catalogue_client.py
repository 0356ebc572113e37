"""The HTTP client against a real server that behaves badly."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiohttp import web
from aiohttp.test_utils import unused_port

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import RETURN_ITEM, Outcome, ReturnItem
from kiosk.catalogue import CatalogueBroken, CatalogueUnreachable, HttpCatalogue

NOW = datetime(2026, 3, 5, 14, 30, tzinfo=UTC)
REQUEST = ReturnItem(return_id=UUID(int=1), barcode="30001", occurred_at=NOW)
GOOD = {
    "return_id": str(UUID(int=1)),
    "outcome": "returned",
    "sort_hint": "shelve",
    "title": "L’Été",
    "received_at": NOW.isoformat(),
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def serving(handler: Handler, patience: float = 5.0) -> AsyncIterator[HttpCatalogue]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    catalogue = HttpCatalogue(f"http://{host}:{port}/", "secret", timeout=patience)
    try:
        yield catalogue
    finally:
        await catalogue.close()
        await runner.cleanup()


async def test_a_good_answer_and_what_was_asked():
    asked = {}

    async def handler(request: web.Request) -> web.Response:
        asked["path"] = request.raw_path
        asked["token"] = request.headers["Authorization"]
        asked["body"] = await request.json()
        return web.json_response(GOOD)

    async with serving(handler) as catalogue:
        answer = await catalogue.call(RETURN_ITEM, REQUEST, kiosk="a/b c")
    assert answer.outcome is Outcome.RETURNED
    assert answer.title == "L’Été"
    assert asked["path"] == "/v1/kiosks/a%2Fb%20c/returns"
    assert asked["token"] == "Bearer secret"
    assert asked["body"] == REQUEST.model_dump(mode="json")


async def test_a_newer_catalogue_may_say_more():
    async def handler(request: web.Request) -> web.Response:
        return web.json_response(GOOD | {"later": {"said": 1}})

    async with serving(handler) as catalogue:
        answer = await catalogue.call(RETURN_ITEM, REQUEST, kiosk="hall")
    assert answer.outcome is Outcome.RETURNED


@pytest.mark.parametrize(
    "response",
    [
        lambda: web.Response(text="<html>Please sign in to the free Wi-Fi</html>"),
        lambda: web.Response(text="", content_type="application/json"),
        lambda: web.json_response(GOOD | {"outcome": "vanished"}),
        lambda: web.Response(status=500, text="Traceback"),
        lambda: web.json_response(
            {"type": "/problems/internal", "title": "", "status": 500}, status=500
        ),
        lambda: web.Response(status=404, text="nginx"),
        lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1/login"}),
        lambda: web.Response(body=b"x" * 1_000_000),
    ],
)
async def test_garbage_is_a_broken_catalogue(response):
    async def handler(_: web.Request) -> web.Response:
        return response()

    async with serving(handler) as catalogue:
        with pytest.raises(CatalogueBroken):
            await catalogue.call(RETURN_ITEM, REQUEST, kiosk="hall")


async def test_a_problem_is_refused_with_its_type():
    async def handler(_: web.Request) -> web.Response:
        problem = {
            "type": "/problems/not-authenticated",
            "title": "",
            "status": 401,
            "detail": "no",
        }
        return web.json_response(problem, status=401, content_type="application/problem+json")

    async with serving(handler) as catalogue:
        with pytest.raises(Refused) as caught:
            await catalogue.call(GREET_KIOSK, Nothing(), kiosk="hall")
    assert (caught.value.type, caught.value.detail) == (ProblemType.NOT_AUTHENTICATED, "no")


async def test_nobody_there_is_unreachable():
    catalogue = HttpCatalogue(f"http://127.0.0.1:{unused_port()}", "secret")
    with pytest.raises(CatalogueUnreachable, match="127"):
        await catalogue.call(GREET_KIOSK, Nothing(), kiosk="hall")
    await catalogue.close()


async def test_no_answer_in_time_is_unreachable():
    over = asyncio.Event()

    async def handler(_: web.Request) -> web.Response:
        await over.wait()
        return web.Response()

    async with serving(handler, patience=0.05) as catalogue:
        with pytest.raises(CatalogueUnreachable):
            await catalogue.call(GREET_KIOSK, Nothing(), kiosk="hall")
        over.set()


async def test_a_connection_cut_in_mid_answer_is_an_error_of_ours():
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        assert request.transport is not None
        request.transport.close()
        return response

    async with serving(handler) as catalogue:
        with pytest.raises((CatalogueBroken, CatalogueUnreachable)):
            await catalogue.call(RETURN_ITEM, REQUEST, kiosk="hall")
