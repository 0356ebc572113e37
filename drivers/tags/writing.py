"""Make the memory of a new tag in any encoding that a library may use."""

from types import MappingProxyType
from typing import Final

from drivers.iso15693 import DSFID_ISO28560_2, DSFID_ISO28560_3
from drivers.tags import iso28560_part2, iso28560_part3, rfid501
from drivers.tags.content import Encoding, Usage

DSFIDS: Final = MappingProxyType(
    {
        Encoding.ISO28560_3: DSFID_ISO28560_3,
        Encoding.ISO28560_2: DSFID_ISO28560_2,
        Encoding.RFID501: 0x00,
    }
)
"""The encodings that can be written, and the DSFID that announces each (RFID 501 has none)."""


def encode(
    encoding: Encoding,
    item: str,
    size: int,
    *,
    owner: str = "",
    part: int = 1,
    parts: int = 1,
    usage: Usage = Usage.CIRCULATING,
) -> bytes:
    """Give the whole memory of a tag of `size` bytes: identifiers, usage and set, and no title.

    Raise ValueError for what the encoding has no place for; RFID 501 has none for an ISIL or a
    type of usage.
    """
    match encoding:
        case Encoding.ISO28560_3:
            write = iso28560_part3.encode
            return write(item, size, owner=owner, part=part, parts=parts, usage=usage)
        case Encoding.ISO28560_2:
            return iso28560_part2.encode(
                item, size, owner=owner, part=part, parts=parts, usage=usage
            )
        case Encoding.RFID501:
            if owner:
                raise ValueError("an RFID 501 tag has no place for an ISIL")
            if usage is not Usage.CIRCULATING:
                raise ValueError("an RFID 501 tag has no place for a type of usage")
            return rfid501.encode(item, size, part=part, parts=parts)
        case _:
            raise ValueError(f"{encoding.value} is no encoding that a tag is written in")
