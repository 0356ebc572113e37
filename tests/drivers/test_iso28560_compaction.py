"""The compactions of ISO/IEC 15962 and of ISILs: vectors, round trips, and bytes that are none."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.tags import isil_compaction
from drivers.tags.compaction import Compaction, Malformed, choose, compact, extract

VECTORS = tomllib.loads(
    (Path(__file__).parents[1] / "vectors/iso28560_part2.toml").read_text(encoding="utf-8")
)
TEXTS = {
    Compaction.INTEGER: st.integers(10, 9999999999999999999).map(str),
    Compaction.NUMERIC: st.text("0123456789", min_size=1),
    Compaction.FIVE_BIT: st.text([chr(code) for code in range(0x41, 0x60)], min_size=1),
    Compaction.SIX_BIT: st.text([chr(code) for code in range(0x20, 0x60)], min_size=1).filter(
        lambda text: not text.endswith(" ")
    ),
    Compaction.SEVEN_BIT: st.text([chr(code) for code in range(0x7F)], min_size=1),
    Compaction.OCTETS: st.text([chr(code) for code in range(0x100)], min_size=1),
    Compaction.UTF8: st.text(st.characters(codec="utf-8"), min_size=1),
}
isils = st.text("-:/ABYZabyz0189", min_size=1, max_size=16)


@pytest.mark.parametrize("vector", VECTORS["compaction"], ids=lambda one: one["text"])
def test_vectors_of_the_annexes(vector):
    data, compaction = bytes.fromhex(vector["hex"]), Compaction[vector["scheme"]]
    assert compact(vector["text"], compaction) == data
    assert extract(data, compaction) == vector["text"]


@pytest.mark.parametrize("vector", VECTORS["isil"], ids=lambda one: one["text"])
def test_isils_of_the_annexes_and_of_real_tags(vector):
    data = bytes.fromhex(vector["hex"])
    assert isil_compaction.extract(data) == vector["text"]
    assert isil_compaction.compact(vector["text"]) == data


@pytest.mark.parametrize("compaction", TEXTS)
@given(data=st.data())
def test_what_is_compacted_is_extracted(compaction, data):
    text = data.draw(TEXTS[compaction])
    assert extract(compact(text, compaction), compaction) == text


@given(st.one_of(*TEXTS.values()))
def test_the_choice_is_the_shortest_and_reads_the_same(text):
    compaction, data = choose(text)
    assert extract(data, compaction) == text
    assert len(data) <= len(text.encode())


@pytest.mark.parametrize(
    ("text", "compaction"),
    [
        ("123456789012", Compaction.INTEGER),
        ("10", Compaction.INTEGER),
        ("9999999999999999999", Compaction.INTEGER),
        ("12345678901234567890", Compaction.NUMERIC),
        ("01", Compaction.NUMERIC),
        ("5", Compaction.OCTETS),
        ("AB", Compaction.OCTETS),
        ("ABC", Compaction.FIVE_BIT),
        ("A12", Compaction.OCTETS),
        ("A123", Compaction.SIX_BIT),
        ("A12 ", Compaction.OCTETS),
        ("Library", Compaction.OCTETS),
        ("Libraries", Compaction.SEVEN_BIT),
        ("été", Compaction.OCTETS),
        ("œuvre", Compaction.UTF8),
    ],
)
def test_the_choice_of_the_standard(text, compaction):
    assert choose(text)[0] is compaction


@pytest.mark.parametrize(
    ("text", "compaction"),
    [
        ("9", Compaction.INTEGER),
        ("012", Compaction.INTEGER),
        ("10000000000000000000", Compaction.INTEGER),
        ("1a", Compaction.NUMERIC),
        ("@AB", Compaction.FIVE_BIT),
        ("AB12 ", Compaction.SIX_BIT),
        ("abcd", Compaction.SIX_BIT),
        ("\x7f", Compaction.SEVEN_BIT),
        ("œ", Compaction.OCTETS),
        ("\ud800", Compaction.UTF8),
        ("", Compaction.UTF8),
        ("12", Compaction.APPLICATION),
    ],
)
def test_what_has_no_place_in_a_scheme_is_refused(text, compaction):
    with pytest.raises(ValueError, match="does not fit"):
        compact(text, compaction)


@pytest.mark.parametrize("text", ["", "\ud800"])
def test_what_no_scheme_takes_is_refused(text):
    with pytest.raises(ValueError, match="cannot be compacted"):
        choose(text)


@pytest.mark.parametrize(
    ("hex_", "compaction"),
    [
        ("010203040506070809", Compaction.INTEGER),
        ("0000610a", Compaction.NUMERIC),
        ("ff", Compaction.NUMERIC),
        ("f1", Compaction.NUMERIC),
        ("0801", Compaction.FIVE_BIT),
        ("fffe", Compaction.SEVEN_BIT),
        ("ff", Compaction.UTF8),
        ("00", Compaction.APPLICATION),
    ],
)
def test_bytes_that_no_writer_made(hex_, compaction):
    with pytest.raises(Malformed):
        extract(bytes.fromhex(hex_), compaction)


@given(st.binary(max_size=3000), st.sampled_from(Compaction))
def test_no_bytes_raise_anything_else(data, compaction):
    try:
        extract(data, compaction)
        isil_compaction.extract(data)
    except Malformed:
        pass


@pytest.mark.parametrize("compaction", Compaction)
def test_no_bytes_are_no_text(compaction):
    assert extract(b"", compaction) == ""


# ------------------------------------------------------------------------------------------ ISIL


@given(isils)
def test_isils_survive(text):
    assert isil_compaction.extract(isil_compaction.compact(text)) == text


@given(isils)
def test_no_isil_takes_more_than_its_letters(text):
    assert len(isil_compaction.compact(text)) <= len(text) * 10 // 8 + 1


def test_where_looking_ahead_is_not_short_enough_all_ways_are_weighed():
    # A shift for each digit that a capital follows costs more than to stay among the digits.
    text = "A1-1-1-1-1-1-1-B"
    # Letters 5 bits, digits and hyphens 4, a latch to and fro: 75 bits.
    assert len(isil_compaction.compact(text)) == 10
    assert isil_compaction.extract(isil_compaction.compact(text)) == text


@pytest.mark.parametrize("text", ["", "FR 1", "FR_1", "FR-é"])
def test_what_no_isil_has_is_refused(text):
    with pytest.raises(ValueError, match="in no ISIL"):
        isil_compaction.compact(text)


def test_a_shift_that_is_followed_by_none():
    with pytest.raises(Malformed):
        isil_compaction.extract(bytes([0b11101_111, 0b01_000000]))
