"""The floors of a check-in over HTTP: a bare aiohttp answer, and the same statements without us.

`python -m bench.bare_checkin json|sqlite|postgresql ADDRESS` serves on a free port of loopback
and prints it. The statements are those of one check-in of `catalogue_api`, word for word, run by
the bare driver; on SQLite by one thread that commits in groups, on PostgreSQL by threads of their
own. No contract, no rules: values are taken from the row and written back.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from queue import Empty, SimpleQueue
from threading import Thread, local
from typing import Any

import psycopg
from aiohttp import web
from psycopg.rows import tuple_row

from catalogue_api.web.serving import serve

_GROUP = 64
_THREADS = 8
Facts = dict[str, Any]
_ITEM = """SELECT items.id, items.title_id, items.status, items.home_site, items.current_site,
 items.destination, items.sent_at, items.to_shelve_since, items.shelf_mark, items.contents,
 titles.title, titles.volume, titles.author, titles.kind FROM items
 JOIN titles ON titles.id = items.title_id WHERE items.barcode = ?"""
_WANTED = """SELECT titles.id FROM titles
 WHERE titles.id = (SELECT title_id FROM items WHERE barcode = ?)
 AND EXISTS (SELECT 1 FROM holds WHERE holds.title_id = titles.id AND holds.status = 'waiting')
 FOR UPDATE OF titles"""
_LOAN = """SELECT id, started_at, due_on, ended_at, patron_id, site FROM loans WHERE item_id = ?
 ORDER BY ended_at IS NULL DESC, started_at DESC, id DESC LIMIT 1"""
_CAUGHT = """SELECT id, pickup_site, status, patron_id FROM holds
 WHERE item_id = ? AND status IN ('captured', 'ready')"""
_FIRST = """SELECT id, pickup_site, status, patron_id FROM holds WHERE title_id = ?
 AND status = 'waiting' AND (NOT paused OR paused_until < ?)
 AND (wanted_item_id IS NULL OR wanted_item_id = ?)
 ORDER BY staff_priority DESC, placed_at, id LIMIT 1"""
_MOVE = """UPDATE items SET status = ?, current_site = ?, destination = ?, sent_at = ?,
 to_shelve_since = ?, local_uses = local_uses + ? WHERE id = ?"""
_RECORD = """INSERT INTO returns (return_id, kiosk, staff, site, barcode, item_id, loan_id, hold_id,
 owner, warnings, occurred_at, received_at, body_hash, outcome, answer, before, security, undone_by)
 VALUES (?, ?, '', ?, ?, ?, ?, NULL, '', '[]', ?, ?, ?, 'returned', ?, '', 'pending', '')"""


def check_in(run: Callable[[str, tuple[Any, ...]], Any], facts: Facts, lock: str) -> bytes:
    """Do what one check-in asks of the database, and return a body like its answer."""
    now = datetime.now(UTC)
    token_hash = sha256(facts["token"].encode()).hexdigest()
    kiosk = run(
        "SELECT kiosks.name, kiosks.site, sites.name FROM kiosks JOIN sites ON sites.code ="
        " kiosks.site WHERE kiosks.token_hash = ? AND kiosks.revoked_at IS NULL",
        (token_hash,),
    ).fetchone()
    run("SELECT version FROM rulebook", ()).fetchone()
    run("SELECT body_hash, answer FROM returns WHERE return_id = ?", (facts["id"],)).fetchone()
    if lock:
        run(_WANTED, (facts["barcode"],)).fetchone()
    item = run(_ITEM + lock, (facts["barcode"],)).fetchone()
    loan = run(_LOAN, (item[0],)).fetchone()
    run(_CAUGHT, (item[0],)).fetchone()
    run(_FIRST, (item[1], now.date().isoformat(), item[0])).fetchone()
    run("UPDATE loans SET ended_at = ? WHERE id = ?", (str(now), loan[0]))
    run(_MOVE, (item[2], kiosk[1], None, None, str(now), 0, item[0]))
    answer = json.dumps({"return_id": facts["id"], "outcome": "returned", "title": item[10]})
    run(
        _RECORD,
        (
            facts["id"], kiosk[0], kiosk[1], facts["barcode"], item[0], loan[0], str(now),
            str(now), token_hash, answer,
        ),
    )  # fmt: skip
    return answer.encode()


class BareSqlite:
    """One thread that writes with `sqlite3`, a group of requests in each durable commit."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting: SimpleQueue[tuple[Facts, Future[bytes]]] = SimpleQueue()
        Thread(target=self._run, daemon=True).start()

    def submit(self, facts: Facts) -> Future[bytes]:
        """Queue a check-in."""
        future: Future[bytes] = Future()
        self._waiting.put((facts, future))
        return future

    def _run(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        while True:
            group = [self._waiting.get()]
            while len(group) < _GROUP:
                try:
                    group.append(self._waiting.get_nowait())
                except Empty:
                    break
            connection.execute("BEGIN IMMEDIATE")
            answers = [check_in(connection.execute, facts, "") for facts, _ in group]
            connection.execute("COMMIT")
            for (_, future), answer in zip(group, answers, strict=True):
                future.set_result(answer)


class BarePostgres:
    """Threads with a connection each, a transaction for each check-in."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._pool = ThreadPoolExecutor(_THREADS)
        self._own = local()

    def submit(self, facts: Facts) -> Future[bytes]:
        """Run a check-in as soon as a thread is free."""
        return self._pool.submit(self._work, facts)

    def _work(self, facts: Facts) -> bytes:
        connection: psycopg.Connection[Any] | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = psycopg.connect(self._address, row_factory=tuple_row)
            self._own.connection = connection

        def run(sql: str, values: tuple[Any, ...]) -> Any:  # noqa: ANN401 - the driver's cursor
            return connection.execute(sql.replace("?", "%s").encode(), values)

        with connection.transaction():
            return check_in(run, facts, " FOR UPDATE OF items")


def _app(kind: str, address: str) -> web.Application:
    stores: dict[str, Callable[[str], BareSqlite | BarePostgres]] = {
        "sqlite": BareSqlite,
        "postgresql": BarePostgres,
    }
    store = stores[kind](address) if kind in stores else None

    async def answer(request: web.Request) -> web.Response:
        body = json.loads(await request.read())
        if store is None:
            said = json.dumps({"return_id": body["return_id"], "outcome": "returned"}).encode()
            return web.Response(body=said, content_type="application/json")
        token = request.headers["Authorization"].removeprefix("Bearer ")
        facts = {"token": token, "id": body["return_id"], "barcode": body["barcode"]}
        said = await asyncio.wrap_future(store.submit(facts))
        return web.Response(body=said, content_type="application/json")

    app = web.Application()
    app.router.add_post("/v1/kiosks/{kiosk}/returns", answer)
    return app


def main(kind: str, address: str = "") -> None:
    """Serve until stopped."""

    def ready(url: str) -> None:
        print(json.dumps({"ready": True, "port": int(url.rsplit(":", 1)[1])}), flush=True)

    asyncio.run(serve(_app(kind, address), "127.0.0.1", 0, ready))


if __name__ == "__main__":
    main(*sys.argv[1:])
