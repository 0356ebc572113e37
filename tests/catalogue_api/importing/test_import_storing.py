import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from catalogue_api.__main__ import app
from catalogue_api.importing.command import Manner, run_import
from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.report import Count
from catalogue_api.importing.running import import_files, rehearse_files
from catalogue_api.storage.engine.database import Database
from simulator.library import build

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
SETTINGS = ImportSettings(PARIS, NOW)
TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    return build(tmp_path_factory.mktemp("demo"), TODAY, seed=3)


@pytest.fixture
def database(template, tmp_path):
    path = tmp_path / "catalogue.db"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", threads=0)
    yield database
    database.close()


@pytest.fixture(scope="module")
def imported(template, demo, tmp_path_factory):
    """A database that holds the demo library, to be copied."""
    path = tmp_path_factory.mktemp("imported") / "imported.db"
    shutil.copy(template, path)
    database = Database(f"sqlite:///{path}", threads=0)
    bring(database, *demo.imports)
    database.close()
    return path


@pytest.fixture
def furnished(imported, tmp_path):
    path = tmp_path / "furnished.db"
    shutil.copy(imported, path)
    database = Database(f"sqlite:///{path}", threads=0)
    yield database
    database.close()


def bring(database, *paths, moved=lambda _bytes: None, **settings):
    said = ImportSettings(PARIS, **({"now": NOW} | settings))
    return import_files([Path(path) for path in paths], database.write_now, said, moved)


def rows(database, sql):
    found = database.read_now(lambda session: session.connection().execute(text(sql)).all())
    return [tuple(row) for row in found]


def numbers(report):
    return {count.value: number for count, number in report.counts.items() if number}


def everything(database):
    return {
        table: rows(database, f"SELECT * FROM {table} ORDER BY 1")
        for table in (
            "sites",
            "titles",
            "items",
            "patrons",
            "loans",
            "holds",
            "title_records",
            "title_numbers",
            "changes",
        )
    }


@pytest.mark.server
def test_the_demo_library_arrives_whole_and_twice_is_once(database, demo):
    first = bring(database, *demo.imports)
    assert first.unreadable == first.left_out == []
    assert numbers(first) == {
        "records": 3 + 300 + 80 + 220 + 25,
        "sites_new": 3,
        "titles_new": 300,
        "items_new": 600,
        "readers_new": 80,
        "loans_new": 220,
        "reservations_new": 25,
    }
    assert rows(database, "SELECT DISTINCT kind, count(*) FROM hold_events") == [("placed", 25)]
    stored = everything(database)
    again = bring(database, *demo.imports)
    assert numbers(again) == {"records": 628}
    assert everything(database) == stored


@pytest.mark.server
def test_what_the_demo_says_is_what_is_stored(furnished, demo):
    assert dict(rows(furnished, "SELECT code, name FROM sites"))["PLAINE"] == (
        "Bibliothèque de la Plaine"
    )
    assert dict(rows(furnished, "SELECT barcode, home_site FROM items")) == dict(demo.home)
    open_loans = rows(
        furnished,
        "SELECT barcode, due_on FROM loans JOIN items ON items.id = item_id WHERE ended_at IS NULL",
    )
    assert len(open_loans) == 180
    assert {barcode for barcode, due in open_loans if due < TODAY.isoformat()} >= set(demo.late)
    teacher = rows(
        furnished,
        "SELECT count(*) FROM loans JOIN patrons ON patrons.id = patron_id"
        f" WHERE card = '{demo.teacher_card}' AND ended_at IS NULL",
    )
    assert teacher == [(35,)]
    pickups = dict(
        rows(
            furnished,
            "SELECT barcode, pickup_site FROM holds JOIN items USING (title_id)"
            " ORDER BY placed_at DESC",
        )
    )
    assert {barcode: pickups[barcode] for barcode in demo.wanted} == dict(demo.wanted)
    titles = dict(rows(furnished, "SELECT title, author FROM titles"))
    assert titles["L'Œuvre"] == "Émile Zola"
    assert titles["Les Frères Cœur-de-Lion"] == "Astrid Lindgren"
    kinds = dict(rows(furnished, "SELECT kind, count(*) FROM titles GROUP BY kind"))
    assert (kinds["video_game"], kinds["film"], kinds["periodical"]) == (22, 30, 7)


def test_progress_comes_to_the_whole_length(furnished, demo):
    moves = []
    bring(furnished, *demo.imports, moved=moves.append)
    assert sum(moves) == sum(path.stat().st_size for path in demo.imports)


