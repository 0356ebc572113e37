"""Numbers that library tags carry beside their memory (ISO 15693, ISO 28560-1)."""

from enum import IntEnum
from types import MappingProxyType
from typing import Final

from drivers.interface import Uid

AFI_IN_STOCK: Final = 0x07
"""The item belongs in the library: gates raise the alarm. Written at every return."""

AFI_ON_LOAN: Final = 0xC2
"""The item was lent: gates are silent."""

AFI_LEGACY: Final = MappingProxyType(
    {
        0xD7: "secured, older 3M systems",
        0xDA: "not secured, older 3M systems",
        0x21: "not secured, Danish data model before 2008",
    }
)
"""Values of systems before ISO 28560, for technicians; never written."""

DSFID_ISO28560_2: Final = 0x06
"""The memory holds data elements in the object encoding of ISO 28560-2."""

DSFID_ISO28560_3: Final = 0x3E
"""The memory holds the fixed layout of ISO 28560-3."""


class TagError(IntEnum):
    """What a tag itself answers to a command that it does not carry out (ISO 15693-3)."""

    NOT_SUPPORTED = 0x01
    NOT_RECOGNISED = 0x02
    OPTION_NOT_SUPPORTED = 0x03
    UNKNOWN = 0x0F
    BLOCK_NOT_AVAILABLE = 0x10
    ALREADY_LOCKED = 0x11
    LOCKED = 0x12
    NOT_PROGRAMMED = 0x13
    NOT_LOCKED = 0x14


_MAKERS: Final = MappingProxyType(
    {
        0x02: "STMicroelectronics",
        0x04: "NXP",
        0x05: "Infineon",
        0x07: "Texas Instruments",
        0x08: "Fujitsu",
        0x16: "EM Microelectronic",
        0x21: "Tagsys",
    }
)

_NXP_FAMILIES: Final = MappingProxyType({0x01: "", 0x02: "-S", 0x03: "-L"})

_NXP_GENERATIONS: Final = MappingProxyType({0x00: "SLI", 0x10: "SLIX", 0x08: "SLIX2"})
"""By bits 36 and 35 of the UID, which are 0x10 and 0x08 of its fourth byte (NXP data sheets)."""


def manufacturer(uid: Uid) -> str:
    """Name the maker of a chip by the second byte of its UID (ISO/IEC 7816-6)."""
    code = bytes.fromhex(uid)[1]
    return _MAKERS.get(code, f"manufacturer {code:02X}")


def chip_name(uid: Uid) -> str:
    """Name a chip as far as its UID tells."""
    _, maker, family, generation, *_ = bytes.fromhex(uid)
    suffix = _NXP_FAMILIES.get(family)
    name = _NXP_GENERATIONS.get(generation & 0x18)
    if maker != 0x04 or suffix is None or name is None:
        return f"{manufacturer(uid)}, type {family:02X}"
    return f"NXP ICODE {name}{suffix}"
