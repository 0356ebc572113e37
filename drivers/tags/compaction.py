"""Compaction of text in the data elements of ISO/IEC 15962.

Source: ISO/IEC 15962 as implementations and vectors from its annexes show it. Bits are packed from
the most significant one; what is left of the last byte is filled in a way of each scheme:

| code | scheme | text | bits of a character, filled up with |
|---|---|---|---|
| 0 | application-defined | the application knows | |
| 1 | integer | 10 to 9999999999999999999, no leading zero | unsigned, big-endian |
| 2 | numeric | 2 or more digits | 4, a nibble F |
| 3 | 5-bit | 3 or more of `A`-`_` (41-5F) | 5, zeros |
| 4 | 6-bit | 4 or more of space-`_` (20-5F), no space at the end | 6, 1 and zeros |
| 5 | 7-bit | 8 or more of 00-7E | 7, ones |
| 6 | octets | ISO 8859-1 | 8 |
| 7 | UTF-8 | any | 8 |

The least lengths are those from which on a writer may choose the scheme; tags with shorter texts
exist, and are read.
"""

import re
from enum import IntEnum
from types import MappingProxyType
from typing import Final


class Compaction(IntEnum):
    """The schemes; the value is their code in a precursor."""

    APPLICATION = 0
    INTEGER = 1
    NUMERIC = 2
    FIVE_BIT = 3
    SIX_BIT = 4
    SEVEN_BIT = 5
    OCTETS = 6
    UTF8 = 7


class Malformed(ValueError):
    """Bytes that their compaction cannot have made."""


_ALPHABETS: Final = MappingProxyType(
    {
        Compaction.INTEGER: re.compile(r"[1-9][0-9]{1,18}"),
        Compaction.NUMERIC: re.compile(r"[0-9]+"),
        Compaction.FIVE_BIT: re.compile(r"[A-_]+"),
        Compaction.SIX_BIT: re.compile(r"[ -_]*[!-_]"),
        Compaction.SEVEN_BIT: re.compile(r"[\0-~]+"),
        Compaction.OCTETS: re.compile(r"[\0-\xff]+"),
        Compaction.UTF8: re.compile(r"[^\ud800-\udfff]+"),
    }
)

_LEAST: Final = MappingProxyType(
    {
        Compaction.NUMERIC: 2,
        Compaction.FIVE_BIT: 3,
        Compaction.SIX_BIT: 4,
        Compaction.SEVEN_BIT: 8,
    }
)

_WIDTHS: Final = MappingProxyType(
    {Compaction.FIVE_BIT: 5, Compaction.SIX_BIT: 6, Compaction.SEVEN_BIT: 7}
)

_LONGEST_INTEGER: Final = 8
"""Bytes that the greatest integer takes."""


def choose(text: str) -> tuple[Compaction, bytes]:
    """Compact `text` as short as the standard allows; of equals, the lowest code is taken.

    Raise ValueError for a text that is empty or no Unicode.
    """
    allowed = [
        (compaction, compact(text, compaction))
        for compaction, alphabet in _ALPHABETS.items()
        if len(text) >= _LEAST.get(compaction, 1) and alphabet.fullmatch(text)
    ]
    if not allowed:
        raise ValueError(f"{text!r} cannot be compacted")
    return min(allowed, key=lambda one: len(one[1]))


def compact(text: str, compaction: Compaction) -> bytes:
    """Compact `text` in this scheme, least lengths aside.

    Raise ValueError if a character has no place in it.
    """
    alphabet = _ALPHABETS.get(compaction)
    if alphabet is None or not alphabet.fullmatch(text):
        raise ValueError(f"{text!r} does not fit the compaction {compaction.name}")
    match compaction:
        case Compaction.INTEGER:
            number = int(text)
            return number.to_bytes((number.bit_length() + 7) // 8, "big")
        case Compaction.NUMERIC:
            return bytes.fromhex(text + "F" * (len(text) % 2))
        case Compaction.OCTETS:
            return text.encode("iso-8859-1")
        case Compaction.UTF8:
            return text.encode()
        case _:
            return _pack(text, compaction)


def extract(data: bytes, compaction: Compaction) -> str:
    """Give the text back; no bytes give no text. Raise `Malformed`."""
    if not data:
        return ""
    match compaction:
        case Compaction.APPLICATION:
            raise Malformed("only the application knows this form")
        case Compaction.INTEGER:
            if len(data) > _LONGEST_INTEGER:
                raise Malformed(f"an integer of {len(data)} bytes")
            return str(int.from_bytes(data, "big"))
        case Compaction.NUMERIC:
            return _digits(data)
        case Compaction.OCTETS:
            return data.decode("iso-8859-1")
        case Compaction.UTF8:
            try:
                return data.decode()
            except UnicodeDecodeError as error:
                raise Malformed("these bytes are no UTF-8") from error
        case _:
            return _unpack(data, compaction)


def _digits(data: bytes) -> str:
    digits = data.hex().removesuffix("f")
    if not digits.isdecimal():
        raise Malformed("a nibble that is no digit")
    return digits


def _pack(text: str, compaction: Compaction) -> bytes:
    width = _WIDTHS[compaction]
    bits = 0
    for character in text:
        bits = bits << width | ord(character) & (1 << width) - 1
    spare = -width * len(text) % 8
    bits <<= spare
    if spare and compaction is Compaction.SIX_BIT:
        bits |= 1 << spare - 1
    elif compaction is Compaction.SEVEN_BIT:
        bits |= (1 << spare) - 1
    return bits.to_bytes((width * len(text) + 7) // 8, "big")


_FILLERS: Final = MappingProxyType(
    {Compaction.FIVE_BIT: 0x00, Compaction.SIX_BIT: 0x20, Compaction.SEVEN_BIT: 0x7F}
)
"""What the filled rest of the last byte reads as, where it is as long as a character."""


def _unpack(data: bytes, compaction: Compaction) -> str:
    width = _WIDTHS[compaction]
    count, spare = divmod(8 * len(data), width)
    bits, mask = int.from_bytes(data, "big") >> spare, (1 << width) - 1
    codes = [bits >> width * place & mask for place in reversed(range(count))]
    filler = _FILLERS[compaction]
    # A rest of a whole character leaves fewer bits over than a byte had without it.
    if codes and codes[-1] == filler and spare + width < 8:
        codes.pop()
    if compaction is not Compaction.SIX_BIT and filler in codes:
        raise Malformed(f"a character that {compaction.name} does not have")
    if compaction is Compaction.SEVEN_BIT:
        return bytes(codes).decode("ascii")
    return "".join(chr(code if code >= 0x20 else code | 0x40) for code in codes)
