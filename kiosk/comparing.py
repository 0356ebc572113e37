"""Kiosk and catalogue compare notes: who is there, what time it is, and what was delivered.

At the start, after each absence and every hour. A catalogue that knows fewer returns than it took
in was restored from an older copy: then everything it may have lost is offered again, which is
harmless for the rest.
"""

import asyncio
from datetime import timedelta
from functools import partial

import structlog

from catalogue_api.contract.endpoint import Nothing
from catalogue_api.contract.kiosks import GREET_KIOSK, TALLY_RETURNS, TallyAsked
from kiosk.catalogue import Catalogue
from kiosk.clock import Clock
from kiosk.journal import Journal
from kiosk.running import Run

EVERY = 3600.0
"""Seconds between two comparisons while nothing is wrong."""

KEPT = timedelta(days=30)
"""How long a delivered return stays in the journal."""

_COMPARED = KEPT - timedelta(days=1)

log = structlog.get_logger(__name__)


class Comparing:
    """What one kiosk and its catalogue tell each other about themselves."""

    def __init__(
        self, kiosk: str, journal: Journal, run: Run, catalogue: Catalogue, clock: Clock
    ) -> None:
        self._kiosk = kiosk
        self._journal = journal
        self._run = run
        self._catalogue = catalogue
        self._clock = clock
        self.site = ""
        """Where the catalogue sees this kiosk; empty until it was first heard."""
        self.greeted = asyncio.Event()
        """Set at each greeting that is answered; whoever waits for the next one clears it."""
        self.restored = 0
        """How often the catalogue was found to have gone back to an older copy."""

    async def compare(self) -> None:
        """Greet, take the time, count. Raises `CatalogueError`, `Refused`, `JournalFailed`.

        The greeting comes first and is cheap, so that nobody waits long for a dead line.
        """
        await self._greet()
        await self._tally()

    async def _greet(self) -> None:
        """Say who we are, and take the catalogue's time: what was recorded gets its date."""
        asked = self._clock.moment()
        info = await self._catalogue.call(GREET_KIOSK, Nothing(), kiosk=self._kiosk)
        self._clock.heard(info.now, asked)
        self.site = info.site
        self.greeted.set()
        if self._clock.offset is not None:
            moment = self._clock.moment()
            await self._run(partial(self._journal.heard, moment, self._clock.offset))
        await self._run(self._journal.date)

    async def _tally(self) -> None:
        """Find out whether the catalogue still knows what it took in; forget what is long done."""
        now = self._clock.now()
        await self._run(partial(self._journal.forget, now - KEPT))
        since = now - _COMPARED
        returns, placements = await self._run(partial(self._journal.delivered_since, since))
        if not returns:
            return
        question = TallyAsked(since=since)
        theirs = await self._catalogue.call(TALLY_RETURNS, question, kiosk=self._kiosk)
        if theirs.returns < returns or theirs.placements < placements:
            log.error("catalogue_has_lost_returns", since=since.isoformat(), known=theirs.returns)
            await self._run(partial(self._journal.offer_again, since))
            self.restored += 1
