"""A transparent session: the reader hands what it is given to the tag, as it stands.

Built of the data objects of PC/SC part 3 (2.02 and later), instruction `FF C2`, as an ACS ACR1552U
takes them. Each answer begins with `C0 03 NN SS SS`: 00 and 9000, or the number of the data object
that failed and why. 96 holds what went wrong on the air, 97 what the tag answered.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from drivers.errors import FramingError

START: Final = bytes.fromhex("FFC2000002810000")
END: Final = bytes.fromhex("FFC2000002820000")
USE_ISO15693: Final = bytes.fromhex("FFC20002048F020203")
"""Switch to ISO 15693, layer 3: without the length of the answer, as the reader's maker has it."""

PATIENT: Final = bytes.fromhex("5F460440420F00")
"""One second, in microseconds, least significant byte first.

Without it the reader gives up before a tag has ended writing, and reports silence (6401) although
the tag was written.
"""


class Step(IntEnum):
    """What P2 of a command asks for."""

    MANAGE = 0x00
    EXCHANGE = 0x01
    SWITCH = 0x02


class Object(IntEnum):
    """Tags of data objects."""

    START = 0x81
    END = 0x82
    PROTOCOL = 0x8F
    BITS_IN_LAST_BYTE = 0x92
    SEND = 0x95
    AIR_STATUS = 0x96
    ANSWER = 0x97
    RESULT = 0xC0
    TIMER = 0x5F46


_LONG_TAG: Final = 0x1F
"""These bits of a tag say that it has a second byte."""
_LONGEST: Final = 0x7F
"""A length in one byte."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step: `status` 9000 or why not; the tag's answer, if it gave one."""

    status: int
    air_status: int = 0
    answer: bytes = b""


def transceive(sent: bytes, *, patient: bool = False) -> bytes:
    """Hand bytes to the tag; `patient` gives it the time for a write."""
    if len(sent) > _LONGEST:
        raise ValueError(f"{len(sent)} bytes are too many for one command to a tag")
    objects = (PATIENT if patient else b"") + bytes([Object.SEND, len(sent)]) + sent
    return b"\xff\xc2\x00\x01" + bytes([len(objects)]) + objects + b"\x00"


def hear(data: bytes) -> Result:
    """Read the data of an answer, without its status word. Raise `FramingError`."""
    objects = dict(data_objects(data))
    result = objects.get(Object.RESULT, b"")
    if len(result) != 3:
        raise FramingError("an answer of a transparent session does not say what became of it")
    air_status = int.from_bytes(objects.get(Object.AIR_STATUS, b""), "big")
    return Result(int.from_bytes(result[1:], "big"), air_status, objects.get(Object.ANSWER, b""))


def data_objects(data: bytes) -> list[tuple[int, bytes]]:
    """Tags of one byte, or of two from 5F on, and their values. Raise `FramingError`.

    Lengths are of one byte, or of 81 and one byte.
    """
    objects = []
    at = 0
    while at < len(data):
        name_end = at + (2 if data[at] & _LONG_TAG == _LONG_TAG else 1)
        start = name_end + (2 if data[name_end : name_end + 1] == b"\x81" else 1)
        if start > len(data):
            raise FramingError("a data object ends before its value")
        length = data[start - 1]
        value = data[start : start + length]
        if len(value) != length:
            raise FramingError(f"a data object has {len(value)} bytes and announces {length}")
        objects.append((int.from_bytes(data[at:name_end], "big"), value))
        at = start + length
    return objects
