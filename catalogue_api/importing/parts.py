"""Material in several pieces: « 2 CD, 1 livret », and how many pieces that are."""

import re
from collections.abc import Iterable

_ANY_CASE = re.IGNORECASE
_LEAD = re.compile(r"^\s*(?:ce\s+\w+\s+)?(?:contient|contenu|contains|comprend)\s*:?\s*", _ANY_CASE)
_COUNTED = re.compile(
    r"(?<![\w.,])\[?([0-9]{1,3})\]?\s+(?=[^\W\d])"
    r"(?!(?:p|pages?|f|pl|[cm]m|min|h|ans?|years?|s|g)\b)",
    _ANY_CASE,
)
_IN_BRACKETS = re.compile(r"\s*\([^)]*\)")
_CARRIER = re.compile(
    r"^\[?[0-9]{1,3}\]?\s+(?:audio|sound|video|computer|optical)?\s*"
    r"(?:d\.\s?c\.|cd|dvd|disque|disc|c[ée]d[ée]rom|blu-?ray|cassette|cass\.|livre|book|bo[iî]te"
    r"|jeu|cartouche|cartridge|coffret|kit|puzzle|carte m[ée]moire|vol\.|volume|v\.)[^:;+]*",
    _ANY_CASE,
)
_VOLUME = re.compile(r"^\[?[0-9]{1,3}\]?\s+v(?:ol(?:ume)?s?)?\b", _ANY_CASE)


def without_lead(text: str) -> str:
    """Return « 1 DC + 1 livret » for « contient 1 DC + 1 livret »."""
    return _LEAD.sub("", text)


def counted(text: str) -> int:
    """Return how many pieces a text names; 0 if it names none by number."""
    numbers = [int(number) for number in _COUNTED.findall(_IN_BRACKETS.sub("", text))]
    return sum(numbers)


def contents(carriers: Iterable[str], accompanying: Iterable[str]) -> tuple[str, int]:
    """Return what lies in a case and how many pieces, from a record's physical description.

    `carriers` are its extents (« 2 CD (68 min) »), `accompanying` what comes with them. One
    piece alone is nothing to check; nor are the volumes of a work, each of which is a copy.
    """
    beside = [_IN_BRACKETS.sub("", text).strip(" .;:,") for text in accompanying]
    main = [
        _IN_BRACKETS.sub("", found[0]).strip(" .;:,")
        for text in carriers
        if (found := _CARRIER.match(text)) and (beside or not _VOLUME.match(text))
    ]
    if beside and not main:  # a book of 200 pages, with a disc
        return ", ".join(beside), 1 + sum(counted(text) or 1 for text in beside)
    pieces = main + beside
    count = sum(counted(text) or 1 for text in pieces)
    return (", ".join(pieces), count) if count > 1 else ("", 1)
