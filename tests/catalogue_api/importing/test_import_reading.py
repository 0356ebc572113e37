import contextlib
import io
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from records_made import CODED, SOUND, marc21, said, title, unimarc

from catalogue_api.domain.collection import Audience, ItemStatus, NumberKind, TitleKind
from catalogue_api.domain.isbn import ean, isbn13, issn
from catalogue_api.importing import iso2709
from catalogue_api.importing.iso2709 import chunks
from catalogue_api.importing.iso_records import read_record
from catalogue_api.importing.profiles import KOHA
from catalogue_api.importing.records import Unreadable
from catalogue_api.importing.text import tidy


def read(*lines, **options):
    return said(unimarc("001 42", *lines, **options))


def test_a_title_with_all_it_may_have():
    record = title(
        unimarc(
            "001 42",
            "003 http://catalogue.example.org/ark:/1/2",
            "010 $a2-07-036002-4$bbr.",
            "101 $afre$ceng",
            "200 $aPersepolis$h2$iLe retour$esuite$fMarjane Satrapi",
            "214 $cL'Association$dDL 2001",
            "215 $a1 vol. (96 p.)$cill.$d25 cm$e1 dépl.",
            "225 $aCiboulette$v12",
            "330 $aUne enfance  à Téhéran.",
            "517 $aPersepolis, 2",
            "606 $aIran$xHistoire$y1979-$2rameau",
            "700 $aSatrapi$bMarjane",
            "701 $aEsclaibes$bSylvie d'",
            "702 $aNom$bIllustrateur",
            "995 $bMED$cBUS$fC1$kBD SAT 2$o0$20$00$rLIV$uAbîmé$lcontient 1 livre + 1 affiche",
        )
    )
    assert (record.source, record.control_number) == ("catalogue.example.org", "42")
    assert record.numbers == ((NumberKind.ISBN, "9782070360024"),)
    found = record.description
    assert (found.title, found.subtitle, found.volume) == ("Persepolis", "suite", "2, Le retour")
    assert found.author == "Marjane Satrapi, Sylvie d'Esclaibes"
    assert found.contributors.split("\n")[2] == "Illustrateur Nom"
    assert (found.publisher, found.year, found.isbn) == ("L'Association", 2013, "9782070360024")
    assert (found.language, found.audience, found.kind) == ("fre", Audience.ADULT, TitleKind.COMIC)
    assert (found.series, found.subjects) == ("Ciboulette, 12", "Iran -- Histoire -- 1979-")
    assert (found.summary, found.other_titles) == ("Une enfance à Téhéran.", "Persepolis, 2")
    assert found.extent == "1 vol. (96 p.) : ill. ; 25 cm + 1 dépl."
    assert (found.contents, found.parts_count) == ("1 vol, 1 dépl", 2)
    (item,) = record.items
    assert (item.barcode, item.home, item.current, item.shelf_mark, item.category) == (
        "C1", "MED", "BUS", "BD SAT 2", "LIV",
    )  # fmt: skip
    assert (item.contents, item.parts_count, item.note) == ("1 livre + 1 affiche", 2, "Abîmé")
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
        ("lm", ("337 $aPlayStation 4", "333 $aPEGI 12"), TitleKind.VIDEO_GAME),
        ("lm", ("337 $aWindows 10",), TitleKind.SOFTWARE),
        ("am", ("608 $aBandes dessinées",), TitleKind.COMIC),
        ("am", ("606 $aMangas$xHistoire",), TitleKind.BOOK),
        ("rm", (), TitleKind.BOARD_GAME),
        ("zz", (), TitleKind.OTHER),
    ],
)
def test_kinds(position, fields, kind):
    leader = f"     n{position}0 22        450 "
    if position == "zz":
        leader = "     nkm0 22        450 "
    assert read("200 $aX", *fields, leader=leader).kind is kind


@pytest.mark.parametrize(
    ("fields", "age", "platform"),
    [
        (("333 $aPEGI 12", "337 $aNintendo Switch"), 12, "Nintendo Switch"),
        (("300 $aPEGI: 7", "200 $aX$bJeu vidéo PS4"), 7, "PlayStation 4"),
        (("333 $a+ 16 ans", "215 $a1 disque Xbox One"), 16, "Xbox One"),
        (("333 $aDéconseillé aux moins de 18 ans", "337 $aPC ; PS5"), 18, "PlayStation 5, PC"),
        (("333 $aÀ partir de 3 ans", "230 $aNintendo 3DS"), 3, "Nintendo 3DS"),
        (("333 $aÀ partir de 9 ans", "337 $aWii U"), None, "Wii U"),
    ],
)  # fmt: skip
def test_video_games_have_their_age_and_console(fields, age, platform):
    if not any(field.startswith("200") for field in fields):
        fields = ("200 $aX", *fields)
    leader = "     nlm0 22        450 "
    found = read(*fields, "608 $aJeux vidéo", leader=leader)
    assert (found.pegi_age, found.platform) == (age, platform)


