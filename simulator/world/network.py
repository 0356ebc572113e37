"""The way from a kiosk to the catalogue: questions and answers are lost, late, doubled, reordered.

A question that has been sent is out of the kiosk's hands: it is answered or not whatever becomes
of whoever asked.
"""

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from catalogue_api.contract.endpoint import Endpoint, Message, ProblemType, Refused
from catalogue_api.contract.returns import ReturnBatch, ReturnItem
from catalogue_api.embedded import EmbeddedCatalogue
from kiosk.catalogue import CatalogueBroken, CatalogueUnreachable
from simulator.world.plan import Kind
from simulator.world.story import Story

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)

_PATIENCE = 10.0
"""Seconds after which a kiosk gives a question up."""


class Network:
    """One kiosk's line to the catalogue; `faults` are the kinds that trouble it now."""

    def __init__(
        self,
        catalogue: EmbeddedCatalogue,
        is_up: Callable[[], bool],
        story: Story,
        chance: random.Random,
    ) -> None:
        self._catalogue = catalogue
        self._is_up = is_up
        self._story = story
        self._chance = chance
        self._sent: list[asyncio.Task[object]] = []
        self.faults: set[Kind] = set()
        self.powered = True

    async def call(self, endpoint: Endpoint[Q, A], body: Q, **path: str) -> A:
        """Ask as a kiosk does."""
        await asyncio.sleep(self._delay())
        if not self.powered:
            await asyncio.get_running_loop().create_future()
        if Kind.PARTITION in self.faults:
            self._story.fault(Kind.PARTITION, endpoint.path)
            raise CatalogueUnreachable("no route")
        if Kind.LOST_QUESTION in self.faults and self._happens(Kind.LOST_QUESTION, endpoint.path):
            await self._wait_in_vain()
        if Kind.REFUSED in self.faults and isinstance(body, ReturnItem | ReturnBatch):
            self._story.fault(Kind.REFUSED, endpoint.path)
            raise Refused(ProblemType.INVALID_REQUEST, "this catalogue takes no such return")
        return await self._answer(endpoint, body, path)

    async def settle(self) -> None:
        """Wait until nothing is under way any more."""
        while self._sent:
            await asyncio.wait([self._sent.pop()])

    async def _answer(self, endpoint: Endpoint[Q, A], body: Q, path: dict[str, str]) -> A:
        if Kind.TWICE in self.faults and self._happens(Kind.TWICE, endpoint.path):
            self._send(endpoint, body, path, self._chance.uniform(0.0, 60.0))
        if Kind.REORDERED in self.faults and self._happens(Kind.REORDERED, endpoint.path):
            # It arrives only after it was given up and, perhaps, asked again.
            self._send(endpoint, body, path, self._chance.uniform(_PATIENCE, 6 * _PATIENCE))
            await self._wait_in_vain()
        answer = await self._send(endpoint, body, path, 0.0)
        if Kind.LOST_ANSWER in self.faults and self._happens(Kind.LOST_ANSWER, endpoint.path):
            await self._wait_in_vain()
        await asyncio.sleep(self._delay())
        return answer

    def _send(
        self, endpoint: Endpoint[Q, A], body: Q, path: dict[str, str], delay: float
    ) -> asyncio.Task[A]:
        task = asyncio.create_task(self._reach(endpoint, body, path, delay))
        task.add_done_callback(_retrieve)
        self._sent = [sent for sent in self._sent if not sent.done()]
        self._sent.append(task)
        return task

    async def _reach(
        self, endpoint: Endpoint[Q, A], body: Q, path: dict[str, str], delay: float
    ) -> A:
        await asyncio.sleep(delay)
        if not self._is_up():
            self._story.fault(Kind.CATALOGUE_CRASH, f"nobody answers {endpoint.path}")
            raise CatalogueUnreachable("connection refused")
        return await self._catalogue.call(endpoint, body, key="", version=None, **path)

    async def _wait_in_vain(self) -> None:
        await asyncio.sleep(_PATIENCE)
        if self._chance.random() < 0.2:
            raise CatalogueBroken("half an answer")
        raise CatalogueUnreachable("no answer in time")

    def _delay(self) -> float:
        if Kind.SLOW in self.faults and self._happens(Kind.SLOW, "more than the patron's patience"):
            return self._chance.uniform(2.0, 6.0)
        return self._chance.uniform(0.002, 0.03)

    def _happens(self, kind: Kind, what: str) -> bool:
        if self._chance.random() < 0.5:
            return False
        self._story.fault(kind, what)
        return True


def _retrieve(task: asyncio.Task[A]) -> None:
    """Take note of what nobody waits for any more."""
    if not task.cancelled():
        task.exception()
