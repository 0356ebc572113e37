import contextlib
import io
import unicodedata
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymarc import Field, Indicators, Leader, Record, Subfield

from catalogue_api.domain.collection import Audience, ItemStatus, TitleKind
from catalogue_api.importing import iso2709, iso5426
from catalogue_api.importing.csv_files import Kind, read_lines, table_of
from catalogue_api.importing.isbn import isbn13
from catalogue_api.importing.iso2709 import chunks
from catalogue_api.importing.profiles import PROFILES, ProfileName
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.text import tidy
from catalogue_api.importing.unimarc import read_title

KOHA = PROFILES[ProfileName.KOHA]
PARIS = ZoneInfo("Europe/Paris")
UTF_8 = "20260105d2013    m  y0frey50      ba"
LATIN = "20260105d2013    m  y0frey0103    ba"


def made(*fields, leader="     nam0 22        450 ", general=UTF_8, encode=str.encode):
    """One record; fields are `200 $aTitle$eSubtitle`, encoded by `encode` byte for byte."""
    record = Record(to_unicode=False, force_utf8=False)
    record.leader = Leader(leader)
    for line in (f"100 $a{general}", *fields):
        tag, _, content = line.partition(" ")
        if tag < "010":
            record.add_field(Field(tag, data=content))
            continue
        parts = [Subfield(part[0], part[1:]) for part in content.split("$")[1:]]
        record.add_field(Field(tag, indicators=Indicators(" ", " "), subfields=parts))
    return _bytes(record, encode)


def _bytes(record, encode):
    directory, body = b"", b""
    for field in record.fields:
        if field.control_field:
            data = encode(field.data)
        else:
            data = b"  " + b"".join(b"\x1f" + encode(p.code + p.value) for p in field.subfields)
        data += b"\x1e"
        directory += f"{field.tag}{len(data):04d}{len(body):05d}".encode()
        body += data
    base = 24 + len(directory) + 1
    length = base + len(body) + 1
    leader = f"{length:05d}{str(record.leader)[5:12]}{base:05d}{str(record.leader)[17:]}"
    return leader.encode() + directory + b"\x1e" + body + b"\x1d"


def read(*fields, **options):
    return read_title(made("001 42", *fields, **options), KOHA)


SOUND = made("001 42", "200 $aL'Étranger", "995 $bMED$cBUS$fC1$kR CAM$o0$20$00$rLIV")


def test_a_title_with_all_it_may_have():
    record = read(
        "003 http://catalogue.example.org/ark:/1/2",
        "010 $a2-07-036002-4$bbr.",
        "101 $afre$ceng",
        "200 $aPersepolis$h2$iLe retour$esuite$fMarjane Satrapi",
        "214 $cL'Association$dDL 2001",
        "700 $aSatrapi$bMarjane",
        "701 $aEsclaibes$bSylvie d'",
        "995 $bMED$cBUS$fC1$kBD SAT 2$o0$20$00$rLIV",
    )
    assert record.source == "catalogue.example.org"
    assert record.control_number == "42"
    assert (record.title, record.subtitle, record.volume) == (
        "Persepolis",
        "suite",
        "2, Le retour",
    )
    assert record.author == "Marjane Satrapi, Sylvie d'Esclaibes"
    assert (record.publisher, record.year, record.isbn) == ("L'Association", 2013, "9782070360024")
    assert (record.language, record.audience) == ("fre", Audience.ADULT)
    assert record.kind is TitleKind.COMIC
    (item,) = record.items
    assert (item.barcode, item.home, item.current, item.shelf_mark) == (
        "C1",
        "MED",
        "BUS",
        "BD SAT 2",
    )
    assert item.status is ItemStatus.AVAILABLE


@pytest.mark.parametrize(
    ("position", "fields", "kind"),
    [
        ("am", (), TitleKind.BOOK),
        ("as", (), TitleKind.PERIODICAL),
        ("gm", (), TitleKind.FILM),
        ("jm", (), TitleKind.MUSIC),
        ("im", (), TitleKind.AUDIOBOOK),
        ("cm", (), TitleKind.SCORE),
        ("em", (), TitleKind.MAP),
        ("lm", (), TitleKind.SOFTWARE),
        ("lm", ("608 $aJeux vidéo",), TitleKind.VIDEO_GAME),
        ("am", ("608 $aBandes dessinées",), TitleKind.COMIC),
        ("am", ("606 $aMangas$xHistoire",), TitleKind.BOOK),
        ("rm", (), TitleKind.BOARD_GAME),
        ("zz", (), TitleKind.OTHER),
    ],
)
def test_kinds(position, fields, kind):
    leader = f"     n{position}0 22        450 "
    assert read("200 $aX", *fields, leader=leader).kind is kind


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ("$o0$20$00", ItemStatus.AVAILABLE),
        ("", ItemStatus.AVAILABLE),
        ("$o2", ItemStatus.NOT_FOR_LOAN),
        ("$o2$21", ItemStatus.LOST),
        ("$24", ItemStatus.MISSING),
        ("$01$24$o1", ItemStatus.WITHDRAWN),
    ],
)
def test_status_of_a_copy(codes, status):
    assert read("200 $aX", f"995 $bMED$fC1{codes}").items[0].status is status


