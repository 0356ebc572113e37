"""Numbers of receipts: what a patron holds in hand, and by which a librarian finds the returns.

A number is made of the identifier of the first return that the receipt names, so that it needs no
counter that a new disk could set back: 40 bits of its SHA-256 in Crockford's base 32
(no I, L, O, U), and a check character (Luhn mod 32). Written `4F7K-29QM-3`.
"""

from hashlib import sha256
from typing import Final
from uuid import UUID

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH: Final = 8
_MISREAD: Final = str.maketrans("OIL", "011", "- \t")


class NoReceiptNumber(ValueError):
    """What was typed is no number of a receipt: one of its characters is wrong or missing."""


def receipt_number(first_return: UUID) -> str:
    """Return the number of the receipt whose first return this is."""
    bits = int.from_bytes(sha256(first_return.bytes).digest()[:5])
    body = "".join(ALPHABET[bits >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return _written(body + _check(body))


def read_receipt_number(text: str) -> str:
    """Return a number as `receipt_number` writes it, however it was typed. Raises."""
    typed = text.upper().translate(_MISREAD)
    body, check = typed[:_LENGTH], typed[_LENGTH:]
    if len(body) < _LENGTH or set(typed) - set(ALPHABET) or check != _check(body):
        raise NoReceiptNumber(f"{text!r} is no receipt number: look at it again")
    return _written(typed)


def _check(body: str) -> str:
    total = 0
    for place, letter in enumerate(reversed(body)):
        doubled = ALPHABET.index(letter) * (2 if place % 2 == 0 else 1)
        total += doubled // len(ALPHABET) + doubled % len(ALPHABET)
    return ALPHABET[-total % len(ALPHABET)]


def _written(number: str) -> str:
    return f"{number[:4]}-{number[4:8]}-{number[8:]}"
