"""The numbers of the book trade, each in one spelling: ISBN (ISO 2108), ISSN (ISO 3297), EAN-13."""

import re
from collections.abc import Iterable

from catalogue_api.domain.collection import NumberKind

_MARKS = re.compile(r"[\s\u2010-\u2015.-]")
_ISBN_10, _EAN_13, _ISSN = (
    re.compile(pattern) for pattern in (r"[0-9]{9}[0-9X]", r"[0-9]{13}", r"[0-9]{7}[0-9X]")
)
_BEHIND = re.compile(r"\s*[\s(:;,].*$", re.DOTALL)
"""What MARC 21 writes behind a number in the same subfield: `2070612759 (br.)`, `… : 12 EUR`."""


Number = tuple[NumberKind, str]


def numbers(isbns: Iterable[str], issns: Iterable[str], eans: Iterable[str]) -> tuple[Number, ...]:
    """Return the good ones of these numbers, each once; the ISBN among EANs is an ISBN."""
    found: list[Number] = [(NumberKind.ISBN, isbn13(text)) for text in isbns]
    found += [(NumberKind.ISSN, issn(text)) for text in issns]
    for text in eans:
        book = isbn13(text)
        found.append((NumberKind.ISBN, book) if book else (NumberKind.EAN, ean(text)))
    return tuple(dict.fromkeys(one for one in found if one[1]))


def number_of(text: str) -> Number | None:
    """Return an ISBN, EAN or ISSN in its one spelling; None for what is none of them."""
    for kind, read in ((NumberKind.ISBN, isbn13), (NumberKind.EAN, ean), (NumberKind.ISSN, issn)):
        if found := read(text):
            return kind, found
    return None


def isbn13(text: str) -> str:
    """Return the 13 digits of an ISBN of 10 or 13 however it is spelt; empty if it is none."""
    for said in (text, _BEHIND.sub("", text.strip())):
        compact = _compact(said)
        if _ISBN_10.fullmatch(compact) and _weighed(compact, 11):
            body = "978" + compact[:9]
            return body + _check_digit(body)
        if compact.startswith(("978", "979")) and ean(compact):
            return compact
    return ""


def ean(text: str) -> str:
    """Return the 13 digits of an EAN, a UPC of 12 among them; empty if it is none."""
    compact = _compact(_BEHIND.sub("", text.strip()))
    if len(compact) == 12:
        compact = "0" + compact
    good = _EAN_13.fullmatch(compact) and compact[-1] == _check_digit(compact[:-1])
    return compact if good else ""


def issn(text: str) -> str:
    """Return an ISSN as `1234-567X`; empty if it is none."""
    compact = _compact(_BEHIND.sub("", text.strip()))
    good = _ISSN.fullmatch(compact) and _weighed(compact, 11)
    return f"{compact[:4]}-{compact[4:]}" if good else ""


def _compact(text: str) -> str:
    return _MARKS.sub("", text).upper()


def _weighed(digits: str, modulus: int) -> bool:
    """Weigh from the right, 1 and up: the check digit of ISBN-10 and ISSN."""
    values = [10 if digit == "X" else int(digit) for digit in reversed(digits)]
    return sum(value * weight for weight, value in enumerate(values, 1)) % modulus == 0


def _check_digit(body: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-weighted % 10)
