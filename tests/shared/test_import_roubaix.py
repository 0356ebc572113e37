"""Real records of a city library, and records damaged in real ways, through the importer."""

import shutil
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pymarc import MARCReader
from sqlalchemy import text

from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.exporting import ExportSettings, Layout, export_titles
from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.profiles import profiles_of
from catalogue_api.importing.report import Count
from catalogue_api.importing.running import import_files
from catalogue_api.storage.engine.database import Database

SETTINGS = ImportSettings(ZoneInfo("Europe/Paris"), datetime(2026, 11, 23, tzinfo=UTC))


@pytest.fixture
def database(empty_catalogue, tmp_path):
    path = shutil.copy(empty_catalogue, tmp_path / "catalogue.db")
    database = Database(f"sqlite:///{path}", threads=0)
    yield database
    database.close()


@pytest.fixture
def other(empty_catalogue, tmp_path):
    path = shutil.copy(empty_catalogue, tmp_path / "other.db")
    other = Database(f"sqlite:///{path}", threads=0)
    yield other
    other.close()


@pytest.fixture
def roubaix(marc):
    return marc / "unimarc-roubaix-238.mrc"


def counted(path):
    """Records, copies with a barcode and copies without, as pymarc alone reads them."""
    with path.open("rb") as stream:
        records = list(MARCReader(stream, force_utf8=True))
    copies = [field for record in records for field in record.get_fields("995")]
    barcodes = {field["f"] for field in copies if field.get("f")}
    return len(records), barcodes, sum(not field.get("f") for field in copies)


def rows(database, sql):
    return database.read_now(lambda session: session.connection().execute(text(sql)).all())


@pytest.mark.server
def test_every_record_arrives_with_its_copies_and_twice_is_once(database, roubaix):
    records, barcodes, without = counted(roubaix)
    assert (records, len(barcodes)) == (238, 273)
    report = import_files([roubaix], database.write_now, SETTINGS)
    assert report.unreadable == []
    assert len(report.left_out) == without == 1
    assert report.counts[Count.RECORDS] == report.counts[Count.TITLES_NEW] == records
    assert {row.barcode for row in rows(database, "SELECT barcode FROM items")} == barcodes
    titles = rows(database, "SELECT * FROM titles ORDER BY id")
    items = rows(database, "SELECT * FROM items ORDER BY id")
    again = import_files([roubaix], database.write_now, SETTINGS)
    assert +again.counts == {Count.RECORDS: records}
    assert rows(database, "SELECT * FROM titles ORDER BY id") == titles
    assert rows(database, "SELECT * FROM items ORDER BY id") == items


@pytest.mark.server
def test_accents_marks_and_shelf_marks_survive(database, roubaix):
    import_files([roubaix], database.write_now, SETTINGS)
    (found,) = rows(
        database,
        "SELECT title, subtitle, author, year, isbn, shelf_mark, home_site FROM titles"
        " JOIN items ON title_id = titles.id WHERE barcode = 'C0001445855'",
    )
    assert tuple(found) == (
        "Atlas historique du monde méditerranéen",
        "chrétiens, juifs et musulmans de l'Antiquité à nos jours",
        "Gérard Chaliand, Jean-Pierre Rageau",
        1996,
        "9782228889551",
        "Doc./900 ATL",
        "MED",
    )


def outcome(database, *paths, **settings):
    """Records imported, those that were not, and remarks on those that were."""
    said = ImportSettings(SETTINGS.zone, SETTINGS.now, **settings)
    report = import_files(paths, database.write_now, said)
    return report.counts[Count.TITLES_NEW], len(report.unreadable), len(report.mended)


@pytest.mark.parametrize(
    ("name", "titles", "unreadable", "mended"),
    [
        ("marc21-laurentian-french-100.mrc", 100, 0, 0),
        # 166 holdings records; 13 pieces of big records
        pytest.param("marc21-psu-750.mrc", 557, 166, 100, marks=pytest.mark.server),
        pytest.param("marc21-rero-442.xml", 442, 0, 0, marks=pytest.mark.server),
        ("edge/camel.mrc", 11, 0, 0),
        ("edge/hebrew880s.marc", 1, 0, 0),
        ("edge/one-marc8.mrc", 1, 0, 0),
        ("edge/wronglen.mrc", 1, 0, 2),
        ("edge/bad_subfield_code.marc", 1, 0, 1),
        ("edge/bad_example2.mrc", 0, 1, 0),
        ("edge/bad_utf_byte.utf8.marc", 0, 1, 0),
        ("edge/escaped_character_reference.marc8.marc", 0, 1, 0),
    ],
)
def test_what_each_file_comes_to_and_twice_is_once(
    database, marc, name, titles, unreadable, mended
):
    path = marc / name
    assert outcome(database, path) == (titles, unreadable, mended)
    stored = rows(database, "SELECT * FROM titles ORDER BY id")
    assert outcome(database, path) == (0, unreadable, mended)
    assert rows(database, "SELECT * FROM titles ORDER BY id") == stored


