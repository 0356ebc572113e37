"""Something on the catalogue's address that is no catalogue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Impostor:
    """Something on the catalogue's address that answers strangely, as `manner` says."""

    MANNERS = ("error", "html", "json", "hang_up", "silent")

    def __init__(self) -> None:
        self.manner = "error"
        self.url = ""
        self.asked = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.set()
        match self.manner:
            case "error":
                return web.Response(status=500, text="Traceback (most recent call last):")
            case "html":
                return web.Response(
                    text="<!doctype html><h1>Portail</h1>", content_type="text/html"
                )
            case "json":
                return web.json_response({"outcome": "returned", "return_id": "not one"})
            case "hang_up":
                assert request.transport is not None
                request.transport.abort()
                return web.Response()
            case _:
                await asyncio.Event().wait()
                raise AssertionError


@asynccontextmanager
async def impostor() -> AsyncIterator[Impostor]:
    it = Impostor()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", it.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    it.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield it
    finally:
        await runner.cleanup()
