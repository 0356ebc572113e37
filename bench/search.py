"""How fast titles are indexed and found, on SQLite and on PostgreSQL.

`python -m bench.search` makes records (the same for the same seed), reads them as an import does,
puts them with copies and loans into a database, indexes them anew, and asks typical questions:
how many and the best 20; the same with facets; the whole answer of `GET /v1/search` with where
each title is now; and what is suggested while somebody types.

Beside the seconds of the clock it gives those of the processor, this process's and the database's:
they are the same whatever else the machine does.
"""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import insert, text
from sqlmodel import Session

from bench.postgres import postgres_server
from bench.questions import questions
from bench.records import generate
from bench.this_machine import this_machine
from catalogue_api.contract.search import Search, Suggest
from catalogue_api.domain.collection import RecordFormat
from catalogue_api.domain.queries import parse
from catalogue_api.domain.rulebook import Rulebook
from catalogue_api.importing.iso_records import Read
from catalogue_api.importing.records import TitleRecord
from catalogue_api.importing.storing_titles import columns
from catalogue_api.importing.titles import title_of
from catalogue_api.services.call import Call
from catalogue_api.services.titles import searching as service
from catalogue_api.services.titles.reindexing import reindex
from catalogue_api.services.titles.suggesting import suggest
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.search import indexing, searching
from catalogue_api.storage.search.filters import Filters
from catalogue_api.storage.tables import Item, Loan, Patron, Site, Title

HITS = 20
_CHUNK = 2_000
_LENT = 8
"""One copy of so many is on loan."""

