"""Character sets of UNIMARC, as field 100 $a declares them (positions 26 to 29, two by two).

`50` is UTF-8, `01` ASCII, `03` ISO 5426. Many a file in UTF-8 still declares an older one, and
text of ISO 5426 is never valid UTF-8 by chance: its accents stand before letters.
"""

from collections.abc import Callable

from catalogue_api.importing import iso5426

Decoder = Callable[[bytes], str]
"""Bytes to text; raises UnicodeDecodeError."""

_UTF_8, _ISO_5426 = "50", "03"


def decoder(declared: str) -> Decoder:
    """Return how to read a record that declares these four characters (blank: nothing said)."""
    pairs = {declared[:2], declared[2:4]}
    if _ISO_5426 in pairs and _UTF_8 not in pairs:
        return _utf_8_or_iso_5426
    return _utf_8


def _utf_8(data: bytes) -> str:
    return data.decode("utf-8")


def _utf_8_or_iso_5426(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return iso5426.decode(data)
