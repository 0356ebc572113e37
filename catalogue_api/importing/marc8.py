"""MARC-8, the character sets of MARC 21 before Unicode, by the tables that pymarc has of them.

Unlike pymarc's own decoder, this one says where a byte has no meaning instead of writing a blank,
and passes control characters on (https://www.loc.gov/marc/specifications/speccharmarc8.html).
"""

import re

from pymarc.marc8_mapping import CODESETS, ODD_MAP

_ESCAPE = 0x1B
_BASIC_LATIN, _ANSEL = 0x42, 0x45
_EAST_ASIAN = 0x31
_G0, _G1 = b"(,", b")-"
_SHORT = {0x67: 0x67, 0x62: 0x62, 0x70: 0x70, 0x73: _BASIC_LATIN}
"""Escapes of one byte: Greek symbols, subscript, superscript, and back to ASCII."""

_REFERENCE = re.compile(r"&#x([0-9A-Fa-f]{1,6});")
_LAST = 0x10FFFF


def decode(data: bytes) -> str:
    """Return the text, not composed. Raise UnicodeDecodeError for a byte without a meaning.

    `&#x4E8C;`, by which MARC-8 writes what it has no bytes for, becomes that character.
    """
    text = data.decode("ascii") if data.isascii() and _ESCAPE not in data else _decoded(data)
    return _REFERENCE.sub(_character, text) if "&#x" in text else text


def _decoded(data: bytes) -> str:
    text: list[str] = []
    marks: list[str] = []
    g0, g1, place = _BASIC_LATIN, _ANSEL, 0
    while place < len(data):
        byte = data[place]
        if byte == _ESCAPE:
            g0, g1, place = _switched(data, place, g0, g1)
            continue
        if byte <= 0x20 or 0x7F <= byte < 0xA1:
            text += [*marks, chr(byte)]
            marks, place = [], place + 1
            continue
        width = 3 if g0 == _EAST_ASIAN and byte < 0x80 else 1
        point = int.from_bytes(data[place : place + width], "big")
        sign, combining = _looked_up(g1 if byte > 0x80 else g0, point, data, place)
        if combining:
            marks.append(sign)
        else:
            text += [sign, *marks]
            marks = []
        place += width
    return "".join(text + marks)


def _switched(data: bytes, place: int, g0: int, g1: int) -> tuple[int, int, int]:
    """Return the sets in use behind an escape, and where the text goes on."""
    at = place + 1
    kind = data[at : at + 1]
    if kind and kind[0] in _SHORT:
        return _SHORT[kind[0]], g1, at + 1
    if kind == b"$":  # a set of several bytes: "$1", "$,1" for G0, "$)1", "$-1" for G1
        at += 1
        kind = data[at : at + 1]
    if kind and kind in _G0 + _G1:
        at += 1
    final = data[at : at + 1]
    if final == b"!":  # "!E": ANSEL's own name is two bytes long
        at += 1
        final = data[at : at + 1]
    if not final or final[0] not in CODESETS:
        raise UnicodeDecodeError("marc-8", data, place, place + 1, "unknown escape")
    if kind and kind in _G1:
        return g0, final[0], at + 1
    return final[0], g1, at + 1


def _looked_up(charset: int, point: int, data: bytes, place: int) -> tuple[str, bool]:
    found = CODESETS[charset].get(point)
    if found is not None:
        return chr(found[0]), bool(found[1])
    if point in ODD_MAP:
        return chr(ODD_MAP[point]), False
    raise UnicodeDecodeError("marc-8", data, place, place + 1, "no such character")


def _character(reference: re.Match[str]) -> str:
    point = int(reference[1], 16)
    return chr(point) if point <= _LAST and not 0xD800 <= point <= 0xDFFF else reference[0]
