"""Tell what a tag says from the first bytes of its memory and its DSFID.

The content decides before the DSFID: a checksum that fits proves more than a byte that many
systems never wrote. What is not known is called so, with a reason; nothing is guessed.
"""

from dataclasses import replace
from typing import Final

from drivers.iso15693 import DSFID_ISO28560_2, DSFID_ISO28560_3
from drivers.tags import iso28560_part3 as part3
from drivers.tags.content import Encoding, TagContent, Warn

FIRST_READ_BLOCKS: Final = 8
"""How many blocks of four bytes are enough for most tags."""

_BLOCK: Final = 4

_FARTHEST: Final = 320
"""Bytes behind which no item identifier is looked for: the largest library chips end here."""


def recognise(memory: bytes, dsfid: int) -> TagContent:
    """Decode the beginning of a tag's memory, in natural order. No bytes make it raise."""
    if not any(memory):
        return _nothing(memory)
    for view, warnings in _views(memory):
        if len(view) < part3.SHORTEST or part3.verify(view) is part3.Checksum.WRONG:
            continue
        content = part3.decode(view)
        expected = dsfid == DSFID_ISO28560_3
        # Where the DSFID says otherwise, a checksum alone may fit by chance.
        if expected or content.item:
            surprise = () if expected else (Warn.UNEXPECTED_DSFID,)
            return replace(content, warnings=content.warnings + warnings + surprise)
    if dsfid == DSFID_ISO28560_3 and part3.resembles(memory):
        return part3.decode(memory)
    return TagContent(Encoding.UNKNOWN, reason=_why_unknown(memory, dsfid))


def needs_more(memory: bytes, dsfid: int) -> bool:
    """Whether the block behind `memory` should be read before it is given to `recognise`.

    Ask again after each block: most tags need none, those with a long owner need one, those with
    a long item identifier several. A tag that has no further block must do with what it has.
    """
    if len(memory) >= part3.SMALL_TAG and not any(memory):
        return False
    views = [view for view, _ in _views(memory)]
    for view in views:
        if part3.verify(view) in {part3.Checksum.FITS, part3.Checksum.UNPADDED}:
            return len(memory) < _FARTHEST and part3.item_is_further_on(view)
    likely = dsfid == DSFID_ISO28560_3 or any(part3.resembles(view) for view in views)
    return likely and len(memory) < part3.BASIC_LENGTH


def _views(memory: bytes) -> tuple[tuple[bytes, tuple[Warn, ...]], ...]:
    """The memory as it is, and as a writer meant it who sent every block last byte first."""
    whole = len(memory) - len(memory) % _BLOCK
    turned = b"".join(memory[at : at + _BLOCK][::-1] for at in range(0, whole, _BLOCK))
    return (memory, ()), (turned, (Warn.REVERSED_BLOCKS,))


def _nothing(memory: bytes) -> TagContent:
    if not memory:
        return TagContent(Encoding.UNKNOWN, reason="nothing was read")
    return TagContent(Encoding.BLANK, reason="all bytes are zero: the tag was never written")


def _why_unknown(memory: bytes, dsfid: int) -> str:
    if len(memory) < part3.SHORTEST:
        return f"{len(memory)} bytes are too few to tell"
    if dsfid == DSFID_ISO28560_3:
        return "announced as ISO 28560-3 (DSFID 3E), but neither version nor checksum fits"
    if dsfid == DSFID_ISO28560_2:
        return "announced as ISO 28560-2 (DSFID 06), which is not read here"
    return f"no checksum of ISO 28560-3 fits, and DSFID {dsfid:02X} announces nothing known"
