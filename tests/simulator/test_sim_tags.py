"""Simulated chips and their descriptions."""

import pytest

from drivers.interface import Uid
from drivers.iso15693 import TagError
from drivers.tags.content import Usage
from drivers.tags.recognise import recognise
from simulator.tags import MODELS, BadTags, SimTag, TagDescription, load_tags, make_tags, to_toml


@pytest.fixture
def tags_file(tmp_path):
    def write(text):
        path = tmp_path / "tags.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_a_tag_is_filled_with_zeros():
    tag = SimTag(Uid("E004015000000001"), MODELS["slix-l"], bytearray(b"ab"))
    assert tag.read(0, 8) == b"ab" + bytes(30)
    assert tag.read(7, 2) is TagError.BLOCK_NOT_AVAILABLE
    assert tag.read(0, 0) is TagError.BLOCK_NOT_AVAILABLE
    assert tag.write(8, b"abcd") is TagError.BLOCK_NOT_AVAILABLE
    assert tag.write(0, b"abc") is TagError.NOT_RECOGNISED


def test_a_file_makes_tags_that_decode(tags_file):
    path = tags_file(
        """
        [[tag]]
        name = "L'Étranger"
        item = "30001000000017"
        owner = "FR-591220001"
        laid = true

        [[tag]]
        item = "30001000000025"
        part = 2
        parts = 3
        chip = "slix2"
        usage = "patron_card"
        afi = "07"
        afi_locked = true

        [[tag]]
        uid = "e0040150a05f02b7"
        memory = "00 01 02"
        dsfid = "06"
        """
    )
    (book, card, raw), laid = load_tags(path)
    assert laid == [book.uid]
    assert (book.afi, book.dsfid, book.name) == (0xC2, 0x3E, "L'Étranger")
    assert book.uid.startswith("E0040150")
    content = recognise(bytes(book.memory), book.dsfid)
    assert (content.item, content.owner, content.crc_ok) == ("30001000000017", "FR-591220001", True)
    second = recognise(bytes(card.memory), card.dsfid)
    assert (second.part, second.parts, second.usage) == (2, 3, Usage.PATRON_CARD)
    assert card.write_afi(0xC2) is TagError.LOCKED
    assert len(card.memory) == 320
    assert (raw.uid, raw.dsfid, bytes(raw.memory[:4])) == ("E0040150A05F02B7", 6, b"\0\1\2\0")


def test_uids_are_made_the_same_every_time_and_differ():
    same = TagDescription(item="30001000000017")
    (first, second), _ = make_tags([same, same])
    (again, _), _ = make_tags([same, same])
    assert first.uid == again.uid != second.uid
    (lent,), _ = make_tags([TagDescription(item="30001000000017", afi="07", laid=True)])
    assert lent.uid == first.uid


@pytest.mark.parametrize(
    ("encoding", "owner", "dsfid"),
    [("iso28560-3", "FR-591220001", 0x3E), ("iso28560-2", "FR-591220001", 6), ("rfid501", "", 0)],
)
def test_every_encoding_can_be_laid(tags_file, encoding, owner, dsfid):
    text = f"""
        [[tag]]
        item = "30001000000017"
        owner = "{owner}"
        encoding = "{encoding}"
        part = 2
        parts = 3
        """
    (tag,), _ = load_tags(tags_file(text))
    content = recognise(bytes(tag.memory), tag.dsfid)
    assert tag.dsfid == dsfid
    assert (content.encoding, content.item) == (encoding, "30001000000017")
    assert (content.owner, content.part, content.parts) == (owner, 2, 3)
    assert content.warnings == ()


def test_a_dsfid_may_announce_something_else(tags_file):
    text = "[[tag]]\nitem = '30001'\nencoding = 'iso28560-2'\ndsfid = '00'"
    (tag,), _ = load_tags(tags_file(text))
    assert tag.dsfid == 0


def test_descriptions_survive_toml(tags_file):
    descriptions = [
        TagDescription(name='a "quoted"\\ \x01\x7f name', item="1", owner="FR-1", laid=True),
        TagDescription(memory="00ff", afi="07", dsfid="00", chip="slix2", uid="E004010812345678"),
        TagDescription(item="3", encoding="iso28560-2", dsfid="3E"),
        TagDescription(item="4", encoding="rfid501"),
        TagDescription(item="2", part=2, parts=3, usage=Usage.DISCARDED, afi_locked=True),
    ]
    loaded = load_tags(tags_file(to_toml(descriptions)))
    assert loaded == make_tags(descriptions)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[tag]]\nname = 'x'\ncolour = 'red'", "tag 1 (x): key 'colour': no such key"),
        ("[[tag]]\n[[tag]]\nafi = 7", "tag 2: key 'afi': write it as hex digits in quotes"),
        ("[[tag]]\nafi = 'C2C2'", "tag 1: key 'afi': write it as two hex digits"),
        ("[[tag]]\nmemory = 'xy'", "tag 1: key 'memory': these are not pairs of hex digits"),
        ("[[tag]]\nmemory = '" + "00" * 113 + "'", "tag 1: key 'memory': 113 bytes do not fit"),
        ("[[tag]]\nuid = '1234'", "tag 1 (1234): key 'uid': a UID has 16 hex digits"),
        ("[[tag]]\nchip = 'mifare'", "key 'chip': this chip is not known; known: sli, slix"),
        ("[[tag]]\nitem = '1'\nmemory = '00'", "tag 1 (1): give either 'item' or 'memory'"),
        ("[[tag]]\nitem = '1'\nowner = 'Roubaix'", "tag 1 (1): key 'owner': 'Roubaix' is no ISIL"),
        ("[[tag]]\nitem = ''", "tag 1: key 'item': '' is no item identifier"),
        ("[[tag]]\nencoding = 'ean'", "tag 1: key 'encoding': this encoding is not known; known:"),
        ("[[tag]]\nencoding = 'blank'", "known: iso28560-3, iso28560-2, rfid501"),
        (
            "[[tag]]\nencoding = 'rfid501'\nitem = '1'\nowner = 'FR-1'",
            "tag 1 (1): key 'item': an RFID 501 tag has no place for an ISIL",
        ),
        ("[[tag]]\nusage = 'eaten'", "tag 1: key 'usage'"),
        ("[[tag]]\nparts = 300", "tag 1: key 'parts'"),
        ("[[tag]]\nlaid = 'no way'", "tag 1: key 'laid'"),
        ("[[tag]]\nuid='E004015000000001'\n" * 2, "tag 2 (E004015000000001): key 'uid': another"),
        ("[tag]\nitem = '1'", "write [[tag]] with two brackets"),
        ("tag = [1]", "write [[tag]] with two brackets"),
        ("[[book]]", "key 'book' is not known"),
        ("[[tag]", "is not TOML"),
    ],
)
def test_errors_name_the_tag_and_the_key(tags_file, text, says):
    with pytest.raises(BadTags) as raised:
        load_tags(tags_file(text))
    assert says in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(BadTags, match=r"nowhere.toml: cannot be read: No such file"):
        load_tags(tmp_path / "nowhere.toml")
