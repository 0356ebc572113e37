"""Blocking cables for the floor: one question out, one whole standard frame back, nothing else."""

import socket
import time
from typing import Protocol
from urllib.parse import urlsplit

import serial

_PATIENCE = 2.0
"""Seconds to wait for an answer."""
_REST = 0.005
"""Seconds a FEIG reader needs between an answer and the next question on a serial line."""


class FloorFailed(Exception):
    """The bare client did not get the answers it counts on."""


class Wire(Protocol):
    """A cable to a reader."""

    def exchange(self, question: bytes) -> bytes:
        """Send a frame and wait for the one that answers it. Raise `FloorFailed`."""

    def rest(self) -> None:
        """Keep the rest that the line needs before the next question."""

    def close(self) -> None:
        """Let go of it."""


class TcpWire:
    """A plain socket."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), _PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def exchange(self, question: bytes) -> bytes:
        """Send a frame and wait for the one that answers it."""
        try:
            self._socket.sendall(question)
            answer = self._socket.recv(4096)
            while answer and len(answer) < answer[0]:
                answer += self._more()
        except OSError as error:
            raise FloorFailed(f"the reader's port: {error}") from error
        if not answer:
            raise FloorFailed("the reader's port was closed")
        return answer

    def _more(self) -> bytes:
        if not (more := self._socket.recv(4096)):
            raise FloorFailed("the reader's port was closed within an answer")
        return more

    def rest(self) -> None:
        """A network needs none."""

    def close(self) -> None:
        """Let go of it."""
        self._socket.close()


class SerialWire:
    """A plain serial port."""

    def __init__(self, path: str, baud: int) -> None:
        # The other end is a pseudo-terminal, which has no parity.
        self._port = serial.Serial(path, baud, timeout=_PATIENCE)
        self._may_ask_at = 0.0

    def exchange(self, question: bytes) -> bytes:
        """Send a frame and wait for the one that answers it, after the rest that is due."""
        self.rest()
        try:
            self._port.write(question)
            answer: bytes = self._port.read(1)
            answer += self._port.read(answer[0] - 1) if answer else b""
        except serial.SerialException as error:
            raise FloorFailed(f"the reader's port: {error}") from error
        self._may_ask_at = time.perf_counter() + _REST
        if not answer or len(answer) < answer[0]:
            raise FloorFailed("the reader's answer did not come whole")
        return answer

    def rest(self) -> None:
        """Wait until the line may be used again."""
        if (rest := self._may_ask_at - time.perf_counter()) > 0:
            time.sleep(rest)

    def close(self) -> None:
        """Let go of it."""
        self._port.close()


def open_wire(url: str) -> Wire:
    """Open a cable to the reader at `url` (as `drivers.opening` writes it). Raise `FloorFailed`."""
    parts = urlsplit(url)
    try:
        if parts.scheme == "feig+tcp":
            return TcpWire(str(parts.hostname), int(parts.port or 0))
        return SerialWire(parts.path, 38400)
    except OSError as error:
        raise FloorFailed(f"{url}: {error}") from error
