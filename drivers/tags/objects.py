"""Data sets of ISO/IEC 15962: how data elements follow each other in the memory of a tag.

Source: ISO/IEC 15962 and ISO 28560-2, annex D, as implementations show them. A data set is

    PRECURSOR [OID] [PADS] LENGTH data [pad bytes]

* PRECURSOR: bit 7 says that PADS follows, bits 6-4 are the compaction, bits 3-0 the relative OID;
* OID: if those bits are 15, the relative OID is 15 and this byte together;
* PADS: how many bytes behind the data belong to nobody: they fill a block that is to be locked;
* LENGTH: of the data, EBV-8: seven bits a byte, the highest bit set in all bytes but the last.

In place of a precursor, 00 ends the data sets and 80 is skipped.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from drivers.tags.compaction import Compaction

LARGEST_OID: Final = 15 + 0xFF

_TERMINATOR: Final = 0x00
_NULL: Final = 0x80
_PADDED: Final = 0x80
_OID: Final = 0x0F
_MORE: Final = 0x80
_SEVEN: Final = 0x7F
_MOST_PADS: Final = 31
"""The largest blocks of ISO/IEC 15693 have 32 bytes."""

_LONGEST_LENGTH: Final = 3
"""Bytes of a LENGTH. No tag holds what a longer one would announce."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """One data element as it is stored."""

    oid: int
    compaction: Compaction
    data: bytes


class End(Enum):
    """What stands behind the last whole data set."""

    TERMINATOR = auto()
    MEMORY = auto()
    """The memory ends, between two data sets."""
    CUT = auto()
    """The memory ends within a data set."""
    DAMAGE = auto()
    """Bytes that cannot begin a data set."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The whole data sets from the beginning of a memory; `rest` is what stands behind them."""

    sets: tuple[DataSet, ...]
    end: End
    rest: bytes = b""


def scan(memory: bytes) -> Stream:
    """Find the data sets in `memory`. No bytes make it raise."""
    sets: list[DataSet] = []
    at = 0
    while at < len(memory):
        precursor = memory[at]
        if precursor == _TERMINATOR:
            return Stream(tuple(sets), End.TERMINATOR, memory[at:])
        if precursor == _NULL:
            at += 1
            continue
        if not precursor & _OID:
            return Stream(tuple(sets), End.DAMAGE, memory[at:])
        head = _head(memory, at)
        if isinstance(head, End):
            return Stream(tuple(sets), head, memory[at:])
        data = memory[head.start : head.start + head.length]
        if len(data) < head.length:
            return Stream(tuple(sets), End.CUT, memory[at:])
        sets.append(DataSet(head.oid, Compaction(precursor >> 4 & 7), data))
        at = head.start + head.length + head.pads
    return Stream(tuple(sets), End.MEMORY)


@dataclass(frozen=True, slots=True)
class _Head:
    oid: int
    pads: int
    length: int
    start: int


def _head(memory: bytes, at: int) -> _Head | End:
    """Read what stands before the data of the set at `at`."""
    precursor, oid, pads, length = memory[at], memory[at] & _OID, 0, 0
    at += 1
    try:
        if oid == _OID:
            oid += memory[at]
            at += 1
        if precursor & _PADDED:
            pads = memory[at]
            at += 1
        if pads > _MOST_PADS:
            return End.DAMAGE
        for _ in range(_LONGEST_LENGTH):
            byte = memory[at]
            at += 1
            length = length << 7 | byte & _SEVEN
            if not byte & _MORE:
                return _Head(oid, pads, length, at)
    except IndexError:
        return End.CUT
    return End.DAMAGE


def write(sets: Iterable[DataSet], block: int, lockable: Iterable[int] = ()) -> bytes:
    """Give the bytes of `sets`, without a terminator.

    Data sets with an OID in `lockable` share no block of `block` bytes with others: pad bytes fill
    up the set before them, and the last of them. Raise ValueError for an OID that has no place.
    """
    memory, ordered, locked = b"", list(sets), set(lockable)
    for number, one in enumerate(ordered):
        following = ordered[number + 1].oid if number + 1 < len(ordered) else None
        memory += _encode(one)
        if (one.oid in locked) != (following in locked) and len(memory) % block:
            bare = len(memory) - len(_encode(one))
            pads = -(len(memory) + 1) % block
            memory = memory[:bare] + _encode(one, pads) + bytes(pads)
    return memory


def _encode(one: DataSet, pads: int | None = None) -> bytes:
    if not 0 < one.oid <= LARGEST_OID:
        raise ValueError(f"{one.oid} is no relative OID of a data element")
    flag = 0 if pads is None else _PADDED
    head = bytes([flag | one.compaction << 4 | min(one.oid, _OID)])
    if one.oid >= _OID:
        head += bytes([one.oid - _OID])
    if pads is not None:
        head += bytes([pads])
    return head + _ebv8(len(one.data)) + one.data


def _ebv8(length: int) -> bytes:
    encoded = bytes([length & _SEVEN])
    while length := length >> 7:
        encoded = bytes([length & _SEVEN | _MORE]) + encoded
    return encoded
