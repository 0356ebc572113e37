"""The data elements of ISO 28560-2: which have a form of their own, and their text.

Source: ISO 28560-1 and -2 as implementations show them. A form of its own ("application-defined")
have the content parameter (a bit for each OID from 3 on, the first one highest: its text here is
`3,5,7`), the ISILs of the owner and of a borrowing library, the type of usage (a byte of two
nibbles: `10`), two codes of one byte (`1`) and, in some tags, the product identifier (an integer).
"""

import re
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

_ISILS: Final = frozenset({OWNER, _BORROWER})
_CODES: Final = frozenset({_MEDIA_FORMAT, _SUPPLY_STAGE})

_FIRST_LISTED: Final = 3
_LONGEST_PRODUCT: Final = 8

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
            text = _from_form(one.oid, one.data)
            if text is None:
                return one.data.hex().upper(), Warn.UNREAD_ELEMENT
            return text, None
        case Compaction.OCTETS:
            return _octets(one)
        case _:
            if one.oid == CONTENT:
                raise Malformed("a content parameter is a list of bits")
            text = extract(one.data, one.compaction).rstrip("\0")
            return text, None if text else Warn.EMPTY_ELEMENT


def as_data_set(oid: int, text: str) -> DataSet:
    """Store an element as short as the standard allows. Raise ValueError if it cannot be."""
    special = _to_form(oid, text)
    if special is not None:
        return DataSet(oid, Compaction.APPLICATION, special)
    return DataSet(oid, *choose(text))


def listed(text: str) -> frozenset[int]:
    """The OIDs that the text of a content parameter announces."""
    return frozenset(int(oid) for oid in text.split(",") if oid)


def is_usage(text: str) -> bool:
    """Whether a text is a type of usage: two nibbles in hexadecimal."""
    return len(text) == 2 and all(digit in "0123456789ABCDEF" for digit in text)


def _octets(one: DataSet) -> tuple[str, Warn | None]:
    """Text byte by byte, or the bytes of a form of its own under the name of text."""
    text = extract(one.data, one.compaction).rstrip("\0")
    if _is_form_in_octets(one):
        text = _from_form(one.oid, one.data) or ""
    if not text:
        return "", Warn.EMPTY_ELEMENT
    meant = as_data_set(one.oid, text)
    return text, None if meant.compaction is Compaction.OCTETS else Warn.OCTET_ENCODED


def _is_form_in_octets(one: DataSet) -> bool:
    if one.oid == USAGE:
        # Writers of plain octets mean the code, even where it looks like a digit.
        return len(one.data) == 1
    return one.oid == CONTENT or (one.oid in _CODES and one.data < b" ")


def _from_form(oid: int, data: bytes) -> str | None:
    """Read the form of its own that an element has; None if it has none, or not of this length."""
    if oid == CONTENT:
        bits = "".join(f"{byte:08b}" for byte in data)
        return ",".join(str(_FIRST_LISTED + k) for k, bit in enumerate(bits) if bit == "1")
    if oid in _ISILS:
        return isil_compaction.extract(data)
    if oid == _PRODUCT and len(data) <= _LONGEST_PRODUCT:
        return str(int.from_bytes(data, "big"))
    if oid in _CODES and len(data) == 1:
        return str(data[0])
    return data.hex().upper() if oid == USAGE and len(data) == 1 else None


def _to_form(oid: int, text: str) -> bytes | None:
    """Write the form of its own that an element has; None if it or its text has none."""
    if oid == CONTENT:
        return _list(text)
    if oid in _ISILS and isil_compaction.can(text):
        return isil_compaction.compact(text)
    if oid in _CODES and re.fullmatch(r"[0-9]{1,3}", text) and text == str(int(text) & 0xFF):
        return bytes([int(text)])
    return bytes.fromhex(text) if oid == USAGE and is_usage(text) else None


def _list(text: str) -> bytes:
    oids = listed(text)
    if not oids or min(oids) < _FIRST_LISTED:
        raise ValueError(f"{text!r} is no list of OIDs from {_FIRST_LISTED} on")
    size = (max(oids) - _FIRST_LISTED) // 8 + 1
    bits = sum(1 << 8 * size - 1 - (oid - _FIRST_LISTED) for oid in oids)
    return bits.to_bytes(size, "big")
