"""The kiosk as a program, with nothing around it: it says how it is, and ends when it is told."""

import json
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.server

SETTINGS = """
name = "hall"
token = "secret-token"
reader = "feig+tcp://127.0.0.1:1"
owners = ["FR-940165801"]
journal = "{folder}/journal.db"
[catalogue]
url = "http://127.0.0.1:1"
[screen]
port = {port}
[health]
port = {metrics}
"""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def program(tmp_path):
    """A running kiosk without reader or catalogue, and the socket of its service manager."""
    settings, ports = tmp_path / "kiosk.toml", (free_port(), free_port())
    settings.write_text(SETTINGS.format(folder=tmp_path, port=ports[0], metrics=ports[1]))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        started = subprocess.Popen(
            [sys.executable, "-m", "kiosk", "run", "--settings", settings, "--json"],
            env={"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "1500000"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield started, manager, settings, ports[1]
        finally:
            started.kill()
            started.communicate()


def status(settings) -> dict:
    command = [sys.executable, "-m", "kiosk", "status", "--json", "--settings", settings]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def get(port: int, path: str) -> tuple[int, str]:
    asking = HTTPConnection("127.0.0.1", port, timeout=10)
    asking.request("GET", path)
    answer = asking.getresponse()
    said = answer.status, answer.read().decode()
    asking.close()
    return said


def drain(manager: socket.socket) -> None:
    """Read what has piled up: a full queue takes no last word."""
    manager.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            manager.recv(4096)
    manager.settimeout(20)


def test_ready_alive_asked_and_told_to_stop(program) -> None:
    started, manager, settings, metrics = program
    assert manager.recv(4096) == b"READY=1"
    alive = manager.recv(4096)
    while b"STATUS=out of service (reader)" not in alive:
        assert alive.startswith(b"WATCHDOG=1\n")
        alive = manager.recv(4096)
    said = status(settings)
    assert (said["running"], said["undelivered"]) == (True, 0)
    assert said["health"]["faults"] == ["reader"]
    screen = urlsplit(json.loads(started.stdout.readline())["screen"]).port
    assert get(screen, "/healthz")[0] == get(metrics, "/healthz")[0] == 503
    assert "ritournelle_kiosk_in_service 0.0" in get(metrics, "/metrics")[1]
    assert get(metrics, "/")[0] == 404
    drain(manager)
    started.send_signal(signal.SIGTERM)
    assert started.wait(10) == 0
    last = alive
    while last != b"STOPPING=1":
        last = manager.recv(4096)
    said = status(settings)
    assert (said["running"], said["health"]) == (False, None)
