"""Librarians and readers at the desk: the same items, behind the kiosks' backs."""

import random
from collections.abc import Sequence
from uuid import UUID

from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.returns import RETURN_ITEM, ReturnItem
from simulator.world import town
from simulator.world.machine import Machine
from simulator.world.plan import Doing, Errand
from simulator.world.story import Story


class Desk:
    """The desks of all sites; `lent_at` tells when each barcode was last lent there, in seconds."""

    def __init__(
        self,
        catalogue: town.Catalogue,
        things: Sequence[town.Thing],
        machines: Sequence[Machine],
        story: Story,
    ) -> None:
        self._catalogue = catalogue
        self._things = things
        self._machines = machines
        self._story = story
        self.lent_at: dict[str, float] = {}

    async def run(self, errand: Errand) -> None:
        """Do one errand."""
        chance = random.Random(errand.chance)  # noqa: S311 - worlds must repeat
        site = town.SITES[errand.site]
        if errand.what is Doing.EMPTY_BINS:
            self._empty(site)
        elif not self._catalogue.up:
            self._story.tell(f"desk {site}: the catalogue is away, nothing is lent")
        elif errand.what is Doing.LEND:
            await self._lend(site, chance)
        elif errand.what is Doing.RESERVE:
            title, card = chance.randrange(town.TITLES) + 1, chance.choice(town.CARDS)
            self._catalogue.library.reserve(title, card, site)
            self._story.tell(f"desk {site}: title {title} reserved by {card}")
        else:
            self._shelve(site)

    def _empty(self, site: str) -> None:
        names = {machine.name for machine in self._machines if machine.site == site}
        for thing in self._things:
            if thing.place.partition("/")[0] in names:
                self._story.tell(f"desk {site}: {thing.barcode} taken from {thing.place}")
                thing.place = town.DESK

    async def _lend(self, site: str, chance: random.Random) -> None:
        at_hand = [thing for thing in self._things if thing.place == town.DESK]
        if not at_hand:
            return
        thing, card = chance.choice(at_hand), chance.choice(town.CARDS)
        try:
            if thing.barcode in self._catalogue.library.open_loans():
                await self._check_in(site, thing, UUID(int=chance.getrandbits(128), version=4))
            self._catalogue.library.lend(thing.barcode, card, site)
        except Refused as refused:
            self._story.tell(f"desk {site}: {thing.barcode} not lent: {refused.detail}")
            return
        self.lent_at[thing.barcode] = self._story.clock()
        thing.lend()
        self._story.tell(f"desk {site}: {thing.barcode} lent to {card}")

    async def _check_in(self, site: str, thing: town.Thing, return_id: UUID) -> None:
        """Check in what the catalogue still believes to be on loan."""
        name = f"desk-{site}"
        now = self._catalogue.clock()
        fact = ReturnItem(return_id=return_id, barcode=thing.barcode, occurred_at=now)
        answer = await self._catalogue.kiosk(name).call(RETURN_ITEM, fact, kiosk=name)
        self._story.tell(f"desk {site}: {thing.barcode} checked in: {answer.outcome.value}")

    def _shelve(self, site: str) -> None:
        at_hand = {thing.barcode for thing in self._things if thing.place == town.DESK}
        for _, barcode in self._catalogue.library.captures():
            if barcode in at_hand:
                self._catalogue.library.shelve(site, barcode)
                self._story.tell(f"desk {site}: {barcode} shelved")
