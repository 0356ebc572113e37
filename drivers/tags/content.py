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
    REVERSED_BLOCKS = "reversed_blocks"
    SHORT_MEMORY = "short_memory"
    PART_OVER_TOTAL = "part_over_total"
    BAD_CRC = "bad_crc"
    NO_OWNER = "no_owner"
    DAMAGED_OWNER = "damaged_owner"
    DAMAGED_EXTENSION = "damaged_extension"
    UNEXPECTED_DSFID = "unexpected_dsfid"


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
