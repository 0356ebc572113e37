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

from drivers.checksums import crc16_mcrf4xx
from drivers.framing import FrameDecoder

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
        return head + body + crc16_mcrf4xx(head + body).to_bytes(_CRC_LENGTH, "little")


class Decoder(FrameDecoder[Frame]):
    """Bytes of one direction of a line, cut anywhere -> frames."""

    def __init__(self, direction: Direction) -> None:
        super().__init__()
        self._direction = direction

    def _announced_length(self, buffer: bytearray) -> int | None:
        advanced = buffer[0] == _ADVANCED
        if advanced and len(buffer) < 3:
            return None
        length = int.from_bytes(buffer[1:3], "big") if advanced else buffer[0]
        shortest = (7 if advanced else 5) + self._direction.value
        return length if shortest <= length <= LONGEST else 0

    def _read(self, raw: bytes) -> Frame | None:
        if crc16_mcrf4xx(raw[:-_CRC_LENGTH]).to_bytes(_CRC_LENGTH, "little") != raw[-_CRC_LENGTH:]:
            return None
        advanced = raw[0] == _ADVANCED
        address, command, *_ = body = raw[3 if advanced else 1 : -_CRC_LENGTH]
        if self._direction is Direction.QUESTION:
            return Frame(command, body[2:], None, address, advanced)
        return Frame(command, body[3:], body[2], address, advanced)
