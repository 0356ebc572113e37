"""Library tags in the layout of ISO 28560-3: annex vectors, real dumps, and every damage."""

import tomllib
from binascii import crc_hqx
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.iso15693 import DSFID_ISO28560_3
from drivers.tags import iso28560_extensions
from drivers.tags.content import Encoding, Usage, Warn
from drivers.tags.iso28560_part3 import Checksum, encode, verify
from drivers.tags.recognise import FIRST_READ_BLOCKS, needs_more, recognise

TAGS = tomllib.loads((Path(__file__).parents[1] / "vectors/iso28560_part3.toml").read_text())["tag"]
SOUND = encode("30001000000017", 112, owner="FR-591220001")

text = st.text(st.characters(codec="utf-8", categories=["L", "N", "P"]), min_size=1)
unit = st.text("ABCXYZabcxyz0189:/-", min_size=1, max_size=11).filter(lambda u: u[0] != "-")


def reversed_blocks(memory):
    return b"".join(memory[at : at + 4][::-1] for at in range(0, len(memory), 4))


def changed(memory, at, value):
    return memory[:at] + value + memory[at + len(value) :]


def read(memory, dsfid=DSFID_ISO28560_3, blocks=FIRST_READ_BLOCKS):
    """Read block by block, as a kiosk does; give the content and the number of blocks."""
    while needs_more(memory[: 4 * blocks], dsfid) and 4 * blocks < len(memory):
        blocks += 1
    return recognise(memory[: 4 * blocks], dsfid), blocks


# -------------------------------------------------------------------------------- as it should be


def test_the_checksum_of_the_annex():
    assert crc_hqx(b"RFID tag data model", 0xFFFF) == 0x1AEE


@pytest.mark.parametrize("vector", TAGS, ids=lambda vector: vector["name"])
def test_tags_of_others(vector):
    content = recognise(bytes.fromhex(vector["hex"]), DSFID_ISO28560_3)
    assert content.encoding is Encoding.ISO28560_3
    assert (content.item, content.owner) == (vector["item"], vector["owner"])
    assert (content.part, content.parts, content.crc_ok) == (1, 1, True)
    assert content.usage_code == vector.get("usage_code", 1)
    assert content.warnings == tuple(Warn(name) for name in vector["warnings"])
    elements = vector.get("elements", {})
    assert content.elements == {int(oid): value for oid, value in elements.items()}


@pytest.mark.parametrize("vector", TAGS[:3], ids=lambda vector: vector["name"])
def test_tags_of_others_are_written_the_same(vector):
    memory = bytes.fromhex(vector["hex"])
    elements = {int(oid): value for oid, value in vector.get("elements", {}).items()}
    made = encode(vector["item"], len(memory), owner=vector["owner"], elements=elements)
    assert made == memory


@pytest.mark.server
@given(
    st.text("0123456789ABCéß", min_size=1, max_size=40),
    st.none() | unit,
    st.tuples(st.integers(1, 255), st.integers(1, 255)).map(sorted),
    st.integers(0, 15),
    st.dictionaries(
        st.sampled_from([6, 7, 8, 9, 10, 11, 12, 13, 17, 18, 20, 21, 23, 24, 25]), text
    ),
)
def test_what_is_written_is_read(item, unit, parts, usage, elements):
    part, total = parts
    owner = f"FR-{unit}" if unit else ""
    memory = encode(item, 4096, owner=owner, part=part, parts=total, usage=usage, elements=elements)
    content = recognise(memory, DSFID_ISO28560_3)
    assert (content.item, content.owner) == (item, owner)
    assert (content.part, content.parts, content.usage_code) == (part, total, usage)
    assert content.elements == elements
    assert content.crc_ok
    assert content.warnings == (() if owner else (Warn.NO_OWNER,))


@pytest.mark.parametrize("usage", Usage)
def test_every_type_of_usage_is_written_and_read(usage):
    assert recognise(encode("1", 112, usage=usage), DSFID_ISO28560_3).usage is usage


@pytest.mark.parametrize(
    ("item", "size", "wishes"),
    [
        ("", 112, {}),
        ("a\0b", 112, {}),
        ("1" * 17, 32, {}),
        ("1", 31, {}),
        ("1", 32, {"owner": "FR-12345678901"}),
        ("1", 112, {"owner": "OCLC-123"}),
        ("1", 112, {"owner": "nobody"}),
        ("1", 112, {"part": 256}),
        ("1", 112, {"usage": 16}),
        ("1", 112, {"elements": {4: "set"}}),
        ("1", 112, {"elements": {17: "a\0b"}}),
        ("1", 512, {"elements": {17: "a" * 252}}),
        ("1", 34, {"elements": {17: "title"}}),
    ],
)
def test_what_the_layout_cannot_hold_is_refused(item, size, wishes):
    with pytest.raises(ValueError, match=r".+"):
        encode(item, size, **wishes)


# ------------------------------------------------------------------------------ how much to read


