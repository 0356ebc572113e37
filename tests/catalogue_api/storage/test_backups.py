import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from catalogue_api.storage.engine import backups, schema
from catalogue_api.storage.engine.database import Database
from catalogue_api.storage.engine.errors import StorageDamaged, StorageError, StorageUnavailable


def told(_done: int, _total: int) -> None: ...


@pytest.fixture
def library(template: Path, tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.db"
    path.write_bytes(template.read_bytes())
    return path


def add_site(database: Database, code: str) -> None:
    database.write_now(
        lambda db: db.execute(text("INSERT INTO sites VALUES (:code, :code, 1)"), {"code": code})
    )


def sites(path: Path) -> list[str]:
    database = Database(f"sqlite:///{path}", threads=0)
    found = database.read_now(lambda db: db.execute(text("SELECT code FROM sites")).scalars().all())
    database.close()
    return sorted(found)


def test_a_copy_made_under_load_is_one_instant_and_nobody_waits(library, tmp_path) -> None:
    database = Database(f"sqlite:///{library}", busy_ms=0)
    big = "x" * 4000
    for _ in range(40):  # some megabytes, so that the copy takes many steps
        database.write_now(
            lambda db: db.execute(
                text("INSERT INTO job_runs (job, started_at, report) VALUES ('x', '2026', :big)"),
                [{"big": big}] * 40,
            )
        )
    steps, written = [], []

    def write_beside(done: int, total: int) -> None:
        steps.append((done, total))
        written.append(f"s{len(written)}")
        add_site(database, written[-1])  # with no patience at all: busy_ms=0

    target = tmp_path / "copy.db"
    backups.back_up(library, target, write_beside)
    assert len(steps) > 2
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})  # it never began anew
    assert sites(target) == []
    assert sites(library) == sorted(written)
    assert [path.name for path in tmp_path.iterdir() if "unfinished" in path.name] == []
    assert backups.require_sound(target) == schema.head()
    assert target.stat().st_mode & 0o077 == 0
    database.close()


def test_writers_in_other_threads_go_on_while_it_is_copied(library, tmp_path) -> None:
    database = Database(f"sqlite:///{library}")
    stop = threading.Event()
    done = []

    def write() -> None:
        while not stop.is_set():
            add_site(database, f"s{len(done)}")
            done.append(1)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backups.back_up(library, tmp_path / f"{number}.db", told)
    finally:
        stop.set()
        writer.join()
    counts = [len(sites(tmp_path / f"{number}.db")) for number in range(5)]
    assert counts == sorted(counts)
    assert counts[-1] <= len(done)
    database.close()


def test_a_copy_is_put_back(library, tmp_path) -> None:
    database = Database(f"sqlite:///{library}", threads=0)
    add_site(database, "before")
    copy = tmp_path / "copy.db"
    backups.back_up(library, copy, told)
    add_site(database, "after")
    with pytest.raises(StorageUnavailable, match="is in use"):
        backups.restore(copy, library, told)
    assert sites(library) == ["after", "before"]
    database.close()
    kept = backups.restore(copy, library, told)
    assert kept is not None
    assert sites(library) == ["before"]
    assert sites(kept) == ["after", "before"]
    elsewhere = tmp_path / "elsewhere.db"
    assert backups.restore(copy, elsewhere, told) is None
    assert sites(elsewhere) == ["before"]


def test_a_reader_that_only_idles_counts_as_in_use(library, tmp_path) -> None:
    copy = tmp_path / "copy.db"
    backups.back_up(library, copy, told)
    idle = sqlite3.connect(library)
    idle.execute("SELECT count(*) FROM sites").fetchone()
    with pytest.raises(StorageUnavailable, match="is in use"):
        backups.restore(copy, library, told)
    idle.close()
    backups.restore(copy, library, told)


def test_a_database_that_is_damaged_is_replaced(library, tmp_path) -> None:
    copy = tmp_path / "copy.db"
    backups.back_up(library, copy, told)
    library.write_bytes(b"not a database at all" * 1000)
    library.with_name("catalogue.db-wal").write_bytes(b"x")
    backups.restore(copy, library, told)
    assert sites(library) == []


@pytest.mark.parametrize("damage", ["garbage", "cut", "stranger", "newer", "none"])
def test_a_bad_copy_changes_nothing(library, tmp_path, damage) -> None:
    copy = tmp_path / "copy.db"
    backups.back_up(library, copy, told)
    match damage:
        case "garbage":
            copy.write_bytes(b"\x00" * 5000)
        case "cut":
            copy.write_bytes(copy.read_bytes()[:50_000])
        case "stranger":
            copy.unlink()
            sqlite3.connect(copy).close()
        case "newer":
            driver = sqlite3.connect(copy)
            driver.execute("UPDATE alembic_version SET version_num = '9999'")
            driver.commit()
            driver.close()
        case "none":
            copy.unlink()
    before = library.read_bytes()
    with pytest.raises((StorageDamaged, StorageUnavailable)):
        backups.restore(copy, library, told)
    assert library.read_bytes() == before


def test_what_cannot_be_copied_is_said(library, tmp_path) -> None:
    with pytest.raises(StorageError, match="the database itself"):
        backups.back_up(library, library, told)
    with pytest.raises(StorageError, match="the database itself"):
        backups.restore(library, library, told)
    with pytest.raises(StorageUnavailable, match="no database"):
        backups.back_up(tmp_path / "none.db", tmp_path / "copy.db", told)
    with pytest.raises(StorageError, match="pg_dump"):
        backups.file_of("postgresql://somebody:secret@localhost/library")
    with pytest.raises(OSError, match="none"):
        backups.back_up(library, tmp_path / "none" / "copy.db", told)
