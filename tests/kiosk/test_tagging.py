"""What a tag is to this library."""

import pytest

from drivers.tags.content import Encoding, TagContent, Usage, Warn
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
    ],
)
def test_a_doubtful_owner_leaves_the_word_to_the_catalogue(content: TagContent):
    reading = make_sense(content, OURS)
    assert isinstance(reading, OurItem)
    assert not reading.sure
    assert reading.warnings
