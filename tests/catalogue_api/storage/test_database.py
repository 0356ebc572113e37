import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import text
from sqlmodel import Session

from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageConflict, StorageError, StorageUnavailable
from catalogue_api.storage.tables import Site


@pytest.fixture
def database(template: Path, tmp_path: Path):
    shutil.copy(template, tmp_path / "c.db")
    database = Database(f"sqlite:///{tmp_path / 'c.db'}")
    database.write_now(lambda session: session.execute(text("CREATE TABLE t (n UNIQUE, pad)")))
    yield database
    database.close()


def stored(database: Database) -> set[int]:
    return set(
        database.read_now(lambda session: session.execute(text("SELECT n FROM t")).scalars().all())
    )


def put(n: int, pad: str = ""):
    def work(session: Session) -> int:
        session.execute(text("INSERT INTO t VALUES (:n, :pad)"), {"n": n, "pad": pad})
        return n

    return work


async def in_one_group(database: Database, works: list) -> list:
    """Hold the writer with a first unit until all the others wait, so that they form a group."""
    held, go = Event(), Event()

    def hold(session: Session) -> None:
        held.set()
        go.wait(5)

    first = asyncio.ensure_future(database.write(hold))
    await asyncio.to_thread(held.wait, 5)
    others = [asyncio.ensure_future(database.write(work)) for work in works]
    await asyncio.sleep(0)
    go.set()
    await first
    return await asyncio.gather(*others, return_exceptions=True)


async def test_a_unit_that_raises_does_not_touch_its_neighbours(database) -> None:
    def fail(session: Session) -> None:
        put(99)(session)
        raise ValueError("no")

    results = await in_one_group(database, [put(1), fail, put(2), put(1), put(3)])
    assert results[0] == 1
    assert isinstance(results[1], ValueError)
    assert results[2] == 2
    assert isinstance(results[3], StorageConflict)
    assert results[4] == 3
    assert stored(database) == {1, 2, 3}


async def test_an_orm_conflict_does_not_touch_its_neighbours(database) -> None:
    def site(code: str):
        return lambda session: session.add(Site(code=code, name="x"))

    results = await in_one_group(database, [site("a"), put(1), site("a"), put(2), site("b")])
    assert [isinstance(result, StorageConflict) for result in results] == [
        False, False, True, False, False,
    ]  # fmt: skip
    assert stored(database) == {1, 2}
    codes = database.read_now(lambda session: session.execute(text("SELECT code FROM sites")).all())
    assert codes == [("a",), ("b",)]


@pytest.mark.parametrize("swallow", [False, True])
async def test_a_full_disk_in_mid_group_tells_each_unit_the_truth(database, swallow) -> None:
    def limit(session: Session) -> None:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()
        session.execute(text(f"PRAGMA max_page_count={pages + 4}"))

    def big(session: Session) -> int:
        try:
            return put(50, "x" * 200_000)(session)
        except Exception:
            if not swallow:
                raise
            return 50

    results = await in_one_group(database, [limit, *map(put, range(10)), big, put(10), put(11)])
    acknowledged = {result for result in results if isinstance(result, int)}
    assert isinstance(results[11], StorageUnavailable)
    assert stored(database) == acknowledged == set(range(12))
    assert await database.write(put(12)) == 12


async def test_a_failed_commit_voids_the_group_and_each_unit_is_replayed(database) -> None:
    def deferred(session: Session) -> None:
        """Break a rule that SQLite looks at only at the COMMIT."""
        session.execute(text("PRAGMA defer_foreign_keys=ON"))
        session.execute(
            text(
                "INSERT INTO kiosks (name, site, token_hash, created_at)"
                " VALUES ('k', 'nowhere', 'x', '2026-01-01 00:00:00')"
            )
        )

    results = await in_one_group(database, [put(1), deferred, put(2)])
    assert results[0] == 1
    assert isinstance(results[1], StorageConflict)
    assert results[2] == 2
    assert stored(database) == {1, 2}