def test_eight_blocks_are_enough_for_most_tags():
    content, blocks = read(SOUND)
    assert blocks == 8
    assert (content.owner, content.warnings) == ("FR-591220001", (Warn.SHORT_MEMORY,))


def test_a_long_owner_takes_one_block_more():
    content, blocks = read(encode("1", 112, owner="FR-12345678901"))
    assert blocks == 9
    assert (content.owner, content.warnings) == ("FR-12345678901", ())


def test_a_long_owner_takes_one_block_more_whatever_the_dsfid_and_the_order():
    memory = encode("1", 112, owner="FR-12345678901")
    assert read(memory, dsfid=0)[1] == 9
    content, blocks = read(reversed_blocks(memory), dsfid=0)
    assert blocks == 9
    assert (content.owner, Warn.REVERSED_BLOCKS in content.warnings) == ("FR-12345678901", True)


def test_a_long_item_identifier_takes_as_many_as_it_needs():
    content, blocks = read(encode("1234567890" * 3, 112, elements={17: "a title behind it"}))
    assert content.item == "1234567890" * 3
    assert blocks == 18  # 34 bytes, then a block of 5 + 30


def test_a_long_item_identifier_that_never_comes():
    memory = encode("1234567890" * 3, 112)
    cut = memory[:34] + bytes(78)
    content, blocks = read(cut)
    assert (content.item, content.crc_ok, blocks) == ("", True, 9)
    assert content.reason
    fillers = memory[:34] + b"\x01" * 2000
    assert read(fillers)[1] == 80


@pytest.mark.parametrize(
    ("memory", "dsfid"), [(bytes(112), 0x3E), (bytes(112), 0), (b"\x55" * 112, 0), (b"", 0)]
)
def test_what_is_no_library_tag_is_not_read_further(memory, dsfid):
    assert not needs_more(memory[:32], dsfid)


# ------------------------------------------------------------------------------------- tolerance


def test_swapped_nibbles():
    memory = encode("4711", 32, owner="FR-1", usage=Usage.PATRON_CARD)
    swapped = b"\x81" + memory[1:]
    checksum = crc_hqx(swapped[:19] + swapped[21:] + bytes(2), 0xFFFF).to_bytes(2, "little")
    content = recognise(changed(swapped, 19, checksum), DSFID_ISO28560_3)
    assert content.usage is Usage.PATRON_CARD
    assert Warn.SWAPPED_NIBBLES in content.warnings


def test_a_version_that_is_not_known():
    memory = b"\x28" + SOUND[1:34]
    checksum = crc_hqx(memory[:19] + memory[21:], 0xFFFF).to_bytes(2, "little")
    content = recognise(changed(memory, 19, checksum), DSFID_ISO28560_3)
    assert (content.item, content.usage) == ("30001000000017", Usage.PATRON_CARD)
    assert content.warnings == (Warn.UNKNOWN_VERSION,)


@pytest.mark.parametrize("size", [32, 36, 112])
def test_reversed_blocks(size):
    content = recognise(reversed_blocks(SOUND[:size]), DSFID_ISO28560_3)
    assert (content.item, content.owner, content.crc_ok) == ("30001000000017", "FR-591220001", True)
    assert Warn.REVERSED_BLOCKS in content.warnings


def test_a_small_tag_whose_writer_did_not_count_the_missing_bytes():
    memory = encode("4711", 32, owner="FR-1")
    checksum = crc_hqx(memory[:19] + memory[21:], 0xFFFF).to_bytes(2, "little")
    memory = changed(memory, 19, checksum)
    assert verify(memory) is Checksum.UNPADDED
    content = recognise(memory, DSFID_ISO28560_3)
    assert content.crc_ok
    assert content.warnings == (Warn.SHORT_MEMORY, Warn.UNPADDED_CRC)
    assert not needs_more(memory, DSFID_ISO28560_3)


@pytest.mark.parametrize(("dsfid", "warnings"), [(0x3E, ()), (0, (Warn.UNEXPECTED_DSFID,))])
def test_content_counts_more_than_the_dsfid(dsfid, warnings):
    content = recognise(SOUND, dsfid)
    assert (content.item, content.warnings) == ("30001000000017", warnings)


def test_more_parts_than_there_are_is_flagged_and_never_swapped():
    content = recognise(encode("4711", 112, owner="FR-1", part=3, parts=2), DSFID_ISO28560_3)
    assert (content.part, content.parts) == (3, 2)
    assert content.warnings == (Warn.PART_OVER_TOTAL,)


# ---------------------------------------------------------------------------------------- damage


def test_a_bad_checksum_leaves_plausible_text_and_says_so():
    content = recognise(changed(SOUND, 5, b"9"), DSFID_ISO28560_3)
    assert (content.encoding, content.crc_ok) == (Encoding.ISO28560_3, False)
    assert content.item == "30901000000017"
    assert content.warnings == (Warn.BAD_CRC,)


def test_a_bad_checksum_and_no_text():
    content = recognise(changed(SOUND, 5, b"\xff\xfe"), DSFID_ISO28560_3)
    assert (content.encoding, content.crc_ok, content.item) == (Encoding.ISO28560_3, False, "")
    assert content.reason


