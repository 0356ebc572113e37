"""Commands to an ISO 15693 tag as they cross the air, without their CRC (ISO/IEC 15693-3).

Every request is addressed: flags, command code, UID (least significant byte first), parameters.
An answer is one byte of flags and, if bit 0 is clear, its data; otherwise an error code.
"""

from enum import IntEnum
from typing import Final

from drivers.errors import FramingError, NoAnswer, ReaderError, TagRefused
from drivers.interface import ChipInfo, Uid
from drivers.iso15693 import TagError

FLAGS: Final = 0x22
"""High data rate, addressed."""
ERROR_FLAG: Final = 0x01
NXP: Final = 0x04
"""Manufacturer code that follows the custom commands of NXP chips."""


class Command(IntEnum):
    """Command codes; from A0 on those of NXP."""

    STAY_QUIET = 0x02
    READ_BLOCK = 0x20
    WRITE_BLOCK = 0x21
    LOCK_BLOCK = 0x22
    READ_BLOCKS = 0x23
    WRITE_AFI = 0x27
    LOCK_AFI = 0x28
    WRITE_DSFID = 0x29
    LOCK_DSFID = 0x2A
    SYSTEM_INFORMATION = 0x2B
    SET_EAS = 0xA2
    RESET_EAS = 0xA3
    EAS_ALARM = 0xA5


_PASSING: Final = frozenset({TagError.UNKNOWN, TagError.NOT_PROGRAMMED})
"""What a tag may answer today and not tomorrow."""


def request(command: Command, uid: Uid, *parameters: int) -> bytes:
    """A standard request to one tag."""
    return bytes([FLAGS, command]) + bytes.fromhex(uid)[::-1] + bytes(parameters)


def custom_request(command: Command, uid: Uid) -> bytes:
    """A request of NXP's own to one tag."""
    return bytes([FLAGS, command, NXP]) + bytes.fromhex(uid)[::-1]


def hear(answer: bytes) -> bytes | TagError:
    """The data of an answer, or why the tag refuses. Raise `FramingError` for no answer at all."""
    if not answer:
        raise FramingError("an answer of a tag has at least one byte")
    if not answer[0] & ERROR_FLAG:
        return answer[1:]
    code = answer[1] if len(answer) > 1 else TagError.UNKNOWN
    return TagError(code) if code in set(TagError) else TagError.UNKNOWN


def complaint(what: str, refusal: TagError) -> ReaderError:
    """Choose the error by what the caller should do."""
    kind = NoAnswer if refusal in _PASSING else TagRefused
    return kind(f"the tag answers {what} with {refusal.name} ({refusal:02X})")


def system_information(data: bytes) -> ChipInfo:
    """Read what a tag says of itself: flags, UID, then only what the flags announce.

    Raise `FramingError` if it makes no sense, `TagRefused` if AFI or geometry are not told.
    """
    if len(data) < 9:
        raise FramingError(f"system information of {len(data)} bytes")
    flags, uid, rest = data[0], Uid(data[8:0:-1].hex().upper()), data[9:]
    lengths = [length for bit, length in enumerate((1, 1, 2, 1)) if flags >> bit & 1]
    if len(rest) < sum(lengths):
        raise FramingError(f"system information ends after {len(data)} bytes")
    if flags & 0b0110 != 0b0110:
        raise TagRefused(f"tag {uid} does not tell its AFI and its size")
    dsfid = rest[0] if flags & 1 else 0
    afi, blocks, size = rest[flags & 1 :][:3]
    return ChipInfo(uid, dsfid, afi, (size & 0x1F) + 1, blocks + 1)
