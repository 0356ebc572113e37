"""Blocks of the RL866 / RL8600 family, as a pure codec.

`FA LEN RID PCB INF… CRClo CRChi`: LEN counts the block without its first byte, RID is the bus
address (FF: whichever reader is there). PCB tells the kind of block: an information block carries a
sequence bit and, in all but the last of a chain, the chaining bit; RESYNC is a supervisory block.

Source: frames and field names of a public host program (Koha self-service, RL866). They follow the
block protocol T=1 of ISO/IEC 7816-3; where that program says nothing (what acknowledges a part of a
chain), this module does as T=1: a receive-ready block with the number of the part that is awaited.
"""

from dataclasses import dataclass
from typing import Final

from drivers.checksums import crc16_mcrf4xx
from drivers.framing import FrameDecoder

ANY_ADDRESS: Final = 0xFF

LONGEST_INFORMATION: Final = 250
"""Bytes of INF in one block: LEN is one byte, and counts five others."""

_START: Final = 0xFA
_HEAD, _CRC = 4, 2
_SHORTEST: Final = 5

_SEQUENCE, _CHAINED = 0x40, 0x20
_NOT_INFORMATION, _SUPERVISORY = 0x80, 0xC0
_AWAITED: Final = 0x10
_RESYNC, _RESYNC_ANSWER = 0xC0, 0xE0


@dataclass(frozen=True, slots=True)
class Block:
    """One block; what its PCB means is told by its properties."""

    pcb: int
    information: bytes = b""
    address: int = ANY_ADDRESS

    @property
    def is_information(self) -> bool:
        """Whether INF is (a part of) a question or an answer."""
        return not self.pcb & _NOT_INFORMATION

    @property
    def is_ready(self) -> bool:
        """Whether it acknowledges a part of a chain."""
        return self.pcb & _SUPERVISORY == _NOT_INFORMATION

    @property
    def is_resync(self) -> bool:
        """Whether it asks to begin anew with sequence 0."""
        return self.pcb == _RESYNC

    @property
    def is_resync_answer(self) -> bool:
        """Whether it grants that."""
        return self.pcb == _RESYNC_ANSWER

    @property
    def sequence(self) -> int:
        """Sequence number of an information block: 0 or 1."""
        return int(bool(self.pcb & _SEQUENCE))

    @property
    def chained(self) -> bool:
        """Whether more information blocks belong to this one."""
        return bool(self.pcb & _CHAINED)

    def encode(self) -> bytes:
        """Give the bytes for the line. Raise ValueError beyond `LONGEST_INFORMATION`."""
        if len(self.information) > LONGEST_INFORMATION:
            raise ValueError(f"{len(self.information)} bytes do not fit into one block")
        length = _HEAD - 1 + len(self.information) + _CRC
        counted = bytes([length, self.address, self.pcb]) + self.information
        return bytes([_START]) + counted + crc16_mcrf4xx(counted).to_bytes(_CRC, "little")


def information(
    data: bytes, sequence: int, *, chained: bool = False, address: int = ANY_ADDRESS
) -> Block:
    """Make an information block."""
    pcb = (_SEQUENCE if sequence else 0) | (_CHAINED if chained else 0)
    return Block(pcb, data, address)


def ready(awaited: int, *, address: int = ANY_ADDRESS) -> Block:
    """Acknowledge a part of a chain: the part with sequence number `awaited` may come."""
    return Block(_NOT_INFORMATION | (_AWAITED if awaited else 0), b"", address)


def resync(*, address: int = ANY_ADDRESS) -> Block:
    """Ask to begin anew."""
    return Block(_RESYNC, b"", address)


def resync_answer(*, address: int) -> Block:
    """Begin anew."""
    return Block(_RESYNC_ANSWER, b"", address)


class Decoder(FrameDecoder[Block]):
    """Bytes of one direction of a line, cut anywhere -> blocks."""

    def _announced_length(self, buffer: bytearray) -> int | None:
        if buffer[0] != _START:
            return 0
        if len(buffer) < 2:
            return None
        return buffer[1] + 1 if buffer[1] >= _SHORTEST else 0

    def _read(self, raw: bytes) -> Block | None:
        if crc16_mcrf4xx(raw[1:-_CRC]).to_bytes(_CRC, "little") != raw[-_CRC:]:
            return None
        return Block(raw[3], raw[_HEAD:-_CRC], raw[2])
