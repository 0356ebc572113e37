"""Tidying the text of records: control characters, marks of non-sorting, blanks, composition."""

import re
import unicodedata

_BLANKS = re.compile(r"\s+")
_DROPPED = dict.fromkeys([*range(0x20), 0x7F, *range(0x80, 0xA0), ord("¬")])
"""C0 and C1 controls, with them NSB and NSE (0x88 0x89 0x98 0x9C, ISO 6630), and ¬ for the same.

Blanks among them are turned into spaces before.
"""


def tidy(text: str) -> str:
    """Return the text composed (NFC), on one line, with single blanks and no control character."""
    spaced = _BLANKS.sub(" ", text.replace("\x85", " "))
    return unicodedata.normalize("NFC", spaced.translate(_DROPPED)).strip()
