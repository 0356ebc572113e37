"""What a tag is to this library."""

import pytest

from drivers.tags.content import Encoding, TagContent, Usage, Warn
from drivers.tags.recognise import recognise
from drivers.tags.writing import DSFIDS, encode
from kiosk.outcomes import KioskOutcome
from kiosk.tagging import NotTaken, OurItem, make_sense

OURS = {"FR-940165801", "FR-940009999"}


def tag(**values) -> TagContent:
    start = {
        "encoding": Encoding.ISO28560_3,
        "item": "30001",
        "owner": "FR-940165801",
        "usage": Usage.CIRCULATING,
        "crc_ok": True,
    }
    return TagContent(**(start | values))


def stream(**values) -> TagContent:
    """A tag without a checksum: its data elements vouch for each other."""
    return tag(**({"encoding": Encoding.ISO28560_2, "crc_ok": None} | values))


def test_an_item_of_ours_is_taken():
    assert make_sense(tag(), OURS) == OurItem("30001", "FR-940165801", sure=True)


def test_the_departmental_library_is_ours_too():
    reading = make_sense(tag(owner="fr-940009999"), OURS)
    assert isinstance(reading, OurItem)
    assert reading.sure


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (tag(owner="FR-751010101"), KioskOutcome.NOT_OURS),
        (tag(usage=Usage.PATRON_CARD), KioskOutcome.PATRON_CARD),
        (tag(usage=Usage.PATRON_CARD, owner="FR-751010101"), KioskOutcome.PATRON_CARD),
        (tag(item=""), KioskOutcome.UNREADABLE),
        (stream(owner="FR-751010101"), KioskOutcome.NOT_OURS),
        (stream(usage=Usage.PATRON_CARD), KioskOutcome.PATRON_CARD),
        (stream(item=""), KioskOutcome.UNREADABLE),
        (TagContent(Encoding.BLANK, reason="blank"), KioskOutcome.UNREADABLE),
        (TagContent(Encoding.UNKNOWN, reason="?"), KioskOutcome.UNREADABLE),
    ],
)
def test_what_is_not_ours_is_given_back(content: TagContent, verdict: KioskOutcome):
    reading = make_sense(content, OURS)
    assert isinstance(reading, NotTaken)
    assert reading.verdict is verdict
    assert reading.why


@pytest.mark.parametrize(
    "content",
    [
        tag(owner="", warnings=(Warn.NO_OWNER,)),
        tag(owner="F?", warnings=(Warn.DAMAGED_OWNER,)),
        tag(crc_ok=False, warnings=(Warn.BAD_CRC,)),
        tag(crc_ok=False, owner="FR-751010101", warnings=(Warn.BAD_CRC,)),
        stream(owner="", warnings=(Warn.NO_OWNER,)),
        stream(owner="ZYLS", warnings=(Warn.DAMAGED_OWNER,)),
        stream(warnings=(Warn.DAMAGED_ELEMENT,)),
        stream(owner="FR-751010101", warnings=(Warn.REPEATED_ELEMENT,)),
    ],
)
def test_a_doubtful_owner_leaves_the_word_to_the_catalogue(content: TagContent):
    reading = make_sense(content, OURS)
    assert isinstance(reading, OurItem)
    assert not reading.sure
    assert reading.warnings


@pytest.mark.parametrize("warnings", [(), (Warn.UNEXPECTED_DSFID,), (Warn.OCTET_ENCODED,)])
def test_a_sound_stream_of_data_elements_proves_its_owner(warnings):
    reading = make_sense(stream(warnings=warnings), OURS)
    assert isinstance(reading, OurItem)
    assert reading.sure


def test_an_rfid501_tag_has_no_isil_so_the_catalogue_decides():
    made = recognise(encode(Encoding.RFID501, "30001000000017", 112), 0x00)
    assert make_sense(made, OURS) == OurItem("30001000000017", "", sure=False)


@pytest.mark.parametrize("encoding", [Encoding.ISO28560_3, Encoding.ISO28560_2])
@pytest.mark.parametrize("owner", ["FR-940165801", "FR-751010101"])
def test_what_was_written_for_a_library_is_known_as_its_own(encoding, owner):
    made = recognise(encode(encoding, "30001000000017", 112, owner=owner), DSFIDS[encoding])
    reading = make_sense(made, OURS)
    if owner in OURS:
        assert reading == OurItem("30001000000017", owner, sure=True)
    else:
        assert isinstance(reading, NotTaken)
        assert reading.verdict is KioskOutcome.NOT_OURS


def test_a_manufacturing_blank_of_3m_is_given_back():
    reading = make_sense(recognise(b"\x55" * 24 + bytes(8), 0x00), OURS)
    assert isinstance(reading, NotTaken)
    assert reading.verdict is KioskOutcome.UNREADABLE
