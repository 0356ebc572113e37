"""The one thread that writes to SQLite: what waits while it commits is its next group."""

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from catalogue_api.storage.engine.errors import StorageUnavailable
from catalogue_api.storage.engine.group import Done, Failed, Groups, Work

LARGEST_GROUP = 64

_Result = Done | Failed


class _Blocking:
    """Somebody waits in a thread of their own."""

    def __init__(self) -> None:
        self.future: Future[Any] = Future()

    def is_still_wanted(self) -> bool:
        return self.future.set_running_or_notify_cancel()


class _Awaited:
    """Somebody waits on an event loop: all that a group holds for it are told at once."""

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self.future: asyncio.Future[Any] = loop.create_future()

    def is_still_wanted(self) -> bool:
        return not self.future.cancelled()


_Waiter = _Blocking | _Awaited
_Unit = tuple[Work, _Waiter]


class Writer:
    """Takes units of work from any thread; each is told what became of it after the COMMIT.

    A unit that nobody waits for any more when its turn comes does not run.
    """

    def __init__(self, groups: Groups) -> None:
        self._groups = groups
        self._waiting: SimpleQueue[_Unit | None] = SimpleQueue()
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="catalogue-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Queue a unit for somebody who waits in a thread."""
        waiter = _Blocking()
        self._put((work, waiter))
        return waiter.future

    def submit_awaited(self, work: Work) -> asyncio.Future[Any]:
        """Queue a unit for somebody who waits on the running loop."""
        waiter = _Awaited(asyncio.get_running_loop())
        self._put((work, waiter))
        return waiter.future

    def _put(self, unit: _Unit) -> None:
        with self._closing:
            if self._closed:
                raise StorageUnavailable("the database is closed")
            self._waiting.put(unit)

    def close(self) -> None:
        """Finish what waits, then end the thread."""
        with self._closing:
            if self._closed:
                return
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (first := self._waiting.get()) is not None:
            group = [first]
            last = not self._gather(group)
            self._commit([unit for unit in group if unit[1].is_still_wanted()])
            if last:
                return

    def _gather(self, group: list[_Unit]) -> bool:
        """Add what waits already; return False when the end was among it."""
        while len(group) < LARGEST_GROUP:
            try:
                unit = self._waiting.get_nowait()
            except Empty:
                return True
            if unit is None:
                return False
            group.append(unit)
        return True

    def _commit(self, group: list[_Unit]) -> None:
        if not group:
            return
        waiters = [waiter for _, waiter in group]
        results: Sequence[_Result]
        try:
            results = self._groups.commit([work for work, _ in group])
        except BaseException as error:  # noqa: BLE001 - the callers must not wait for ever
            results = [Failed(error) for _ in group]
        _tell(list(zip(waiters, results, strict=True)))


def _tell(told: Sequence[tuple[_Waiter, _Result]]) -> None:
    on_loops: dict[AbstractEventLoop, list[tuple[asyncio.Future[Any], _Result]]] = {}
    for waiter, result in told:
        if isinstance(waiter, _Awaited):
            on_loops.setdefault(waiter.loop, []).append((waiter.future, result))
        else:
            _settle(waiter.future, result)
    for loop, results in on_loops.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits there any more
            loop.call_soon_threadsafe(_settle_all, results)


def _settle_all(results: Sequence[tuple[asyncio.Future[Any], _Result]]) -> None:
    for future, result in results:
        if not future.done():
            _settle(future, result)


def _settle(future: Future[Any] | asyncio.Future[Any], result: _Result) -> None:
    if isinstance(result, Failed):
        future.set_exception(result.error)
    else:
        future.set_result(result.value)
