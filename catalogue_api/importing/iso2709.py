"""Cutting a file of ISO 2709 records into records, with bounded memory.

A record ends with 0x1D, which occurs nowhere else in it: that, and not the length in the leader,
is where the next one is looked for, so that a damaged record takes none of its neighbours along.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from catalogue_api.importing.faults import Fault, Why

RECORD_END = b"\x1d"
_BLOCK = 1 << 16
_LONGEST = 1 << 20
"""More than ten times what the five digits of a length can say."""

_PADDING = b"\r\n\t \0\x1a\xef\xbb\xbf"
"""What programs put between records and before the first one; no leader begins with any of it."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The bytes of one record, its number in the file (from 1) and its first byte (from 0).

    `fault` says why this is no whole record; then `data` is only its beginning.
    """

    number: int
    offset: int
    data: bytes
    fault: str = ""


def chunks(stream: BinaryIO) -> Iterator[Chunk]:
    """Yield the records of a file, also what is damaged or cut off."""
    pieces = _pieces(stream)
    number = 0
    for offset, piece, fault in pieces:
        data = piece.lstrip(_PADDING)
        if data and data != RECORD_END:
            number += 1
            yield Chunk(number, offset + len(piece) - len(data), data, fault)


def _pieces(stream: BinaryIO) -> Iterator[tuple[int, bytes, str]]:
    """Yield what stands between two record ends, with its position and what is wrong with it."""
    offset, pending, dropping = 0, b"", False
    while block := stream.read(_BLOCK):
        *ended, pending = (pending + block).split(RECORD_END)
        for piece in ended:
            if not dropping:
                yield offset, piece + RECORD_END, ""
            dropping = False
            offset += len(piece) + 1
        if len(pending) > _LONGEST:
            if not dropping:
                yield (
                    offset,
                    pending[:_BLOCK],
                    Why(f"no end of record within {_LONGEST} bytes", Fault.DAMAGED),
                )
            dropping = True
            offset += len(pending)
            pending = b""
    if pending and not dropping:
        yield offset, pending, Why("the file ends within this record", Fault.CUT_OFF)
