"""What a tag is told by, in every encoding; and how it is described."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.tags.content import Encoding, Usage, Warn
from drivers.tags.describing import describe
from drivers.tags.recognise import needs_more, recognise
from drivers.tags.writing import DSFIDS, encode

KEYS = [
    "encoding",
    "item",
    "owner",
    "part",
    "parts",
    "usage",
    "elements",
    "crc_ok",
    "warnings",
    "reason",
]
ANY_DSFID = st.sampled_from([0x00, 0x06, 0x3E, 0x42, 0xFF])


def made(encoding, **wishes):
    owner = {} if encoding is Encoding.RFID501 else {"owner": "FR-591220001"}
    return encode(encoding, "30001000000017", 112, **(owner | wishes))


def reversed_blocks(memory):
    return b"".join(memory[at : at + 4][::-1] for at in range(0, len(memory), 4))


@pytest.mark.parametrize("encoding", DSFIDS)
@pytest.mark.parametrize("dsfid", [0x00, 0x06, 0x3E, 0x42])
@pytest.mark.parametrize("turn", [bytes, reversed_blocks])
def test_the_content_decides_before_the_dsfid(encoding, dsfid, turn):
    memory = turn(made(encoding))
    content = recognise(memory, dsfid)
    if encoding is Encoding.ISO28560_2 and dsfid == 0x3E:
        # Without a checksum of its own, a stream does not stand against what is announced.
        assert content.encoding is not Encoding.ISO28560_2
        assert content.encoding is Encoding.UNKNOWN or Warn.BAD_CRC in content.warnings
        return
    assert (content.encoding, content.item) == (encoding, "30001000000017")
    assert content.reason
    assert (Warn.REVERSED_BLOCKS in content.warnings) == (turn is not bytes)
    silent = encoding is Encoding.RFID501 and dsfid == 0x42
    expected = dsfid == DSFIDS[encoding] or silent
    assert (Warn.UNEXPECTED_DSFID in content.warnings) != expected


@pytest.mark.parametrize(
    ("memory", "dsfid", "reason"),
    [
        (made(Encoding.ISO28560_3), 0x3E, "checksum of ISO 28560-3 fits"),
        (made(Encoding.ISO28560_3)[:-1], 0x3E, "checksum of ISO 28560-3 fits"),
        (made(Encoding.ISO28560_2), 0x06, "data elements of ISO 28560-2 make sense"),
        (encode(Encoding.ISO28560_2, "1", 112), 0x06, "announced by DSFID 06"),
        (made(Encoding.ISO28560_2)[:12], 0x06, "cut off"),
        (made(Encoding.RFID501), 0x00, "RFID 501"),
        (b"\x11" + made(Encoding.ISO28560_3)[1:5] + b"9" + made(Encoding.ISO28560_3)[6:], 0x3E, ""),
        (bytes(112), 0x00, "never written"),
        (b"\x55" * 24 + bytes(8), 0x00, "never written"),
        (b"", 0x06, "nothing was read"),
        (b"\x01", 0x06, "too few"),
        (b"\xff" * 112, 0x3E, "DSFID 3E"),
        (b"\xff" * 112, 0x06, "DSFID 06"),
        (b"\xff" * 112, 0x00, "DSFID 00"),
        (bytes.fromhex("e1401c00 030ed1010a550365").ljust(112, b"\0"), 0x00, "NDEF"),
    ],
)
def test_every_decision_has_its_reason(memory, dsfid, reason):
    content = recognise(memory, dsfid)
    assert content.reason
    assert reason in content.reason


def test_a_wrong_checksum_is_said_to_be_wrong():
    memory = bytearray(made(Encoding.ISO28560_3))
    memory[5] ^= 1
    assert "checksum is wrong" in recognise(bytes(memory), 0x3E).reason


def test_a_checksum_without_its_owner_is_no_proof_against_the_dsfid():
    memory = bytearray(encode(Encoding.ISO28560_3, "4711", 112))
    memory[21:25] = b"FR59"
    assert recognise(bytes(memory), 0x00).encoding is Encoding.ISO28560_3
    assert recognise(bytes(memory), 0x06).encoding is Encoding.UNKNOWN


@given(st.binary(max_size=130), ANY_DSFID)
def test_no_bytes_crash_the_decoder(memory, dsfid):
    content = recognise(memory, dsfid)
    assert isinstance(needs_more(memory, dsfid), bool)
    assert content.reason
    assert json.loads(json.dumps(describe(content)))["encoding"] == content.encoding.value


@given(st.data(), st.sampled_from(list(DSFIDS)), ANY_DSFID)
def test_no_damaged_tag_crashes_the_decoder(data, encoding, dsfid):
    memory = bytearray(made(encoding))
    for _ in range(data.draw(st.integers(1, 4))):
        memory[data.draw(st.integers(0, 40))] = data.draw(st.integers(0, 255))
    cut = bytes(memory[: data.draw(st.integers(0, 112))])
    needs_more(cut, dsfid)
    content = recognise(cut, dsfid)
    if content.encoding in {Encoding.BLANK, Encoding.UNKNOWN}:
        assert not content.item


@given(st.binary(min_size=32, max_size=112), ANY_DSFID)
def test_reading_ends(memory, dsfid):
    length = 32
    while needs_more(memory[:length].ljust(length, b"\x80"), dsfid):
        length += 4
    assert length <= 320


# ------------------------------------------------------------------------------------ describing


def test_the_description_of_a_tag_of_part_3():
    memory = encode(Encoding.ISO28560_3, "4711", 112, owner="FR-1", part=2, parts=3)
    told = describe(recognise(memory, 0x3E))
    assert list(told) == KEYS
    assert told == {
        "encoding": "iso28560-3",
        "item": "4711",
        "owner": "FR-1",
        "part": 2,
        "parts": 3,
        "usage": "circulating",
        "elements": {},
        "crc_ok": True,
        "warnings": [],
        "reason": "the checksum of ISO 28560-3 fits",
    }


def test_the_description_of_a_tag_of_part_2():
    memory = bytes.fromhex(
        "9100051cbe991a140201d0140204b34607441cb6e2e335d6830207acc09ebaa06f6b0000"
    )
    told = describe(recognise(memory, 0x00))
    assert list(told) == KEYS
    assert (told["encoding"], told["item"]) == ("iso28560-2", "123456789012")
    assert (told["owner"], told["part"], told["parts"]) == ("US-InU-Mu", 3, 12)
    assert told["elements"] == {"2": "3,4,6", "4": "1203", "6": "QA268.L55"}
    assert (told["crc_ok"], told["warnings"]) == (None, ["unexpected_dsfid"])


def test_the_description_of_an_rfid501_tag():
    told = describe(recognise(made(Encoding.RFID501, part=1, parts=2), 0x00))
    assert (told["encoding"], told["item"], told["owner"]) == ("rfid501", "30001000000017", None)
    assert (told["part"], told["parts"]) == (1, 2)
    assert told["elements"] == {"item_type": "book", "library": "0", "branch": "0", "custom": "0"}


@pytest.mark.parametrize(("memory", "encoding"), [(bytes(32), "blank"), (b"\xff" * 32, "unknown")])
def test_the_description_of_what_is_no_tag(memory, encoding):
    told = describe(recognise(memory, 0x00))
    assert list(told) == KEYS
    assert told["encoding"] == encoding
    assert [told[key] for key in KEYS[1:6]] == [None] * 5
    assert (told["elements"], told["warnings"], told["crc_ok"]) == ({}, [], None)
    assert told["reason"]


# --------------------------------------------------------------------------------------- writing


@pytest.mark.parametrize("encoding", [Encoding.BLANK, Encoding.UNKNOWN])
def test_what_is_no_encoding_is_not_written(encoding):
    with pytest.raises(ValueError, match="is no encoding"):
        encode(encoding, "1", 112)


@pytest.mark.parametrize("wishes", [{"owner": "FR-1"}, {"usage": Usage.PATRON_CARD}])
def test_what_rfid501_has_no_place_for_is_refused(wishes):
    with pytest.raises(ValueError, match="no place"):
        encode(Encoding.RFID501, "1", 112, **wishes)
