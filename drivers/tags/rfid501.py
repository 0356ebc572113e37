"""The layout of 3M tags from before ISO 28560 ("RFID 501").

It was never published; source: Biblio-RFID, which reads and writes it. In blocks of four bytes:

| block | content |
|---|---|
| 0 | 04; nibbles: number of this part, number of parts; 00; type of item |
| 1-4 | item identifier, filled with zeros |
| 5 | 12 bits branch, 20 bits library, big-endian |
| 6 | a number for local use, signed, big-endian |
| 7 | zeros |

Chips that 3M delivered empty hold 55 in blocks 0 to 5 and zeros behind.
"""

import struct
from types import MappingProxyType
from typing import Final

from drivers.tags.content import Encoding, TagContent, Warn, is_barcode

LENGTH: Final = 32

SHORTEST: Final = 24
"""Without block 5, the library, the layout is not taken for certain."""

ITEM_TYPES: Final = MappingProxyType(
    {
        0: "other",
        1: "book",
        2: "magazine",
        3: "bound journal",
        4: "audio tape",
        5: "video",
        6: "CD",
        7: "diskette",
        8: "book and diskette",
        9: "book and CD",
        13: "book and audio tape",
    }
)

_BASIC: Final = struct.Struct(">BBBB16sIiI")
_MARK: Final = 0x04
_LIBRARY_BITS: Final = 20
_LIBRARY: Final = (1 << _LIBRARY_BITS) - 1


def fits(memory: bytes) -> bool:
    """Whether all that is fixed in this layout is as it must be."""
    if len(memory) < SHORTEST:
        return False
    mark, _, zero, kind, name, _, _, last = _fields(memory)
    fixed = (mark, zero, last) == (_MARK, 0, 0) and kind in ITEM_TYPES
    return fixed and is_barcode(name.rstrip(b"\0").decode("iso-8859-1"))


def decode(memory: bytes, reason: str) -> TagContent:
    """Read a memory that `fits`; `reason` is what it was recognised by.

    The layout has no place for an ISIL or a type of usage.
    """
    _, nibbles, _, kind, name, place, custom, _ = _fields(memory)
    part, parts = divmod(nibbles, 16)
    flags = {
        Warn.SHORT_MEMORY: len(memory) < LENGTH,
        Warn.PART_OVER_TOTAL: part > parts,
    }
    return TagContent(
        Encoding.RFID501,
        item=name.rstrip(b"\0").decode("ascii"),
        part=part,
        parts=parts,
        warnings=tuple(warning for warning, is_so in flags.items() if is_so),
        reason=reason,
        legacy={
            "item_type": ITEM_TYPES[kind],
            "library": str(place & _LIBRARY),
            "branch": str(place >> _LIBRARY_BITS),
            "custom": str(custom),
        },
    )


def is_manufacturing_blank(memory: bytes) -> bool:
    """Whether the chip is as 3M delivered it."""
    return len(memory) >= SHORTEST and memory == (b"\x55" * SHORTEST).ljust(len(memory), b"\0")


def encode(
    item: str,
    size: int,
    *,
    part: int = 1,
    parts: int = 1,
    item_type: int = 1,
    library: int = 0,
    branch: int = 0,
    custom: int = 0,
) -> bytes:
    """Give the whole memory of a tag of `size` bytes; raise ValueError for what has no place."""
    if not (is_barcode(item) and len(item) <= 16):
        raise ValueError(f"{item!r} is no item identifier of up to 16 characters of a barcode")
    if not (0 <= part <= 15 and 0 <= parts <= 15):
        raise ValueError(f"part {part} of {parts} does not fit: there may be 15")
    if not (0 <= library <= _LIBRARY and 0 <= branch < 1 << 12):
        raise ValueError(f"library {library} and branch {branch} do not fit 20 and 12 bits")
    if item_type not in ITEM_TYPES:
        raise ValueError(f"no type of item has the code {item_type}")
    if size < LENGTH:
        raise ValueError(f"{LENGTH} bytes of content do not fit a tag of {size} bytes")
    place = branch << _LIBRARY_BITS | library
    name = item.encode("ascii")
    memory = _BASIC.pack(_MARK, part << 4 | parts, 0, item_type, name, place, custom, 0)
    return memory.ljust(size, b"\0")


def _fields(memory: bytes) -> tuple[int, int, int, int, bytes, int, int, int]:
    mark, nibbles, zero, kind, name, place, custom, last = _BASIC.unpack(
        memory[:LENGTH].ljust(LENGTH, b"\0")
    )
    return mark, nibbles, zero, kind, name, place, custom, last
