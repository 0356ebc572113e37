"""Tidying the text of records: control characters, marks of non-sorting, blanks, composition."""

import re
import unicodedata
from collections.abc import Iterable

_BLANKS = re.compile(r"\s+")
_CONTROLS = [*range(0x20), 0x7F, *range(0x80, 0xA0)]
_SAID_DIFFERENTLY = dict.fromkeys(_CONTROLS, "") | dict.fromkeys(map(ord, "\t\n\v\f\r\x85"), " ")
_SAID_DIFFERENTLY[ord("¬")] = ""
"""C0 and C1 controls go, with them NSB and NSE (0x88 0x89 0x98 0x9C, ISO 6630), and ¬ for them."""

_HALVES = re.compile("[\ud800-\udfff]")
_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
"""Text with nothing to tidy: most of what records hold."""


def tidy(text: str) -> str:
    """Return the text composed (NFC), on one line, with single blanks and no control character.

    Halves of surrogate pairs, which no database takes, become U+FFFD.
    """
    if _PLAIN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFC", text.translate(_SAID_DIFFERENTLY))
    return _BLANKS.sub(" ", _HALVES.sub("\ufffd", plain)).strip()


def in_lines(texts: Iterable[str]) -> str:
    """Return the different texts, one a line, in their order."""
    return "\n".join(dict.fromkeys(texts))
