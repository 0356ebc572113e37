"""The character set of a record: what it declares is heard, what its bytes say is believed.

MARC 21 declares UTF-8 or MARC-8 in leader position 9, UNIMARC UTF-8 (`50`), ISO 646 (`01`) or
ISO 5426 (`03`) in 100 $a from position 26 on. In the wild each is found under the name of another,
and Latin-1 under all of them. Bytes above 0x7F that are valid UTF-8 are UTF-8: in the older sets
accents stand before letters. Among the older sets the one wins whose text looks most like words.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

from catalogue_api.importing import iso5426, marc8


class Charset(StrEnum):
    """What a record is written in; LATIN_1 is the Windows one, which holds the other."""

    UTF_8 = "UTF-8"
    MARC_8 = "MARC-8"
    ISO_5426 = "ISO 5426"
    LATIN_1 = "Latin-1"


Decoder = Callable[[bytes], str]
"""Bytes to text; raises UnicodeDecodeError."""

_WINDOWS = {
    byte: bytes([byte]).decode("windows-1252")
    for byte in range(0x80, 0xA0)
    if byte not in {0x81, 0x8D, 0x8F, 0x90, 0x9D}
}
_NON_SORTING = {0x88, 0x89}, {0x98, 0x9C}
"""NSB and NSE: marks around articles (ISO 6630), which Windows gave to ˆ ‰ and ˜ œ."""

_UNLIKELY_IN_LATIN_1 = re.compile(
    "[\x80-\x87\x8a-\x97\x99-\x9b\x9d-\x9f]"
    "|(?<=[a-zà-ÿ])[À-ÖØ-ß](?=[a-zà-ÿ])"  # a capital within a word: an accent of ISO 5426
    "|[ÀÁÂÃÄÈÉÌÍÐ](?=[aeiouc])"
    "|[àáâãèê](?=[aeiouyAEIOUYàáâãèê])"  # an accent of MARC-8 before its vowel
    "|(?<=[A-Za-zÀ-ÿ])[¡-©«-¹»-¿×÷](?=[A-Za-zÀ-ÿ])"
)
_FRENCH = frozenset({"", "fre", "fra"})
_NOT_OF_FRENCH = re.compile("[\u00c0-\u024f](?<![àâäæçèéêëîïñôöùûüÿœÀÂÄÆÇÈÉÊËÎÏÑÔÖÙÛÜŸŒ])")
"""Latin letters that French does not have; a record in French with many of them is doubtful."""

_RARE = re.compile("[\u0180-\u024f\u1e00-\u1eff]")
_MARK_LEFT = re.compile("[\u0300-\u036f]")
_CODE = re.compile(rb"\x1f.", re.DOTALL)
"""A subfield's code is no letter of the word behind it."""

_MOST_PASSED_OVER = 10


def found_in(content: bytes, declared: Charset, older: Charset, language: str = "") -> Charset:
    """Say what a record's content is written in.

    `older` is the set before Unicode of the record's format; `language` a code of three letters.
    A record of broken UTF-8 is UTF-8: whoever decodes it meets the broken byte.
    """
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        return declared if declared is older and content.isascii() else Charset.UTF_8
    if _mostly_utf_8(content):
        return Charset.UTF_8
    words = _CODE.sub(b" ", content)
    return min((older, Charset.LATIN_1), key=lambda charset: _cost(words, charset, language))


def decoder(charset: Charset) -> Decoder:
    """Return how bytes of a character set become text."""
    return _DECODERS[charset]


def _utf_8(data: bytes) -> str:
    return data.decode("utf-8")


def _latin_1(data: bytes) -> str:
    """Decode what is Latin-1 or its Windows form; marks of non-sorting stay what they are."""
    present = {byte for byte in data if 0x80 <= byte < 0xA0}
    marks = set().union(*(pair for pair in _NON_SORTING if pair <= present))
    said = {byte: sign for byte, sign in _WINDOWS.items() if byte not in marks}
    return data.decode("latin-1").translate(said)


_DECODERS: dict[Charset, Decoder] = {
    Charset.UTF_8: _utf_8,
    Charset.MARC_8: marc8.decode,
    Charset.ISO_5426: iso5426.decode,
    Charset.LATIN_1: _latin_1,
}


def _mostly_utf_8(content: bytes) -> bool:
    """Tell whether more bytes above 0x7F belong to good UTF-8 sequences than not."""
    text = content.decode("utf-8", "surrogateescape")
    good = sum(len(sign.encode()) for sign in text if sign >= "\x80" and not _escaped(sign))
    return good > sum(_escaped(sign) for sign in text)


def _escaped(sign: str) -> bool:
    return "\udc80" <= sign <= "\udcff"


def _cost(content: bytes, charset: Charset, language: str) -> int:
    """Count what would be odd in the text if the content were written in this set."""
    text, meaningless = _read_roughly(content, _DECODERS[charset])
    composed = unicodedata.normalize("NFC", text)
    odd = 3 * meaningless
    if language in _FRENCH:
        odd += len(_NOT_OF_FRENCH.findall(composed))
    if charset is Charset.LATIN_1:
        return odd + 3 * len(_UNLIKELY_IN_LATIN_1.findall(text))
    return odd + 3 * (len(_MARK_LEFT.findall(composed)) + len(_RARE.findall(composed)))


def _read_roughly(content: bytes, decode: Decoder) -> tuple[str, int]:
    """Decode, passing over bytes without a meaning (a few: enough to rule a set out)."""
    passed_over = 0
    while True:
        try:
            return decode(content), passed_over
        except UnicodeDecodeError as error:
            passed_over += 1
            if passed_over > _MOST_PASSED_OVER:
                return "", 2 * passed_over
            content = content[: error.start] + b" " + content[error.end :]
