"""Several processes on one port, over a real PostgreSQL: killed, replaced, stopped."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from bench.postgres import PostgresServer

pytestmark = [pytest.mark.server, pytest.mark.kill]


class Program:
    def __init__(self, url: str) -> None:
        command = [sys.executable, "-m", "catalogue_api", "serve", "--workers", "2", "--port", "0"]
        environment = os.environ | {"RITOURNELLE_API_DATABASE": url}
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        assert self.process.stderr
        self.address = json.loads(self.process.stdout.readline())["url"]
        self.started = [self.pid_of_next("worker_started") for _ in range(2)]

    def pid_of_next(self, event: str) -> int:
        for line in self.process.stderr or ():
            said = json.loads(line)
            if said["event"] == event:
                return said["pid"]
        raise AssertionError(event)

    def answers(self) -> bool:
        with urlopen(f"{self.address}/healthz") as response:
            return response.status == 200


def await_end(*pids: int) -> None:
    """Wait until processes that are no children of ours are gone."""
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ready, _, _ = select.select([handle], [], [], 20)
        os.close(handle)
        assert ready, f"{pid} goes on"


@pytest.fixture
def program(postgres: PostgresServer) -> Iterator[Program]:
    url = postgres.create("template_library")
    program = Program(url)
    yield program
    if program.process.poll() is None:
        program.process.kill()
    program.process.communicate()
    await_end(*program.started)
    postgres.drop(url)


def test_a_worker_that_dies_is_replaced_and_all_stop_together(program: Program) -> None:
    assert program.answers()
    os.kill(program.started[0], signal.SIGKILL)
    assert program.pid_of_next("worker_died") == program.started[0]
    program.started.append(program.pid_of_next("worker_started"))
    for _ in range(20):
        assert program.answers()
    program.process.send_signal(signal.SIGTERM)
    assert program.process.wait(timeout=20) == 0
    await_end(*program.started)


def test_workers_do_not_outlive_their_parent(program: Program) -> None:
    os.kill(program.process.pid, signal.SIGKILL)
    program.process.wait()
    await_end(*program.started)


def test_workers_that_cannot_serve_are_one_line_and_a_status(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.create("template_library")
    ended = subprocess.run(
        [sys.executable, "-m", "catalogue_api", "serve", "--workers", "2", "--host", "192.0.2.1"],
        env=os.environ | {"RITOURNELLE_API_DATABASE": url},
        capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    postgres.drop(url)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
