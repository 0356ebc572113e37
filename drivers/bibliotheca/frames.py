"""Frames of 3M / Bibliotheca readers, as a pure codec.

Source: 3M RFID Reader Protocol Specification 1.0.0, "Overview of the Protocol":
`D6 LENhi LENlo BODY… CRChi CRClo`, where LEN counts what follows it, CRC included; CRC-CCITT over
everything but the start byte. The body is a command and its data; in an answer an error byte stands
between the two. Frames of the conversation that wakes a reader, which is not in the specification,
begin with D5.
"""

from dataclasses import dataclass
from typing import Final

from drivers.checksums import crc16_genibus
from drivers.framing import FrameDecoder

LONGEST: Final = 4096
"""No frame is longer, in bytes. Noise that announces more is not waited for."""

START: Final = 0xD6
WAKING: Final = 0xD5

_HEAD, _CRC = 3, 2


@dataclass(frozen=True, slots=True)
class Frame:
    """One question or answer: at least a command byte."""

    body: bytes
    start: int = START

    @property
    def command(self) -> int:
        """What the frame is about."""
        return self.body[0]

    def encode(self) -> bytes:
        """Give the bytes for the line. Raise ValueError beyond `LONGEST`."""
        if len(self.body) + _HEAD + _CRC > LONGEST:
            raise ValueError(f"a frame of {len(self.body)} bytes is longer than {LONGEST}")
        counted = (len(self.body) + _CRC).to_bytes(2, "big") + self.body
        return bytes([self.start]) + counted + crc16_genibus(counted).to_bytes(_CRC, "big")


class Decoder(FrameDecoder[Frame]):
    """Bytes of one direction of a line, cut anywhere -> frames."""

    def _announced_length(self, buffer: bytearray) -> int | None:
        if buffer[0] not in {START, WAKING}:
            return 0
        if len(buffer) < _HEAD:
            return None
        counted = int.from_bytes(buffer[1:_HEAD], "big")
        return counted + _HEAD if 1 + _CRC <= counted <= LONGEST - _HEAD else 0

    def _read(self, raw: bytes) -> Frame | None:
        if crc16_genibus(raw[1:-_CRC]).to_bytes(_CRC, "big") != raw[-_CRC:]:
            return None
        return Frame(raw[_HEAD:-_CRC], raw[0])
