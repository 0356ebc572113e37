"""How fast the pages of the desk come, and how heavy they are, with a large catalogue behind them.

`python -m bench.pages` fills a SQLite catalogue (the search index too), with a busy day on it, and
opens each page one after the other as a browser does that takes gzip. "First" is what a browser
loads that was never here: the page with its style and scripts; "then" is the page alone. "cpu" is
what a page costs this process, browser's part included: it hardly depends on what else runs.
"""

import gzip
import json
import re
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from typing import Annotated, Any
from uuid import UUID

import typer
from sqlalchemy import Connection, insert, update
from sqlmodel import Session, col

from bench.small_library import SmallLibrary
from catalogue_api.domain.roles import Role
from catalogue_api.storage.tables import Anomaly, Hold, Item, Loan, Patron, Return, Title
from catalogue_api.web import logs

PAGES = ("/desk/today", "/desk/today?only=picks", "/desk/scan", "/desk/scan?reader=1",
         "/desk/sites/CENTRALE/shelving", "/desk/readers/1",
         "/desk/readers/1/history", "/desk/readers/new",
         "/desk/holds", "/desk/holds?state=ready", "/desk/holds/1", "/desk/titles/1007/holds",
         "/desk/holds/to-tell", "/desk/holds/slips",
         "/desk/titles", "/desk/titles?q=titre", "/desk/titles/1007", "/desk/titles/1007/edit",
         "/desk/items/30000000002014", "/desk/kiosks", "/desk/kiosks/hall",
         "/desk/returns?q=30000000002014", "/desk/returns?around=12:00&kiosk=hall",
         "/desk/help")  # fmt: skip
_CHUNK = 2_000
_FIRST = 1_000  # number of the first title, and reader; a small library stands before it
_QUEUE = 120  # readers who wait for one title, and for whom something else is ready
_DAY = {"picks": 60, "caught": 40, "arrivals": 40, "leaving": 40, "baskets": 150, "inbox": 20}
_RETURNS = 100_000  # of the four months that are looked up
_LOADED = re.compile(rb'(?:src|href)="(/desk/static/[\w.-]+)"')
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command(epilog="Example: .venv/bin/python -m bench.pages --json")
def pages(
    records: Annotated[int, typer.Option(min=2_000, help="How many titles.")] = 100_000,
    times: Annotated[int, typer.Option(min=20, help="How often each page is opened.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Measure the pages of the desk."""
    logs.configure()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), records, times)
    if as_json:
        print(json.dumps(figures))
        return
    for path, found in figures["pages"].items():
        print(
            f"{path:32} p50 {found['p50']:6.1f} ms  p95 {found['p95']:6.1f} ms  "
            f"cpu {found['cpu']:5.1f} ms  "
            f"first {found['first'] / 1000:5.1f} kB  then {found['then'] / 1000:5.1f} kB"
        )


def measure(folder: Path, records: int, times: int) -> Figures:
    """Fill a library, and open each page so often."""
    library = SmallLibrary(folder)
    for start in range(0, records, _CHUNK):
        numbers = range(_FIRST + start, _FIRST + min(start + _CHUNK, records))
        library.database.write_now(partial(_fill, numbers=numbers))
    library.database.write_now(_a_busy_day)
    library.database.write_now(_reserve)
    library.database.write_now(_bring_back)
    token = library.tokens()[Role.LIBRARIAN]
    cookies = f"ritournelle_desk={token}; ritournelle_site=CENTRALE"
    with library.served():
        browser = HTTPConnection(library.address.removeprefix("http://"), timeout=30)
        found = {path: _opened(browser, path, cookies, times) for path in PAGES}
        browser.close()
    return {"records": records, "times": times, "pages": found}


def _opened(browser: HTTPConnection, path: str, cookies: str, times: int) -> Figures:
    packed, body = _get(browser, path, cookies)
    others = {name: _get(browser, name.decode(), cookies)[0] for name in _LOADED.findall(body)}
    took = []
    busy = time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        _get(browser, path, cookies)
        took.append((time.perf_counter() - began) * 1000)
    cuts = quantiles(took, n=20)
    return {
        "p50": round(cuts[9], 2),
        "p95": round(cuts[18], 2),
        "cpu": round((time.process_time() - busy) * 1000 / times, 2),
        "then": packed,
        "first": packed + sum(others.values()),
    }


def _get(browser: HTTPConnection, path: str, cookies: str) -> tuple[int, bytes]:
    """Return how many bytes travelled, and what they say."""
    headers = {"Cookie": cookies, "Accept-Encoding": "gzip"}
    browser.request("GET", path, headers=headers)
    answer = browser.getresponse()
    raw = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path}: {answer.status}")
    return len(raw), gzip.decompress(raw) if answer.getheader("Content-Encoding") else raw


