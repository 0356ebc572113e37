"""Instruments around the parts that a kiosk is given: they note times and change nothing."""

import asyncio
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from bench.stopwatch import Stage, Stopwatch, now
from catalogue_api.contract.endpoint import Endpoint, Message
from catalogue_api.contract.returns import (
    Placement,
    ReturnBatch,
    Returned,
    ReturnItem,
    Security,
)
from drivers.interface import ChipInfo, Reader, ReaderInfo, Sighting, Uid
from kiosk.catalogue import Catalogue
from kiosk.clock import Moment
from kiosk.journal import Entry, Journal
from kiosk.session import states
from kiosk.session.effects import Sound
from kiosk.world import Screen

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)


class NotSecured(Exception):
    """An item of the pile was settled in another way than "returned and secured"."""


class NotAnswered(Exception):
    """An item of the pile was taken without the catalogue's answer."""


class TimedReader:
    """A `Reader` whose questions are timed; inventories are noted under each tag they saw."""

    def __init__(self, inner: Reader, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    @property
    def info(self) -> ReaderInfo:
        """The reader's own description."""
        return self._inner.info

    async def inventory(self) -> Sequence[Sighting]:
        """All tags in the field now."""
        began = now()
        seen = await self._inner.inventory()
        self._watch.note(Stage.INVENTORY, " ".join(one.uid for one in seen), began)
        return seen

    async def read_blocks(self, uid: Uid, first: int, count: int) -> bytes:
        """`count` blocks from block `first`."""
        with self._watch.measure(Stage.READ, uid):
            return await self._inner.read_blocks(uid, first, count)

    async def chip_info(self, uid: Uid) -> ChipInfo:
        """What a tag says of itself: here always to verify a write."""
        with self._watch.measure(Stage.VERIFY, uid):
            return await self._inner.chip_info(uid)

    async def write_afi(self, uid: Uid, afi: int) -> None:
        """Write the AFI byte."""
        with self._watch.measure(Stage.WRITE, uid):
            await self._inner.write_afi(uid, afi)

    async def write_dsfid(self, uid: Uid, dsfid: int) -> None:
        """Write the DSFID."""
        await self._inner.write_dsfid(uid, dsfid)

    async def eas(self, uid: Uid) -> bool:
        """Whether the EAS bit is on: to verify that it was switched."""
        with self._watch.measure(Stage.VERIFY, uid):
            return await self._inner.eas(uid)

    async def set_eas(self, uid: Uid, *, on: bool) -> None:
        """Switch the EAS bit."""
        with self._watch.measure(Stage.WRITE, uid):
            await self._inner.set_eas(uid, on=on)

    async def write_blocks(self, uid: Uid, first: int, data: bytes) -> None:
        """Write whole blocks: no part of a return."""
        await self._inner.write_blocks(uid, first, data)

    async def close(self) -> None:
        """Let go of the reader."""
        await self._inner.close()


class TimedCatalogue:
    """A `Catalogue` whose questions are timed: returns under their barcode.

    Two items of a pile may be recorded so near to each other that one question carries both.
    """

    def __init__(self, inner: Catalogue, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch

    async def call(self, endpoint: Endpoint[Q, A], body: Q, **path: str) -> A:
        """Ask one question."""
        with ExitStack() as timed:
            for asked in _asked(body):
                timed.enter_context(self._watch.measure(*asked))
            return await self._inner.call(endpoint, body, **path)


def _asked(body: Message) -> Sequence[tuple[Stage, str]]:
    if isinstance(body, ReturnItem):
        return [(Stage.ASK, body.barcode)]
    if isinstance(body, ReturnBatch):
        return [(Stage.ASK, item.barcode) for item in body.returns]
    return [(Stage.PLACE, "")]


class TimedJournal(Journal):
    """A journal whose reads and writes are timed in the thread where they are done."""

    def __init__(self, path: Path, watch: Stopwatch) -> None:
        super().__init__(path)
        self._watch = watch

    def record(self, uid: Uid, request: ReturnItem, moment: Moment, *, dated: bool) -> None:
        """Put a return on disk."""
        with self._watch.measure(Stage.RECORD, uid):
            super().record(uid, request, moment, dated=dated)

    def answered(self, answer: Returned, *, secure: bool) -> None:
        """Keep the catalogue's answer."""
        with self._watch.measure(Stage.ANSWERED):
            super().answered(answer, secure=secure)

    def settle(self, return_id: UUID, placement: Placement) -> None:
        """Keep where the item went."""
        with self._watch.measure(Stage.SETTLE):
            super().settle(return_id, placement)

    def last_of(self, uid: Uid, barcode: str) -> Entry | None:
        """Return the latest return of this very tag."""
        with self._watch.measure(Stage.LOOK_UP, uid):
            return super().last_of(uid, barcode)


class TimedScreen:
    """A `Screen` that notes when each tag was first shown as returned and secured."""

    def __init__(self, inner: Screen, watch: Stopwatch) -> None:
        self._inner = inner
        self._watch = watch
        self._session = states.Session(phase=states.Stopped())
        self._changed = asyncio.Event()
        self.secured: dict[Uid, float] = {}

    def show(self, session: states.Session) -> None:
        """Show the present state."""
        with self._watch.measure(Stage.SHOW):
            self._inner.show(session)
        self._session = session
        if isinstance(session.phase, states.Visit):
            for laid in session.phase.items:
                if _is_secured(laid):
                    self.secured.setdefault(laid.uid, now())
        self._changed.set()

    def play(self, sound: Sound) -> None:
        """Let a sound be heard."""
        self._inner.play(sound)

    async def until_idle(self) -> None:
        """Wait until a patron may come."""
        while not isinstance(self._session.phase, states.Idle):
            await self._change()

    async def until_secured(self, pile: Collection[Uid]) -> None:
        """Wait until all of the pile is returned and secured. Raise `NotSecured` if it never is."""
        while not self.secured.keys() >= set(pile):
            await self._change()
            phase = self._session.phase
            for laid in phase.items if isinstance(phase, states.Visit) else ():
                if laid.stage is states.Stage.SETTLED and not _is_secured(laid):
                    raise NotSecured(f"{laid.uid} was settled as {laid.verdict}, {laid.security}")

    async def _change(self) -> None:
        self._changed.clear()
        await self._changed.wait()


def _is_secured(laid: states.Laid) -> bool:
    return laid.stage is states.Stage.SETTLED and laid.security is Security.SECURED
