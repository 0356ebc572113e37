"""The fixed layout of library tags, ISO 28560-3, formerly the Danish data model (DS/INF 163).

The basic block, from the first byte of the memory:

| bytes | field |
|---|---|
| 0 | high nibble: version, 1; low nibble: type of usage |
| 1, 2 | number of parts; number of this part, from 1 |
| 3-18 | item identifier, UTF-8, filled with zeros; 01 alone: it stands in the library extension |
| 19, 20 | checksum, low byte first |
| 21, 22 | owner: country of the ISIL; its hyphen is dropped |
| 23-33 | owner: the rest of the ISIL, filled with zeros |

The checksum is CRC-16-CCITT (polynomial 0x1021, start 0xFFFF) over bytes 0-18 and 21-33. Small
tags end after byte 31; missing bytes count as zero. Extension blocks follow from byte 34.
"""

from binascii import crc_hqx
from collections.abc import Mapping
from enum import Enum, auto
from typing import Final

from drivers.tags import isil
from drivers.tags import iso28560_extensions as extensions
from drivers.tags.content import (
    USAGE_CODES,
    Encoding,
    TagContent,
    Usage,
    Warn,
    is_plausible,
    usage_of,
)

BASIC_LENGTH: Final = 34
SMALL_TAG: Final = 32
"""Bytes of the smallest chips in use; also what most tags need for their checksum to fit."""

SHORTEST: Final = 21
"""With fewer bytes there is not even a checksum."""

_VERSION: Final = 1
_ITEM: Final = slice(3, 19)
_CHECKSUM: Final = slice(19, 21)
_COUNTRY: Final = slice(21, 23)
_UNIT: Final = slice(23, BASIC_LENGTH)
_ELSEWHERE: Final = bytes([1]).ljust(16, b"\0")
"""In place of an item identifier: it is too long and stands in the library extension."""


class Checksum(Enum):
    """What the stored checksum vouches for."""

    FITS = auto()
    UNPADDED = auto()
    """All, on a small tag whose writer did not count the two missing bytes."""
    WITHOUT_OWNER = auto()
    """All but the owner, which was empty when the checksum was made."""
    WRONG = auto()


def verify(memory: bytes) -> Checksum:
    """Compare the checksum in `memory` (natural order, from byte 0) with its other bytes."""
    basic = memory[:BASIC_LENGTH].ljust(BASIC_LENGTH, b"\0")
    stored = int.from_bytes(basic[_CHECKSUM], "little")
    identity, owner = basic[: _CHECKSUM.start], basic[_CHECKSUM.stop :]
    if stored == _crc(identity + owner):
        return Checksum.FITS
    if len(memory) == SMALL_TAG and stored == _crc(identity + owner[:-2]):
        return Checksum.UNPADDED
    if stored == _crc(identity + bytes(len(owner))):
        return Checksum.WITHOUT_OWNER
    return Checksum.WRONG


def resembles(memory: bytes) -> bool:
    """Whether the memory may be this layout, its checksum left aside: a version is in its place."""
    return len(memory) >= SHORTEST and _VERSION in divmod(memory[0], 16)


def item_is_further_on(memory: bytes) -> bool:
    """Whether the item identifier stands in an extension that `memory` does not hold yet."""
    further = extensions.decode(memory[BASIC_LENGTH:])
    elsewhere = memory[_ITEM] == _ELSEWHERE
    return elsewhere and not further.ended and extensions.ALTERNATIVE_ITEM not in further.elements


