"""How the wire names a tag and sends its memory.

Every block of a tag's memory travels with its last byte first, in questions and in answers. That
stays inside this package: `memory` is in natural order everywhere else.
"""

from enum import Enum
from typing import Final, TypeAlias

from drivers.feig.commands.status import Status, expect
from drivers.interface import Uid

UID_LENGTH: Final = 8

WITH_SECURITY: Final = 0x08
"""Bit of MODE: the security status of each block is wanted."""

_ADDRESSED: Final = 0x01
_ADDRESSING: Final = 0x07


class Implied(Enum):
    """A tag that is not named by its UID; the value is its MODE."""

    ANY = 0x00
    SELECTED = 0x02


Target: TypeAlias = Uid | Implied
"""Which tag a question is for."""


def uid_of(data: bytes) -> Uid:
    """Eight bytes of the wire, most significant first -> the UID."""
    return Uid(data.hex().upper())


def join_target(target: Target, flags: int = 0) -> bytes:
    """Give MODE, with `flags` set in it, and the UID where the tag is named."""
    if isinstance(target, Implied):
        return bytes([target.value | flags])
    return bytes([_ADDRESSED | flags]) + bytes.fromhex(target)


def split_target(data: bytes) -> tuple[Target, int, bytes]:
    """Read what `join_target` gives: target, flags, and the bytes behind it."""
    expect(bool(data), "no MODE byte")
    mode, flags = data[0] & _ADDRESSING, data[0] & ~_ADDRESSING
    if mode == _ADDRESSED:
        expect(len(data) > UID_LENGTH, "an addressed command without its UID")
        return uid_of(data[1 : 1 + UID_LENGTH]), flags, data[1 + UID_LENGTH :]
    known = mode in {implied.value for implied in Implied}
    expect(known, f"addressing {mode} is unknown", Status.PARAMETER_RANGE)
    return Implied(mode), flags, data[1:]


def cut(data: bytes, size: int) -> list[bytes]:
    """Cut `data` into pieces of `size` bytes."""
    return [data[at : at + size] for at in range(0, len(data), size)]


def to_wire(memory: bytes, block_size: int) -> list[bytes]:
    """Give the blocks of `memory` as they travel."""
    return [block[::-1] for block in cut(memory, block_size)]
