"""Patrons who are asked whether all parts are there: they say so, or not, look inside, or go on."""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Self
from uuid import UUID

from catalogue_api.contract.returns import PartsCheck
from kiosk.session import questions
from kiosk.session.states import Laid, Session
from simulator.world import town
from simulator.world.machine import Machine
from simulator.world.plan import Kind
from simulator.world.story import Story

_FOR_EVER = 86400.0


class Mind(StrEnum):
    """What somebody does about a question."""

    YES = "yes"
    NO = "no"
    LOOK = "look inside"
    SILENT = "silent"


_MINDS = (Mind.YES, Mind.YES, Mind.NO, Mind.LOOK, Mind.SILENT)
_BUTTONS = {PartsCheck.COMPLETE: questions.YES, PartsCheck.INCOMPLETE: questions.NO}


class Answering:
    """Somebody who answers what the screen of one kiosk asks, while this is entered."""

    def __init__(
        self, machine: Machine, things: Sequence[town.Thing], chance: random.Random, story: Story
    ) -> None:
        self._machine = machine
        self._things = {thing.barcode: thing for thing in things}
        self._chance = chance
        self._story = story
        self._made_up: dict[str, Mind] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._attend(), name=f"answers at {self._machine.name}")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def will(self, thing: town.Thing, mind: Mind) -> None:
        """Decide what is done about the next question on a thing."""
        self._made_up[thing.barcode] = mind

    async def _attend(self) -> None:
        done: set[UUID | None] = {None}

        def is_new(session: Session) -> bool:
            return _about(session) not in done

        while True:
            session = await self._machine.screen.seen(is_new, _FOR_EVER)
            laid = questions.asked(session) if session is not None else None
            if laid is None or laid.item is None:
                continue
            done.add(laid.return_id)
            if (thing := self._things.get(laid.item.barcode)) is not None:
                await self._answer(thing, laid)

    async def _answer(self, thing: town.Thing, laid: Laid) -> None:
        mind = self._made_up.pop(thing.barcode, None) or self._chance.choice(_MINDS)
        await asyncio.sleep(self._chance.uniform(0.3, 3.0))
        match mind:
            case Mind.SILENT:
                return
            case Mind.LOOK if self._machine.mouth is None:
                await self._look_inside(thing, laid)
            case Mind.NO:
                self._press(laid, PartsCheck.INCOMPLETE)
            case _:
                self._press(laid, PartsCheck.COMPLETE)

    async def _look_inside(self, thing: town.Thing, laid: Laid) -> None:
        """Lift the case, and answer with it in the hand or once it lies there again."""
        self._story.fault(Kind.LOOKED_INSIDE, f"{self._machine.name}: {thing.barcode}")
        said = self._chance.choice(tuple(_BUTTONS))
        in_hand = self._chance.random() < 0.5
        self._machine.lift(thing)
        await asyncio.sleep(self._chance.uniform(0.5, 3.0))
        if in_hand:
            self._press(laid, said)
            await asyncio.sleep(self._chance.uniform(0.1, 1.0))
        if thing.place == f"on:{self._machine.name}":
            self._machine.lay(thing)
        if not in_hand:
            await asyncio.sleep(self._chance.uniform(0.5, 1.5))
            self._press(laid, said)

    def _press(self, laid: Laid, said: PartsCheck) -> None:
        if laid.return_id is not None:
            self._machine.answers[laid.return_id] = said
        self._story.tell(f"{self._machine.name}: {laid.return_id} is said to be {said.value}")
        self._machine.press(questions.key(_BUTTONS[said], laid))


def _about(session: Session) -> UUID | None:
    laid = questions.asked(session)
    return None if laid is None else laid.return_id
