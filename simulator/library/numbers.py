"""The numbers of the demo library: barcodes of items, cards of readers, UIDs of chips.

Items and cards are numbered alike: kind (3 item, 2 card), library (4 digits), serial (8 digits),
check digit (Luhn): 14 digits, so that no card is ever taken for an item.
"""

OWNER = "FR-940165801"
"""Our ISIL. It is invented: no library is registered under it."""

FOREIGN_OWNER = "FR-751135802"
"""The ISIL of somebody else's library, invented too."""

_LIBRARY = "9416"
_FOREIGN_LIBRARY = "7513"
_SLIX_PREFIX = "E0040150"
_SCATTER = 2654435761
"""An odd number: multiplying by it modulo 2^32 gives every serial a UID of its own."""


def luhn(digits: str) -> str:
    """Return the check digit that goes behind `digits` (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def item_barcode(serial: int) -> str:
    """Return the barcode of our item number `serial`."""
    return _numbered("3", _LIBRARY, serial)


def foreign_barcode(serial: int) -> str:
    """Return the barcode of an item of the other library."""
    return _numbered("3", _FOREIGN_LIBRARY, serial)


def card_number(serial: int) -> str:
    """Return the number on the card of reader `serial`."""
    return _numbered("2", _LIBRARY, serial)


def slix_uid(serial: int) -> str:
    """Return the UID (16 hex digits) of an ICODE SLIX chip: the same serial, the same UID."""
    return f"{_SLIX_PREFIX}{serial * _SCATTER % 2**32:08X}"


def _numbered(kind: str, library: str, serial: int) -> str:
    digits = f"{kind}{library}{serial:08d}"
    return digits + luhn(digits)
