"""Keeps the snapshot near the catalogue for as long as that answers."""

import asyncio
import random
from contextlib import suppress
from functools import partial

import structlog

from catalogue_api.contract.changes import READ_CHANGES, ReadChanges
from catalogue_api.contract.endpoint import ProblemType, Refused
from kiosk.catalogue import Catalogue, CatalogueError
from kiosk.clock import Clock
from kiosk.comparing import Comparing
from kiosk.running import Run
from kiosk.snapshot import Snapshot

_RETRY = 30.0
"""Seconds until the next try at the latest, if one fails."""

log = structlog.get_logger(__name__)


class Refreshing:
    """Reads the feed of changes, page by page, behind what is remembered already."""

    def __init__(
        self,
        snapshot: Snapshot,
        run: Run,
        catalogue: Catalogue,
        comparing: Comparing,
        clock: Clock,
        chance: random.Random,
        every: float,
    ) -> None:
        """`comparing` knows at which site the catalogue sees this kiosk.

        `every`: seconds between two looks at the feed.
        """
        self._snapshot = snapshot
        self._run = run
        self._catalogue = catalogue
        self._comparing = comparing
        self._clock = clock
        self._chance = chance
        self._every = every
        self._copies = 0

    async def refresh_forever(self) -> None:
        """Refresh now and then; never in step with the other kiosks."""
        while True:
            self._comparing.greeted.clear()
            if await self._refresh():
                await asyncio.sleep(self._every * self._chance.uniform(0.7, 1.0))
            else:
                await self._until_heard(_RETRY * self._chance.uniform(0.7, 1.0))

    async def _until_heard(self, patience: float) -> None:
        """Wait until the catalogue answers a greeting: the feed is read as soon as it is there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await self._comparing.greeted.wait()

    async def _refresh(self) -> bool:
        """Read the feed to its end; tell whether it was reached."""
        if not self._comparing.site:
            return False
        if self._copies != self._comparing.restored:
            # A cursor of the catalogue that was there before says nothing about this one.
            self._copies = self._comparing.restored
            await self._run(self._snapshot.forget)
        more = True
        while more:
            cursor = await self._run(self._snapshot.cursor)
            try:
                page = await self._catalogue.call(READ_CHANGES, ReadChanges(after=cursor))
            except (CatalogueError, Refused) as error:
                log.info("snapshot_not_refreshed", error=str(error))
                if isinstance(error, Refused) and error.type is ProblemType.INVALID_REQUEST:
                    await self._run(self._snapshot.forget)
                return False
            now = self._clock.now()
            if not await self._run(partial(self._snapshot.take, page, self._comparing.site, now)):
                return False
            more = page.more
        return True