def test_an_update_changes_the_record_and_leaves_circulation_alone(furnished, demo, tmp_path):
    catalogue = demo.imports[1]
    barcode = demo.on_shelf[0]
    furnished.write_now(
        lambda session: session.connection().execute(
            text(
                "UPDATE items SET status = 'missing', current_site = 'COTEAU', shelf_mark = 'old'"
                f" WHERE barcode = '{barcode}'"
            )
        )
    )
    changed = tmp_path / "changed.mrc"
    changed.write_bytes(catalogue.read_bytes().replace("L'Étranger".encode(), b"L'Inconnu!!"))
    report = bring(furnished, changed)
    assert numbers(report) == {"records": 300, "titles_updated": 1, "items_updated": 1}
    assert rows(furnished, "SELECT count(*) FROM titles WHERE title = 'L''Inconnu!!'") == [(1,)]
    (item,) = rows(
        furnished,
        f"SELECT status, current_site, shelf_mark FROM items WHERE barcode = '{barcode}'",
    )
    assert item[:2] == ("missing", "COTEAU")
    assert item[2] != "old"


def test_another_source_keeps_its_numbers_and_cannot_take_our_copies(furnished, demo):
    report = bring(furnished, demo.imports[1], source="elsewhere", match_isbn=False)
    assert report.counts[Count.TITLES_NEW] == 300
    assert report.counts[Count.ITEMS_NEW] == report.counts[Count.ITEMS_UPDATED] == 0
    assert len(report.left_out) == 600
    assert "belongs to record RIT000001 of catalogue.cachan.example" in report.left_out[0].why
    assert report.left_out[0].position == 1


def test_unknown_sites_are_made_from_their_codes(database, demo):
    assert bring(database, demo.imports[1]).counts[Count.SITES_NEW] == 3
    assert rows(database, "SELECT name FROM sites WHERE code = 'PLAINE'") == [("PLAINE",)]
    assert bring(database, demo.imports[0]).counts[Count.SITES_UPDATED] == 3


def test_lines_that_contradict_the_catalogue_are_refused(furnished, demo, tmp_path):
    lent, free, other = demo.on_loan[0], *demo.on_shelf[-2:]
    card = demo.teacher_card
    loans = tmp_path / "loans.csv"
    loans.write_text(
        "barcode;card;started_at;due_on\n"
        f"{lent};{card};2026-11-20;2026-12-20\n"
        f"{free};{card};2026-11-20;2026-12-20\n"
        f"{free};{card};2026-11-21;2026-12-21\n"
        f"nothing;{card};2026-11-20;2026-12-20\n"
        f"{other};nobody;2026-11-20;2026-12-20\n"
    )
    holds = tmp_path / "holds.csv"
    holds.write_text(
        "barcode,card,site,placed_at\n"
        f"{other},{card},CENTRALE,2026-11-20\n"
        f"{other},{card},PLAINE,2026-11-21\n"
        f"{other},{card},NOWHERE,2026-11-21\n"
        f"nothing,{card},PLAINE,2026-11-21\n"
        f"{other},nobody,PLAINE,2026-11-21\n"
    )
    report = bring(furnished, loans, holds)
    assert (report.counts[Count.LOANS_NEW], report.counts[Count.RESERVATIONS_NEW]) == (1, 1)
    assert [(c.position, c.why) for c in report.unreadable] == [
        (2, f"item {lent} is on loan already"),
        (4, f"item {free} is on loan already"),
        (5, "no item has the barcode nothing"),
        (6, "no reader has the card nobody"),
        (4, "no site has the code NOWHERE"),
        (5, "no item has the barcode nothing"),
        (6, "no reader has the card nobody"),
    ]
    assert report.failed == []


def test_a_loan_that_has_ended_there_ends_here(furnished, demo, tmp_path):
    ended = tmp_path / "ended.csv"
    header, first, *_ = demo.imports[3].read_text(encoding="utf-8").splitlines()
    ended.write_text(f"{header}\n{first}2026-11-23T09:00+01:00\n")
    assert numbers(bring(furnished, ended)) == {"records": 1, "loans_updated": 1}
    assert numbers(bring(furnished, ended)) == {"records": 1}


def test_readers_are_updated_by_their_card(database, tmp_path):
    readers = tmp_path / "readers.csv"
    readers.write_text("card,family_name\n7,Li\n7,Lý\n")
    assert numbers(bring(database, readers)) == {
        "records": 2,
        "readers_new": 1,
        "readers_updated": 1,
    }
    assert rows(database, "SELECT family_name FROM patrons") == [("Lý",)]


