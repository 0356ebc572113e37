"""What the answer to reset of a contactless card tells: which standard, and often which chip.

A reader makes up the ATR of a storage card (PC/SC part 3, 3.1.3.2.3.2):
`3B 8F 80 01 80 4F 0C A0 00 00 03 06 SS NN NN 00 00 00 00 TCK`; SS is the standard, NN NN the chip,
TCK the exclusive or of everything between the first byte and itself. The names of chips are those
of the list that comes with pcsc-tools.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from operator import xor
from types import MappingProxyType
from typing import Final

_STORAGE: Final = bytes.fromhex("3B8F8001804F0CA000000306")
_STORAGE_LENGTH: Final = 20
_CHIP_OF_DESFIRE: Final = bytes.fromhex("3B81800180")


class Standard(StrEnum):
    """How a contactless card speaks."""

    ISO14443A = "ISO 14443-3 A"
    ISO14443B = "ISO 14443-3 B"
    ISO14443_4 = "ISO 14443-4"
    ISO15693 = "ISO 15693"
    OTHER = "not contactless, or not known"


_STANDARDS: Final = MappingProxyType(
    dict.fromkeys((0x01, 0x02, 0x03), Standard.ISO14443A)
    | dict.fromkeys((0x05, 0x06, 0x07), Standard.ISO14443B)
    | dict.fromkeys((0x09, 0x0A, 0x0B, 0x0C), Standard.ISO15693)
)

_CHIPS: Final = MappingProxyType(
    {
        0x0001: "MIFARE Classic 1K",
        0x0002: "MIFARE Classic 4K",
        0x0003: "MIFARE Ultralight",
        0x000E: "Infineon",
        0x0012: "Texas Instruments",
        0x0013: "STMicroelectronics",
        0x0014: "NXP ICODE SLI",
        0x0016: "NXP ICODE 1",
        0x0035: "NXP ICODE, second generation",
        0x003A: "MIFARE Ultralight C",
    }
)


@dataclass(frozen=True, slots=True)
class CardKind:
    """What kind of card it is; `chip` is empty where the ATR does not tell."""

    standard: Standard
    chip: str = ""


def storage_atr(standard: int, chip: int) -> bytes:
    """Make the ATR of a storage card from its two numbers, as a reader does."""
    body = _STORAGE + bytes([standard]) + chip.to_bytes(2, "big") + bytes(4)
    return body + bytes([check_byte(body)])


def check_byte(atr: bytes) -> int:
    """Compute TCK for an ATR that still lacks it (ISO/IEC 7816-3)."""
    return reduce(xor, atr[1:], 0)


def recognise(atr: bytes) -> CardKind:
    """Tell the kind of a card. An ATR whose check byte is wrong tells nothing."""
    if len(atr) < 2 or check_byte(atr) != 0:
        return CardKind(Standard.OTHER)
    if len(atr) == _STORAGE_LENGTH and atr.startswith(_STORAGE):
        standard = _STANDARDS.get(atr[12], Standard.OTHER)
        return CardKind(standard, _CHIPS.get(int.from_bytes(atr[13:15], "big"), ""))
    if atr[:-1] == _CHIP_OF_DESFIRE:
        return CardKind(Standard.ISO14443_4, "MIFARE DESFire")
    # T0 = 8n, then TD1 = 80 and TD2 = 01: what part 3 prescribes for ISO 14443-4.
    if atr[0] == 0x3B and atr[1] >> 4 == 0x8 and atr[2:4] == b"\x80\x01":
        return CardKind(Standard.ISO14443_4)
    return CardKind(Standard.OTHER)
