"""Serve until told to stop: one line when ready, a clean end on SIGTERM or Ctrl-C."""

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web

_LINGER = 2.0  # seconds for the rest of a body that was refused
_LONGEST_ADDRESS = 64 * 1024  # bytes
_FINISH_WITHIN = 10.0  # seconds for requests under way when the program is stopped
_LOOK_FOR_PARENT = 1.0  # seconds


async def serve(
    app: web.Application,
    host: str,
    port: int,
    ready: Callable[[str], None],
    *,
    parent: int | None = None,
) -> None:
    """Serve `app`; `ready` is told the address, with the port that was got for port 0.

    As one of several workers, share the port, and stop when the process `parent` is gone.
    """
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    runner = runner_of(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, reuse_port=parent is not None or None).start()
        ready(address_of(runner))
        while parent is not None and os.getppid() == parent and not stopped.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), _LOOK_FOR_PARENT)
        if parent is None:
            await stopped.wait()
    finally:
        await runner.cleanup()


def runner_of(app: web.Application) -> web.AppRunner:
    """Return what serves an application, with the limits that a stranger's request meets.

    The lines of a request's head are bounded: its address so that every query that is described
    fits, the others by aiohttp itself (8 KB). A body that is compressed stays so and is refused.
    """
    return web.AppRunner(
        app,
        access_log=None,
        shutdown_timeout=_FINISH_WITHIN,
        auto_decompress=False,
        max_line_size=_LONGEST_ADDRESS,
        lingering_time=_LINGER,
    )


def address_of(runner: web.AppRunner) -> str:
    """Return the address at which a started runner is reached: `http://127.0.0.1:8700`."""
    host, port = runner.addresses[0][:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
