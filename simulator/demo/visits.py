"""Scripted patrons: what they bring, how they lay it down, and when they are content."""

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import aiohttp

from simulator.demo.programs import ProgramFailed
from simulator.library import Summary
from simulator.library.tag_file import Strange
from simulator.program.control import Simulator

LARGEST_PILE = 4
MOST_VISITS = 150
"""No copy is laid twice in a run, and the demo library has only so many on loan."""

_CONTENT_WITHIN = 60.0  # seconds
_ALL_THERE = "parts.yes:"  # of a button of the screen; behind it stands what is asked about
_ODD_BUT_OURS = (Strange.DAMAGED_CRC, Strange.NO_OWNER, Strange.SWAPPED_NIBBLES)
_TAKEN_BACK = (Strange.FOREIGN, Strange.PATRON_CARD, Strange.BLANK)


Look = dict[str, Any]
"""What `state.json` of a kiosk's screen says."""


@dataclass(frozen=True, slots=True)
class Pile:
    """What one patron brings. `hasty`: an item that is lifted too early and laid again."""

    items: tuple[str, ...]
    others: tuple[str, ...] = ()
    hasty: str | None = None

    @property
    def tags(self) -> tuple[str, ...]:
        """Everything that is laid down, by the names of the tags."""
        return self.items + self.others


def plan(stock: Summary, visits: int, seed: int) -> list[Pile]:
    """Deal out what `visits` patrons bring: mostly loans, some of them wanted by others."""
    chance = random.Random(seed)  # noqa: S311 - it deals out demo visits
    wanted = _shuffled(stock.wanted, chance)
    plain = _shuffled(set(stock.on_loan) - set(stock.wanted), chance)
    shelf = _shuffled(stock.on_shelf, chance)
    odd = [kind.value for kind in _ODD_BUT_OURS]
    piles = []
    for number in range(visits):
        sources = [plain, plain, plain, wanted, shelf, odd]
        size = chance.randint(1, min(LARGEST_PILE, 1 + 2 * len(plain) // max(1, visits)))
        drawn = [source.pop() for source in chance.choices(sources, k=size) if source]
        items = tuple(drawn or [(plain or wanted or shelf).pop()])
        others = (chance.choice(_TAKEN_BACK).value,) if number % 4 == 3 else ()
        hasty = items[0] if number % 5 == 4 else None
        piles.append(Pile(items, others, hasty))
    return piles


def _shuffled(names: Iterable[str], chance: random.Random) -> list[str]:
    dealt = sorted(names)
    chance.shuffle(dealt)
    return dealt


class Patron:
    """Lays things on the antenna, looks at the screen and answers what it asks, as people do."""

    def __init__(self, reader: Simulator, screen: str, http: aiohttp.ClientSession) -> None:
        """`screen` is the address of the kiosk's page."""
        self._reader = reader
        self._screen = screen.rstrip("/")
        self._http = http

    async def visit(self, pile: Pile) -> None:
        """Lay the pile, wait until the screen has spoken of each thing, take what is given back."""
        if pile.hasty is not None:
            # Lifted while its tag is being written to: the screen will ask for it again.
            await self._reader.lift(pile.hasty, before_answer=True)
        await self._reader.lay(*pile.tags)
        await self.until(lambda look: _all_told(look, len(pile.tags)))
        if pile.hasty is not None:
            await self._reader.lay(pile.hasty)
            await self.until(_nothing_to_lay_again)
        await self._reader.lift_all()
        await self.until(_over)

    async def until(self, is_content: Callable[[Look], bool]) -> Look:
        """Look at the screen whenever it changes; return what it says once that is awaited.

        `ProgramFailed` if it does not come to that, or if the screen goes away.
        """
        try:
            async with (
                asyncio.timeout(_CONTENT_WITHIN),
                self._http.get(f"{self._screen}/events") as changes,
            ):
                async for _ in changes.content:
                    look = await self._look()
                    if is_content(look):
                        return look
                    await self._answer(look)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise ProgramFailed(
                f"{self._screen}: the screen did not say in time what a patron waits for"
            ) from error
        raise ProgramFailed(f"{self._screen}: the screen went away in mid-visit")

    async def _answer(self, look: Look) -> None:
        """Say that all of it is there, if that is asked: these patrons lose nothing."""
        for button in look["buttons"]:
            if button["key"].startswith(_ALL_THERE):
                await self._press(button["key"])

    async def _press(self, button: str) -> None:
        page = {"Origin": self._screen}
        async with self._http.post(
            f"{self._screen}/press", data={"button": button}, headers=page
        ) as response:
            # 400: the button is gone meanwhile; the next look tells what there is instead.
            if response.status not in {204, 400}:
                raise ProgramFailed(f"{self._screen}: {response.status} for a button that it shows")

    async def _look(self) -> Look:
        async with self._http.get(f"{self._screen}/state.json") as response:
            look: Look = await response.json()
        return look


def _all_told(look: Look, laid: int) -> bool:
    # While a summary is on view, the rows are still those of the visit before.
    rows = [] if _over(look) else look["rows"]
    return len(rows) >= laid and all(row["tone"] != "busy" for row in rows)


def _nothing_to_lay_again(look: Look) -> bool:
    return all(row["tone"] not in {"again", "busy"} for row in look["rows"])


def _over(look: Look) -> bool:
    return look["state"] in {"summary", "idle"}
