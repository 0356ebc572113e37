"""What a library tag says, whatever the encoding it was said in."""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Encoding(StrEnum):
    """How the bytes were read."""

    ISO28560_3 = "iso28560-3"
    ISO28560_2 = "iso28560-2"
    RFID501 = "rfid501"
    BLANK = "blank"
    UNKNOWN = "unknown"


class Warn(StrEnum):
    """A deviation from the standard that was tolerated; never tolerated in silence."""

    SWAPPED_NIBBLES = "swapped_nibbles"
    """Version and type of usage stand in each other's place."""
    UNKNOWN_VERSION = "unknown_version"
    """Neither nibble of the first byte is the version; the low one is taken for the usage."""
    REVERSED_BLOCKS = "reversed_blocks"
    """Every block was written last byte first."""
    SHORT_MEMORY = "short_memory"
    """Fewer bytes than the basic block has: a small tag, or a short read. The rest counts as 0."""
    PART_OVER_TOTAL = "part_over_total"
    """The number of this part is greater than the number of parts."""
    BAD_CRC = "bad_crc"
    """The checksum does not fit: nothing vouches for the content."""
    UNPADDED_CRC = "unpadded_crc"
    """The checksum fits the 30 bytes of a small tag instead of the 32 of the standard."""
    NO_OWNER = "no_owner"
    """The layout has a place for the owner, and it is empty."""
    DAMAGED_OWNER = "damaged_owner"
    """The owner is no ISIL, or was changed after the checksum was made."""
    DAMAGED_EXTENSION = "damaged_extension"
    """An extension block is cut off, or its check byte or its text is wrong; it was left out."""
    EMPTY_ELEMENT = "empty_element"
    """A data element is there and has no content."""
    OCTET_ENCODED = "octet_encoded"
    """A data element was written byte by byte where the standard has a form of its own for it."""
    UNREAD_ELEMENT = "unread_element"
    """A data element has a form that is not known; its bytes are given in hexadecimal."""
    DAMAGED_ELEMENT = "damaged_element"
    """The bytes of a data element are not what its form allows, or what it says is no sense."""
    REPEATED_ELEMENT = "repeated_element"
    """A data element stands there more than once; the first one counts."""
    UNEXPECTED_DSFID = "unexpected_dsfid"
    """The content is sound, but the DSFID announces something else."""


class Usage(StrEnum):
    """Type of usage, folded to what a kiosk must tell apart (ISO 28560-1, data element 5)."""

    CIRCULATING = "circulating"
    NOT_CIRCULATING = "not_circulating"
    DISCARDED = "discarded"
    PATRON_CARD = "patron_card"
    EQUIPMENT = "equipment"
    OTHER = "other"


USAGE_CODES: Final = MappingProxyType(
    {
        Usage.CIRCULATING: 1,
        Usage.NOT_CIRCULATING: 2,
        Usage.OTHER: 6,  # "no information"
        Usage.DISCARDED: 7,
        Usage.PATRON_CARD: 8,
        Usage.EQUIPMENT: 9,
    }
)
"""The code of each type of usage: a nibble, the same in parts 2 and 3 of ISO 28560."""

_USAGES: Final = MappingProxyType({code: usage for usage, code in USAGE_CODES.items()})


def usage_of(code: int) -> Usage:
    """Fold a code (a nibble) to what a kiosk must tell apart."""
    return _USAGES.get(code, Usage.OTHER)


def is_plausible(item: str) -> bool:
    """Whether a text may be an item identifier: printable, and not only spaces."""
    return bool(item.strip()) and item.isprintable()


_BARCODE: Final = re.compile(r"(?!0*\Z)[0-9A-Za-z][0-9A-Za-z .$/+%:_-]*")


def is_barcode(item: str) -> bool:
    """Whether an item identifier is one of a barcode: Code 39 and small letters, not only zeros.

    Where no checksum does, this vouches for an identifier: bytes that mean something else seldom
    read as one.
    """
    return bool(_BARCODE.fullmatch(item))


@dataclass(frozen=True, slots=True)
class TagContent:
    """One decoded tag.

    `item` is the primary item identifier (a barcode), `owner` an ISIL with its hyphen
    (`FR-940160001`) or empty; `part` counts from 1 to `parts`. `reason` says what the encoding was
    recognised by; with `Encoding.UNKNOWN` or `BLANK` nothing else means something.
    """

    encoding: Encoding
    item: str = ""
    owner: str = ""
    part: int = 1
    parts: int = 1
    usage: Usage = Usage.OTHER
    usage_code: int = 0
    """As it stands on the tag: a nibble in ISO 28560-3, a byte of two nibbles in ISO 28560-2."""
    crc_ok: bool | None = None
    """None if the encoding has no checksum."""
    warnings: tuple[Warn, ...] = ()
    reason: str = ""
    elements: dict[int, str] = field(default_factory=dict)
    """Further elements by their relative OID (ISO 28560-1), as text."""
    legacy: dict[str, str] = field(default_factory=dict)
    """What an encoding older than ISO 28560 says besides, by its name."""
