"""The one thread that writes to SQLite: what waits while it commits is its next group."""

from concurrent.futures import Future
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any

from sqlalchemy import Engine

from catalogue_api.storage.errors import StorageUnavailable
from catalogue_api.storage.group import Failed, Work, commit_group

LARGEST_GROUP = 64


class Writer:
    """Takes units of work from any thread; each is told what became of it after the COMMIT."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: SimpleQueue[tuple[Work, Future[Any]] | None] = SimpleQueue()
        self._closing = Lock()
        self._closed = False
        self._thread = Thread(target=self._run, name="catalogue-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work) -> Future[Any]:
        """Queue a unit; a future cancelled before its turn never runs."""
        future: Future[Any] = Future()
        with self._closing:
            if self._closed:
                raise StorageUnavailable("the database is closed")
            self._waiting.put((work, future))
        return future

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
            self._commit([unit for unit in group if unit[1].set_running_or_notify_cancel()])
            if last:
                return

    def _gather(self, group: list[tuple[Work, Future[Any]]]) -> bool:
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

    def _commit(self, group: list[tuple[Work, Future[Any]]]) -> None:
        if not group:
            return
        try:
            results = commit_group(self._engine, [work for work, _ in group])
        except BaseException as error:  # noqa: BLE001 - the callers must not wait for ever
            for _, future in group:
                future.set_exception(error)
            return
        for (_, future), result in zip(group, results, strict=True):
            if isinstance(result, Failed):
                future.set_exception(result.error)
            else:
                future.set_result(result.value)
