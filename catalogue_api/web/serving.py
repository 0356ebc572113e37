"""Serve until told to stop: one line when ready, a clean end on SIGTERM or Ctrl-C."""

import asyncio
import signal
from collections.abc import Callable

from aiohttp import web

_LINGER = 2.0  # seconds for the rest of a body that was refused
_FINISH_WITHIN = 10.0  # seconds for requests under way when the program is stopped


async def serve(app: web.Application, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve `app`; `ready` is told the address, with the port that was got for port 0."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    runner = runner_of(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        ready(address_of(runner))
        await stopped.wait()
    finally:
        await runner.cleanup()


def runner_of(app: web.Application) -> web.AppRunner:
    """Return what serves an application, with the limits that a stranger's request meets.

    A request's head is bounded by aiohttp itself (8 KB a line). A body that is compressed stays
    so and is refused; one that comes too slowly ends its connection.
    """
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_FINISH_WITHIN,
        auto_decompress=False,
        lingering_time=_LINGER,
    )


def address_of(runner: web.AppRunner) -> str:
    """Return the address at which a started runner is reached: `http://127.0.0.1:8700`."""
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
