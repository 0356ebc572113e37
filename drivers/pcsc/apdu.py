"""Questions to a PC/SC reader about the storage card in it, and what its status words mean.

The questions are those of *Interoperability Specification for ICCs and Personal Computer Systems,
part 3* (class FF), as readers of several makers take them; status words have the meanings of
ISO/IEC 7816-4. Numbers of blocks and addresses are most significant byte first.
"""

from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from drivers.errors import FramingError, NoAnswer, ReaderError, ReaderRefused, TagRefused

GET_UID: Final = bytes.fromhex("FFCA000000")
READ_AFI: Final = bytes.fromhex("FF30020000")
READ_DSFID: Final = bytes.fromhex("FF30030000")
READ_GEOMETRY: Final = bytes.fromhex("FF30040000")
STAY_QUIET: Final = bytes.fromhex("FF30000103010001")
LOCK_AFI: Final = bytes.fromhex("FF30000203010200")

_MOST_BLOCKS: Final = 0x10000


def read_blocks(first: int, length: int) -> bytes:
    """Ask for `length` bytes of memory (up to 256) from block `first`."""
    if not 0 < length <= 256:
        raise ValueError(f"{length} bytes cannot be asked for at once")
    return b"\xff\xb0" + _block(first) + bytes([length % 256])


def write_block(number: int, data: bytes) -> bytes:
    """Replace one block."""
    if not 0 < len(data) < 256:
        raise ValueError(f"{len(data)} bytes cannot be written at once")
    return b"\xff\xd6" + _block(number) + bytes([len(data)]) + data


def write_afi(afi: int) -> bytes:
    """Replace the AFI."""
    return bytes.fromhex("FF30000104010200") + bytes([afi])


def write_dsfid(dsfid: int) -> bytes:
    """Replace the DSFID."""
    return bytes.fromhex("FF30000104010300") + bytes([dsfid])


def _block(number: int) -> bytes:
    if not 0 <= number < _MOST_BLOCKS:
        raise ValueError(f"no card has a block {number}")
    return number.to_bytes(2, "big")


class Status(IntEnum):
    """Status words that readers answer for storage cards (ISO/IEC 7816-4)."""

    DONE = 0x9000
    PERHAPS_CORRUPT = 0x6281
    SHORTER = 0x6282
    FAILED = 0x6300
    NOT_EXECUTED = 0x6400
    SILENT = 0x6401
    MEMORY_FAILURE = 0x6581
    WRONG_LENGTH = 0x6700
    CLASS_NOT_SUPPORTED = 0x6800
    INCOMPATIBLE = 0x6981
    NOT_PERMITTED = 0x6982
    NOT_ALLOWED = 0x6986
    FUNCTION_NOT_SUPPORTED = 0x6A81
    NOT_FOUND = 0x6A82
    WRONG_PARAMETERS = 0x6B00
    OTHER_LENGTH = 0x6C00
    """The low byte is the length to ask for."""
    UNKNOWN_INSTRUCTION = 0x6D00
    UNKNOWN_CLASS = 0x6E00


_REACTIONS: Final = MappingProxyType(
    {
        Status.PERHAPS_CORRUPT: NoAnswer,
        Status.SHORTER: NoAnswer,
        Status.FAILED: NoAnswer,
        Status.NOT_EXECUTED: NoAnswer,
        Status.SILENT: NoAnswer,
        Status.MEMORY_FAILURE: NoAnswer,
        Status.INCOMPATIBLE: TagRefused,
        Status.NOT_PERMITTED: TagRefused,
        Status.NOT_ALLOWED: TagRefused,
        Status.NOT_FOUND: TagRefused,
    }
)
"""What the caller should do about a status word. Any other: the reader itself refuses."""


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: data, and a status word."""

    data: bytes
    status: int

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.status == Status.DONE


def hear(raw: bytes) -> Response:
    """Split an answer. Raise `FramingError` for one without a status word."""
    if len(raw) < 2:
        raise FramingError(f"{len(raw)} bytes are no answer of a card")
    return Response(raw[:-2], int.from_bytes(raw[-2:], "big"))


def complaint(what: str, status: int) -> ReaderError:
    """Choose the error by what the caller should do about a status word other than `DONE`."""
    exact = status & 0xFF00 if status >> 8 == Status.OTHER_LENGTH >> 8 else status
    try:
        known = Status(exact)
    except ValueError:
        return ReaderRefused(f"the reader answers {what} with status {status:04X}")
    kind = _REACTIONS.get(known, ReaderRefused)
    return kind(f"the reader answers {what} with {known.name} ({status:04X})")