async def test_a_locked_database_is_unavailable_and_nothing_is_stored(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'c.db'}", busy_ms=20)
    database.write_now(lambda session: session.execute(text("CREATE TABLE t (n UNIQUE, pad)")))
    other = sqlite3.connect(tmp_path / "c.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageUnavailable, match="locked"):
        await database.write(put(1))
    other.execute("ROLLBACK")
    other.close()
    assert await database.write(put(2)) == 2
    assert stored(database) == {2}
    database.close()
    with pytest.raises(StorageUnavailable):
        await database.write(put(3))


async def test_a_unit_cancelled_before_its_turn_never_runs(database) -> None:
    held, go = Event(), Event()

    def hold(session: Session) -> None:
        held.set()
        go.wait(5)

    first = asyncio.ensure_future(database.write(hold))
    await asyncio.to_thread(held.wait, 5)
    given_up = asyncio.ensure_future(database.write(put(1)))
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.sleep(0)
    go.set()
    await first
    await database.write(put(2))
    assert stored(database) == {2}


def test_a_unit_that_stops_the_thread_is_told_to_its_caller_and_the_writer_lives_on(
    database,
) -> None:
    def stop(session: Session) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        database.write_now(stop)
    database.write_now(put(1))
    assert stored(database) == {1}


def test_closing_finishes_what_waits(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'c.db'}")
    database.write_now(lambda session: session.execute(text("CREATE TABLE t (n UNIQUE, pad)")))
    waiting = [database._writer.submit(put(n)) for n in range(200)]
    database.close()
    assert [future.result(0) for future in waiting] == list(range(200))
    database.close()


async def test_a_read_sees_one_snapshot_and_cannot_write(database) -> None:
    def count(session: Session) -> int:
        return session.execute(text("SELECT count(*) FROM t")).scalar_one()

    def before_and_after(session: Session) -> tuple[int, int]:
        before = count(session)
        database.write_now(put(1))
        return before, count(session)

    assert await database.read(before_and_after) == (0, 0)
    assert await database.read(count) == 1
    with pytest.raises(StorageUnavailable, match="readonly"):
        await database.read(put(2))


async def test_everything_can_run_in_the_caller(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'c.db'}", threads=0)
    database.write_now(lambda session: session.execute(text("CREATE TABLE t (n UNIQUE, pad)")))
    assert await database.write(put(1)) == 1
    with pytest.raises(StorageConflict):
        await database.write(put(1))
    assert stored(database) == {1}
    database.close()


@pytest.mark.server
def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'c.db'}")
    database.migrate()
    database.write_now(lambda session: session.execute(text("CREATE TABLE t (n)")))
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"c.db": 0o600, "c.db-wal": 0o600, "c.db-shm": 0o600}
    database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://u:secret@h/d", "x"])
def test_an_address_that_is_no_file_is_refused_without_repeating_secrets(url) -> None:
    with pytest.raises(StorageError, match="sqlite:///FILE") as refusal:
        Database(url)
    assert "secret" not in str(refusal.value)


KILLED = """
import asyncio, sys
from sqlalchemy import text
from catalogue_api.storage.engine.database import Database
database = Database(sys.argv[1])
database.write_now(lambda session: session.execute(text("CREATE TABLE t (n)")))
async def one(n):
    await database.write(lambda session: session.execute(text(f"INSERT INTO t VALUES ({n})")) and 0)
    print(n, flush=True)
async def main():
    for start in range(0, 10**6, 16):
        await asyncio.gather(*(one(n) for n in range(start, start + 16)))
asyncio.run(main())
"""


@pytest.mark.kill
@pytest.mark.server
def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'c.db'}"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, url], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(200)]
        os.kill(child.pid, signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().split("\n")[:-1]]
    database = Database(url)
    assert set(told) <= stored(database)
    database.close()