def test_what_is_missing_in_a_copy_is_said():
    record = read("200 $aX", "995 $bMED$kR X", "995 $fC2", "995 $fC3$cBUS", "995 $f" + "9" * 65)
    assert [(item.barcode, item.home) for item in record.items] == [("C3", "BUS")]
    assert len(record.left_out) == 3
    assert "no barcode" in record.left_out[0]
    assert "C2 has no site" in record.left_out[1]


def test_volume_in_a_series():
    series = read("200 $aLe Lotus bleu", "461 $tTintin$v5")
    assert series.volume == "Tintin, 5"
    same = read("200 $aCrime et châtiment", "461 $tCrime et Châtiment$v2")
    assert same.volume == "2"


def test_the_koha_number_stands_in_for_001():
    record = read_title(made("090 $a77", "200 $aX"), KOHA)
    assert (record.control_number, record.source) == ("77", "local")
    with pytest.raises(Unreadable, match="no control number"):
        read_title(made("200 $aX"), KOHA)


def test_a_source_can_be_given():
    data = made("001 1", "003 http://a.example/1", "200 $aX")
    assert read_title(data, KOHA, "other").source == "other"


def test_marks_of_non_sorting_and_controls_go_and_positions_stay():
    record = read("200 $a\x88Le \x89rouge  et ¬le¬\x01 noir\n")
    assert record.title == "Le rouge et le noir"
    assert read("200 $aX", general="20260105d    1999m  y0frey50      ba").year is None
    assert read("200 $ae\u0301te\u0301").title == "été"


def test_utf_8_is_read_whatever_the_leader_says():
    for mark in " a":
        leader = f"     nam0{mark}22        450 "
        assert read("200 $aL'Œuvre à «Noël»", leader=leader).title == "L'Œuvre à «Noël»"


def test_declared_iso_5426_is_read_and_utf_8_under_that_name_too():
    def latin(text):
        return text.encode("latin-1")

    record = read(
        "200 $aL'\xc2Etranger \xc1a No\xc8el, c\xfaur, fran\xd0cais", general=LATIN, encode=latin
    )
    assert record.title == "L'Étranger à Noël, cœur, français"
    assert read("200 $aL'Étranger", general=LATIN).title == "L'Étranger"
    with pytest.raises(Unreadable, match="0xFF is not ISO 5426"):
        read("200 $aX\xff", general=LATIN, encode=latin)


def test_a_bad_byte_in_a_field_that_is_used_is_reported_with_its_place():
    bad = SOUND.replace("É".encode(), b"\xc9 ")
    with pytest.raises(Unreadable, match="field 200: byte 0xC9 is not UTF-8"):
        read_title(bad, KOHA)
    note = made("001 1", "200 $aX", "330 $a??").replace(b"??", b"\xff\xfe")
    assert read_title(note, KOHA).title == "X"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (SOUND[:-1], "no end"),
        (b"abcde" + SOUND[5:], "its length"),
        (b"00042" + SOUND[5:], "says it has 42 bytes"),
        (SOUND[:12] + b"99999" + SOUND[17:], "damaged structure"),
        (SOUND[:12] + b"xxxxx" + SOUND[17:], "damaged structure"),
        (b"00002\x1d", "its length"),
        (made("001 1", "245 $aA book"), "MARC 21"),
        (made("001 1", "300 $aA note"), "no title"),
    ],
)
def test_damage_is_said(data, why):
    with pytest.raises(Unreadable, match=why):
        read_title(data, KOHA)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_else(data):
    damaged = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    for chunk in chunks(io.BytesIO(bytes(damaged))):
        with contextlib.suppress(Unreadable):
            read_title(chunk.data, KOHA)


def test_a_damaged_record_takes_none_of_its_neighbours_along():
    wrong = b"00700" + SOUND[5:]
    found = list(chunks(io.BytesIO(SOUND + b"\r\n" + wrong + SOUND + b"noise\x1d" + SOUND[:50])))
    assert [chunk.number for chunk in found] == [1, 2, 3, 4, 5]
    assert found[1].offset == len(SOUND) + 2
    assert [chunk.data == SOUND for chunk in found] == [True, False, True, False, False]
    assert found[4].fault
    assert not any(chunk.fault for chunk in found[:4])


