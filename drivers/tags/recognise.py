"""Tell what a tag says from the first bytes of its memory and its DSFID.

The content decides before the DSFID: a checksum that fits proves more than a byte that many
systems never wrote. What is not known is called so, with a reason; nothing is guessed.
"""

from dataclasses import replace
from typing import Final

from drivers.iso15693 import DSFID_ISO28560_2, DSFID_ISO28560_3
from drivers.tags import iso28560_part2 as part2
from drivers.tags import iso28560_part3 as part3
from drivers.tags import rfid501
from drivers.tags.content import Encoding, TagContent, Warn

FIRST_READ_BLOCKS: Final = 8
"""How many blocks of four bytes are enough for most tags."""

_BLOCK: Final = 4

_FARTHEST: Final = 320
"""Bytes behind which nothing is looked for: the largest library chips end here."""

_View = tuple[bytes, tuple[Warn, ...]]


def recognise(memory: bytes, dsfid: int) -> TagContent:
    """Decode the beginning of a tag's memory, in natural order. No bytes make it raise."""
    if blank := _why_blank(memory):
        return TagContent(Encoding.BLANK, reason=blank)
    views = _views(memory)
    for way in (_by_checksum, _by_layout, _by_data_elements, _by_dsfid):
        content = way(views, dsfid)
        if content is not None:
            return content
    return TagContent(Encoding.UNKNOWN, reason=_why_unknown(memory, dsfid))


def needs_more(memory: bytes, dsfid: int) -> bool:
    """Whether the block behind `memory` should be read before it is given to `recognise`.

    Ask again after each block: most tags need none, those with a long owner need one, those with
    a long item identifier or with many data elements several. A tag that has no further block must
    do with what it has.
    """
    if len(memory) >= part3.SMALL_TAG and not any(memory):
        return False
    if len(memory) >= _FARTHEST:
        return False
    views = [view for view, _ in _views(memory)]
    for view in views:
        if part3.verify(view) in {part3.Checksum.FITS, part3.Checksum.UNPADDED}:
            return part3.item_is_further_on(view)
    if any(rfid501.fits(view) for view in views):
        return len(memory) < rfid501.LENGTH
    if dsfid != DSFID_ISO28560_3:
        for view in views:
            reading = part2.read(view)
            if reading.begins_soundly:
                return reading.wants_more
        if dsfid == DSFID_ISO28560_2:
            return part2.read(memory).wants_more
    likely = dsfid == DSFID_ISO28560_3 or any(part3.resembles(view) for view in views)
    return likely and len(memory) < part3.BASIC_LENGTH


def _views(memory: bytes) -> tuple[_View, _View]:
    """The memory as it is, and as a writer meant it who sent every block last byte first."""
    whole = len(memory) - len(memory) % _BLOCK
    turned = bytearray(whole)
    for place in range(_BLOCK):
        turned[place::_BLOCK] = memory[_BLOCK - 1 - place : whole : _BLOCK]
    return (memory, ()), (bytes(turned), (Warn.REVERSED_BLOCKS,))


def _by_checksum(views: tuple[_View, _View], dsfid: int) -> TagContent | None:
    """ISO 28560-3, vouched for by its checksum."""
    for view, warnings in views:
        if len(view) < part3.SHORTEST:
            continue
        verdict = part3.verify(view)
        without_owner = verdict is part3.Checksum.WITHOUT_OWNER
        if verdict is part3.Checksum.WRONG or (without_owner and dsfid == DSFID_ISO28560_2):
            continue
        content = part3.decode(view)
        expected = dsfid == DSFID_ISO28560_3
        # Where the DSFID says otherwise, a checksum alone may fit by chance.
        if expected or (content.item and part3.resembles(view)):
            reason = "the checksum of ISO 28560-3 fits" + ", without its owner" * without_owner
            return _finish(content, warnings, reason, expected=expected)
    return None


def _by_layout(views: tuple[_View, _View], dsfid: int) -> TagContent | None:
    """RFID 501, all of whose fixed bytes are in their place; it has no DSFID of its own."""
    for view, warnings in views:
        if rfid501.fits(view):
            content = rfid501.decode(view, "all fixed bytes of the 3M RFID 501 layout fit")
            expected = dsfid not in {DSFID_ISO28560_2, DSFID_ISO28560_3}
            return _finish(content, warnings, "", expected=expected)
    return None


def _by_data_elements(views: tuple[_View, _View], dsfid: int) -> TagContent | None:
    """ISO 28560-2, vouched for by data elements that make sense, an item identifier first."""
    if dsfid == DSFID_ISO28560_3:
        return None
    for view, warnings in views:
        reading = part2.read(view)
        if reading.is_sound:
            content = part2.content(reading, "all data elements of ISO 28560-2 make sense")
            return _finish(content, warnings, "", expected=dsfid == DSFID_ISO28560_2)
    return None


def _by_dsfid(views: tuple[_View, _View], dsfid: int) -> TagContent | None:
    """What the DSFID announces, with all its damage, as far as the content allows it."""
    memory, _ = views[0]
    if dsfid == DSFID_ISO28560_3 and part3.resembles(memory):
        reason = "announced by DSFID 3E, but the checksum is wrong"
        return _finish(part3.decode(memory), (), reason, expected=True)
    if dsfid != DSFID_ISO28560_2:
        return None
    reading = part2.read(memory)
    if not reading.is_credible:
        return None
    reason = "announced by DSFID 06" + ", but cut off or damaged" * (not reading.is_whole)
    return part2.content(reading, reason)


def _finish(
    content: TagContent, warnings: tuple[Warn, ...], reason: str, *, expected: bool
) -> TagContent:
    """Add how the content was come by; `expected`: the DSFID announces nothing else."""
    surprise = () if expected else (Warn.UNEXPECTED_DSFID,)
    return replace(
        content,
        warnings=content.warnings + warnings + surprise,
        reason="; ".join(filter(None, (reason, content.reason))),
    )


def _why_blank(memory: bytes) -> str:
    if memory and not any(memory):
        return "all bytes are zero: the tag was never written"
    if rfid501.is_manufacturing_blank(memory):
        return "55 in the first blocks, as 3M delivered its tags: it was never written"
    return ""


def _why_unknown(memory: bytes, dsfid: int) -> str:
    if not memory:
        return "nothing was read"
    if len(memory) < part3.SHORTEST:
        return f"{len(memory)} bytes are too few to tell"
    if dsfid == DSFID_ISO28560_3:
        return "announced as ISO 28560-3 (DSFID 3E), but neither version nor checksum fits"
    if dsfid == DSFID_ISO28560_2:
        return "announced as ISO 28560-2 (DSFID 06), but no data elements make sense"
    if _is_ndef(memory):
        return "a tag of another trade: it begins like an NFC Forum type 5 tag with NDEF"
    return (
        "no checksum of ISO 28560-3 fits, no data elements of ISO 28560-2 make sense, "
        f"it is not laid out like RFID 501, and DSFID {dsfid:02X} announces nothing known"
    )


def _is_ndef(memory: bytes) -> bool:
    """A capability container of four bytes, version 1, and the first of the NDEF fields behind."""
    return memory[0] in {0xE1, 0xE2} and memory[1] >> 6 == 1 and memory[_BLOCK] == 0x03
