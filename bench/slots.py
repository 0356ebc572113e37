"""How many slots a second are booked: in the service and over HTTP, beside the bare constraint.

`python -m bench.slots --json` books hours at fourteen computers that nobody else wants: by the
bare driver under the same constraint, through the service with 64 clients, and over HTTP with 1,
8 and 64 connections to the real program. Then 64 clients, two for each of 32 readers, rush at the
slots of one day: whatever is booked must not overlap, and no allowance be passed. Processor time is
that of this process alone: on PostgreSQL the server's comes on top, for both.
"""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from typing import Annotated, Any

import typer
from sqlalchemy import Connection, text

from bench.bare_slots import bare_postgresql, bare_sqlite
from bench.calling import Services
from bench.databases import empty_database
from bench.load import Request, put_load
from bench.slot_stock import COMPUTERS, SITE, Place, fill, places, token_of
from bench.this_machine import this_machine
from catalogue_api.contract.endpoint import Refused
from catalogue_api.contract.my_slots import BOOK_MY_SLOT
from catalogue_api.contract.slots import BookMySlot
from catalogue_api.services.secrets.tokens import new_token
from catalogue_api.storage.engine.database import Database
from simulator.demo.programs import running

CLIENTS, RUSHING, DAILY = 64, 32, 120
CONNECTIONS = (1, 8, 64)
_OVERLAPS = """SELECT count(*) FROM bookings a JOIN bookings b ON a.id < b.id
 AND (a.computer_id = b.computer_id OR a.patron_id = b.patron_id)
 AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"""
_HELD = "SELECT patron_id, starts_at, ends_at FROM bookings"
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.slots --json")
def slots(
    bookings: Annotated[int, typer.Option(min=200, help="For each case.")] = 4_000,
    attempts: Annotated[int, typer.Option(min=1, help="Of each client in the rush.")] = 2_000,
    databases: Annotated[str, typer.Option(help="Comma-separated.")] = "sqlite,postgresql",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the booking of slots."""
    report: Figures = {
        "machine": this_machine(),
        "bookings": bookings,
        "attempts_each": attempts,
    }
    for name in databases.split(","):
        with empty_database(name) as (url, bare):
            report[name] = measured(name, url, bare, bookings)
        with empty_database(name) as (url, _):
            report[name]["rush"] = asyncio.run(rush(url, attempts))
    typer.echo(json.dumps(report) if as_json else json.dumps(report, indent=2))


def _opened(url: str, *, daily: int = 24 * 60) -> Database:
    database = Database(url, threads=8)
    database.migrate()
    fill(database, daily=daily)
    return database


def measured(name: str, url: str, bare: str, count: int) -> Figures:
    """Book by the bare driver, through the service and over HTTP, so many for each case."""
    database = _opened(url)
    supply = places(datetime.now(UTC))

    def take(number: int = count) -> list[Place]:
        return list(islice(supply, number))

    found: Figures = {"bare_sql": {}}
    if name == "sqlite":
        for group in (1, 64):
            found["bare_sql"][f"groups_of_{group}"] = bare_sqlite(bare, take(), group)
    else:
        found["bare_sql"]["threads_8"] = bare_postgresql(bare, take())
    asyncio.run(_served(database, take(100)))
    found["service"] = asyncio.run(_served(database, take()))
    database.close()
    found["http"] = asyncio.run(_over_http(url, [take(100), *(take() for _ in CONNECTIONS)]))
    ours, floor = found["service"], next(iter(found["bare_sql"].values()))
    found["service_to_bare_sql"] = {
        "per_second": round(ours["per_second"] / floor["per_second"], 2),
        "processor": round(floor["processor_ms_each"] / ours["processor_ms_each"], 2),
    }
    return found


async def _served(database: Database, wanted: Sequence[Place]) -> Figures:
    """Book through the service with 64 clients."""
    services, waiting = Services(database), iter(wanted)

    async def client() -> None:
        for place in waiting:
            await services.call(BOOK_MY_SLOT, token_of(place.reader), _body(place))

    began, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*(client() for _ in range(CLIENTS)))
    seconds, worked = time.perf_counter() - began, time.process_time() - worked
    return {
        "per_second": round(len(wanted) / seconds),
        "processor_ms_each": round(worked * 1000 / len(wanted), 3),
    }


async def _over_http(url: str, wanted: Sequence[Sequence[Place]]) -> Figures:
    found = {}
    async with _serving(url) as port:
        await put_load(port, [_request(place) for place in wanted[0]], 8)
        for connections, share in zip(CONNECTIONS, wanted[1:], strict=True):
            load = await put_load(port, [_request(place) for place in share], connections)
            if set(load.statuses) != {200}:
                raise RuntimeError(f"not all were booked: {load.statuses}, {load.bodies[-1]!r}")
            found[str(connections)] = load.figures()
    return found


async def rush(url: str, attempts: int) -> Figures:
    """Let 64 clients, two for each reader, go for slots of one day; look at what was booked."""
    database = _opened(url, daily=DAILY)
    services, heard = Services(database), Counter[str]()
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + timedelta(days=2, hours=8)

    async def client(number: int) -> None:
        chance = Random(number)
        for _ in range(attempts):
            starts = first + timedelta(minutes=15 * chance.randrange(32))
            body = BookMySlot(
                site=SITE,
                computer=chance.randint(1, COMPUTERS),
                starts_at=starts,
                minutes=15 * chance.randint(1, 4),
            )
            try:
                await services.call(BOOK_MY_SLOT, token_of(number % RUSHING + 1), body)
                heard["booked"] += 1
            except Refused as refused:
                heard.update(refused.reasons or (refused.type.value,))

    began = time.perf_counter()
    await asyncio.gather(*(client(number) for number in range(CLIENTS)))
    seconds = time.perf_counter() - began
    found = database.read_now(lambda session: _looked_at(session.connection()))
    database.close()
    return {
        "attempts": CLIENTS * attempts,
        "per_second": round(CLIENTS * attempts / seconds),
        "heard": dict(heard.most_common()),
        **found,
    }


def _looked_at(connection: Connection) -> Figures:
    overlaps = connection.execute(text(_OVERLAPS)).scalar()
    minutes: Counter[int] = Counter()
    for patron, starts, ends in connection.execute(text(_HELD)):
        begins, over = (datetime.fromisoformat(str(one)) for one in (starts, ends))
        minutes[patron] += round((over - begins).total_seconds() / 60)
    over_allowance = sum(held > DAILY for held in minutes.values())
    return {"overlaps": overlaps, "allowances_passed": over_allowance}


def _body(place: Place) -> BookMySlot:
    return BookMySlot(site=SITE, computer=place.computer, starts_at=place.starts, minutes=60)


def _request(place: Place) -> Request:
    body = _body(place).model_dump_json().encode()
    head = (
        f"POST {BOOK_MY_SLOT.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token_of(place.reader)}\r\nIdempotency-Key: {new_token()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Request(head.encode() + body)


@asynccontextmanager
async def _serving(url: str) -> AsyncIterator[int]:
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        program = ("ritournelle-api", ["serve", "--port", "0"])
        where = {"RITOURNELLE_API_DATABASE": url}
        async with running(*program, Path(log.name), where) as ready:
            yield int(ready["port"])


if __name__ == "__main__":
    app()
