"""Library tags in the data elements of ISO 28560-2: annex and real tags, writing, every damage."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.iso15693 import DSFID_ISO28560_2
from drivers.tags.compaction import Compaction
from drivers.tags.content import Encoding, Usage, Warn
from drivers.tags.iso28560_part2 import encode
from drivers.tags.objects import DataSet, End, scan, write
from drivers.tags.recognise import needs_more, recognise

TAGS = tomllib.loads(
    (Path(__file__).parents[1] / "vectors/iso28560_part2.toml").read_text(encoding="utf-8")
)["tag"]
ANNEX_D = bytes.fromhex(TAGS[0]["hex"])

texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30
)
items = st.text("0123456789ABCDEFabcdef-. éß", min_size=1, max_size=20).filter(str.strip)
owners = st.text("ABCXYZabcxyz0189:/-", min_size=1, max_size=11).map("FR-".__add__)


def octets(oid, data):
    return DataSet(oid, Compaction.OCTETS, data)


def tag(*sets, tail=b"\0"):
    return write(sets, 4) + tail


def reversed_blocks(memory):
    return b"".join(memory[at : at + 4][::-1] for at in range(0, len(memory), 4))


def said(memory, dsfid=DSFID_ISO28560_2):
    content = recognise(memory, dsfid)
    assert content.encoding is Encoding.ISO28560_2
    assert content.crc_ok is None
    assert content.reason
    return content


# -------------------------------------------------------------------------------- as it should be


@pytest.mark.parametrize("vector", TAGS, ids=lambda vector: vector["name"])
@pytest.mark.parametrize(("dsfid", "surprise"), [(0x06, ()), (0x00, (Warn.UNEXPECTED_DSFID,))])
def test_tags_of_others(vector, dsfid, surprise):
    content = said(bytes.fromhex(vector["hex"]), dsfid)
    assert (content.item, content.owner) == (vector["item"], vector.get("owner", ""))
    assert (content.part, content.parts) == (vector.get("part", 1), vector.get("parts", 1))
    assert content.usage_code == vector.get("usage_code", 0x60)
    assert content.elements == {int(oid): text for oid, text in vector["elements"].items()}
    assert content.warnings == tuple(Warn(name) for name in vector["warnings"]) + surprise


def test_annex_d_is_written_the_same():
    made = encode(
        "123456789012",
        36,
        owner="US-InU-Mu",
        part=3,
        parts=12,
        usage=None,
        elements={6: "QA268.L55"},
        content_parameter=True,
        lockable={1, 3},
    )
    assert made == ANNEX_D


def test_a_run_of_lockable_elements_is_aligned_at_both_ends():
    # As in UnitTestRFID/TestChip.cs of DigitalPlatform/dp2, "layout 3", whose title is UTF-8.
    made = encode(
        "123456789012",
        44,
        owner="US-InU-Mu",
        part=3,
        parts=12,
        usage=None,
        elements={6: "QA268.L55", 17: "test"},
        content_parameter=True,
        lockable={1, 3, 17},
    )
    assert made == bytes.fromhex(
        "9100051cbe991a14 0202d002 140204b3 c60207441cb6e2e335d60000"
        "0307acc09ebaa06f6b 6f020474657374"
    )


@pytest.mark.server
@given(
    items,
    st.none() | owners,
    st.tuples(st.integers(1, 999), st.integers(1, 999)).map(sorted),
    st.none() | st.integers(0, 0xFF),
    st.dictionaries(st.integers(6, 270).filter(lambda oid: oid not in {11, 19, 20}), texts),
    st.booleans(),
    st.sets(st.sampled_from([1, 3, 4, 5, 6, 17])),
)
def test_what_is_written_is_read(item, owner, parts, usage, elements, parameter, lockable):
    part, total = parts
    memory = encode(
        item,
        2000,
        owner=owner or "",
        part=part,
        parts=total,
        usage=usage,
        elements=elements,
        content_parameter=parameter,
        lockable=lockable,
    )
    content = said(memory)
    assert (content.item, content.owner) == (item, owner or "")
    assert (content.part, content.parts) == (part, total)
    assert content.usage_code == (0x60 if usage is None else usage)
    assert {oid: content.elements[oid] for oid in elements} == elements
    assert content.warnings == (() if owner else (Warn.NO_OWNER,))


@pytest.mark.parametrize("usage", Usage)
def test_every_type_of_usage_is_written_and_read(usage):
    assert said(encode("30001", 112, usage=usage)).usage is usage


@pytest.mark.parametrize(
    ("oid", "text", "data"),
    [
        (11, "DE-Heu1", "0b06 21408e16bf1f"),
        (11, "?!", "6b02 3f21"),
        (19, "2", "0f04 01 02"),
        (19, "300", "1f04 02 012c"),
        (20, "255", "0f05 01 ff"),
        (27, "AB", "6f0c 02 4142"),
    ],
)
def test_elements_with_a_form_of_their_own(oid, text, data):
    memory = encode("30001", 112, usage=None, elements={oid: text})
    assert memory[:4] == bytes.fromhex("11027531")
    assert memory[4:].rstrip(b"\0") == bytes.fromhex(data)
    assert said(memory).elements == {oid: text}


@pytest.mark.parametrize(
    ("item", "size", "wishes"),
    [
        ("", 112, {}),
        (" ", 112, {}),
        ("a\0b", 112, {}),
        ("1" * 40, 16, {}),
        ("1", 112, {"owner": "Roubaix"}),
        ("1", 112, {"part": 1000}),
        ("1", 112, {"parts": -1}),
        ("1", 112, {"usage": 256}),
        ("1", 112, {"elements": {17: ""}}),
        ("1", 112, {"elements": {0: "x"}}),
        ("1", 112, {"elements": {271: "x"}}),
        ("1", 112, {"elements": {2: "1,2"}}),
        ("1", 112, {"elements": {2: "all"}}),
    ],
)
def test_what_cannot_be_encoded_is_refused(item, size, wishes):
    with pytest.raises(ValueError, match=r".+"):
        encode(item, size, **wishes)


# -------------------------------------------------------------------------------------- data sets


@given(
    st.lists(
        st.builds(
            DataSet, st.integers(1, 270), st.sampled_from(Compaction), st.binary(max_size=300)
        ),
        max_size=6,
    ),
    st.sets(st.integers(1, 270)),
    st.sampled_from([1, 4, 8]),
)
def test_data_sets_survive(sets, lockable, block):
    lockable |= {one.oid for one in sets[::2]}
    stream = scan(write(sets, block, lockable))
    assert (stream.sets, stream.end) == (tuple(sets), End.MEMORY)


@pytest.mark.parametrize(
    ("length", "head"),
    [(0, "6100"), (127, "617f"), (128, "618100"), (300, "61822c"), (16384, "61818000")],
)
def test_lengths_of_more_than_one_byte(length, head):
    made = write([octets(1, bytes(length))], 4)
    assert made[: len(head) // 2].hex() == head
    assert scan(made).sets == (octets(1, bytes(length)),)


@pytest.mark.parametrize(
    ("hex_", "end", "count"),
    [
        ("", End.MEMORY, 0),
        ("00610141", End.TERMINATOR, 0),
        ("80806101418000", End.TERMINATOR, 1),
        ("61014180", End.MEMORY, 1),
        ("6101416f", End.CUT, 1),
        ("610141e1", End.CUT, 1),
        ("610141e101", End.CUT, 1),
        ("61014161028080", End.MEMORY, 2),
        ("610141610380", End.CUT, 1),
        ("61014161818181", End.DAMAGE, 1),
        ("61014160", End.DAMAGE, 1),
        ("e1050141", End.MEMORY, 1),
    ],
)
def test_the_end_of_the_data_sets(hex_, end, count):
    stream = scan(bytes.fromhex(hex_))
    assert (stream.end, len(stream.sets)) == (end, count)


# ------------------------------------------------------------------------------------- tolerance


def test_everything_in_octets():
    content = said(
        tag(
            octets(1, b"30001000000017"),
            octets(2, b"\xb0"),
            octets(3, b"FR-591220001"),
            octets(4, b"0302"),
            octets(5, b"\x80"),
            octets(19, b"\x01"),
            octets(20, b"5"),
            octets(6, b"shelf"),
        )
    )
    assert (content.item, content.owner) == ("30001000000017", "FR-591220001")
    assert (content.part, content.parts, content.usage) == (2, 3, Usage.PATRON_CARD)
    assert content.elements == {2: "3,5,6", 4: "0302", 5: "80", 6: "shelf", 19: "1", 20: "5"}
    assert content.warnings == (Warn.OCTET_ENCODED,)


def test_usage_as_two_digits_in_octets():
    content = said(tag(octets(1, b"30001"), octets(5, b"80")))
    assert content.usage is Usage.PATRON_CARD


def test_octets_where_nothing_is_shorter_are_no_deviation():
    content = said(tag(octets(1, b"A12"), octets(7, b"BA")))
    assert content.warnings == (Warn.NO_OWNER,)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0"])
def test_empty_elements(data):
    content = said(tag(octets(1, b"A12"), octets(3, data), octets(2, data), octets(17, data)))
    assert (content.owner, content.elements) == ("", {2: "", 17: ""})
    assert content.warnings == (Warn.EMPTY_ELEMENT, Warn.NO_OWNER)


def test_an_empty_content_parameter_is_not_believed():
    memory = tag(octets(1, b"A12"), octets(2, b""), tail=b"")
    assert needs_more(memory, DSFID_ISO28560_2)


@pytest.mark.parametrize("dsfid", [0x00, 0x06, 0x42])
def test_reversed_blocks(dsfid):
    memory = encode("30001000000017", 112, owner="FR-591220001")
    for size in (32, 112):
        content = said(reversed_blocks(memory[:size]), dsfid)
        assert (content.item, content.owner) == ("30001000000017", "FR-591220001")
        assert Warn.REVERSED_BLOCKS in content.warnings


def test_more_parts_than_there_are_is_flagged_and_never_swapped():
    content = said(encode("30001", 112, owner="FR-1", part=3, parts=2))
    assert (content.part, content.parts) == (3, 2)
    assert content.warnings == (Warn.PART_OVER_TOTAL,)


@pytest.mark.parametrize("text", [b"123", b"A1B2"])
def test_set_information_that_cannot_be_split(text):
    content = said(tag(octets(1, b"A12"), octets(4, text)))
    assert (content.part, content.parts) == (1, 1)
    assert Warn.DAMAGED_ELEMENT in content.warnings


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (DataSet(4, Compaction.APPLICATION, b"\x0c\x03"), "0C03"),
        (DataSet(5, Compaction.APPLICATION, b"\x10\x20"), "1020"),
        (DataSet(13, Compaction.APPLICATION, bytes(9)), "00" * 9),
        (DataSet(19, Compaction.APPLICATION, b"\x01\x02"), "0102"),
        (DataSet(40, Compaction.APPLICATION, b"\x01"), "01"),
    ],
)
def test_a_form_that_is_not_known_is_given_in_hexadecimal(one, text):
    content = said(tag(octets(1, b"A12"), one))
    assert content.elements == {one.oid: text}
    assert Warn.UNREAD_ELEMENT in content.warnings


def test_a_product_identifier_as_an_integer():
    number = 9782070360024
    one = DataSet(13, Compaction.APPLICATION, number.to_bytes(6, "big"))
    assert said(tag(octets(1, b"A12"), one)).elements == {13: str(number)}


def test_the_first_of_two_counts():
    content = said(tag(octets(1, b"A12"), octets(3, b"FR-1"), octets(1, b"B34")))
    assert content.item == "A12"
    assert Warn.REPEATED_ELEMENT in content.warnings


def test_a_damaged_element_is_left_out():
    content = said(
        tag(
            octets(1, b"A123"),
            DataSet(17, Compaction.UTF8, b"\xff"),
            DataSet(2, Compaction.UTF8, b"3"),
        )
    )
    assert (content.item, content.elements) == ("A123", {})
    assert content.warnings == (Warn.OCTET_ENCODED, Warn.DAMAGED_ELEMENT, Warn.NO_OWNER)


GARBAGE = b"\x10\xff\x30" * 4


def test_garbage_behind_an_isil_came_later():
    content = said(encode("30001000000017", 17, owner="FR-591220001", usage=None) + GARBAGE)
    assert (content.item, content.owner) == ("30001000000017", "FR-591220001")
    assert Warn.DAMAGED_ELEMENT in content.warnings


@pytest.mark.parametrize(
    "memory",
    [
        tag(octets(1, b"A12"), tail=GARBAGE),
        # ISO 28560-3 with a wrong checksum and this DSFID: no integer of one digit is ever written.
        bytes.fromhex("110101 34373131").ljust(112, b"\0"),
    ],
)
def test_an_item_identifier_that_nothing_vouches_for_is_not_believed(memory):
    content = recognise(memory.ljust(32, b"\0"), DSFID_ISO28560_2)
    assert (content.encoding, content.item) == (Encoding.UNKNOWN, "")


def test_a_short_chip_gives_what_it_holds():
    content = said(encode("30001000000017", 112, owner="FR-591220001")[:16])
    assert (content.item, content.owner) == ("30001000000017", "")
    assert Warn.SHORT_MEMORY in content.warnings


def test_a_tag_without_an_item_identifier_says_so():
    content = said(tag(octets(3, b"FR-1")))
    assert (content.item, content.owner) == ("", "FR-1")
    assert "item identifier" in content.reason


# ------------------------------------------------------------------------------ how much to read


def read(memory, dsfid, blocks=8):
    while needs_more(memory[: 4 * blocks], dsfid) and 4 * blocks < len(memory):
        blocks += 1
    return recognise(memory[: 4 * blocks], dsfid), blocks


@pytest.mark.parametrize("dsfid", [0x00, 0x06])
@pytest.mark.parametrize("turn", [bytes, reversed_blocks])
@pytest.mark.parametrize(
    ("wishes", "needed"),
    [
        ({"content_parameter": True}, 8),  # no set information is announced: all is known
        ({"part": 2, "parts": 3}, 8),  # all four are known
        ({}, 17),  # set information may follow behind the shelf
        ({"lockable": {3}, "content_parameter": True}, 19),  # the owner stands last
    ],
)
def test_a_kiosk_reads_until_it_knows_enough(dsfid, turn, wishes, needed):
    memory = encode("30001", 320, owner="FR-1", elements={6: "a" * 60}, **wishes)
    content, blocks = read(turn(memory), dsfid)
    assert blocks == needed
    assert (content.item, content.owner) == ("30001", "FR-1")


def test_most_tags_need_eight_blocks():
    content, blocks = read(encode("30001000000017", 112, owner="FR-591220001"), 0x06)
    assert (blocks, content.warnings) == (8, ())


def test_a_long_item_identifier_takes_as_many_as_it_needs():
    content, blocks = read(encode("abcdefghijklmnopqrstuvwxyz" * 2, 112, owner="FR-1"), 0x06)
    assert (content.item, content.owner) == ("abcdefghijklmnopqrstuvwxyz" * 2, "FR-1")
    assert blocks == 15


def test_an_end_that_never_comes():
    assert read(b"\x61\x03A12" + b"\x80" * 2000, 0x06)[1] == 80
    assert read(b"\x61\xff\x7f" + bytes(2000), 0x06)[1] == 80


# ------------------------------------------------------------------------------- no library tags


@pytest.mark.parametrize(
    "memory",
    [
        # A real tag of DigitalPlatform/dp2 ("liuxing"): a numeric that is none, then out of step.
        bytes.fromhex("21040000610a5345303130333631303302 01a0030b1b81e120000a01aca2a65f650180"),
        b"\0" + b"remains of another tag" * 2,
        b"\x10" * 40,
        b"\xff" * 40,
    ],
)
@pytest.mark.parametrize("dsfid", [0x00, 0x06])
def test_rubbish_is_unknown_whatever_it_is_announced_as(memory, dsfid):
    content = recognise(memory, dsfid)
    assert (content.encoding, content.item) == (Encoding.UNKNOWN, "")
    assert content.reason


@pytest.mark.parametrize(
    "memory",
    [
        b"A123456".ljust(112, b"\0"),  # would be 49 characters of 6 bits
        b"10000017".ljust(112, b"\0"),
        b"https://example.org/30001".ljust(112, b"\0"),
        tag(octets(3, b"FR-1"), octets(1, b"A1234")),  # the identifier must come first
        tag(octets(1, b"\xff\xfe\xff\xfe")),
        tag(octets(1, b"A12")),
        tag(octets(1, b"A1234"), octets(1, b"A1234")),
        tag(octets(1, b"A1234"), tail=b"\0" + b"remains" * 5),  # a lone element and something else
        tag(octets(1, b"A1234"), octets(32, b"no such element")),
        tag(octets(1, b"A1234"), DataSet(4, Compaction.APPLICATION, b"\1\2")),
        tag(octets(1, b"1" * 25)),
        tag(octets(1, b"A1234\0\0\0")),
        tag(octets(1, b"00000")),
        bytes.fromhex("e120 05 4131323334") + bytes(64),  # more pad bytes than a block has
        tag(octets(1, b"A1234"), octets(17, b"a" * 30))[:-4],  # cut off
        tag(DataSet(1, Compaction.INTEGER, b"\x00\x20")),
        tag(DataSet(1, Compaction.SIX_BIT, bytes.fromhex("0420f1cb3d00"))),
        tag(DataSet(1, Compaction.APPLICATION, b"12")),
    ],
)
def test_what_is_not_announced_must_be_flawless(memory):
    assert recognise(memory, 0x00).encoding is Encoding.UNKNOWN


@given(st.binary(max_size=120), st.sampled_from([0x00, 0x06, 0x3E]))
def test_no_bytes_behind_an_item_make_it_raise(tail, dsfid):
    memory = bytes.fromhex("11030aa8ae") + tail
    recognise(memory, dsfid)
    needs_more(memory, dsfid)
