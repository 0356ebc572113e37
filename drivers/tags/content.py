"""What a library tag says, whatever the encoding it was said in."""

from dataclasses import dataclass, field
from enum import StrEnum


class Encoding(StrEnum):
    """How the bytes were read."""

    ISO28560_3 = "iso28560-3"
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
    """The owner's bytes are empty."""
    DAMAGED_OWNER = "damaged_owner"
    """The owner is no ISIL, or was changed after the checksum was made."""
    DAMAGED_EXTENSION = "damaged_extension"
    """An extension block is cut off, or its check byte or its text is wrong; it was left out."""
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


@dataclass(frozen=True, slots=True)
class TagContent:
    """One decoded tag.

    `item` is the primary item identifier (a barcode), `owner` an ISIL with its hyphen
    (`FR-940160001`) or empty; `part` counts from 1 to `parts`. With `Encoding.UNKNOWN` or
    `BLANK` only `reason` means something.
    """

    encoding: Encoding
    item: str = ""
    owner: str = ""
    part: int = 1
    parts: int = 1
    usage: Usage = Usage.OTHER
    usage_code: int = 0
    crc_ok: bool = False
    warnings: tuple[Warn, ...] = ()
    reason: str = ""
    elements: dict[int, str] = field(default_factory=dict)
    """Further elements by their relative OID (ISO 28560-1), as text."""
