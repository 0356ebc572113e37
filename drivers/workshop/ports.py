"""Where a reader may be plugged in: serial ports with their vendor, and PC/SC readers."""

from dataclasses import dataclass

from drivers.errors import ReaderError
from drivers.links.serial import SerialPort, serial_ports
from drivers.pcsc.slot import plugged_in


@dataclass(frozen=True, slots=True)
class Port:
    """One place. `vendor` and `product` are USB identifiers in hex, empty where there are none."""

    kind: str
    where: str
    description: str
    vendor: str = ""
    product: str = ""
    likely: str = ""
    """The reader family that is known to use this identifier, if any."""


_KNOWN = {("0D2C", "032A"): "bibliotheca"}
"""USB identifiers that belong to one family: (vendor, product)."""


async def list_ports() -> list[Port]:
    """All serial ports of this machine, those with a USB identifier first, and PC/SC readers."""
    ports = [_port(found) for found in serial_ports()]
    return [*sorted(ports, key=lambda port: (not port.vendor, port.where)), *await _pcsc_ports()]


async def _pcsc_ports() -> list[Port]:
    try:
        names = await plugged_in()
    except ReaderError:
        # No PC/SC on this machine, or its service is not running: then there are none.
        return []
    return [Port("pcsc", name, "PC/SC reader", likely="pcsc") for name in names]


def _port(found: SerialPort) -> Port:
    vendor, product = _hex(found.vendor), _hex(found.product)
    likely = _KNOWN.get((vendor, product), "")
    return Port("serial", found.path, found.description, vendor, product, likely)


def _hex(number: int | None) -> str:
    return "" if number is None else f"{number:04X}"
