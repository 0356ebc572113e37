"""Extension blocks behind the basic block of an ISO 28560-3 tag.

Source: ISO 28560-3, annexes B.1 and B.2 as quoted by implementations. Each block is
`LEN ID(2, low byte first) XOR fields`, LEN counting all of it and XOR making the exclusive-or of
all its bytes zero. Fields are texts, a zero byte between two. LEN 0 ends the blocks, LEN 1 is a
filler of one byte.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import Final

MEDIA_FORMAT: Final = 19
ALTERNATIVE_ITEM: Final = 22

_HEAD: Final = 4
_LIBRARY: Final = 1

_FIELDS: Final = MappingProxyType(
    {
        _LIBRARY: (ALTERNATIVE_ITEM, 23),  # behind one byte of media format
        2: (9, 18, 10, 21, 13, 20),  # acquisition
        3: (6, 8, 7, 24),  # library supplement
        4: (17,),  # title
        5: (11, 12, 25),  # lending between libraries
    }
)
"""The data elements of each block, by their relative OID (ISO 28560-1), in their order."""


@dataclass(frozen=True, slots=True)
class Extensions:
    """What the blocks say. `ended`: nothing further can follow the bytes that were given."""

    elements: dict[int, str]
    damaged: bool
    ended: bool


def decode(data: bytes) -> Extensions:
    """Read blocks up to their end or the end of `data`; unknown ones are skipped by their LEN.

    A block is damaged if its LEN, its XOR or a text is wrong, or if it reaches beyond `data`
    although its head does not. A damaged block gives no elements.
    """
    elements: dict[int, str] = {}
    damaged = False
    at = 0
    while at < len(data) and (length := data[at]):
        rest = data[at:]
        if length == 1:
            at += 1
        elif length < _HEAD:
            return Extensions(elements, damaged=True, ended=True)
        elif length > len(rest):
            return Extensions(elements, damaged or len(rest) >= _HEAD, ended=False)
        else:
            found = _decode_block(rest[:length])
            damaged |= found is None
            elements |= found or {}
            at += length
    return Extensions(elements, damaged, ended=at < len(data))


def encode(elements: Mapping[int, str]) -> bytes:
    """Give the blocks that hold `elements`, without an end. Raise ValueError if one cannot be."""
    known = {oid for oids in _FIELDS.values() for oid in oids} | {MEDIA_FORMAT}
    if unknown := elements.keys() - known:
        raise ValueError(f"no extension block holds the data elements {sorted(unknown)}")
    return b"".join(_encode_block(block, elements) for block in _FIELDS)


def _decode_block(block: bytes) -> dict[int, str] | None:
    """Give the elements of one whole block, or None if it is damaged."""
    if reduce(xor, block):
        return None
    oids, body = _FIELDS.get(int.from_bytes(block[1:3], "little"), ()), block[_HEAD:]
    elements: dict[int, str] = {}
    if ALTERNATIVE_ITEM in oids and body:
        if body[0]:
            elements[MEDIA_FORMAT] = str(body[0])
        body = body[1:]
    for oid, field in zip(oids, body.split(b"\0"), strict=False):
        try:
            text = field.decode()
        except UnicodeDecodeError:
            return None
        if text:
            elements[oid] = text
    return elements


def _encode_block(block: int, elements: Mapping[int, str]) -> bytes:
    texts = [elements.get(oid, "") for oid in _FIELDS[block]]
    if any("\0" in text for text in texts):
        raise ValueError("a zero byte separates texts and cannot be part of one")
    body = b"\0".join(text.encode() for text in texts).rstrip(b"\0")
    media_format = int(elements.get(MEDIA_FORMAT, "0"))
    if block == _LIBRARY and (body or media_format):
        body = bytes([media_format]) + body
    if not body:
        return b""
    if _HEAD + len(body) > 0xFF:
        raise ValueError(f"{len(body)} bytes are too many for one extension block")
    head = bytes([_HEAD + len(body)]) + block.to_bytes(2, "little")
    return head + bytes([reduce(xor, head + body)]) + body