def test_files_that_are_nothing_known_fail_and_the_others_go_on(database, demo, tmp_path):
    contents = {
        "empty": b"",
        "xml": b"<?xml version='1.0'?><collection/>",
        "noise": bytes(range(256)),
        "other.csv": b"a,b\n1,2\n",
        "sheet.xlsx": b"PK\x03\x04",
        "page.html": b"<html><body>Not found</body></html>",
        "rubbish": Random(1).randbytes(1 << 20),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    paths = [tmp_path / "absent", tmp_path, *(tmp_path / name for name in contents)]
    report = bring(database, *paths, demo.imports[0])
    assert report.failed == [str(path) for path in paths]
    assert [complaint.position for complaint in report.unreadable] == [0] * 9
    assert report.counts[Count.SITES_NEW] == 3


def test_damage_in_a_catalogue_costs_only_the_damaged_records(database, demo, tmp_path):
    whole = demo.imports[1].read_bytes()
    records = whole.split(b"\x1d")[:-1]
    records[0] = b"?????" + records[0][5:]  # the leader of the very first record
    records[10] = records[10][:60]
    records[20] = records[20].replace(b"a", b"\xff", 1)
    damaged = tmp_path / "damaged.mrc"
    damaged.write_bytes(b"\x1d".join(records) + b"\x1d" + whole[:40])
    report = bring(database, damaged)
    assert report.counts[Count.TITLES_NEW] == 297
    assert [complaint.position for complaint in report.unreadable] == [1, 11, 21, 301]
    assert report.unreadable[1].byte == sum(len(record) + 1 for record in records[:10])
    assert report.failed == []


@pytest.mark.server
def test_the_command_prints_json_and_its_status(database, demo, tmp_path, capsys):
    assert run_import(demo.imports, database.write_now, SETTINGS, Manner(as_json=True)) == 0
    out, err = capsys.readouterr()
    summary = json.loads(out)
    assert (summary["titles_new"], summary["items_new"], summary["unreadable"]) == (300, 600, [])
    assert err == ""
    missing = tmp_path / "missing.mrc"
    assert run_import([missing], database.write_now, SETTINGS, Manner(as_json=True)) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["unreadable"][0]["file"] == str(missing)
    assert "cannot be read" in err


@pytest.mark.server
def test_the_program_has_the_command(template, demo, tmp_path, monkeypatch):
    path = tmp_path / "program.db"
    shutil.copy(template, path)
    monkeypatch.setenv("RITOURNELLE_API_DATABASE", f"sqlite:///{path}")
    program = CliRunner()
    done = program.invoke(app, ["import", *map(str, demo.imports[:2]), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["titles_new"] == 300
    wrong = program.invoke(app, ["import", str(demo.imports[0]), "--source", "x" * 65])
    assert wrong.exit_code == 2
    assert program.invoke(app, ["import", str(tmp_path / "absent")]).exit_code == 1
    named = program.invoke(app, ["import", str(demo.imports[1]), "--source", "elsewhere"])
    assert "and 294 more: --json lists them all" in named.stderr


@pytest.mark.server
def test_the_command_speaks_to_people_too(database, demo, capsys):
    assert run_import(demo.imports[:2], database.write_now, SETTINGS, Manner()) == 0
    assert "300 new titles, 600 new items" in capsys.readouterr().out


@pytest.mark.server
def test_a_dry_run_says_what_the_import_will_and_leaves_nothing(database, demo, tmp_path):
    loans = tmp_path / "loans.csv"
    loans.write_text("barcode,card,started_at,due_on\nnothing,nobody,2026-11-20,2026-12-20\n")
    files = [*demo.imports, loans]
    before = everything(database)
    rehearsed = rehearse_files(files, database.write_now, SETTINGS)
    assert everything(database) == before
    real = import_files(files, database.write_now, SETTINGS)
    assert rehearsed.as_json() == real.as_json()
    assert real.before["titles"] == 0
    assert (real.after["titles"], real.after["open_loans"], real.after["readers"]) == (300, 180, 80)
    assert len(real.unreadable) == 1


@pytest.mark.server
def test_the_command_rehearses(database, demo, capsys):
    assert run_import(demo.imports, database.write_now, SETTINGS, Manner(dry_run=True)) == 0
    said = capsys.readouterr().out
    assert "titles 0 -> 300" in said
    assert "nothing of this was stored" in said
    assert rows(database, "SELECT count(*) FROM titles") == [(0,)]
