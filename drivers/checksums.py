"""The two checksums that reader families close their frames with."""

from binascii import crc_hqx
from typing import Final


def crc16_mcrf4xx(data: bytes | bytearray) -> int:
    """CRC-16/MCRF4XX: polynomial 0x8408 reflected, start 0xFFFF, no final inversion."""
    crc = 0xFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc


def crc16_genibus(data: bytes | bytearray) -> int:
    """CRC-16/GENIBUS: polynomial 0x1021, start 0xFFFF, final inversion."""
    return crc_hqx(data, 0xFFFF) ^ 0xFFFF


def _crc_of_one_byte(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x8408 if byte & 1 else 0)
    return byte


_CRC_TABLE: Final = tuple(_crc_of_one_byte(byte) for byte in range(256))
