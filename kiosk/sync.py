"""Delivers the journal to the catalogue: live questions at once, the backlog in order.

The journal decides what is still to be delivered; this module only keeps what it needs to be
patient: which questions are under way, and when to try again. The return's own identifier is
the idempotency key, so a question whose answer was lost is simply asked again.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

import structlog

from catalogue_api.contract.endpoint import Message, ProblemType, Refused
from catalogue_api.contract.returns import (
    FACTS,
    PLACE_ITEM,
    RETURN_BATCH,
    RETURN_ITEM,
    ReturnBatch,
    Returned,
    ReturnedOfBatch,
    ReturnItem,
)
from kiosk.catalogue import Catalogue, CatalogueBroken, CatalogueError, CatalogueUnreachable
from kiosk.clock import Clock
from kiosk.comparing import EVERY, Comparing
from kiosk.journal import Entry, Journal, JournalFailed
from kiosk.running import Run
from kiosk.session.events import Answered, AnswerLate, CatalogueAway, CatalogueBack, Event

T = TypeVar("T")
A = TypeVar("A", bound=Message)

_BATCH = 64
_SHORTEST, _LONGEST = 0.5, 30.0  # seconds between two tries

_WRONG_KIOSK = {ProblemType.NOT_AUTHENTICATED, ProblemType.NOT_ALLOWED}
_NEVER = {
    ProblemType.INVALID_REQUEST,
    ProblemType.IDEMPOTENCY_CONFLICT,
    ProblemType.CONFLICT,
    ProblemType.TOO_LARGE,
}

log = structlog.get_logger(__name__)


class Sync:
    """Delivery for one kiosk. Every method belongs on the event loop."""

    def __init__(
        self,
        kiosk: str,
        journal: Journal,
        run: Run,
        catalogue: Catalogue,
        emit: Callable[[Event], None],
        chance: random.Random,
        clock: Clock,
        comparing: Comparing,
    ) -> None:
        """`run` does the journal's blocking work; `emit` hands events to the session."""
        self._kiosk = kiosk
        self._journal = journal
        self._run = run
        self._catalogue = catalogue
        self._emit = emit
        self._chance = chance
        self._clock = clock
        self._comparing = comparing
        self._online = True
        self._compare_at = 0.0
        self._compared = asyncio.Event()
        self._under_way: set[UUID] = set()
        self._work = asyncio.Event()

    def wake(self) -> None:
        """There is something new to deliver in the journal."""
        self._work.set()

    async def ask(self, entry: Entry, within: float) -> None:
        """Deliver one return now: emits `Answered`, and `AnswerLate` if that takes too long."""
        late = AnswerLate(entry.return_id)
        asyncio.get_running_loop().call_later(within, self._emit, late)
        try:
            if not await self._deliver(entry):
                self._emit(late)
                self.wake()
        except JournalFailed as error:
            # The catalogue keeps its answer: the same question will bring it again.
            log.error("answer_not_kept", return_id=str(entry.return_id), error=str(error))
            self.wake()

    async def sweep_forever(self) -> None:
        """Deliver the backlog: oldest first, again and again until nothing is left."""
        tries = 0
        while True:
            self._work.clear()
            tries = 0 if await self._sweep() else tries + 1
            if tries:
                await asyncio.sleep(self._pause(tries))
            else:
                await self._rest()

    async def _rest(self) -> None:
        """Wait for something to deliver, or until notes are to be compared again."""
        try:
            async with asyncio.timeout_at(self._compare_at):
                await self._work.wait()
        except TimeoutError:
            pass

    def _pause(self, tries: int) -> float:
        """Twice as long after each failure, and never in step with the other kiosks."""
        return min(_LONGEST, _SHORTEST * 2.0 ** (tries - 1)) * self._chance.uniform(0.5, 1.0)

    async def _sweep(self) -> bool:
        """Try all that is undelivered once; tell whether nothing is left to try again."""
        try:
            if not await self._compare():
                return False
            delivered = await self._each(self._journal.undelivered, self._deliver_all)
            return await self._each(self._journal.unplaced, self._place_all) and delivered
        except JournalFailed as error:
            log.error("journal_unreadable", error=str(error))
            return False

    async def _each(
        self,
        read: Callable[[int, int], list[Entry]],
        deliver: Callable[[Sequence[Entry]], Awaitable[bool]],
    ) -> bool:
        """Hand over all entries in order; what fails does not hold up what is behind it."""
        complete, last = True, 0
        while self._online:
            entries = await self._run(partial(read, last, _BATCH))
            if not entries:
                return complete
            complete = await deliver(entries) and complete
            last = entries[-1].seq
        return False

    async def _compare(self) -> bool:
        """Greet and compare notes if it is time to; tell whether the catalogue is there.

        While it is away this is one cheap question first, so that no patron waits for a dead line.
        """
        loop = asyncio.get_running_loop()
        if self._online and loop.time() < self._compare_at:
            return True
        self._compared.clear()
        try:
            await self._comparing.compare()
        except CatalogueError as error:
            self._away(str(error))
            return False
        except Refused as error:
            self._away(f"the catalogue refuses this kiosk ({error}): check name and token")
            return False
        finally:
            self._compared.set()
        self._compare_at = loop.time() + EVERY
        if not self._online:
            self._online = True
            log.info("catalogue_back")
            self._emit(CatalogueBack())
        return True

    async def _deliver_all(self, entries: Sequence[Entry]) -> bool:
        """Deliver a piece of the backlog in one call, or one by one where that cannot be."""
        batch = [
            entry for entry in entries if entry.dated and entry.return_id not in self._under_way
        ]
        done = await self._deliver_batch(batch) if len(batch) > 1 else None
        alone = entries if done is None else [entry for entry in entries if entry not in batch]
        return all([await self._deliver(entry) for entry in alone]) and done is not False

    async def _deliver_batch(self, entries: Sequence[Entry]) -> bool | None:
        """Ask about several returns at once; None: the catalogue will not take them together."""
        ids = {entry.return_id for entry in entries}
        self._under_way |= ids
        try:
            body = ReturnBatch(returns=tuple(entry.request for entry in entries))
            answered = await self._call(
                self._catalogue.call(RETURN_BATCH, body, kiosk=self._kiosk), entries[0].return_id
            )
            if answered is None:
                return False
            return all([await self._take(result) for result in answered.results])
        except _NeverTaken:
            return None
        finally:
            self._under_way -= ids

    async def _take(self, result: ReturnedOfBatch) -> bool:
        """Take one result of a batch; tell whether it needs no further try."""
        if result.returned is not None:
            await self._keep(result.returned)
        elif result.problem in _NEVER:
            log.error("return_refused", return_id=str(result.return_id), error=result.detail)
            reason = f"{result.problem}: {result.detail}"
            await self._run(partial(self._journal.refused, result.return_id, reason))
        else:
            return False
        return True

    async def _keep(self, answer: Returned) -> None:
        """Keep an answer, and let the session know it."""
        self._emit(Answered(answer.return_id, answer))
        secure = FACTS[answer.outcome].secure
        await self._run(lambda: self._journal.answered(answer, secure=secure))
        self.wake()

    async def _deliver(self, entry: Entry) -> bool:
        """Ask the catalogue; tell whether this return needs no further try from here."""
        if entry.return_id in self._under_way:
            return True
        self._under_way.add(entry.return_id)
        try:
            request = await self._dated(entry)
            if request is None:
                return False
            answer = await self._call(
                self._catalogue.call(RETURN_ITEM, request, kiosk=self._kiosk), request.return_id
            )
            if answer is None:
                return False
            await self._keep(answer)
        except _NeverTaken as refusal:
            await self._run(partial(self._journal.refused, entry.return_id, str(refusal)))
            self._emit(AnswerLate(entry.return_id))
        finally:
            self._under_way.discard(entry.return_id)
        return True

    async def _dated(self, entry: Entry) -> ReturnItem | None:
        """Return what is to be delivered, now that its date is final; None if it is not yet."""
        if entry.dated:
            return entry.request
        if self._clock.offset is None:
            await self._compared.wait()  # the sweep greets first, and hears the time
        if self._clock.offset is None:
            return None
        await self._run(self._journal.date)
        dated = await self._run(partial(self._journal.entry, entry.return_id))
        return dated.request if dated is not None and dated.dated else None

    async def _place_all(self, entries: Sequence[Entry]) -> bool:
        return all([await self._place(entry) for entry in entries])

    async def _place(self, entry: Entry) -> bool:
        """Tell the catalogue where an item lies and how its tag was left."""
        question = self._catalogue.call(
            PLACE_ITEM, entry.placement, kiosk=self._kiosk, return_id=str(entry.return_id)
        )
        try:
            if await self._call(question, entry.return_id) is None:
                return False
        except _NeverTaken as refusal:
            await self._run(partial(self._journal.refused, entry.return_id, str(refusal)))
        await self._run(partial(self._journal.placed, entry))
        return True

    async def _call(self, question: Awaitable[A], return_id: UUID) -> A | None:
        """Await one answer; `None` means that the same question must be asked again."""
        try:
            return await question
        except CatalogueUnreachable as error:
            self._away(str(error))
        except CatalogueBroken as error:
            log.error("catalogue_broken", return_id=str(return_id), error=str(error))
        except Refused as error:
            if error.type in _WRONG_KIOSK:
                self._away(f"the catalogue refuses this kiosk ({error}): check name and token")
            elif error.type in _NEVER:
                log.error("return_refused", return_id=str(return_id), error=str(error))
                raise _NeverTaken(str(error)) from error
            else:
                log.error("catalogue_broken", return_id=str(return_id), error=str(error))
        return None

    def _away(self, reason: str) -> None:
        if self._online:
            log.warning("catalogue_away", reason=reason)
            self._online = False
            self._emit(CatalogueAway())
        self.wake()


class _NeverTaken(Exception):
    """The catalogue will never take this very return: a person must look at it."""
