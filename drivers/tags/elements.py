"""The data elements of ISO 28560-2: which have a form of their own, and their text.

Source: ISO 28560-1 and -2 as implementations show them. A form of its own ("application-defined")
have the content parameter (a bit for each OID from 3 on, the first one highest: its text here is
`3,5,7`), the ISILs of the owner and of a borrowing library, the type of usage (a byte of two
nibbles: `10`), and two codes of one byte (`1`).
"""

from types import MappingProxyType
from typing import Final

from drivers.tags import isil_compaction
from drivers.tags.compaction import Compaction, Malformed, choose, extract
from drivers.tags.content import Warn
from drivers.tags.objects import DataSet

ITEM: Final = 1
CONTENT: Final = 2
OWNER: Final = 3
SET: Final = 4
USAGE: Final = 5

_BORROWER: Final = 11
_PRODUCT: Final = 13
_MEDIA_FORMAT: Final = 19
_SUPPLY_STAGE: Final = 20

_FIRST_LISTED: Final = 3

NAMES: Final = MappingProxyType(
    {
        ITEM: "primary item identifier",
        CONTENT: "content parameter",
        OWNER: "owner institution (ISIL)",
        SET: "set information",
        USAGE: "type of usage",
        6: "shelf location",
        7: "ONIX media format",
        8: "MARC media format",
        9: "supplier identifier",
        10: "order number",
        _BORROWER: "ILL borrowing institution (ISIL)",
        12: "ILL transaction number",
        _PRODUCT: "GS1 product identifier",
        14: "alternative unique item identifier",
        15: "local data A",
        16: "local data B",
        17: "title",
        18: "product identifier, local",
        _MEDIA_FORMAT: "media format, other",
        _SUPPLY_STAGE: "supply chain stage",
        21: "supplier invoice number",
        22: "alternative item identifier",
        23: "alternative owner institution",
        24: "subsidiary of an owner institution",
        25: "alternative ILL borrowing institution",
        26: "local data C",
    }
)
"""The data elements of ISO 28560-1 by their relative OID."""


def as_text(one: DataSet) -> tuple[str, Warn | None]:
    """Read a stored element. Raise `Malformed` if its bytes are not what its form allows."""
    if not one.data:
        return "", Warn.EMPTY_ELEMENT
    match one.compaction:
        case Compaction.APPLICATION:
            text = _special(one.oid, one.data)
            return (one.data.hex().upper(), Warn.UNREAD_ELEMENT) if text is None else (text, None)
        case Compaction.OCTETS:
            return _octets(one)
        case _:
            if one.oid == CONTENT:
                raise Malformed("a content parameter is a list of bits")
            text = extract(one.data, one.compaction).rstrip("\0")
            return text, None if text else Warn.EMPTY_ELEMENT


def as_data_set(oid: int, text: str) -> DataSet:
    """Store an element as short as the standard allows. Raise ValueError if it cannot be."""
    match oid:
        case 2:
            return DataSet(oid, Compaction.APPLICATION, _list(text))
        case 3 | 11:
            try:
                return DataSet(oid, Compaction.APPLICATION, isil_compaction.compact(text))
            except ValueError:
                return DataSet(oid, *choose(text))
        case 5 if is_usage(text):
            return DataSet(oid, Compaction.APPLICATION, bytes.fromhex(text))
        case 19 | 20 if text.isascii() and text.isdecimal() and text == str(int(text) & 0xFF):
            return DataSet(oid, Compaction.APPLICATION, bytes([int(text)]))
        case _:
            return DataSet(oid, *choose(text))


def listed(text: str) -> frozenset[int]:
    """The OIDs that the text of a content parameter announces."""
    return frozenset(int(oid) for oid in text.split(",") if oid)


def is_usage(text: str) -> bool:
    """Whether a text is a type of usage: two nibbles in hexadecimal."""
    return len(text) == 2 and all(digit in "0123456789ABCDEF" for digit in text)


def _octets(one: DataSet) -> tuple[str, Warn | None]:
    """Text byte by byte, or the bytes of a form of its own under the name of text."""
    text: str | None = extract(one.data, one.compaction).rstrip("\0")
    # A single byte of usage is taken for its code: writers of plain octets do not mean a digit.
    if one.oid == CONTENT or (one.oid == USAGE and len(one.data) == 1) or _is_code(one):
        text = _special(one.oid, one.data)
    if not text:
        return "", Warn.EMPTY_ELEMENT
    meant = as_data_set(one.oid, text)
    return text, None if meant.compaction is Compaction.OCTETS else Warn.OCTET_ENCODED


def _is_code(one: DataSet) -> bool:
    return one.oid in {_MEDIA_FORMAT, _SUPPLY_STAGE} and len(one.data) == 1 and one.data < b" "


def _special(oid: int, data: bytes) -> str | None:
    """Read the form of its own that an element has; None if it has none, or not of this length."""
    match oid:
        case 2:
            bits = "".join(f"{byte:08b}" for byte in data)
            return ",".join(str(_FIRST_LISTED + k) for k, bit in enumerate(bits) if bit == "1")
        case 3 | 11:
            return isil_compaction.extract(data)
        case 5 if len(data) == 1:
            return data.hex().upper()
        case 13 if len(data) <= 8:
            return str(int.from_bytes(data, "big"))
        case 19 | 20 if len(data) == 1:
            return str(data[0])
        case _:
            return None


def _list(text: str) -> bytes:
    oids = listed(text)
    if not oids or min(oids) < _FIRST_LISTED:
        raise ValueError(f"{text!r} is no list of OIDs from {_FIRST_LISTED} on")
    size = (max(oids) - _FIRST_LISTED) // 8 + 1
    bits = sum(1 << 8 * size - 1 - (oid - _FIRST_LISTED) for oid in oids)
    return bits.to_bytes(size, "big")
