"""What becomes of the last seats when 64 people go for them at once, again and again.

`python -m bench.seats --json` has 64 readers register for six workshops of twelve places, wait
where one is full, and give up in between what they have. Then it is looked at who sits where: no
seat may be had twice, none be beyond the places, and nobody wait beside a free one.
"""

import asyncio
import json
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Annotated, Any

import typer
from sqlalchemy import text
from sqlmodel import Session

from bench.calling import Services
from bench.databases import empty_database
from bench.slot_stock import SITE, fill, token_of
from catalogue_api.contract.endpoint import Nothing, Refused
from catalogue_api.contract.registrations import (
    CANCEL_MY_REGISTRATION,
    REGISTER_MYSELF,
    RegisterMyself,
)
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Event, EventSession

CLIENTS, WORKSHOPS, PLACES = 64, 6, 12
_ONE_IN = 8  # of what is had is given up again
_WRONG = {
    "seats_beyond_the_places": """SELECT count(*) FROM seats
 JOIN event_sessions ON event_sessions.id = seats.session_id
 JOIN events ON events.id = event_sessions.event_id
 WHERE seats.number NOT BETWEEN 1 AND events.places""",
    "seats_had_twice": """SELECT count(*) FROM (SELECT 1 FROM seats WHERE number IS NOT NULL
 GROUP BY session_id, number HAVING count(*) > 1) twice""",
    "people_seated_twice": """SELECT count(*) FROM (SELECT 1 FROM seats
 JOIN registrations ON registrations.id = seats.registration_id
 WHERE seats.number IS NOT NULL AND registrations.status <> 'ended'
 GROUP BY seats.session_id, registrations.patron_id HAVING count(*) > 1) twice""",
    "waiting_beside_a_free_seat": f"""SELECT count(*) FROM registrations WHERE status = 'waiting'
 AND (SELECT count(number) FROM seats WHERE seats.session_id = registrations.session_id)
 < {PLACES}""",
}
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.seats --json")
def seats(
    attempts: Annotated[int, typer.Option(min=1, help="Of each client.")] = 2_000,
    databases: Annotated[str, typer.Option(help="Comma-separated.")] = "sqlite,postgresql",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let 64 clients go for the last seats of six workshops."""
    report: Figures = {}
    for name in databases.split(","):
        with empty_database(name) as (url, _):
            report[name] = asyncio.run(rush_for_seats(url, attempts))
    typer.echo(json.dumps(report) if as_json else json.dumps(report, indent=2))


async def rush_for_seats(url: str, attempts: int) -> Figures:
    """Let 64 clients register and give up, so often each; look at who sits where."""
    database = Database(url, threads=8)
    database.migrate()
    fill(database)
    database.write_now(_lay_workshops)
    services, heard = Services(database), Counter[str]()
    began = time.perf_counter()
    await asyncio.gather(
        *(_client(services, number, attempts, heard) for number in range(1, CLIENTS + 1))
    )
    seconds = time.perf_counter() - began
    wrong = {name: _count(database, query) for name, query in _WRONG.items()}
    taken = _count(database, "SELECT count(number) FROM seats")
    database.close()
    return {
        "attempts": CLIENTS * attempts,
        "per_second": round(CLIENTS * attempts / seconds),
        "heard": dict(heard.most_common()),
        "seats": WORKSHOPS * PLACES,
        "seats_taken": taken,
        **wrong,
    }


async def _client(services: Services, reader: int, attempts: int, heard: Counter[str]) -> None:
    chance, token = Random(reader), token_of(reader)
    for _ in range(attempts):
        body = RegisterMyself(event=chance.randint(1, WORKSHOPS))
        try:
            had = await services.call(REGISTER_MYSELF, token, body)
            heard[had.status.value] += 1
            if chance.randrange(_ONE_IN) == 0:
                path = {"registration": str(had.registration)}
                await services.call(CANCEL_MY_REGISTRATION, token, Nothing(), path, had.version)
                heard["given up"] += 1
        except Refused as refused:
            heard.update(refused.reasons or (refused.type.value,))


def _lay_workshops(session: Session) -> None:
    now = datetime.now(UTC)
    made: dict[str, Any] = {"site": SITE, "created_at": now, "changed_at": now}
    for number in range(1, WORKSHOPS + 1):
        title = f"Atelier {number}"
        event = Event(kind="workshop", title=title, places=PLACES, **made)
        session.add(event)
        session.flush()
        starts = now + timedelta(days=20 + number)
        ends = starts + timedelta(hours=1)
        session.add(
            EventSession(event_id=event.id or 0, starts_at=starts, ends_at=ends, changed_at=now)
        )
        session.flush()


def _count(database: Database, query: str) -> int:
    return database.read_now(lambda session: int(session.execute(text(query)).scalar_one()))


if __name__ == "__main__":
    app()
