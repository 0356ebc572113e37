import io
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from catalogue_api.importing.csv_files import table_of
from catalogue_api.importing.csv_rows import Kind
from catalogue_api.importing.files import open_rows
from catalogue_api.importing.records import Unreadable

PARIS = ZoneInfo("Europe/Paris")


def rows(text, zone=PARIS):
    data = io.BytesIO(text if isinstance(text, bytes) else text.encode())
    kind, found = open_rows(data, zone)
    return kind, [(place.position, row) for place, row in found]


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("site,name", Kind.SITES),
        ("card;family_name;given_name", Kind.READERS),
        ("\ufeffbarcode,card,started_at,due_on", Kind.LOANS),
        ("Placed_At\tSITE\tcard\tbarcode", Kind.RESERVATIONS),
    ],
)
def test_a_csv_file_is_known_by_its_columns(header, kind):
    assert table_of(header).kind is kind


@pytest.mark.parametrize("header", ["", "a,b", "card", "barcode,card"])
def test_other_columns_are_refused_with_those_that_are_known(header):
    with pytest.raises(Unreadable, match="due_on"):
        table_of(header)


def test_dates_are_moments_of_the_library():
    kind, lines = rows(
        "barcode,card,started_at,due_on,ended_at\n"
        "1,2,2026-07-01,2026-07-29,\n"
        "1,2,2026-11-01T10:00,2026-11-29,2026-11-02T11:00:00Z\n"
        "1,2,1/7/2026,29/07/2026,\n"
        "1,2,01.11.2026 10h00,29-11-2026,02/11/2026 9:05\n"
    )
    assert kind is Kind.LOANS
    found = [row for _, row in lines]
    assert found[0].started_at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert found[1].started_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert found[1].ended_at == datetime(2026, 11, 2, 11, tzinfo=UTC)
    assert found[0].due_on == date(2026, 7, 29)
    assert found[2] == found[0]
    assert found[3].started_at == found[1].started_at
    assert found[3].ended_at == datetime(2026, 11, 2, 8, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "header",
    [
        "Numéro carte;Nom;Prénom;Année naissance;Catégorie;Courriel",
        "carte\tnom\tprénom\tannée de naissance\tcatégorie\tcourriel",
    ],
)
def test_columns_may_be_named_in_french(header):
    separator = ";" if ";" in header else "\t"
    line = separator.join(["7", "Lý", "Zoé", "1980", "enfant", "z@example.org"])
    kind, ((_, row),) = rows(f"{header}\n{line}\n")
    assert kind is Kind.READERS
    assert (row.card, row.family_name, row.given_name, row.birth_year) == ("7", "Lý", "Zoé", 1980)
    assert (row.category, row.email) == ("enfant", "z@example.org")


def test_a_file_of_windows_is_read():
    _, lines = rows("card;family_name\n1;Lefèvre\n2;D’Œuvre – fils\n".encode("windows-1252"))
    assert [row.family_name for _, row in lines] == ["Lefèvre", "D’Œuvre – fils"]


def test_a_wrong_byte_in_utf_8_spoils_its_line_only():
    _, lines = rows(
        "card;family_name\n1;Lefèvre\n2;Étienne?\n3;Noël\n".encode().replace(b"?", b"\xe9")
    )
    assert [row if isinstance(row, str) else row.family_name for _, row in lines] == [
        "Lefèvre", "it holds bytes that are no text", "Noël",
    ]  # fmt: skip


def test_each_bad_line_is_reported_and_the_others_are_read():
    _, lines = rows(
        b"barcode,card,started_at,due_on\n"
        b"1,2,2026-07-01,2026-07-29\n"
        b"1,2,yesterday,2026-07-29\n"
        b"1,2,31/02/2026,2026-07-29\n"
        b"1,2,2026-07-01,soon\n"
        b",2,2026-07-01,2026-07-29\n"
        b"1,2\n"
        b"\n"
        b'"1","2","2026-07-01","2026-07-30"\n'
    )
    assert [(number, isinstance(row, str)) for number, row in lines] == [
        (2, False), (3, True), (4, True), (5, True), (6, True), (7, True), (9, False),
    ]  # fmt: skip
    why = [row for _, row in lines]
    assert "yesterday" in why[1]
    assert "31/02/2026" in why[2]
    assert "soon" in why[3]
    assert why[4] == "barcode is empty"
    assert why[5] == "2 values for 4 columns"


def test_a_loan_cannot_end_before_it_began():
    _, ((_, why),) = rows(
        "barcode,card,started_at,due_on,ended_at\n1,2,2026-07-02,2026-07-29,2026-07-01\n"
    )
    assert why == "ended_at is before started_at"


def test_readers_and_years():
    _, lines = rows("card,family_name,birth_year,category\n1,N'Diaye,1980,\n2,Li,80,child\n3,,,\n")
    (_, first), (_, second), (_, third) = lines
    assert (first.family_name, first.birth_year, first.category) == ("N'Diaye", 1980, "adult")
    assert "four digits" in second
    assert third == "family_name is empty"