def test_a_book_is_not_rated_by_the_age_of_its_readers():
    found = read("200 $aX", "333 $aÀ partir de 12 ans", general="20260105d2013    |||y0frey50")
    assert (found.pegi_age, found.audience) == (None, Audience.YOUNG)


@pytest.mark.parametrize(
    ("extents", "contents", "count"),
    [
        ("$a1 d.c.", "", 1),
        ("$a2 d.c. (2h30min)$e1 livret", "2 d.c, 1 livret", 3),
        ("$a3 CD (68, 60, 68 min)$e1 livret", "3 CD, 1 livret", 4),
        ("$a2 DVD", "2 DVD", 2),
        ("$a225 p.$d23 cm", "", 1),
        ("$a225 p.$e1 CD audio", "1 CD audio", 2),
        ("$a3 vol.", "", 1),
        ("$a1 d.c.$e1 livre (n.p. : ill. ; 20 cm)", "1 d.c, 1 livre", 2),
    ],
)
def test_material_in_several_pieces(extents, contents, count):
    found = read("200 $aX", f"215 {extents}")
    assert (found.contents, found.parts_count) == (contents, count)


def test_marc21_with_all_it_may_have():
    record = title(
        marc21(
            "001 7",
            "003 RERO",
            "020 $a2070360024 (br.)",
            "022 $a0029-4802",
            "024#3  $a3760137632648",
            "100#1  $aCayrol, Jean.$4aut",
            "245#14 $aLes corps étrangers :$broman /$cJean Cayrol.",
            "246 $aCorps",
            "264# 1 $aParis :$bÉditions du Seuil,$c[1959]",
            "300 $a1 disque audio (60 min) ;$c12 cm +$e1 livret",
            "490#0  $aPoints ;$v42",
            "520 $aUn roman.",
            "521 $aEnfants (9-12 ans)",
            "650# 7 $aMusique$xHistoire.$2rero",
            "700#1  $aEsclaibes, Sylvie d'",
            "952 $pB1$aMAIN$bBUS$oR CAY$yBK$70$10$00$zTaché",
        )
    )
    found = record.description
    assert (record.source, record.control_number) == ("RERO", "7")
    assert [number for _, number in record.numbers] == [
        "9782070360024", "0029-4802", "3760137632648",
    ]  # fmt: skip
    assert (found.title, found.subtitle) == ("Les corps étrangers", "roman")
    assert found.author == "Jean Cayrol, Sylvie d'Esclaibes"
    assert (found.publisher, found.year, found.language) == ("Éditions du Seuil", 2013, "fre")
    assert (found.series, found.subjects) == ("Points, 42", "Musique -- Histoire")
    assert (found.contents, found.parts_count) == ("1 disque audio, 1 livret", 2)
    assert (found.audience, found.summary, found.other_titles) == (
        Audience.CHILD, "Un roman.", "Corps",
    )  # fmt: skip
    (item,) = record.items
    assert (item.barcode, item.home, item.current, item.shelf_mark, item.note) == (
        "B1", "MAIN", "BUS", "R CAY", "Taché",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("type_", "coded", "fields", "kind"),
    [
        ("am", "", (), TitleKind.BOOK),
        ("as", "", (), TitleKind.PERIODICAL),
        ("am", "", ("655 $aComic books, strips, etc.",), TitleKind.COMIC),
        ("gm", "", (), TitleKind.FILM),
        ("jm", "", (), TitleKind.MUSIC),
        ("mm", "", (), TitleKind.SOFTWARE),
        ("mm", CODED[:26] + "g" + CODED[27:], (), TitleKind.VIDEO_GAME),
        ("mm", "", ("655 $aVideo games",), TitleKind.VIDEO_GAME),
        ("rm", CODED[:33] + "g" + CODED[34:], (), TitleKind.BOARD_GAME),
        ("km", "", (), TitleKind.OTHER),
    ],
)
def test_kinds_of_marc21(type_, coded, fields, kind):
    leader = f"     n{type_} a22        4500"
    options = {"coded": coded} if coded else {}
    assert said(marc21("001 1", "245 $aX", *fields, leader=leader, **options)).kind is kind


def test_a_game_of_marc21():
    found = said(
        marc21(
            "001 1", "245 $aZelda", "521 $aPEGI 7.", "753 $aNintendo Switch",
            "655 $aJeux vidéo", leader="     nmm a22        4500",
        )
    )  # fmt: skip
    assert (found.kind, found.pegi_age, found.platform) == (
        TitleKind.VIDEO_GAME, 7, "Nintendo Switch",
    )  # fmt: skip


def test_volume_in_a_series():
    series = read("200 $aLe Lotus bleu", "461 $tTintin$v5")
    assert series.volume == "Tintin, 5"
    same = read("200 $aCrime et châtiment", "461 $tCrime et Châtiment$v2")
    assert same.volume == "2"


