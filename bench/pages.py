"""How fast the pages of the desk come, and how heavy they are, with a large catalogue behind them.

`python -m bench.pages` fills a catalogue (the search index too) with a year and a long day, serves
it with the real program, and opens every page of `bench.desk_pages` one after the other, as a
browser does that takes gzip and keeps what it may. "First" is what travels to a browser that was
never here: the page with its style, scripts and icon; "then" what travels when it comes again.
"""

import asyncio
import gzip
import json
import os
import platform
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any

import typer
from sqlmodel import Session

from bench.desk_pages import PAGES, SETTINGS
from bench.postgres import postgres_server
from bench.year import STAFF, TOKEN, Town, furnish
from catalogue_api.services import sessions
from catalogue_api.storage.database import Database
from catalogue_api.storage.tables import Staff
from simulator.demo.programs import running

ALL = (*PAGES, *(f"/desk/settings{page}" for page in SETTINGS))
_COOKIES = f"ritournelle_desk={TOKEN}; ritournelle_site=cachan"
_LOADED = re.compile(rb'<(?:link|script)[^>]* (?:src|href)="(/static/[^"]+)"')
_STATUS_LINE = 17  # bytes: "HTTP/1.1 200 OK" and its end
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.pages --json")
def pages(
    records: Annotated[int, typer.Option(min=100, help="How many titles.")] = 100_000,
    times: Annotated[int, typer.Option(min=20, help="How often each page is opened.")] = 100,
    postgresql: Annotated[bool, typer.Option("--postgresql", help="Not on SQLite.")] = False,
    library: Annotated[
        Path | None, typer.Option(help="A SQLite file: kept, and filled if it is not there.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the pages of the desk."""
    town = Town(records, readers=records // 8 + 100, loans=records * 2)
    with _address(library, postgresql=postgresql) as url:
        figures = asyncio.run(measure(url, town, times))
    if as_json:
        typer.echo(json.dumps(figures))
        return
    for path, found in figures["pages"].items():
        typer.echo(
            f"{path:44} p50 {found['p50']:6.1f} ms  p95 {found['p95']:6.1f} ms  "
            f"first {found['first'] / 1000:5.1f} kB  then {found['then'] / 1000:5.1f} kB"
        )


@contextmanager
def _address(library: Path | None, *, postgresql: bool) -> Iterator[str]:
    if postgresql:
        with postgres_server(durable=True) as server:
            yield server.create()
    elif library is not None:
        yield f"sqlite:///{library}"
    else:
        with tempfile.TemporaryDirectory(prefix="ritournelle-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'catalogue.db'}"


async def measure(url: str, town: Town, times: int) -> Figures:
    """Fill a library unless it is filled, serve it, and open each page so often."""
    _prepare(url, town)
    os.environ["RITOURNELLE_API_DATABASE"] = url
    with tempfile.NamedTemporaryFile(suffix=".log") as log:
        async with running("ritournelle-api", ["serve", "--port", "0"], Path(log.name)) as ready:
            found = await asyncio.to_thread(_open_all, int(ready["port"]), times)
    del os.environ["RITOURNELLE_API_DATABASE"]
    load = [round(one, 1) for one in os.getloadavg()]
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "load": load}
    return {"machine": machine, "titles": town.titles, "times": times, "pages": found}


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
    sessions.open_staff_session(session, STAFF, TOKEN, "csrf", now)


def _open_all(port: int, times: int) -> Figures:
    return {path: _opened(port, path, times) for path in ALL}


def _opened(port: int, path: str, times: int) -> Figures:
    browser = Browser(HTTPConnection("127.0.0.1", port, timeout=60))
    first, then = browser.visit(path), browser.visit(path)
    took = []
    for _ in range(times):
        began = time.perf_counter()
        browser.get(path)
        took.append((time.perf_counter() - began) * 1000)
    browser.connection.close()
    cuts = quantiles(took, n=20)
    return {"p50": round(cuts[9], 2), "p95": round(cuts[18], 2), "first": first, "then": then}


@dataclass(slots=True)
class Browser:
    """Asks for pages and what belongs to them; `kept` is what it has, by address."""

    connection: HTTPConnection
    kept: dict[str, HTTPMessage] = field(default_factory=dict)

    def visit(self, path: str) -> int:
        """Return how many bytes travel here, heads included, for a page and all that it loads."""
        travelled, body = self.get(path)
        for address in dict.fromkeys(_LOADED.findall(body)):
            travelled += self._load(address.decode())
        return travelled

    def get(self, path: str, asked: Mapping[str, str] | None = None) -> tuple[int, bytes]:
        """Return how many bytes travel here for one address, and what they say."""
        headers = {"Cookie": _COOKIES, "Accept-Encoding": "gzip", **(asked or {})}
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        raw = answer.read()
        if answer.status >= 500 or 300 <= answer.status < 304:
            raise SystemExit(f"{path}: {answer.status}")
        if answer.status == 200:
            self.kept[path] = answer.headers
        head = sum(len(name) + len(value) + 4 for name, value in answer.getheaders())
        packed = answer.getheader("Content-Encoding") == "gzip"
        return len(raw) + head + _STATUS_LINE, gzip.decompress(raw) if packed else raw

    def _load(self, address: str) -> int:
        kept = self.kept.get(address)
        if kept is None:
            return self.get(address)[0]
        if "immutable" in kept.get("Cache-Control", ""):
            return 0
        return self.get(address, {"If-None-Match": kept.get("ETag", "")})[0]


if __name__ == "__main__":
    app()