def test_a_file_without_ends_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(iso2709, "_LONGEST", 100)
    monkeypatch.setattr(iso2709, "_BLOCK", 64)
    noise = b"x" * 1000
    found = list(chunks(io.BytesIO(noise + b"\x1d" + SOUND)))
    assert [bool(chunk.fault) for chunk in found] == [True, True]
    monkeypatch.setattr(iso2709, "_LONGEST", 400)
    found = list(chunks(io.BytesIO(noise + b"\x1d" + SOUND + SOUND)))
    assert [bool(chunk.fault) for chunk in found] == [True, False, False]
    assert [chunk.offset for chunk in found] == [0, 1001, 1001 + len(SOUND)]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 200))
def test_any_block_size_cuts_the_same_records(size):
    class Slow(io.BytesIO):
        def read(self, _length=-1):
            return super().read(size)

    whole = SOUND + b"\n" + SOUND + SOUND[:30]
    assert list(chunks(Slow(whole))) == list(chunks(io.BytesIO(whole)))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_tidied_text_stays_tidy(text):
    once = tidy(text)
    assert tidy(once) == once
    assert once == unicodedata.normalize("NFC", once)
    assert not any(unicodedata.category(sign) == "Cc" for sign in once)


@pytest.mark.parametrize(
    ("said", "isbn"),
    [
        ("2-228-88955-5", "9782228889551"),
        ("2-914428-57-X", "9782914428576"),
        ("978-2-07-061275-8", "9782070612758"),
        ("9782070612758", "9782070612758"),
        ("2-228-88955-6", ""),
        ("9782070612759", ""),
        ("br.", ""),
        ("", ""),
    ],
)
def test_isbn(said, isbn):
    assert isbn13(said) == isbn


def test_every_accent_of_iso_5426_composes_or_stands_behind_its_letter():
    assert iso5426.decode(b"\xd0\xc2c") == "c\u0327\u0301"
    assert unicodedata.normalize("NFC", iso5426.decode(b"\xc8u\xcas\xcfz")) == "üs̊ž"
    assert iso5426.decode(b"\xabx\xbb \xea\xfb") == "«x» Œß"


def rows(text, zone=PARIS):
    data = io.TextIOWrapper(
        io.BytesIO(text if isinstance(text, bytes) else text.encode()),
        "utf-8-sig",
        errors="surrogateescape",
        newline="",
    )
    header = data.readline()
    data.seek(0)
    table = table_of(header)
    return table.kind, list(read_lines(data, table, zone))


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
    )
    assert kind is Kind.LOANS
    assert lines[0].row.started_at == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert lines[1].row.started_at == datetime(2026, 11, 1, 9, tzinfo=UTC)
    assert lines[1].row.ended_at == datetime(2026, 11, 2, 11, tzinfo=UTC)
    assert lines[0].row.due_on == date(2026, 7, 29)


def test_each_bad_line_is_reported_and_the_others_are_read():
    _, lines = rows(
        b"barcode,card,started_at,due_on\n"
        b"1,2,2026-07-01,2026-07-29\n"
        b"1,2,yesterday,2026-07-29\n"
        b"1,2,2026-07-01,soon\n"
        b",2,2026-07-01,2026-07-29\n"
        b"1,2\n"
        b"\n"
        b"1\xe9,2,2026-07-01,2026-07-29\n"
        b'"1","2","2026-07-01","2026-07-30"\n'
    )
    assert [(line.number, line.row is not None) for line in lines] == [
        (2, True),
        (3, False),
        (4, False),
        (5, False),
        (6, False),
        (8, False),
        (9, True),
    ]
    assert "yesterday" in lines[1].why
    assert "soon" in lines[2].why
    assert lines[3].why == "barcode is empty"
    assert lines[4].why == "2 values for 4 columns"
    assert lines[5].why == "it is not UTF-8"


def test_a_loan_cannot_end_before_it_began():
    _, lines = rows(
        "barcode,card,started_at,due_on,ended_at\n1,2,2026-07-02,2026-07-29,2026-07-01\n"
    )
    assert lines[0].why == "ended_at is before started_at"


def test_readers_and_years():
    _, lines = rows("card,family_name,birth_year,category\n1,N'Diaye,1980,\n2,Li,80,child\n3,,,\n")
    assert (lines[0].row.family_name, lines[0].row.birth_year, lines[0].row.category) == (
        "N'Diaye",
        1980,
        "adult",
    )
    assert "four digits" in lines[1].why
    assert lines[2].why == "family_name is empty"
