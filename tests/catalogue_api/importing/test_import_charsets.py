import unicodedata

import pytest
from records_made import MARC8, MARC21, OLD, UTF_8, marc21, said, unimarc

from catalogue_api.importing import iso5426, marc8
from catalogue_api.importing.iso_records import read_record
from catalogue_api.importing.records import Unreadable

FRENCH = (
    "L'Étranger à Noël, français, déjà vu, château, île, août, où",
    "Le général",
    "Élève à l'école",
    "Œuvres complètes",
    "Ça ira",
    "Thérèse Raquin",
)


def encoded(accents, signs):
    """Encode as the older sets do: accents before their letters."""
    by_mark = {mark: bytes([byte]) for byte, mark in accents.items()}
    by_sign = {sign: bytes([byte]) for byte, sign in signs.items()}

    def encode(text):
        parts: list[bytes] = []
        for sign in unicodedata.normalize("NFD", text):
            if sign in by_mark:
                parts.insert(len(parts) - 1, by_mark[sign])
            else:
                parts.append(by_sign.get(sign) or sign.encode("ascii"))
        return b"".join(parts)

    return encode


IN_ISO_5426 = encoded(
    {0xC1: "\u0300", 0xC2: "\u0301", 0xC3: "\u0302", 0xC8: "\u0308", 0xD0: "\u0327"},
    {0xEA: "Œ", 0xFA: "œ"},
)
IN_MARC_8 = encoded(
    {
        0xE1: "\u0300",
        0xE2: "\u0301",
        0xE3: "\u0302",
        0xE8: "\u0308",
        0xF0: "\u0327",
        0xE9: "\u030c",
    },
    {0xA6: "Œ", 0xB6: "œ"},
)


def in_windows(text):
    return text.encode("windows-1252")


@pytest.mark.parametrize("text", FRENCH)
@pytest.mark.parametrize("general", [UTF_8, OLD, UTF_8[:26] + "01  " + UTF_8[30:]])
@pytest.mark.parametrize("encode", [str.encode, IN_ISO_5426, in_windows])
def test_unimarc_reads_right_whatever_it_declares(text, general, encode):
    data = unimarc("001 1", "101 $afre", f"200 $a{text}", general=general, encode=encode)
    assert said(data).title == text
    assert read_record(data).record.coded("100", "a")[26:30] in {"50  ", "5003"}


@pytest.mark.parametrize("text", FRENCH)
@pytest.mark.parametrize("leader", [MARC21, MARC8])
@pytest.mark.parametrize("encode", [str.encode, IN_MARC_8, in_windows])
def test_marc21_reads_right_whatever_it_declares(text, leader, encode):
    data = marc21("001 1", f"245 $a{text}", leader=leader, encode=encode)
    assert said(data).title == text
    assert read_record(data).record.leader[9] == "a"


def test_a_czech_name_in_marc_8_stays_one():
    coded = "260105s2013    xr            000 0 cze d"
    data = marc21("001 1", "245 $aDvořák", leader=MARC8, encode=IN_MARC_8, coded=coded)
    assert said(data).title == "Dvořák"


def test_marks_of_non_sorting_survive_in_latin_1_and_quotes_of_windows_too():
    data = unimarc("001 1", "200 $a\x98Le \x9cchâteau", encode=lambda text: text.encode("latin-1"))
    assert read_record(data).record.coded("200", "a") == "\x98Le \x9cchâteau"
    quoted = unimarc("001 1", "200 $aL’œuvre – “été”", encode=in_windows)
    assert said(quoted).title == "L’œuvre – “été”"


def test_utf_8_with_a_broken_byte_is_not_taken_for_something_else():
    whole = unimarc("001 1", "200 $aL'Étranger à Noël", "330 $aété ??")
    (mended,) = read_record(whole.replace(b"??", b"\xe9.")).mended
    assert mended == "field 330: byte 0xE9 is not UTF-8"
    assert "été \ufffd." in said(whole.replace(b"??", b"\xe9.")).summary
    with pytest.raises(Unreadable, match="field 200: byte 0xC9 is not UTF-8"):
        read_record(whole.replace("Éé".encode()[:2], b"\xc9 "))


def test_a_byte_without_a_meaning_is_told_with_its_place():
    with pytest.raises(Unreadable, match="field 200: byte 0xFF is not ISO 5426"):
        read_record(unimarc("001 1", "200 $aéàêëç ÿ", general=OLD, encode=_with_ff))


def _with_ff(text):
    return IN_ISO_5426(text.replace("ÿ", "?")).replace(b"?", b"\xff")


def test_every_accent_of_iso_5426_composes_or_stands_behind_its_letter():
    assert iso5426.decode(b"\xd0\xc2c") == "c\u0327\u0301"
    assert unicodedata.normalize("NFC", iso5426.decode(b"\xc8u\xcas\xcfz")) == "üs̊ž"
    assert iso5426.decode(b"\xabx\xbb \xea\xfb") == "«x» Œß"


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xe2e\xe8u\xf0c", "e\u0301u\u0308c\u0327"),
        (b"\x1b(NaBW\x1b(B!", "Абв!"),
        (b"H\x1bb2\x1bsO", "H\u2082O"),
        (b"\x1bgabc\x1bs", "αβγ"),
        (b"\x1b$1!0!\x1b(B", "\u4e00"),
        (b"&#x4E8C;&#xZZ;&#xD800;", "二&#xZZ;&#xD800;"),
        (b"\x88Le \x89nom\x1e", "\x88Le \x89nom\x1e"),
        (b"\xe2", "\u0301"),
    ],
)
def test_marc_8(data, text):
    assert marc8.decode(data) == text


@pytest.mark.parametrize("data", [b"\xff", b"\x1b", b"\x1b(?", b"\x1b$1!!"])
def test_marc_8_says_what_has_no_meaning(data):
    with pytest.raises(UnicodeDecodeError):
        marc8.decode(data)
