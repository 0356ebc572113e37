"""Staff before a kiosk: a card opens the menu, and they do what they came for."""

import asyncio
import random
from collections.abc import Callable, Sequence

from kiosk.session.contents import BinContent
from kiosk.session.pages import BinPage, BinsPage, MainPage
from kiosk.session.sorting import UNKNOWN_BIN
from kiosk.session.staff import Act, Entry
from kiosk.session.states import Fault, Session
from simulator.world import town
from simulator.world.machine import Machine
from simulator.world.plan import Choice, Kind, Round
from simulator.world.story import Invariant, Story

_PATIENCE = 10.0
"""Seconds that staff wait for a page."""


class Librarian:
    """One round to a kiosk."""

    def __init__(self, machine: Machine, going: Round, story: Story) -> None:
        self._machine = machine
        self._what = going.what
        self._chance = random.Random(going.chance)  # noqa: S311 - worlds must repeat
        self._story = story

    async def come(self, things: Sequence[town.Thing]) -> None:
        """Do what there is to do."""
        async with self._machine.in_use:
            if not await self._open_menu():
                return
            match self._what:
                case Choice.EMPTY:
                    await self._empty(things)
                case Choice.RESTART:
                    self._story.fault(Kind.STAFF_RESTART, self._machine.name)
                    self._press(Entry(Act.RESTART))
                    await asyncio.sleep(_PATIENCE)
                case Choice.CLOSE:
                    await self._close()

    async def _open_menu(self) -> bool:
        field, card = self._machine.field, self._machine.card.uid
        field.lay(card)
        shown = await self._machine.screen.seen(
            lambda session: session.menu is not None and isinstance(session.menu.page, MainPage),
            _PATIENCE,
        )
        field.lift(card)
        await asyncio.sleep(1.0)
        return shown is not None

    async def _close(self) -> None:
        self._press(Entry(Act.CLOSE))
        if not await self._seen(lambda session: Fault.STAFF in session.faults):
            return
        self._story.fault(Kind.STAFF_CLOSED, self._machine.name)
        await asyncio.sleep(self._chance.uniform(10.0, 600.0))
        if await self._open_menu():
            self._press(Entry(Act.OPEN))
            await self._seen(lambda session: Fault.STAFF not in session.faults)

    async def _empty(self, things: Sequence[town.Thing]) -> None:
        self._press(Entry(Act.BINS))
        shown = await self._seen(_page(BinsPage))
        if shown is None or shown.menu is None or not isinstance(shown.menu.page, BinsPage):
            return
        for name in [name for name, count in shown.menu.page.counts if count]:
            self._press(Entry(Act.BIN, name))
            await self._seen(_page(BinPage))
            self._press(Entry(Act.EMPTY, name))
            emptied = await self._seen(_emptied)
            content = None
            if emptied is not None and emptied.menu is not None:
                page = emptied.menu.page
                content = page.content if isinstance(page, BinPage) else None
            self._take_out(name, content, things)
            self._press(Entry(Act.BACK))
            await self._seen(_page(MainPage))
            self._press(Entry(Act.BINS))
            await self._seen(_page(BinsPage))

    def _take_out(
        self, name: str, content: BinContent | None, things: Sequence[town.Thing]
    ) -> None:
        """Take out what lies in a bin; if the screen went dark meanwhile, unseen what it lists."""
        listed = None if content is None else {thing.barcode for thing in content.things}
        there = [thing for thing in things if thing.place == f"{self._machine.name}/{name}"]
        for thing in there:
            if listed is not None and thing.barcode not in listed and self._is_known(thing, name):
                what = f"{self._machine.name}: {thing.barcode} lay in {name}, and was not listed"
                self._story.broke(Invariant.BINS, what)
            thing.place = town.DESK
        self._story.fault(Kind.BIN_EMPTIED, f"{self._machine.name}: {name}, {len(there)} things")

    def _is_known(self, thing: town.Thing, name: str) -> bool:
        """Say whether the journal knows that it lies there; a locked tag is never a new return."""
        journal = self._machine.journal
        if journal is None or thing.locked or name == UNKNOWN_BIN:
            return False
        entry = journal.last_of_barcode(thing.barcode)
        return entry is not None and entry.placement.bin == name

    def _press(self, entry: Entry) -> None:
        self._machine.press(entry.key)

    async def _seen(self, is_so: Callable[[Session], bool]) -> Session | None:
        return await self._machine.screen.seen(is_so, _PATIENCE)


def _page(kind: type[MainPage | BinsPage | BinPage]) -> Callable[[Session], bool]:
    return lambda session: session.menu is not None and isinstance(session.menu.page, kind)


def _emptied(session: Session) -> bool:
    page = session.menu.page if session.menu is not None else None
    return isinstance(page, BinPage) and page.emptied
