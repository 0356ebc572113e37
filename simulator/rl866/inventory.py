"""How an RL866 reader tells what lies in its field: in reports, as many as fit at a time."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from drivers.rl866.commands import ISO15693, Error, Report, expect, uid_to_wire, word
from drivers.rl866.frames import LONGEST_INFORMATION
from simulator.antenna import Antenna
from simulator.tags import SimTag

_CONTINUE = 0x08
_REPORT = 13
_AT_ONCE: Final = (LONGEST_INFORMATION - 7) // _REPORT
"""Reports in one answer, behind command, status, stop byte, total and number."""

_TAG_TYPES: Final[Mapping[str, int]] = MappingProxyType(
    {"sli": 0x01, "slix": 0x07, "slix2": 0x0A, "slix-s": 0x0C}
)
_OTHER_SLIX: Final = 0x07


class Inventory:
    """Finds tags, and tells them in as many answers as it takes."""

    def __init__(self, antenna: Antenna) -> None:
        self._antenna = antenna
        self._untold: list[SimTag] = []

    def take(self, data: bytes) -> tuple[int, bytes, float]:
        """Give status, data and seconds on the air; parameters beyond the flags are left alone."""
        expect(bool(data), "an inventory without its flags")
        air = 0.0
        if not data[0] & _CONTINUE:
            found, air = self._antenna.inventory()
            self._untold = list(found)
        total = len(self._untold)
        told, self._untold = self._untold[:_AT_ONCE], self._untold[_AT_ONCE:]
        head = bytes([bool(self._untold)]) + word(total) + bytes([len(told)])
        return Error.NONE, head + b"".join(_report(tag) for tag in told), air


def _report(tag: SimTag) -> bytes:
    flags = Report.PROTOCOL | Report.TAG_TYPE | Report.SERIAL
    serial = uid_to_wire(tag.uid) + bytes([tag.dsfid])
    tag_type = _TAG_TYPES.get(tag.model.name, _OTHER_SLIX)
    return bytes([flags, ISO15693, tag_type, len(serial)]) + serial