def test_what_a_record_is_known_by():
    known = [
        title(data)
        for data in (
            unimarc("090 $a77", "200 $aX"),
            marc21("035 $a(OCoLC)123", "245 $aX"),
            unimarc("010 $a2-07-036002-4", "200 $aX"),
        )
    ]
    assert [(one.source, one.control_number) for one in known] == [
        ("local", "77"), ("OCoLC", "123"), ("isbn", "9782070360024"),
    ]  # fmt: skip
    with pytest.raises(Unreadable, match="no control number"):
        title(unimarc("200 $aX"))
    with pytest.raises(Unreadable, match="longer than 64"):
        title(unimarc("001 " + "9" * 65, "200 $aX"))
    given = unimarc("001 1", "003 http://a.example/1", "200 $aX")
    assert title(given, source="other").source == "other"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (marc21("001 1", leader="     nx  a22        4500"), "a holdings record"),
        (marc21("001 1", "100 $aZ", leader="     nz  a22        4500"), "an authority record"),
        (marc21("001 1", "100 $aZ"), r"no title \(field 245"),
        (unimarc("001 1", "300 $aA note"), r"no title \(field 200"),
    ],
)
def test_records_that_describe_no_title_are_told(data, why):
    with pytest.raises(Unreadable, match=why):
        title(data)


def test_marks_of_non_sorting_and_controls_go_and_positions_stay():
    record = read("200 $a\x88Le \x89rouge  et ¬le¬\x01 noir\n")
    assert record.title == "Le rouge et le noir"
    assert read("200 $aX", general="20260105d    1999m  y0frey50      ba").year is None
    assert read("200 $ae\u0301te\u0301").title == "été"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (SOUND[:-1], "no end"),
        (b"abcde" + SOUND[5:], "its length"),
        (SOUND[:8] + b"\xe9" + SOUND[9:], "leader position 8: byte 0xE9"),
        (SOUND[:12] + b"xxxxx" + SOUND[17:], "base address 'xxxxx'"),
        (SOUND[:24] + b"x" + SOUND[24:], "not made of entries of 12"),
        (SOUND[:27] + b"abcd" + SOUND[31:], "directory entry 1 is '100abcd"),
        (SOUND[:-2] + b"x\x1d", "last field has no end"),
        (b"00002\x1d", "its length"),
        (SOUND.replace(b"\x1e\x1d", b"\x1e\x1e\x1d"), "names 4 fields, but there are 5"),
    ],
)
def test_damage_is_said(data, why):
    with pytest.raises(Unreadable, match=why):
        read_record(data)


def test_lengths_that_are_wrong_are_put_right_only_where_nothing_is_guessed():
    longer = SOUND.replace(b"R CAM", b"R CAMUS")
    for data, told in (
        (b"00042" + SOUND[5:], "the record says it has 42 bytes but has"),
        (longer, "field 995 has"),
    ):
        (mended,) = read_record(data).mended
        assert mended.startswith(told)
        assert title(data).items[0].shelf_mark.startswith("R CAM")
    with pytest.raises(Unreadable, match=r"field 995 has .* names 4 fields, but there are 5"):
        read_record(longer.replace(b"R CAMUS", b"R C\x1eMUS"))
    assert read_record(SOUND).mended == ()


def test_bad_subfield_codes_and_indicators_are_kept_and_told():
    odd = unimarc("001 1", "200 $aX", "300 $éA note", "301 $aok").replace(b"301", b"301")
    read = read_record(odd)
    assert read.mended == ("field 300: a subfield has the code '\\xe9'",)
    assert [f.subfields for f in read.record.all("300")] == [(("é", "A note"),)]
    surplus = read_record(unimarc("001 1", "200 $aX", "300#abc $aNote"))
    assert "begins with 'abc'" in surplus.mended[0]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_raises_anything_else(data):
    damaged = bytearray(SOUND + marc21("001 1", "245 $aÉté", "852 $pB$aX"))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.integers(0, 255))
    for chunk in chunks(io.BytesIO(bytes(damaged))):
        with contextlib.suppress(Unreadable):
            title(chunk.data)


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
    assert not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in once)


@pytest.mark.parametrize(
    ("text", "isbn"),
    [
        ("2-228-88955-5", "9782228889551"),
        ("2-914428-57-X", "9782914428576"),
        ("978-2-07-061275-8", "9782070612758"),
        ("9782070612758", "9782070612758"),
        ("978 2 07 061275 8", "9782070612758"),
        ("2070612759 (br.) : 7 EUR", "9782070612758"),
        ("2-228-88955-6", ""),
        ("9782070612759", ""),
        ("3760137632648", ""),
        ("br.", ""),
        ("", ""),
    ],
)
def test_isbn(text, isbn):
    assert isbn13(text) == isbn


def test_other_numbers_of_the_trade():
    assert [ean("3760137632648"), ean("724384960650"), ean("3760137632649")] == [
        "3760137632648", "0724384960650", "",
    ]  # fmt: skip
    assert [issn("0029-4802"), issn("00294802"), issn("0029-4803"), issn("x")] == [
        "0029-4802", "0029-4802", "", "",
    ]  # fmt: skip


def test_a_profile_that_is_given_is_used_for_every_record():
    (item,) = title(SOUND, KOHA).items
    assert item.barcode == "C1"
