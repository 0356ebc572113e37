"""The catalogue behind a real server on loopback, as it is built for production."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher
from catalogue_world import World

from catalogue_api.importing.exporting import exporter
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.services.secrets.passwords import Passwords
from catalogue_api.web.app import build
from catalogue_api.web.parts import Parts
from catalogue_api.web.proxies import Address
from catalogue_api.web.serving import address_of, runner_of

QUICK = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@asynccontextmanager
async def serving(
    world: World,
    *,
    https: bool = False,
    proxies: frozenset[Address] = frozenset(),
    port: int = 0,
    library: str = "",
) -> AsyncIterator[aiohttp.ClientSession]:
    tokens = count()
    parts = Parts(
        world.database,
        world.rules,
        world.zone,
        QUICK,
        world.clock,
        lambda: f"token{next(tokens)}",
        exporter(profiles_of("auto", {})),
        https,
        proxies=proxies,
        library=library,
    )
    runner = runner_of(build(parts))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    cookies = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(address_of(runner), cookie_jar=cookies) as client:
        yield client
    await runner.cleanup()