def test_a_bad_checksum_without_the_dsfid_is_nothing():
    content = recognise(changed(SOUND, 5, b"9"), 0x00)
    assert (content.encoding, content.item) == (Encoding.UNKNOWN, "")
    assert "DSFID 00" in content.reason


@pytest.mark.parametrize("owner", [b"\xff\xfeA", b"FR 12", b"F\0R12", b"12345"])
def test_an_owner_that_was_damaged_after_the_checksum_was_made(owner):
    memory = changed(encode("4711", 112, owner="FR-59"), 21, owner.ljust(13, b"\0"))
    content = recognise(memory, DSFID_ISO28560_3)
    assert (content.item, content.owner, content.crc_ok) == ("4711", "", False)
    assert set(content.warnings) == {Warn.BAD_CRC, Warn.DAMAGED_OWNER}


def test_an_owner_that_was_written_without_the_checksum():
    memory = changed(encode("4711", 112), 21, b"FR59")
    content = recognise(memory, DSFID_ISO28560_3)
    assert verify(memory) is Checksum.WITHOUT_OWNER
    assert (content.item, content.owner) == ("4711", "FR-59")
    assert set(content.warnings) == {Warn.BAD_CRC, Warn.DAMAGED_OWNER}


def test_no_owner():
    content = recognise(encode("4711", 112), DSFID_ISO28560_3)
    assert (content.item, content.owner, content.crc_ok) == ("4711", "", True)
    assert content.warnings == (Warn.NO_OWNER,)


TITLE = encode("4711", 112, owner="FR-1", elements={9: "Supplier", 17: "A title"})


@pytest.mark.parametrize(
    ("memory", "elements", "damaged"),
    [
        (TITLE, {9: "Supplier", 17: "A title"}, False),
        (changed(TITLE, 38, b"X"), {17: "A title"}, True),  # XOR of the first block
        (changed(TITLE, 34, b"\x02"), {}, True),  # a length that cannot be
        (changed(TITLE, 34, b"\xff"), {}, True),  # a length beyond the tag
        (TITLE[:36], {}, False),  # merely not read yet
        (TITLE[:34] + b"\x01\x01" + TITLE[34:], {9: "Supplier", 17: "A title"}, False),
        (
            TITLE[:34] + bytes.fromhex("06650040ffdc") + TITLE[34:],
            {9: "Supplier", 17: "A title"},
            0,
        ),
        (TITLE[:34] + bytes.fromhex("05040001fe") + b"\0", {}, True),
    ],
    ids=["sound", "xor", "length 2", "too long", "cut", "fillers", "unknown", "no text"],
)
def test_extension_blocks(memory, elements, damaged):
    content = recognise(memory, DSFID_ISO28560_3)
    assert content.item == "4711"
    assert content.elements == elements
    assert (Warn.DAMAGED_EXTENSION in content.warnings) == damaged


def test_the_unknown_block_of_the_test_above_is_sound():
    assert iso28560_extensions.decode(bytes.fromhex("06650040ffdc00")).damaged is False


# ------------------------------------------------------------------------------- no library tags


@pytest.mark.parametrize(
    ("memory", "dsfid", "encoding"),
    [
        (bytes(112), 0x3E, Encoding.BLANK),
        (bytes(32), 0x00, Encoding.BLANK),
        (b"", 0x3E, Encoding.UNKNOWN),
        (b"\x11\x01\x01", 0x3E, Encoding.UNKNOWN),
        (b"\x55" * 32, 0x00, Encoding.UNKNOWN),
        (b"\xff" * 112, 0x3E, Encoding.UNKNOWN),
    ],
)
def test_what_is_no_such_tag_has_a_reason(memory, dsfid, encoding):
    content = recognise(memory, dsfid)
    assert (content.encoding, content.item, content.warnings) == (encoding, "", ())
    assert content.reason


@given(st.binary(max_size=130), st.sampled_from([0x00, 0x06, 0x3E]))
def test_no_bytes_make_it_raise(memory, dsfid):
    recognise(memory, dsfid)
    needs_more(memory, dsfid)


@given(st.integers(0, 8 * 112 - 1), st.sampled_from([0x00, 0x3E]), st.integers(0, 112))
def test_no_flipped_bit_gives_a_wrong_item_without_a_warning(bit, dsfid, length):
    memory = bytearray(SOUND)
    memory[bit // 8] ^= 1 << bit % 8
    content = recognise(bytes(memory[:length]), dsfid)
    if content.crc_ok:
        assert content.item == "30001000000017"
    elif content.encoding is Encoding.ISO28560_3:
        assert Warn.BAD_CRC in content.warnings


@given(st.binary(max_size=80))
def test_what_lies_behind_the_basic_block_does_not_touch_it(tail):
    content = recognise(SOUND[:34] + tail, DSFID_ISO28560_3)
    assert (content.item, content.crc_ok) == ("30001000000017", True)
