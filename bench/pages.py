"""How fast the pages come, of desk and portal, and how heavy they are, with a large catalogue.

`python -m bench.pages` fills a catalogue (the search index too) with a year and a long day, serves
it with the real program, and opens every page of `bench.desk_pages` and `bench.portal_pages` one
after the other, as a browser does that takes gzip and keeps what it may. "First" is what travels to
a browser that was never here: the page with its style, scripts and icon; "then" what travels when
it comes again.

Between two looks at a page it looks at a page that asks the database for nothing but who is signed
in. What a page costs over that floor, and the processor time that the server (and PostgreSQL) spent
on it, say more than the clock where other programs want the same processors.
"""

import asyncio
import json
import os
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from typing import Annotated, Any

import psycopg
import typer
from sqlmodel import Session

from bench.browser import Browser
from bench.databases import empty_database
from bench.desk_pages import PAGES, SEARCHES, SETTINGS, long_pages
from bench.portal_pages import PAGES as PORTAL
from bench.processor import descendants, spent_ms
from bench.this_machine import this_machine
from bench.year import CSRF, STAFF, TOKEN, Town, furnish
from catalogue_api.services.staff import sessions
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.tables import Staff
from simulator.demo.programs import running

FLOOR = "/desk/help"
_COOKIES = f"ritournelle_desk={TOKEN}; ritournelle_site=cachan"
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.pages --json")
def pages(
    records: Annotated[int, typer.Option(min=100, help="How many titles.")] = 100_000,
    times: Annotated[int, typer.Option(min=20, help="How often each page is opened.")] = 100,
    postgresql: Annotated[bool, typer.Option("--postgresql", help="Not on SQLite.")] = False,
    library: Annotated[
        str, typer.Option(help="A SQLite file, or an address: kept; filled if it is empty.")
    ] = "",
    only: Annotated[str, typer.Option(help="Only pages whose address holds this.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the pages of the desk, and those of the portal that anybody sees."""
    town = Town(records, readers=records // 8 + 100, loans=records * 2)
    with _address(library, postgresql=postgresql) as url:
        figures = asyncio.run(measure(url, town, times, only))
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for path, found in figures["pages"].items():
        typer.echo(
            f"{path:44} p50 {found['p50']:6.1f} ms  p95 {found['p95']:6.1f} ms  "
            f"processor {found['processor_p50']:6.1f} {found['processor_p95']:6.1f} ms  "
            f"over the floor {found['over_floor']:5.1f}  "
            f"first {found['first'] / 1000:5.1f} kB  then {found['then'] / 1000:5.1f} kB"
        )


@contextmanager
def _address(library: str, *, postgresql: bool) -> Iterator[str]:
    if library:
        yield library if "://" in library else f"sqlite:///{Path(library).absolute()}"
    else:
        with empty_database("postgresql" if postgresql else "sqlite") as (url, _):
            yield url


async def measure(url: str, town: Town, times: int, only: str = "") -> Figures:
    """Fill a library unless it is filled, serve it, and open each page so often."""
    _prepare(url, town)
    chosen = [one for one in all_looks(datetime.now(UTC).date()) if only in one.name]
    program = ("ritournelle-api", ["serve", "--port", "0"])
    where = {"RITOURNELLE_API_DATABASE": url}
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        async with running(*program, Path(log.name), where) as ready:
            look = partial(_opened, port=int(ready["port"]), url=url, times=times)
            found = await asyncio.to_thread(lambda: {one.name: look(one) for one in chosen})
    return {"machine": this_machine(), "titles": town.titles, "times": times, "pages": found}


@dataclass(frozen=True, slots=True)
class Look:
    """A page to open, or with `words` a form to send that only looks."""

    path: str
    words: str = ""

    @property
    def name(self) -> str:
        """What it is called among the figures."""
        return f"{self.path} « {self.words} »" if self.words else self.path

    @property
    def form(self) -> dict[str, str] | None:
        """The fields that are sent."""
        return {"csrf": CSRF, "words": self.words} if self.words else None


def all_looks(today: date) -> list[Look]:
    """Return what is measured."""
    settings = (f"/desk/settings{page}" for page in SETTINGS)
    plain = [Look(path) for path in (*PAGES, *settings, *long_pages(today), *PORTAL)]
    return plain + [Look(*search) for search in SEARCHES]


def _prepare(url: str, town: Town) -> None:
    database, now = Database(url, threads=0), datetime.now(UTC)
    try:
        database.migrate()
        if not database.read_now(_is_filled):
            furnish(database, town, now)
        database.write_now(partial(_sign_in, now=now))
    finally:
        database.close()


def _is_filled(session: Session) -> bool:
    return session.get(Staff, STAFF) is not None


def _sign_in(session: Session, now: datetime) -> None:
    sessions.end_all_of_staff(session, STAFF)
    sessions.open_staff_session(session, STAFF, TOKEN, CSRF, now)


def _backends(url: str) -> list[int]:
    """Return the processes by which a PostgreSQL on this machine answers."""
    if url.startswith("sqlite"):
        return []
    with psycopg.connect(url) as connection:
        asked = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        return [row[0] for row in connection.execute(asked)]


def _opened(look: Look, port: int, url: str, times: int) -> Figures:
    browser = Browser(HTTPConnection("127.0.0.1", port, timeout=60), _COOKIES)
    first, then = browser.visit(look.path, look.form), browser.visit(look.path, look.form)
    browser.get(FLOOR)
    processes = [*descendants(os.getpid()), *_backends(url)]
    page, floor = Taken(), Taken()
    for _ in range(times):
        floor.add(partial(browser.get, FLOOR), processes)
        page.add(partial(browser.get, look.path, look.form), processes)
    browser.connection.close()
    return {
        **page.figures(),
        "over_floor": round(median(page.processor) / median(floor.processor), 2),
        "first": first,
        "then": then,
    }


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds that each look took by the clock, and of the server's processors."""

    clock: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def add(self, look: Callable[[], object], processes: Collection[int]) -> None:
        """Take the time of one look."""
        spent, began = spent_ms(processes), time.perf_counter()
        look()
        self.clock.append((time.perf_counter() - began) * 1000)
        self.processor.append(spent_ms(processes) - spent)

    def figures(self) -> Figures:
        """Return the medians and the 95th percentiles."""
        named = (("", self.clock), ("processor_", self.processor))
        return {
            f"{name}p{5 * (place + 1)}": round(quantiles(took, n=20)[place], 2)
            for name, took in named
            for place in (9, 18)
        }


if __name__ == "__main__":
    app()
