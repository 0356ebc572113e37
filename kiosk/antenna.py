"""The reader's working day: see who is there, read, secure, and let no tag hold up the others.

Work on tags goes before looking again, and securing before reading. An antenna at rest is
looked at slowly, a moving one without pause. While an answer is awaited that will bring work,
the loop waits a moment for it rather than begin an inventory that would delay it.
"""

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from drivers.errors import NoAnswer, ReaderError, ReaderLost, TagGone
from drivers.interface import Reader, Uid
from drivers.presence import Change, Presence, TagArrived, TagLeft
from drivers.reading import read_content
from drivers.tags.content import TagContent
from kiosk.securing import Alarm, is_lent, secure

T = TypeVar("T")

_TRIES = 3
_DEAF = 5  # inventories in a row without an answer: the reader is lost
_SECURE, _READ = 0, 1  # the smaller goes first


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: between looks at rest; of quiet before rest; of patience for awaited work."""

    rest: float = 0.2
    quiet: float = 2.0
    patience: float = 0.05


@dataclass(order=True, slots=True)
class _Job:
    """One piece of work on one tag, and who waits for it."""

    priority: int
    number: int
    uid: Uid = field(compare=False)
    work: Callable[[Reader], Awaitable[Any]] = field(compare=False)
    done: asyncio.Future[Any] = field(compare=False)
    tries: int = field(default=0, compare=False)


class Antenna:
    """Drives one open reader until it is lost. Questions may come from any task of the loop."""

    def __init__(
        self,
        notice: Callable[[TagArrived | TagLeft], None],
        work_is_coming: Callable[[], bool],
        pace: Pace | None = None,
        alarm: Alarm = Alarm.AFI,
    ) -> None:
        """`notice` is told of tags that come and go; `work_is_coming` tells when to wait."""
        self._notice = notice
        self._work_is_coming = work_is_coming
        self._alarm = alarm
        self._pace = pace or Pace()
        self._presence = Presence()
        self._jobs: list[_Job] = []
        self._parked: list[_Job] = []
        self._unanswered = 0
        self._count = 0
        self._wanted = asyncio.Event()
        self._open = False

    async def read(self, uid: Uid) -> TagContent:
        """Read as much of a tag as is needed to know what it says."""
        return await self._put(
            _READ, uid, lambda reader: read_content(reader, uid, self._presence.dsfid(uid))
        )

    async def is_lent(self, uid: Uid) -> bool:
        """Whether the tag says that its item is on loan."""
        return await self._put(_READ, uid, lambda reader: is_lent(reader, uid, self._alarm))

    async def secure(self, uid: Uid) -> None:
        """Switch the gate alarm on and read it back: `TagRefused` if that can never be."""
        await self._put(_SECURE, uid, lambda reader: secure(reader, uid, self._alarm))

    def stir(self) -> None:
        """Look at once, even at rest: something has moved there (a flap, a light barrier)."""
        self._wanted.set()

    def forget(self) -> None:
        """Let everything on the antenna arrive anew."""
        self._presence = Presence()
        self._wanted.set()

    async def watch(self, reader: Reader) -> None:
        """Work until the reader is lost: then `ReaderLost`, for this and for all that waits."""
        self._presence = Presence()
        self._open = True
        try:
            await self._work(reader)
        finally:
            self._open = False
            for job in (*self._jobs, *self._parked):
                _fail(job, ReaderLost("the reader is gone"))
            self._jobs.clear()
            self._parked.clear()

    async def _work(self, reader: Reader) -> None:
        clock = asyncio.get_running_loop().time
        stirred, arrival = clock(), False
        while True:
            self._wanted.clear()
            if self._jobs:
                await self._do(heapq.heappop(self._jobs), reader)
                stirred, arrival = clock(), False
                continue
            # Who arrives will be read: that is work to come before anybody has asked for it.
            expected = arrival or self._work_is_coming()
            patience = stirred + self._pace.patience - clock()
            if expected and patience > 0 and await self._job_within(patience):
                continue
            changes = await self._look(reader)
            arrival = any(isinstance(change, TagArrived) for change in changes)
            if changes:
                stirred = clock()
            elif clock() - stirred > self._pace.quiet:
                await self._job_within(self._pace.rest)

    async def _job_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._wanted.wait()
        except TimeoutError:
            return False
        return True

    async def _look(self, reader: Reader) -> Sequence[Change]:
        """Take one inventory; tell what has changed."""
        try:
            sightings = await reader.inventory()
        except NoAnswer as error:
            self._unanswered += 1
            if self._unanswered >= _DEAF:
                raise ReaderLost(f"{_DEAF} inventories without an answer: {error}") from error
            return ()
        self._unanswered = 0
        changes = self._presence.update(sightings, asyncio.get_running_loop().time())
        for change in changes:
            self._notice(change)
        self._unpark({sighting.uid for sighting in sightings})
        return changes

    def _unpark(self, seen: Collection[Uid]) -> None:
        """Try again with tags that did not answer but are there; give up those that left."""
        parked, self._parked = self._parked, []
        for job in parked:
            if job.uid in seen:
                self._queue(job)
            elif job.uid in self._presence:
                self._parked.append(job)
            else:
                _fail(job, TagGone(f"{job.uid} has left the antenna"))

    async def _put(self, priority: int, uid: Uid, work: Callable[[Reader], Awaitable[T]]) -> T:
        if not self._open:
            raise ReaderLost("the reader is gone")
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue(_Job(priority, 0, uid, work, done))
        return await done

    def _queue(self, job: _Job) -> None:
        """Put a job behind the others: a tag that does not answer never holds up the rest."""
        self._count += 1
        job.number = self._count
        heapq.heappush(self._jobs, job)
        self._wanted.set()

    async def _do(self, job: _Job, reader: Reader) -> None:
        try:
            result = await job.work(reader)
        except ReaderLost as error:
            _fail(job, error)
            raise
        except (NoAnswer, TagGone) as error:
            job.tries += 1
            if job.tries >= _TRIES:
                _fail(job, NoAnswer(f"{job.uid}: {error}"))
            elif isinstance(error, TagGone):
                self._parked.append(job)
            else:
                self._queue(job)
        except ReaderError as error:
            _fail(job, error)
        else:
            if not job.done.done():
                job.done.set_result(result)


def _fail(job: _Job, error: ReaderError) -> None:
    if not job.done.done():
        job.done.set_exception(error)