def decode(memory: bytes) -> TagContent:
    """Read `memory`, at least `SHORTEST` bytes of it, for this layout, whatever its checksum says.

    An item identifier that is not plausible text is left empty, and `reason` says so.
    """
    basic = memory[:BASIC_LENGTH].ljust(BASIC_LENGTH, b"\0")
    verdict = verify(memory)
    usage, warnings = _usage(basic[0])
    further = extensions.decode(memory[BASIC_LENGTH:])
    item = _item(basic, further.elements)
    owner, about_owner = _owner(basic, verdict)
    flags = {
        Warn.SHORT_MEMORY: len(memory) < BASIC_LENGTH,
        Warn.PART_OVER_TOTAL: basic[2] > basic[1],
        Warn.BAD_CRC: verdict in {Checksum.WRONG, Checksum.WITHOUT_OWNER},
        Warn.UNPADDED_CRC: verdict is Checksum.UNPADDED,
        Warn.DAMAGED_EXTENSION: further.damaged,
    }
    warnings += about_owner + tuple(warning for warning, is_so in flags.items() if is_so)
    return TagContent(
        Encoding.ISO28560_3,
        item=item,
        owner=owner,
        part=basic[2],
        parts=basic[1],
        usage=usage_of(usage),
        usage_code=usage,
        crc_ok=verdict in {Checksum.FITS, Checksum.UNPADDED},
        warnings=warnings,
        reason="" if item else "there is no readable item identifier",
        elements=further.elements,
    )


def encode(
    item: str,
    size: int,
    *,
    owner: str = "",
    part: int = 1,
    parts: int = 1,
    usage: Usage | int = Usage.CIRCULATING,
    elements: Mapping[int, str] | None = None,
) -> bytes:
    """Give the whole memory of a tag of `size` bytes; `usage` may be a code of its own (0-15).

    `elements` go into extension blocks. Raise ValueError for what the layout cannot hold.
    """
    country, unit = isil.split(owner) if owner else ("", "")
    further = dict(elements or {})
    name = item.encode()
    if not is_plausible(item):
        raise ValueError(f"{item!r} is no item identifier: it must be printable text")
    if len(name) > 16:
        name, further[extensions.ALTERNATIVE_ITEM] = _ELSEWHERE, item
    code = usage if isinstance(usage, int) else USAGE_CODES[usage]
    if not 0 <= code <= 15:
        raise ValueError(f"a type of usage is a code from 0 to 15, not {code}")
    identity = bytes([_VERSION << 4 | code, parts, part]) + name.ljust(16, b"\0")
    owned = country.encode() + unit.encode().ljust(11, b"\0") if owner else bytes(13)
    checksum = _crc(identity + owned).to_bytes(2, "little")
    memory = (identity + checksum + owned + extensions.encode(further)).rstrip(b"\0")
    if size < SMALL_TAG or len(memory) > size:
        raise ValueError(f"{len(memory)} bytes of content do not fit a tag of {size} bytes")
    return memory.ljust(size, b"\0")


def _crc(data: bytes) -> int:
    return crc_hqx(data, 0xFFFF)


def _usage(first: int) -> tuple[int, tuple[Warn, ...]]:
    high, low = divmod(first, 16)
    if high == _VERSION:
        return low, ()
    if low == _VERSION:
        return high, (Warn.SWAPPED_NIBBLES,)
    return low, (Warn.UNKNOWN_VERSION,)


def _item(basic: bytes, elements: dict[int, str]) -> str:
    """Find the item identifier; taken from the extension, it is no further element."""
    if basic[_ITEM] == _ELSEWHERE:
        item = elements.pop(extensions.ALTERNATIVE_ITEM, "")
    else:
        item = _text(basic[_ITEM]) or ""
    return item if is_plausible(item) else ""


def _owner(basic: bytes, verdict: Checksum) -> tuple[str, tuple[Warn, ...]]:
    if not any(basic[_COUNTRY] + basic[_UNIT]):
        return "", (Warn.NO_OWNER,)
    country, unit = _text(basic[_COUNTRY]), _text(basic[_UNIT])
    # Hosts that cut an ISIL after two letters leave its hyphen on the tag.
    owner = isil.join(country, unit.removeprefix("-")) if country and unit else None
    changed = verdict is Checksum.WITHOUT_OWNER
    return owner or "", (Warn.DAMAGED_OWNER,) if changed or owner is None else ()


def _text(field: bytes) -> str | None:
    try:
        return field.rstrip(b"\0").decode()
    except UnicodeDecodeError:
        return None