def _fill(session: Session, numbers: range) -> None:
    """Put titles there with two copies each; of every eighth title both are on loan."""
    connection = session.connection()
    connection.execute(
        insert(Title),
        [
            {"id": one, "source": "b", "control_number": str(one), "title": f"Titre {one}",
             "author": f"Auteur {one % 977}"}
            for one in numbers
        ],
    )  # fmt: skip
    copies = [
        {"id": 2 * one + nth, "barcode": f"3{2 * one + nth:013}", "title_id": one,
         "shelf_mark": f"R AUT {one % 977}", "home_site": site, "current_site": site}
        for one in numbers
        for nth, site in enumerate(("CENTRALE", "ANNEXE"))
    ]  # fmt: skip
    connection.execute(insert(Item), copies)
    now = datetime.now(UTC)
    lent = {"patron_id": 1, "started_at": now, "due_on": now.date() + timedelta(days=20)}
    loans = [{"item_id": 2 * one + nth} | lent for one in numbers if one % 8 == 0 for nth in (0, 1)]
    connection.execute(insert(Loan), loans)


def _a_busy_day(session: Session) -> None:
    """Give the central library a long day, and everybody something to wait for."""
    connection, now = session.connection(), datetime.now(UTC)
    waits = {"patron_id": 2, "pickup_site": "CENTRALE", "placed_at": now}
    holds = [
        {"title_id": one} | waits for one in range(_FIRST + 1, _FIRST + 1 + 8 * _DAY["picks"], 8)
    ]
    connection.execute(insert(Hold), holds)
    caught = range(_FIRST + 2, _FIRST + 2 + 8 * _DAY["caught"], 8)
    taken = waits | {"status": "captured", "captured_at": now}
    connection.execute(
        insert(Hold), [{"title_id": one, "item_id": 2 * one} | taken for one in caught]
    )
    _move(connection, 3, _DAY["leaving"], 0, destination="ANNEXE")
    _move(connection, 4, _DAY["arrivals"], 1, destination="CENTRALE", sent_at=now)
    _move(connection, 5, _DAY["baskets"], 0, to_shelve_since=now)
    odd = {"kind": "unknown_item", "at": now, "site": "CENTRALE", "kiosk": "hall"}
    connection.execute(
        insert(Anomaly), [{"barcode": f"999{one}"} | odd for one in range(_DAY["inbox"])]
    )


def _reserve(session: Session) -> None:
    """Let many readers wait for one title, and as many fetch something that is ready."""
    connection, now = session.connection(), datetime.now(UTC)
    readers = range(_FIRST, _FIRST + _QUEUE)
    session.add_all(Patron(id=one, card=f"R{one}", family_name=f"Lecteur {one}") for one in readers)
    session.flush()
    waits = {"title_id": _FIRST + 7, "pickup_site": "CENTRALE", "placed_at": now}
    connection.execute(insert(Hold), [{"patron_id": one} | waits for one in readers])
    ready = {"pickup_site": "CENTRALE", "placed_at": now, "status": "ready", "captured_at": now,
             "ready_at": now, "expires_on": now.date() + timedelta(days=10)}  # fmt: skip
    of = [(one, _FIRST + 6 + 8 * (one - _FIRST)) for one in readers]
    connection.execute(
        insert(Hold),
        [
            {"patron_id": one, "title_id": title, "item_id": 2 * title, "shelf_number": title}
            | ready
            for one, title in of
        ],
    )


def _bring_back(session: Session) -> None:
    """Let a kiosk have taken in one copy after the other for four months; some lie in its bins."""
    now, step = datetime.now(UTC), timedelta(days=120) / _RETURNS
    said = {"kiosk": "hall", "site": "CENTRALE", "staff": "", "outcome": "not_on_loan",
            "answer": "{}", "body_hash": "", "bin": "2", "security": "secured"}  # fmt: skip
    for start in range(0, _RETURNS, _CHUNK):
        rows = []
        for nth in range(start, start + _CHUNK):
            item, at = 2 * (_FIRST + nth % _FIRST), now - step * nth
            rows.append(
                {"return_id": str(UUID(int=nth)), "item_id": item, "barcode": f"3{item:013}",
                 "occurred_at": at, "received_at": at} | said
            )  # fmt: skip
        session.connection().execute(insert(Return), rows)


def _move(connection: Connection, first: int, number: int, nth: int, **values: object) -> None:
    """Change one copy of so many titles."""
    titles = range(_FIRST + first, _FIRST + first + 8 * number, 8)
    of = [2 * one + nth for one in titles]
    connection.execute(update(Item).where(col(Item.id).in_(of)).values(**values))


if __name__ == "__main__":
    app()
