"""The compaction of library identifiers (ISIL) in ISO 28560-2.

Source: ISO 28560-2 as implementations and the vectors of its annexes show it. Three sets of
characters, upper case first: a latch changes the set, a shift borrows it for one character. The
last byte is filled with ones, which read as a shift that nothing follows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from drivers.tags.compaction import Malformed


@dataclass(frozen=True, slots=True)
class _Set:
    """One set: the index of a character is its code, of `width` bits."""

    width: int
    characters: str
    latches: MappingProxyType[int, int]
    """Codes by the set they lead to; the shift to the same set is the next code."""


_UPPER, _LOWER, _NUMERIC = range(3)

_SETS: Final = (
    _Set(5, "-ABCDEFGHIJKLMNOPQRSTUVWXYZ:", MappingProxyType({_LOWER: 28, _NUMERIC: 30})),
    _Set(5, "-abcdefghijklmnopqrstuvwxyz/", MappingProxyType({_UPPER: 28, _NUMERIC: 30})),
    _Set(4, "0123456789-:", MappingProxyType({_UPPER: 12, _LOWER: 14})),
)

_Code = tuple[int, int]
"""A code and its width in bits."""


def can(text: str) -> bool:
    """Whether `text` has only characters that an ISIL may have."""
    return bool(text) and all(any(one in kind.characters for kind in _SETS) for one in text)


def compact(isil: str) -> bytes:
    """Compact `isil` as short as can be. Raise ValueError for characters that no ISIL has.

    Looking one character ahead is how others do it, and mostly short enough; where it is not,
    all ways are weighed.
    """
    if not can(isil):
        raise ValueError(f"{isil!r} has characters that are in no ISIL")
    usual, shortest = _pack(_look_ahead(isil)), _pack(_weigh(isil))
    return shortest if len(shortest) < len(usual) else usual


def extract(data: bytes) -> str:
    """Give the ISIL back. Raise `Malformed` if a shift or latch stands where none can be."""
    bits, left = int.from_bytes(data, "big"), 8 * len(data)
    text, latched, current = "", _UPPER, _UPPER
    while left >= (kind := _SETS[current]).width:
        left -= kind.width
        code = bits >> left & (1 << kind.width) - 1
        if code < len(kind.characters):
            text += kind.characters[code]
            current = latched
        elif current != latched:
            raise Malformed("a shift that is followed by no character")
        else:
            current = next(to for to, latch in kind.latches.items() if latch == code & ~1)
            if not code & 1:
                latched = current
    return text


def _pack(codes: Iterable[_Code]) -> bytes:
    bits = count = 0
    for code, width in codes:
        bits = bits << width | code
        count += width
    spare = -count % 8
    return (bits << spare | (1 << spare) - 1).to_bytes((count + spare) // 8, "big")


def _put(character: str, kind: int) -> _Code:
    return _SETS[kind].characters.index(character), _SETS[kind].width


def _switch(current: int, to: int, *, shift: bool) -> _Code:
    return _SETS[current].latches[to] + shift, _SETS[current].width


def _look_ahead(isil: str) -> list[_Code]:
    """Shift where the next character is in the old set again, or there is none; else latch."""
    codes: list[_Code] = []
    current = _UPPER
    for character, following in zip(isil, [*isil[1:], ""], strict=True):
        to = current
        if character not in _SETS[current].characters:
            to = next(n for n, kind in enumerate(_SETS) if character in kind.characters)
            shift = following in _SETS[current].characters
            codes.append(_switch(current, to, shift=shift))
            current = current if shift else to
        codes.append(_put(character, to))
    return codes


def _weigh(isil: str) -> tuple[_Code, ...]:
    """The way with the fewest bits; `ways` are the best ones so far that end in each set."""
    ways: dict[int, tuple[_Code, ...]] = {_UPPER: ()}
    for character in isil:
        further: dict[int, tuple[_Code, ...]] = {}
        for current, way in ways.items():
            for to, kind in enumerate(_SETS):
                if character not in kind.characters:
                    continue
                put = _put(character, to)
                if to == current:
                    _keep_shorter(further, to, (*way, put))
                else:
                    shifted, latched = (_switch(current, to, shift=one) for one in (True, False))
                    _keep_shorter(further, current, (*way, shifted, put))
                    _keep_shorter(further, to, (*way, latched, put))
        ways = further
    return min(ways.values(), key=_bits)


def _keep_shorter(ways: dict[int, tuple[_Code, ...]], end: int, way: tuple[_Code, ...]) -> None:
    if end not in ways or _bits(way) < _bits(ways[end]):
        ways[end] = way


def _bits(way: Iterable[_Code]) -> int:
    return sum(width for _, width in way)
