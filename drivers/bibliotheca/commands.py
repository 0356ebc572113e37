"""Questions to 3M / Bibliotheca readers and their answers, in both directions.

Source: 3M RFID Reader Protocol Specification 1.0.0. The conversation that wakes a reader (D5, and
the command 13 that hosts send next) was observed in public host programs; what 13 means is not
known, and nothing here depends on its answer.

A UID travels with its most significant byte first, memory in natural order, in blocks of 4 bytes.
An answer to an addressed command repeats the UID, also with an error.
"""

from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from drivers.bibliotheca.frames import WAKING, Frame
from drivers.errors import FramingError
from drivers.interface import Sighting, Uid

BLOCK_SIZE: Final = 4
UID_LENGTH: Final = 8

WAKE: Final = Frame(b"\x04\x00\x11", WAKING)
"""Who is there? Answered by the same and four bytes of version."""

SETTLE: Final = Frame(bytes.fromhex("13 06 0100 0200 0300 0400 0B00 0A00"))
"""What hosts of newer readers say next."""


class Command(IntEnum):
    """The command byte."""

    QUIET = 0x01
    READ_BLOCKS = 0x02
    CHECK_EAS = 0x03
    WRITE_BLOCKS = 0x04
    WRITE_BLOCK = 0x05
    LOCK_AFI = 0x06
    WRITE_AND_LOCK_BLOCK = 0x07
    LOCK_BLOCK = 0x08
    WRITE_AFI = 0x09
    GET_AFI = 0x0A
    WRITE_DSFID = 0x0B
    CONTROL_EAS = 0x0C
    TAG_INFO = 0x0D
    LOCK_DSFID = 0x0E
    GET_DSFID = 0x0F
    VERSION = 0x11
    SETTLE = 0x13
    PASS_THROUGH = 0x14
    INVENTORY = 0xFE


class Error(IntEnum):
    """The error byte of an answer (appendix A)."""

    NONE = 0x00
    NOT_IMPLEMENTED = 0x02
    NO_TRANSPONDER = 0x06
    UNKNOWN = 0x0F
    NOT_AVAILABLE = 0x11
    LOCKED = 0x12
    NOT_READ = 0x15
    NOT_WRITTEN = 0x16
    TAG_DOES_NOT_SUPPORT = 0x21
    TAG_DOES_NOT_RECOGNISE = 0x22
    TAG_HAS_NO_SUCH_OPTION = 0x23
    NOT_SUPPORTED = 0x30
    NO_SUCH_OPTION = 0x31
    PARAMETER = 0x32
    CANCELLED = 0xFD
    OUT_OF_MEMORY = 0xFE


class InventoryOption(IntFlag):
    """What an inventory tells of each tag. Bit 2 is set by hosts and has no meaning any more."""

    UID = 0x01
    DSFID = 0x02
    ORPHANED = 0x04
    ONE_POLL = 0x20
    PROTOCOLS = 0x40


class ReadOption(IntFlag):
    """How blocks are told. Without the option byte, or with zero: the old style.

    `EACH` tells every block, one that cannot be read with its error in place of its lock status;
    with `PROPAGATE` the blocks behind the first such one have its error too.
    """

    EACH = 0x01
    PROPAGATE = 0x02
    NEW_STYLE = 0x04
    NO_LOCK = 0x08


class InfoMask(IntFlag):
    """What *tag info* tells; the fields follow in this order."""

    DSFID = 0x01
    AFI = 0x02
    MEMORY = 0x04
    IC_REFERENCE = 0x08


FIELD_LENGTH: Final = {
    InfoMask.DSFID: 1,
    InfoMask.AFI: 1,
    InfoMask.MEMORY: 2,
    InfoMask.IC_REFERENCE: 2,
}


def question(command: Command, uid: Uid | None = None, data: bytes = b"") -> Frame:
    """Put a question into a frame (host)."""
    return Frame(bytes([command]) + bytes.fromhex(uid or "") + data)


def answer(command: int, error: int, data: bytes = b"") -> Frame:
    """Put an answer into a frame (reader)."""
    return Frame(bytes([command, error]) + data)


def inventory(*, dsfid: bool = True) -> Frame:
    """Ask for all tags, whatever their AFI."""
    options = InventoryOption.UID | InventoryOption.ORPHANED
    return question(
        Command.INVENTORY,
        data=bytes([0, options | (InventoryOption.DSFID if dsfid else 0)]),
    )


def uid_of(data: bytes) -> Uid:
    """Eight bytes of the wire -> the UID."""
    return Uid(data.hex().upper())


def expect(sense: bool, message: str) -> None:
    """Raise `FramingError` unless the bytes of a whole frame make `sense`."""
    if not sense:
        raise FramingError(message)


def tags_in(data: bytes) -> tuple[Sighting, ...]:
    """Read AFI, options, number and tags of an inventory; a tag may be named twice."""
    expect(len(data) >= 3, f"an inventory of {len(data)} bytes")
    size = UID_LENGTH + (1 if data[1] & InventoryOption.DSFID else 0)
    count, told = data[2], data[3:]
    expect(len(told) == count * size, f"{count} tags in {len(told)} bytes")
    parts = (told[at : at + size] for at in range(0, len(told), size))
    return tuple(
        Sighting(uid_of(part[-UID_LENGTH:]), part[0] if size > UID_LENGTH else 0) for part in parts
    )


@dataclass(frozen=True, slots=True)
class Blocks:
    """Memory read, and one byte a block: bits 0 and 1 are locks, more than 3 is an error."""

    memory: bytes
    locks: bytes

    @property
    def error(self) -> int:
        """The first error among the blocks, or none."""
        return next((lock for lock in self.locks if lock > 3), Error.NONE)


def blocks_in(data: bytes, first: int, count: int) -> Blocks:
    """Read `count` blocks from `first` on, behind the UID, in whichever style they came.

    The new style is `first count (lock) data…`, the old one `count`, then `number lock data` each.
    """
    new = data[:2] == bytes([first, count])
    if new and len(data) == 2 + count * BLOCK_SIZE:
        return Blocks(data[2:], bytes(count))
    if new and len(data) == 2 + count * (1 + BLOCK_SIZE):
        parts = _cut(data[2:], 1 + BLOCK_SIZE)
        return Blocks(b"".join(part[1:] for part in parts), bytes(part[0] for part in parts))
    expect(data[:1] == bytes([count]), f"not the {count} blocks that were asked for")
    parts = _cut(data[1:], 2 + BLOCK_SIZE)
    numbers = bytes(part[0] for part in parts)
    whole = len(data) == 1 + count * (2 + BLOCK_SIZE)
    expect(whole and numbers == bytes(range(first, first + count)), "other blocks than asked for")
    return Blocks(b"".join(part[2:] for part in parts), bytes(part[1] for part in parts))


def info_in(data: bytes) -> dict[InfoMask, bytes]:
    """Read the fields of *tag info* behind the UID: those that the tag has."""
    expect(bool(data), "tag info without its mask")
    fields: dict[InfoMask, bytes] = {}
    at = 1
    for mask, length in FIELD_LENGTH.items():
        if data[0] & mask:
            fields[mask] = data[at : at + length]
            at += length
    expect(len(data) == at, f"tag info of {len(data)} bytes")
    return fields


def _cut(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]
