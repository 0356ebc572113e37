"""Several processes on one port: started, watched, started again when one dies, stopped together.

Each worker opens the port for itself (`SO_REUSEPORT`) and the kernel shares the connections out.
A worker that dies takes only its own connections with it; whoever asked asks again.
"""

import multiprocessing
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from types import FrameType

import structlog

_FORK = multiprocessing.get_context("fork")
_STOP_WITHIN = 15.0  # seconds; longer than a worker gives its requests
_TOO_SOON = 5.0  # a worker that lived no longer is not started again at once
_LONGEST_PAUSE = 30.0

log = structlog.get_logger("catalogue_api.workers")
Serve = Callable[[int, Callable[[], None]], None]
"""Serve on a port until told to stop, saying once that the port is open."""


class WorkersFailed(Exception):
    """No worker could be brought to serve."""


def free_port(host: str, port: int) -> int:
    """Return the port, or for 0 one that nobody uses."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as found:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        found.bind((host, port))
        return int(found.getsockname()[1])


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    opened: Connection
    """Readable when the worker says that its port is open, or has ended."""
    since: float
    ready: bool = False


class Supervisor:
    """Keeps `number` workers at work until SIGTERM or Ctrl-C; to be run before any thread is."""

    def __init__(self, number: int, port: int, serve: Serve) -> None:
        self._number = number
        self._port = port
        self._serve = serve
        self._workers: list[_Worker] = []
        self._stopping = False
        self._pause = 0.0

    def run(self, ready: Callable[[], None]) -> None:
        """Return when all workers have ended; `ready` is called once all have opened the port.

        Raises `WorkersFailed` if one ends before that.
        """
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self._workers = [self._started() for _ in range(self._number)]
        try:
            self._await_all(ready)
            while not self._stopping:
                self._watch()
        finally:
            self._end()

    def _started(self) -> _Worker:
        reader, writer = _FORK.Pipe(duplex=False)
        process = _FORK.Process(target=self._work, args=(writer, os.getpid()), daemon=False)
        process.start()
        writer.close()
        log.info("worker_started", pid=process.pid)
        return _Worker(process, reader, time.monotonic())

    def _work(self, writer: Connection, parent: int) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all: the parent tells us
        if os.getppid() == parent:
            self._serve(self._port, lambda: writer.send(True))

    def _await_all(self, ready: Callable[[], None]) -> None:
        while not self._stopping and not all(worker.ready for worker in self._workers):
            waiting = [worker.opened for worker in self._workers if not worker.ready]
            for worker in self._workers:
                if worker.opened in wait(waiting, timeout=0.5):
                    worker.ready = _said_so(worker.opened)
                    if not worker.ready and not self._stopping:
                        raise WorkersFailed("a worker ended before it could serve: see the log")
        if not self._stopping:
            ready()

    def _watch(self) -> None:
        """Wait for the end of any worker, and put another in its place."""
        wait([worker.process.sentinel for worker in self._workers], timeout=1.0)
        for place, worker in enumerate(self._workers):
            if worker.process.is_alive() or self._stopping:
                continue
            lived = time.monotonic() - worker.since
            log.error("worker_died", pid=worker.process.pid, status=worker.process.exitcode)
            worker.opened.close()
            self._pause = min(self._pause * 2 + 1, _LONGEST_PAUSE) if lived < _TOO_SOON else 0.0
            time.sleep(self._pause)
            self._workers[place] = self._started()

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for worker in self._workers:
            if worker.process.is_alive():
                worker.process.terminate()

    def _end(self) -> None:
        self._stop(signal.SIGTERM, None)
        until = time.monotonic() + _STOP_WITHIN
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            if worker.process.is_alive():
                log.error("worker_killed", pid=worker.process.pid)
                worker.process.kill()
                worker.process.join()
            worker.opened.close()


def _said_so(opened: Connection) -> bool:
    try:
        return bool(opened.recv())
    except EOFError:
        return False
