"""A real browser in front of a busy day at the desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from catalogue_world import World
from desk_world import busy_day, hire
from http_world import serving
from playwright.async_api import Browser, BrowserContext, Page

from catalogue_api.domain.roles import Role


@dataclass
class Watched:
    """A browser, and the address of the catalogue that it looks at; Ana works there."""

    context: BrowserContext
    home: str
    world: World

    async def keep(self, name: str, value: str) -> None:
        """Give the browser a cookie of the desk."""
        cookie = {"name": name, "value": value, "url": f"{self.home}/desk"}
        await self.context.add_cookies([cookie])

    async def signed_in(self, role: Role = Role.ADMINISTRATOR) -> Page:
        """Return a page of somebody who is signed in."""
        await self.keep("ritournelle_desk", self.world.signed_in(role))
        return await self.context.new_page()


@asynccontextmanager
async def watched_desk(world: World, browser: Browser) -> AsyncIterator[Watched]:
    """Open the library, and a context of the browser."""
    hire(world)
    await busy_day(world)
    async with serving(world) as client:
        home = str(client._base_url).rstrip("/")
        context = await browser.new_context(base_url=home, reduced_motion="reduce", locale="fr-FR")
        yield Watched(context, home, world)
        await context.close()
