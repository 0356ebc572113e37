"""The floor of booking: the same constraint, and the bare driver that inserts.

On SQLite a booking is its row and one row for each quarter of an hour, in one durable commit by
itself or in groups; on PostgreSQL one insert under the exclusion constraints, from eight threads.
"""

import sqlite3
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import psycopg

from bench.slot_stock import Place

THREADS = 8
Figures = dict[str, float]
_BOOKING = """INSERT INTO bookings (computer_id, kind, status, patron_id, starts_at, ends_at,
 booked_at, end_reason, version) VALUES (?, 'reader', 'booked', ?, ?, ?, ?, '', 1)"""
_QUARTER = "INSERT INTO booking_quarters (computer_id, quarter, patron_id) VALUES (?, ?, ?)"


def bare_sqlite(path: str, places: Sequence[Place], group: int) -> Figures:
    """Book so many in each durable commit."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")

    def work() -> None:
        for start in range(0, len(places), group):
            connection.execute("BEGIN IMMEDIATE")
            for place in places[start : start + group]:
                first = int(place.starts.timestamp()) // 900
                for quarter in range(first, first + 4):
                    connection.execute(_QUARTER, (place.computer, quarter, place.reader))
                connection.execute(_BOOKING, _values(place))
            connection.execute("COMMIT")

    found = _timed(work, len(places))
    connection.close()
    return found


def bare_postgresql(address: str, places: Sequence[Place]) -> Figures:
    """Book from eight threads, each booking in a transaction of its own."""
    shares = [places[number::THREADS] for number in range(THREADS)]
    statement = _BOOKING.replace("?", "%s").encode()

    def work(share: Sequence[Place]) -> None:
        with psycopg.connect(address, autocommit=True) as connection:
            for place in share:
                values = place.computer, place.reader, place.starts, place.ends, place.starts
                connection.execute(statement, values)

    with ThreadPoolExecutor(THREADS) as pool:
        return _timed(lambda: list(pool.map(work, shares)), len(places))


def _timed(work: Callable[[], object], count: int) -> Figures:
    began, worked = time.perf_counter(), time.process_time()
    work()
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    return {
        "per_second": round(count / seconds),
        "processor_ms_each": round(worked * 1000 / count, 3),
    }


def _values(place: Place) -> tuple[int, int, str, str, str]:
    starts, ends = _text(place.starts), _text(place.ends)
    return place.computer, place.reader, starts, ends, starts


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S.%f}"