@pytest.mark.parametrize(
    ("name", "title", "author"),
    [
        ("bad_subfield_code.marc", "Les corps étrangers, roman", "Jean Cayrol"),
        ("one-marc8.mrc", "Por uma outra globalização", "Mílton Santos"),
        ("wronglen.mrc", "French baroque music from Beaujoyeulx to Rameau", "James R. Anthony"),
    ],
)
def test_texts_of_odd_records_are_right(database, marc, name, title, author):
    outcome(database, marc / "edge" / name)
    assert rows(database, "SELECT title, author FROM titles") == [(title, author)]


def test_reasons_are_precise(database, marc):
    edges = sorted((marc / "edge").iterdir())
    report = import_files(edges, database.write_now, SETTINGS)
    why = {complaint.file.rsplit("/")[-1]: complaint.why for complaint in report.unreadable}
    assert why["bad_example2.mrc"] == "the directory of 256 bytes is not made of entries of 12"
    assert why["bad_utf_byte.utf8.marc"].startswith("no control number (field 001 or 035)")
    assert why["escaped_character_reference.marc8.marc"] == "no title (field 245 $a)"
    mended = {complaint.file.rsplit("/")[-1]: complaint.why for complaint in report.mended}
    assert "code 'b\\u0301'" in mended["bad_subfield_code.marc"]


def test_copies_of_sirsi(database, marc):
    sirsi = profiles_of("sirsi", {})
    outcome(database, marc / "marc21-laurentian-french-100.mrc", profiles=sirsi)
    assert rows(database, "SELECT count(*) FROM items") == [(114,)]


@pytest.mark.server
def test_damage_between_real_records_costs_only_itself(database, marc, roubaix, tmp_path):
    real = roubaix.read_bytes()
    middle = real.index(b"\x1d", len(real) // 2) + 1
    edges = b"".join(sorted(path.read_bytes() for path in (marc / "edge").iterdir()))
    mixed = tmp_path / "mixed.mrc"
    mixed.write_bytes(real[:middle] + edges + real[middle:])
    titles, unreadable, _ = outcome(database, mixed)
    assert titles + unreadable == 238 + edges.count(b"\x1d")
    assert titles == 238 + 15


@pytest.mark.server
def test_a_cut_in_the_middle_costs_the_last_record(database, roubaix, tmp_path):
    cut = tmp_path / "cut.mrc"
    cut.write_bytes(roubaix.read_bytes()[:-100])
    assert outcome(database, cut) == (237, 1, 0)


@pytest.mark.server
@pytest.mark.parametrize(
    ("name", "format_", "layout"),
    [
        pytest.param(
            "unimarc-roubaix-238.mrc",
            RecordFormat.UNIMARC,
            Layout.ISO_2709,
            marks=pytest.mark.server,
        ),
        ("marc21-laurentian-french-100.mrc", RecordFormat.MARC21, Layout.ISO_2709),
        pytest.param(
            "marc21-rero-442.xml", RecordFormat.MARC21, Layout.XML, marks=pytest.mark.server
        ),
    ],
)
def test_what_was_imported_comes_back_whole(database, other, marc, tmp_path, name, format_, layout):
    outcome(database, marc / name)
    out = tmp_path / "out"
    with out.open("wb") as stream:
        done = export_titles(stream, database.read_now, ExportSettings(format_, layout))
    assert done.left_out == []
    assert outcome(other, out)[1] == 0
    for sql in ("SELECT * FROM titles ORDER BY id", "SELECT * FROM items ORDER BY id"):
        assert rows(other, sql) == rows(database, sql)
    digests = "SELECT source, control_number, format, digest FROM title_records"
    assert set(rows(other, digests)) == set(rows(database, digests))
