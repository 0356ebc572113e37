"""A load of HTTP requests over a fixed number of connections, each with one request at a time.

The requests are built beforehand and the answers only counted, so that little of the machine is
spent on the asking side. It talks to loopback only.
"""

import asyncio
import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: seconds in all, seconds of each request, statuses, the answers' bodies."""

    seconds: float
    each: Sequence[float]
    statuses: Counter[int]
    bodies: Sequence[bytes]

    def figures(self, units: int = 1) -> dict[str, float]:
        """Return units (of which a request holds `units`) a second, and milliseconds a request."""
        ordered = sorted(self.each)

        def at(share: float) -> float:
            return round(ordered[math.ceil(share * len(ordered)) - 1] * 1000, 2)

        rate = round(len(ordered) * units / self.seconds)
        return {"per_second": rate, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99)}


def post(path: str, body: bytes, token: str = "") -> Request:
    """Return a request with a JSON body."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Request(head.encode() + body)


def get(path: str, token: str = "") -> Request:
    """Return a request without a body."""
    return Request(
        f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    )


async def put_load(port: int, requests: Sequence[Request], connections: int) -> Load:
    """Send all requests to 127.0.0.1 and return once the last is answered."""
    waiting = iter(requests)
    each: list[float] = []
    statuses: Counter[int] = Counter()
    bodies: list[bytes] = []
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]

    async def work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for request in waiting:
            began = time.perf_counter()
            writer.write(request.data)
            status, body = await _answer(reader)
            each.append(time.perf_counter() - began)
            statuses[status] += 1
            bodies.append(body)

    began = time.perf_counter()
    await asyncio.gather(*(work(*streams) for streams in opened))
    seconds = time.perf_counter() - began
    for _, writer in opened:
        writer.close()
    return Load(seconds, each, statuses, bodies)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    found = _LENGTH.search(head)
    body = await reader.readexactly(int(found[1])) if found else b""
    return int(head[9:12]), body
