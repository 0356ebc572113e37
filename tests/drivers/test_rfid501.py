"""3M tags from before ISO 28560: real layout, round trips, and what only resembles it."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.tags.content import Encoding, Warn
from drivers.tags.recognise import needs_more, recognise
from drivers.tags.rfid501 import ITEM_TYPES, encode

TAGS = tomllib.loads((Path(__file__).parents[1] / "vectors/rfid501.toml").read_text())["tag"]
SOUND = encode("30001000000017", 112, part=2, parts=3)


def changed(memory, at, value):
    return memory[:at] + value + memory[at + len(value) :]


def reversed_blocks(memory):
    return b"".join(memory[at : at + 4][::-1] for at in range(0, len(memory), 4))


@pytest.mark.parametrize("vector", TAGS, ids=lambda vector: vector["name"])
def test_tags_of_others(vector):
    content = recognise(bytes.fromhex(vector["hex"]), 0x00)
    assert (content.encoding, content.item) == (Encoding.RFID501, vector["item"])
    assert (content.part, content.parts, content.owner) == (1, 1, "")
    assert content.legacy == vector["legacy"]
    assert (content.crc_ok, content.warnings) == (None, ())


def test_it_is_written_the_same():
    made = encode("1302003767", 32)
    assert made == bytes.fromhex(TAGS[1]["hex"])
    full = encode("200901010123", 32, item_type=0, library=1048575, branch=4095, custom=2147483647)
    # The vector has 0 for its type of item: "other".
    assert full == changed(bytes.fromhex(TAGS[0]["hex"]), 3, b"\0")


@given(
    st.from_regex(r"\A[0-9A-Za-z][0-9A-Za-z .$/+%:_-]{0,15}\Z").filter(
        lambda item: item.strip("0")
    ),
    st.tuples(st.integers(0, 15), st.integers(0, 15)).map(sorted),
    st.sampled_from(sorted(ITEM_TYPES)),
    st.integers(0, (1 << 20) - 1),
    st.integers(0, (1 << 12) - 1),
    st.integers(-(1 << 31), (1 << 31) - 1),
    st.booleans(),
)
def test_what_is_written_is_read(item, parts, item_type, library, branch, custom, turned):
    part, total = parts
    memory = encode(
        item,
        112,
        part=part,
        parts=total,
        item_type=item_type,
        library=library,
        branch=branch,
        custom=custom,
    )
    content = recognise(reversed_blocks(memory) if turned else memory, 0x00)
    assert (content.encoding, content.item) == (Encoding.RFID501, item)
    assert (content.part, content.parts) == (part, total)
    assert content.legacy == {
        "item_type": ITEM_TYPES[item_type],
        "library": str(library),
        "branch": str(branch),
        "custom": str(custom),
    }
    assert content.warnings == ((Warn.REVERSED_BLOCKS,) if turned else ())


@pytest.mark.parametrize(
    ("item", "size", "wishes"),
    [
        ("", 112, {}),
        ("1" * 17, 112, {}),
        ("é", 112, {}),
        ("a[b", 112, {}),
        ("1", 28, {}),
        ("1", 112, {"parts": 16}),
        ("1", 112, {"item_type": 12}),
        ("1", 112, {"library": 1 << 20}),
        ("1", 112, {"branch": -1}),
    ],
)
def test_what_the_layout_cannot_hold_is_refused(item, size, wishes):
    with pytest.raises(ValueError, match=r".+"):
        encode(item, size, **wishes)


def test_more_parts_than_there_are_is_flagged():
    content = recognise(changed(SOUND, 1, b"\x32"), 0x00)
    assert (content.part, content.parts, content.warnings) == (3, 2, (Warn.PART_OVER_TOTAL,))


@pytest.mark.parametrize("size", [24, 28])
def test_a_short_read(size):
    content = recognise(SOUND[:size], 0x00)
    assert (content.item, content.warnings) == ("30001000000017", (Warn.SHORT_MEMORY,))


@pytest.mark.parametrize("dsfid", [0x06, 0x3E])
def test_a_dsfid_that_announces_something_else(dsfid):
    content = recognise(SOUND, dsfid)
    assert (content.encoding, content.warnings) == (Encoding.RFID501, (Warn.UNEXPECTED_DSFID,))


@pytest.mark.parametrize("turn", [bytes, reversed_blocks])
@pytest.mark.parametrize("dsfid", [0x00, 0x06])
def test_eight_blocks_are_enough(turn, dsfid):
    assert not needs_more(turn(SOUND)[:32], dsfid)
    assert recognise(turn(SOUND)[:32], dsfid).item == "30001000000017"


@pytest.mark.parametrize(
    "memory",
    [
        SOUND[:20],
        changed(SOUND, 0, b"\x05"),
        changed(SOUND, 2, b"\x01"),
        changed(SOUND, 3, b"\x0c"),
        changed(SOUND, 4, b"\0"),
        changed(SOUND, 4, b"\xe9"),
        changed(SOUND, 5, b"["),
        changed(SOUND, 19, b"1"),
        changed(SOUND, 4, bytes(16)),
        changed(SOUND, 31, b"\x01"),
    ],
)
def test_what_only_resembles_it_is_unknown(memory):
    content = recognise(memory, 0x00)
    assert (content.encoding, content.item) == (Encoding.UNKNOWN, "")
    assert content.reason


@pytest.mark.parametrize("size", [24, 32, 112])
def test_as_3m_delivered_its_tags(size):
    content = recognise((b"\x55" * 24).ljust(size, b"\0"), 0x00)
    assert (content.encoding, "3M" in content.reason) == (Encoding.BLANK, True)


@pytest.mark.parametrize("memory", [b"\x55" * 20, b"\x55" * 32, b"\x55" * 24 + b"\x01" * 8])
def test_what_is_no_such_blank(memory):
    assert recognise(memory, 0x00).encoding is Encoding.UNKNOWN
