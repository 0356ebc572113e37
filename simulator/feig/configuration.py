"""The configuration memory of a reader: pages of 14 bytes in RAM and in EEPROM.

A page in RAM counts at once, a page in EEPROM from the next CPU reset. Source: FEIG manual H20800,
chapters 4 and 5.
"""

from typing import Final

PAGES: Final = 16
PAGE_LENGTH: Final = 14
INTERFACE: Final = 1
"""CFG1; its byte 0 is the reader's bus address."""
ANTICOLLISION: Final = 5
"""CFG5; its byte 11 holds the ONT and ACOLL bits."""

_EEPROM, _ALL, _NUMBER = 0x80, 0x40, 0x3F
_MODE_BYTE, _ONLY_NEW, _ANTICOLLISION_ON = 11, 0x01, 0x04

RANGE_ERROR: Final = 0x11
RESERVED_READ: Final = 0x15
RESERVED_WRITE: Final = 0x16


class BadPage(LookupError):
    """There is no such page; `status` is what the reader answers."""

    def __init__(self, status: int) -> None:
        super().__init__(f"status {status:02X}")
        self.status = status


class Configuration:
    """All pages. `address` and `only_new` are what the maker set."""

    def __init__(self, address: int, *, only_new: bool) -> None:
        pages = [bytearray(PAGE_LENGTH) for _ in range(PAGES)]
        pages[INTERFACE][0] = address
        pages[ANTICOLLISION][_MODE_BYTE] = _ANTICOLLISION_ON | (_ONLY_NEW if only_new else 0)
        self._default = tuple(bytes(page) for page in pages)
        self._ram = list(self._default)
        self._eeprom = list(self._default)

    @property
    def address(self) -> int:
        """The reader's bus address."""
        return self._ram[INTERFACE][0]

    @property
    def only_new(self) -> bool:
        """Whether an inventory reports a tag once only, until it leaves (CFG5.ONT, bit ONT)."""
        return bool(self._ram[ANTICOLLISION][_MODE_BYTE] & _ONLY_NEW)

    @property
    def anticollision(self) -> bool:
        """Whether several tags can be told apart (CFG5.ONT, bit ACOLL)."""
        return bool(self._ram[ANTICOLLISION][_MODE_BYTE] & _ANTICOLLISION_ON)

    def read(self, where: int) -> bytes:
        """The page at CFG-ADR `where`. Raise `BadPage`."""
        number = self._number(where, RESERVED_READ)
        return (self._eeprom if where & _EEPROM else self._ram)[number]

    def write(self, where: int, page: bytes) -> None:
        """Replace the page at CFG-ADR `where`. Raise `BadPage`."""
        number = self._number(where, RESERVED_WRITE)
        (self._eeprom if where & _EEPROM else self._ram)[number] = page

    def save(self, where: int) -> None:
        """Copy one page, or all, from RAM to EEPROM. Raise `BadPage`."""
        for number in self._numbers(where):
            self._eeprom[number] = self._ram[number]

    def set_default(self, where: int) -> None:
        """Put one page, or all, back to what the maker set. Raise `BadPage`."""
        for number in self._numbers(where):
            (self._eeprom if where & _EEPROM else self._ram)[number] = self._default[number]

    def restart(self) -> None:
        """Load the RAM from the EEPROM, as a CPU reset does."""
        self._ram = list(self._eeprom)

    def _numbers(self, where: int) -> range:
        if where & _ALL:
            return range(PAGES)
        number = self._number(where, RESERVED_WRITE)
        return range(number, number + 1)

    @staticmethod
    def _number(where: int, reserved: int) -> int:
        number = where & _NUMBER
        if number >= PAGES:
            raise BadPage(reserved if where & _EEPROM else RANGE_ERROR)
        return number