_CALL = Call(datetime(2026, 11, 23, 12, tzinfo=UTC), Rulebook(ZoneInfo("Europe/Paris")))
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.search --json")
def search(
    records: Annotated[int, typer.Option(min=10, help="How many titles.")] = 100_000,
    asked: Annotated[int, typer.Option("--questions", min=20, help="How many questions.")] = 500,
    seed: Annotated[int, typer.Option(help="Chance begins here.")] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure indexing and searching on both databases."""
    machine = this_machine()
    runs = [measure(url, records, asked, seed) for url in _databases()]
    if as_json:
        typer.echo(json.dumps({"machine": machine, "seed": seed, "runs": runs}))
        return
    for run in runs:
        index = run["index"]
        typer.echo(
            f"{run['database']}: {records} titles indexed in {index['seconds']} s"
            f" (processor {index['cpu_seconds']} s)"
        )
        for name, figures in run["asked"].items():
            clock, cpu = figures["ms"], figures["cpu_ms"]
            typer.echo(
                f"  {name}: p50 {clock['p50']} ms, p95 {clock['p95']} ms"
                f" (processor {cpu['p50']} and {cpu['p95']})"
            )


def _databases() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="ritournelle-bench-") as name:
        yield f"sqlite:///{Path(name) / 'catalogue.db'}"
    with postgres_server(durable=True) as server:
        yield server.create()


def measure(url: str, records: int, asked: int, seed: int) -> Figures:
    """Fill an empty database and measure it."""
    database = Database(url, threads=0)
    try:
        database.migrate()
        fill(database, records, seed)
        database.write_now(_forget_the_index)
        clock = database.read_now(partial(_clock, dialect=database.dialect))
        with _timed(clock) as index:
            found = reindex(database, lambda _: None)
        if found != records:
            raise AssertionError(f"{found} of {records} titles are in the index")
        return {
            "database": database.dialect,
            "titles": records,
            "index": {"seconds": round(index[0].clock, 1), "cpu_seconds": round(index[0].cpu, 1)},
            "asked": _ask(database, clock, questions(seed, asked)),
        }
    finally:
        database.close()


def fill(
    database: Database, records: int, seed: int, sites: Mapping[str, str] | None = None
) -> None:
    """Put titles with copies, sites and loans into an empty, migrated database.

    `sites`: other codes for those sites of `bench.records` that it names.
    """
    titles = (title_of(Read(RecordFormat.UNIMARC, record)) for record in generate(seed, records))
    database.write_now(_furnish)
    first, item = 1, 1
    while chunk := list(islice(titles, _CHUNK)):
        database.write_now(partial(_add, titles=chunk, first=first, item=item, sites=sites or {}))
        first += len(chunk)
        item += sum(len(title.items) for title in chunk)


def _furnish(session: Session) -> None:
    session.add(Patron(id=1, card="P1", family_name="Lectrice", given_name="Une"))


def _add(
    session: Session,
    titles: Sequence[TitleRecord],
    first: int,
    item: int,
    sites: Mapping[str, str],
) -> None:
    """Add titles under the numbers from `first` on, their copies under those from `item` on."""
    connection = session.connection()
    rows: list[dict[str, Any]] = []
    copies: list[dict[str, Any]] = []
    for number, title in enumerate(titles, first):
        key = {"source": title.source, "control_number": title.control_number}
        rows.append({"id": number} | key | columns(title.description))
        copies += [
            {
                "barcode": copy.barcode,
                "title_id": number,
                "home_site": sites.get(copy.home, copy.home),
                "current_site": sites.get(copy.current, copy.current),
                "status": copy.status.value,
            }
            for copy in title.items
        ]
    items = [copy | {"id": number} for number, copy in enumerate(copies, item)]
    for code in {copy["current_site"] for copy in copies}:
        if session.get(Site, code) is None:
            session.add(Site(code=code, name=code))
    session.flush()
    connection.execute(insert(Title), rows)
    connection.execute(insert(Item), items)
    lent = {"patron_id": 1, "started_at": _CALL.now, "due_on": date(2026, 12, 14)}
    loans = [{"item_id": copy["id"]} | lent for copy in items if copy["id"] % _LENT == 0]
    connection.execute(insert(Loan), loans)


def _forget_the_index(session: Session) -> None:
    connection = session.connection()
    ids = list(connection.execute(text("SELECT title_id FROM title_index")).scalars())
    for start in range(0, len(ids), _CHUNK):
        indexing.remove_titles(connection, ids[start : start + _CHUNK])
    for table in ("vocabulary", "spellings"):
        connection.execute(text("DELETE FROM " + table))


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of the clock, and of the processor."""

    clock: float
    cpu: float


Clock = Callable[[], Spent]


def _clock(session: Session, dialect: str) -> Clock:
    """Return what tells the time spent by this process, and by PostgreSQL for it."""
    if dialect == "sqlite":
        return lambda: Spent(time.perf_counter(), time.process_time())
    backend = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
    schedule = Path(f"/proc/{backend}/schedstat")

    def spent() -> Spent:
        there = int(schedule.read_text().split()[0]) / 1e9
        return Spent(time.perf_counter(), time.process_time() + there)

    return spent


@contextmanager
def _timed(clock: Clock) -> Iterator[list[Spent]]:
    """Measure the block; its figure is in the list afterwards."""
    found: list[Spent] = []
    before = clock()
    yield found
    after = clock()
    found.append(Spent(after.clock - before.clock, after.cpu - before.cpu))


def _ask(database: Database, clock: Clock, asked: Sequence[str]) -> Figures:
    """Ask every question in every way, once to warm up and once for the figures."""
    found = {}
    for name, ask in _WAYS.items():
        spent: list[Spent] = []
        for question in asked:
            work = partial(_asked, ask=ask, question=question)
            database.read_now(work)
            with _timed(clock) as one:
                database.read_now(work)
            spent += one
        found[name] = {
            "ms": _figures([1000 * one.clock for one in spent]),
            "cpu_ms": _figures([1000 * one.cpu for one in spent]),
        }
    return found


def _asked(session: Session, ask: Callable[[Session, str], None], question: str) -> None:
    ask(session, question)


def _figures(values: Sequence[float]) -> dict[str, float]:
    parts = quantiles(values, n=20)
    return {"p50": round(parts[9], 2), "p95": round(parts[18], 2), "max": round(max(values), 2)}


def _words(session: Session, question: str) -> None:
    connection, query = session.connection(), parse(question)
    searching.total(connection, query, Filters())
    searching.best(connection, query, Filters(), None, HITS)


def _with_facets(session: Session, question: str) -> None:
    _words(session, question)
    searching.facets(session.connection(), parse(question), Filters())


def _answer(session: Session, question: str) -> None:
    service.search(session, _CALL, Search(q=question, limit=HITS, cursor=""))


def _suggest(session: Session, question: str) -> None:
    suggest(session, _CALL, Suggest(q=question[: len(question) // 2 + 1]))


_WAYS: dict[str, Callable[[Session, str], None]] = {
    "count and 20 hits": _words,
    "with facets": _with_facets,
    "the whole answer": _answer,
    "suggestions": _suggest,
}


if __name__ == "__main__":
    app(prog_name="python -m bench.search")
