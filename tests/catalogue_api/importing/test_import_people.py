"""Readers, loans, reservations and blocks from another system: a library moves in a night."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from records_made import unimarc
from sqlalchemy import text

from catalogue_api.importing.file_import import ImportSettings
from catalogue_api.importing.report import Count
from catalogue_api.importing.running import import_files, rehearse_files
from catalogue_api.storage.engine.database import Database

SETTINGS = ImportSettings(ZoneInfo("Europe/Paris"), datetime(2026, 11, 23, 12, tzinfo=UTC))
READERS = (
    "Carte;Nom;Prénom;Catégorie;Téléphone;Langue;Bibliothèque habituelle;Fin de validité;"
    "Date d'inscription;Garde historique\n"
    "P1;Lefèvre;Zoé;adulte;01 23;fr;A;31/12/2026;01/02/2020;oui\n"
    "P2;Li;Ming;enfant;;en;;;;\n"
)
LOANS = (
    "Code-barres;Carte;Date de prêt;Date de retour prévue;Date de retour;Prolongations\n"
    "A1;P1;01/11/2026 10:00;29/11/2026;;1\n"
    "A2;P2;01/09/2026;29/09/2026;20/09/2026;\n"
)
HOLDS = (
    "Code-barres;Carte;Bibliothèque;Date de réservation;Exemplaire précis;En pause jusqu'à\n"
    "A1;P2;A;02/11/2026;;\n"
    "A2;P1;A;03/11/2026;oui;01/12/2026\n"
)
BLOCKS = (
    "Carte;Blocage;Début;Fin;Motif\n"
    "P1;suspension;01/11/2026;10/12/2026;Retard\n"
    "P2;carte perdue;02/11/2026;;\n"
)


@pytest.fixture
def database(database_url):
    database = Database(database_url, threads=0)
    yield database
    database.close()


@pytest.fixture
def files(tmp_path):
    (tmp_path / "records.mrc").write_bytes(
        unimarc("001 1", "200 $aX", "995 $bA$fA1", "995 $bA$fA2")
    )
    for name, content in {
        "readers.csv": READERS, "loans.csv": LOANS, "holds.csv": HOLDS, "blocks.csv": BLOCKS,
    }.items():  # fmt: skip
        (tmp_path / name).write_text(content, "windows-1252")
    names = ("records.mrc", "readers.csv", "loans.csv", "holds.csv", "blocks.csv")
    return [tmp_path / name for name in names]


def rows(database, sql):
    found = database.read_now(lambda session: session.connection().execute(text(sql)).all())
    return [tuple(str(value) for value in row) for row in found]


def test_a_library_moves_in_and_moving_in_twice_is_once(database, files):
    rehearsed = rehearse_files(files, database.write_now, SETTINGS)
    assert rehearsed.after["readers"] == 2
    assert rows(database, "SELECT count(*) FROM patrons") == [("0",)]
    report = import_files(files, database.write_now, SETTINGS)
    assert report.unreadable == []
    assert report.as_json() == rehearsed.as_json()
    assert report.after == report.before | {
        "sites": 1, "titles": 1, "items": 2, "readers": 2, "open_loans": 1,
        "open_reservations": 2,
    }  # fmt: skip
    again = import_files(files, database.write_now, SETTINGS)
    assert {count for count, n in again.counts.items() if n} == {Count.RECORDS}


def test_everything_that_was_known_of_readers_comes_along(database, files):
    import_files(files, database.write_now, SETTINGS)
    (zoe, ming) = rows(
        database,
        "SELECT card, family_name, phone, language, home_site, expires_on, created_at,"
        " last_loan_ended_on, version FROM patrons ORDER BY card",
    )
    assert zoe[:6] == ("P1", "Lefèvre", "01 23", "fr", "A", "2026-12-31")
    assert zoe[6].startswith("2020-02-01 11:00")
    assert (ming[3], ming[4], ming[7]) == ("en", "None", "2026-09-20")
    assert rows(database, "SELECT category, site, renewals FROM loans WHERE ended_at IS NULL") == [
        ("adulte", "A", "1")
    ]
    assert rows(database, "SELECT kind, until_on, reason, created_by FROM blocks ORDER BY id") == [
        ("suspension", "2026-12-10", "Retard", "import"), ("lost_card", "None", "", "import"),
    ]  # fmt: skip
    assert rows(
        database, "SELECT paused_until, wanted_item_id IS NULL FROM holds ORDER BY placed_at"
    ) in ([("None", "1"), ("2026-12-01", "0")], [("None", "True"), ("2026-12-01", "False")])


def test_what_a_later_file_does_not_tell_of_a_reader_or_a_loan_stays(database, files, tmp_path):
    import_files(files, database.write_now, SETTINGS)
    chosen = "UPDATE patrons SET keeps_history = :no, forgets_history = :yes WHERE card = 'P1'"
    database.write_now(
        lambda session: session.connection().execute(text(chosen), {"no": False, "yes": True})
    )
    later, loans = tmp_path / "later.csv", tmp_path / "loans-later.csv"
    later.write_text(
        "card,family_name,email,keeps_history\nP1,Lefèvre-Roy,zoe@cachan.example,yes\n"
    )
    loans.write_text("barcode,card,started_at,due_on\nA1,P1,2026-11-01T10:00,2026-12-20\n")
    report = import_files([later, loans], database.write_now, SETTINGS)
    assert report.counts[Count.READERS_UPDATED] == 1
    assert rows(
        database,
        "SELECT family_name, email, phone, category, home_site, expires_on, keeps_history,"
        " forgets_history FROM patrons WHERE card = 'P1'",
    ) in [
        [("Lefèvre-Roy", "zoe@cachan.example", "01 23", "adulte", "A", "2026-12-31", no, yes)]
        for no, yes in (("0", "1"), ("False", "True"))
    ]
    assert rows(database, "SELECT due_on, renewals FROM loans WHERE ended_at IS NULL") == [
        ("2026-12-20", "1")
    ]


def test_what_happened_between_the_rehearsal_and_the_night_is_followed(database, files, tmp_path):
    import_files(files, database.write_now, SETTINGS)
    later = tmp_path / "later.csv"
    later.write_text(
        "barcode,card,started_at,due_on,ended_at,renewals\nA1,P1,2026-11-01T10:00,2026-12-20,,2\n"
    )
    report = import_files([later], database.write_now, SETTINGS)
    assert report.counts[Count.LOANS_UPDATED] == 1
    assert rows(database, "SELECT due_on, renewals FROM loans WHERE ended_at IS NULL") == [
        ("2026-12-20", "2")
    ]
    blocks = tmp_path / "blocks2.csv"
    blocks.write_text("card,kind,from_on,until_on\nP2,lost_card,2026-11-02,2026-11-20\n")
    assert import_files([blocks], database.write_now, SETTINGS).counts[Count.BLOCKS_UPDATED] == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("card,family_name,home_site\nP9,X,NOWHERE\n", "no site has the code NOWHERE"),
        ("card,family_name,keeps_history\nP9,X,maybe\n", "keeps_history: 'maybe'"),
        ("card,kind,from_on\nP9,staff,2026-11-01\n", "no reader has the card P9"),
        ("card,kind,from_on\nP1,fine,2026-11-01\n", "kind: 'fine' is none of suspension"),
        ("card,kind,from_on,until_on\nP1,staff,2026-11-02,2026-11-01\n", "until_on is before"),
        ("barcode,card,started_at,due_on,site\nA2,P1,2026-11-01,2026-12-01,Z\n", "the code Z"),
        ("barcode,card,started_at,due_on,renewals\nA2,P1,2026-11-01,2026-12-01,x\n", "renewals"),
        ("barcode,card,started_at,due_on\nA1,P2,2026-11-02,2026-12-01\n", "on loan already"),
        ("barcode,card,started_at,due_on\nA2,P2,2026-11-02,2026-12-01\n", "was withdrawn"),
    ],
)  # fmt: skip
def test_each_line_that_cannot_be_is_refused_with_why(database, files, tmp_path, content, why):
    import_files(files, database.write_now, SETTINGS)
    database.write_now(
        lambda session: session.connection().execute(
            text("UPDATE items SET status = 'withdrawn' WHERE barcode = 'A2'")
        )
    )
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(content)
    report = import_files([wrong], database.write_now, SETTINGS)
    (complaint,) = report.unreadable
    assert why in complaint.why
    assert complaint.position == 2
