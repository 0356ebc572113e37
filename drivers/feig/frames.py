"""FEIG OBID frames in ISO host mode, standard and advanced, as a pure codec.

Source: FEIG reader manuals (ISC.MR/PR101, CPR.02), "Protocol frames":

* standard: `LEN ADR CMD [STATUS] DATA… CRClo CRChi`, LEN counts the whole frame;
* advanced: `02 LENhi LENlo ADR CMD [STATUS] DATA… CRClo CRChi`.

A question (host to reader) has no STATUS, an answer (reader to host) has one. A first byte 02
always means advanced: no standard frame is two bytes long.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from drivers.errors import FramingError

ANY_ADDRESS: Final = 0xFF
"""In a question: whichever reader is on the line."""

LONGEST: Final = 4096
"""No frame is longer, in bytes. Noise that announces more is not waited for."""

_ADVANCED: Final = 0x02
_CRC_LENGTH: Final = 2


class Direction(Enum):
    """Who is speaking; the value is the number of STATUS bytes."""

    QUESTION = 0
    ANSWER = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """One question (`status` is None) or one answer.

    `advanced` tells how a received frame was framed, and forces that framing when sent; a frame
    too long for the standard framing is sent advanced in any case.
    """

    command: int
    data: bytes = b""
    status: int | None = None
    address: int = ANY_ADDRESS
    advanced: bool = False

    def encode(self) -> bytes:
        """Give the bytes for the line. Raise ValueError beyond `LONGEST`."""
        status = b"" if self.status is None else bytes([self.status])
        body = bytes([self.address, self.command]) + status + self.data
        length = 1 + len(body) + _CRC_LENGTH
        if self.advanced or length > 0xFF:
            length += 2
            head = bytes([_ADVANCED]) + length.to_bytes(2, "big")
        else:
            head = bytes([length])
        if length > LONGEST:
            raise ValueError(f"a frame of {length} bytes is longer than {LONGEST}")
        return head + body + checksum(head + body).to_bytes(_CRC_LENGTH, "little")


class Decoder:
    """Bytes of one direction of a line, cut anywhere -> frames.

    Resynchronisation: a frame is *damaged* when its length is impossible or its CRC is wrong.
    Then one byte is skipped, and the next one is taken for the first byte of a frame, until a
    frame fits or has yet to arrive. The decision depends on bytes alone, never on how they were
    cut. Each stretch of skipped bytes raises one `FramingError`, after the good frames before it
    and before the good frames behind it. A frame that never gets its end would wait for ever:
    whoever owns the clock calls `silence()`.
    """

    def __init__(self, direction: Direction) -> None:
        self._direction = direction
        self._buffer = bytearray()
        self._skipped = 0
        self._silent = False

    @property
    def unfinished(self) -> bool:
        """Whether bytes are waiting for the rest of their frame."""
        return bool(self._buffer)

    def receive(self, data: bytes) -> None:
        """Add bytes from the line."""
        self._buffer += data
        self._silent = False

    def silence(self) -> None:
        """Tell that the line has gone quiet: a frame without its end is damaged."""
        self._silent = True

    def next_frame(self) -> Frame | None:
        """Give the next whole frame, or None until more bytes arrive.

        Raise `FramingError` once for each stretch of damaged bytes; they have been skipped.
        """
        while self._buffer:
            length = self._announced_length()
            if length is None or length > len(self._buffer):
                if not self._silent:
                    break
            elif length and _crc_fits(self._buffer[:length]):
                self._report_skipped()
                return self._take(length)
            del self._buffer[0]
            self._skipped += 1
        self._report_skipped()
        return None

    def _announced_length(self) -> int | None:
        """Length of the frame at the head of the buffer; None: not yet known; 0: impossible."""
        advanced = self._buffer[0] == _ADVANCED
        if advanced and len(self._buffer) < 3:
            return None
        length = int.from_bytes(self._buffer[1:3], "big") if advanced else self._buffer[0]
        shortest = (7 if advanced else 5) + self._direction.value
        return length if shortest <= length <= LONGEST else 0

    def _report_skipped(self) -> None:
        if self._skipped:
            skipped, self._skipped = self._skipped, 0
            raise FramingError(f"{skipped} bytes on the line belong to no frame")

    def _take(self, length: int) -> Frame:
        raw = bytes(self._buffer[:length])
        del self._buffer[:length]
        advanced = raw[0] == _ADVANCED
        address, command, *_ = body = raw[3 if advanced else 1 : -_CRC_LENGTH]
        if self._direction is Direction.QUESTION:
            return Frame(command, body[2:], None, address, advanced)
        return Frame(command, body[3:], body[2], address, advanced)


def checksum(data: bytes | bytearray) -> int:
    """CRC-16/MCRF4XX: polynomial 0x8408 reflected, start 0xFFFF, no final inversion."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def _crc_fits(frame: bytes | bytearray) -> bool:
    return checksum(frame[:-_CRC_LENGTH]) == int.from_bytes(frame[-_CRC_LENGTH:], "little")


def _crc_of_one_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x8408 if byte & 1 else 0)
    return byte


_CRC_TABLE: Final = tuple(_crc_of_one_byte(byte) for byte in range(256))
