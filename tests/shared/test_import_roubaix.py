"""Real records of a city library, and records damaged in real ways, through the importer."""

from zoneinfo import ZoneInfo

import pytest
from pymarc import MARCReader
from sqlalchemy import text

from catalogue_api.importing.profiles import PROFILES, ProfileName
from catalogue_api.importing.report import Count
from catalogue_api.importing.running import ImportSettings, import_files
from catalogue_api.storage.database import Database

SETTINGS = ImportSettings(PROFILES[ProfileName.KOHA], ZoneInfo("Europe/Paris"))


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'catalogue.db'}", threads=0)
    database.migrate()
    yield database
    database.close()


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


@pytest.mark.parametrize(
    "name",
    [
        "bad_example2.mrc",
        "bad_subfield_code.marc",
        "bad_utf_byte.utf8.marc",
        "camel.mrc",
        "escaped_character_reference.marc8.marc",
        "hebrew880s.marc",
        "one-marc8.mrc",
        "wronglen.mrc",
    ],
)
def test_odd_and_foreign_records_are_reported_and_the_next_file_is_imported(
    database, marc, roubaix, name
):
    path = marc / "edge" / name
    report = import_files([path, roubaix], database.write_now, SETTINGS)
    assert report.failed == [str(path)]
    assert len(report.unreadable) == path.read_bytes().count(b"\x1d")
    assert all(complaint.file == str(path) and complaint.why for complaint in report.unreadable)
    assert report.counts[Count.TITLES_NEW] == 238


def test_damage_between_real_records_costs_only_itself(database, marc, roubaix, tmp_path):
    real = roubaix.read_bytes()
    middle = real.index(b"\x1d", len(real) // 2) + 1
    edges = b"".join(sorted(path.read_bytes() for path in (marc / "edge").iterdir()))
    mixed = tmp_path / "mixed.mrc"
    mixed.write_bytes(real[:middle] + edges + real[middle:])
    report = import_files([mixed], database.write_now, SETTINGS)
    assert report.counts[Count.TITLES_NEW] == 238
    assert len(report.unreadable) == edges.count(b"\x1d")
