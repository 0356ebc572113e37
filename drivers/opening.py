"""From the address of a reader in the settings to an open reader.

feig+serial:///dev/ttyUSB0?baud=38400
feig+tcp://192.0.2.7:10001?timeout=2
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from drivers.errors import NoAnswer, WrongAddress
from drivers.feig.reader import FeigReader
from drivers.interface import ByteLink, Reader
from drivers.links.serial import SerialLink
from drivers.links.tcp import TcpLink

POSSIBLE: Final = "feig+serial:///dev/ttyUSB0 or feig+tcp://host:10001"

_SERIAL_TURNAROUND: Final = 0.005
"""Seconds a FEIG reader needs between an answer and the next question on a serial line."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a FEIG reader is (`cable`: serial or tcp) and how to speak to it."""

    cable: str
    path: str = ""
    host: str = ""
    port: int = 0
    baud: int = 38400
    parity: str = "E"
    timeout: float = 1.0
    advanced: bool = False
    rf_reset: bool = False


async def open_reader(url: str) -> Reader:
    """Open the reader at `url`.

    Options: `timeout` (seconds for an answer), `advanced` (yes: advanced frames only), `rf_reset`
    (yes: reset the field before each inventory, for readers that report only new tags); on a
    serial line `baud` and `parity` (E, N, O). Raise `WrongAddress` for an address that makes no
    sense, `ReaderLost` if there is nothing at it, `NoAnswer` if no such reader answers.
    """
    address = parse(url)
    serial = address.cable == "serial"
    try:
        return await FeigReader.open(
            await _open_link(address),
            patience=address.timeout,
            turnaround=_SERIAL_TURNAROUND if serial else 0.0,
            advanced=address.advanced,
            reset_field=address.rf_reset,
        )
    except NoAnswer as error:
        what = "power, speed and parity" if serial else "that this is the reader's port"
        raise NoAnswer(f"{url}: no FEIG reader answers ({error}): check {what}") from error


def parse(url: str) -> Address:
    """Read an address. Raise `WrongAddress` with one line that names what is possible."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise WrongAddress(f"{url}: {error}; possible: {POSSIBLE}") from error
    match parts.scheme:
        case "feig+serial":
            where = Address("serial", path=_device(url, parts))
            return replace(where, **_chosen(url, options, _EVERYWHERE | _SERIAL))
        case "feig+tcp":
            if not host or not port or parts.path.strip("/"):
                raise WrongAddress(f"{url}: name host and port, such as feig+tcp://host:10001")
            where = Address("tcp", host=host, port=port)
            return replace(where, **_chosen(url, options, _EVERYWHERE))
        case _:
            raise WrongAddress(f"{url}: no such kind of reader; possible: {POSSIBLE}")


async def _open_link(address: Address) -> ByteLink:
    if address.cable == "serial":
        return await SerialLink.open(address.path, baud=address.baud, parity=address.parity)
    return await TcpLink.open(address.host, address.port)


def _device(url: str, parts: SplitResult) -> str:
    if parts.netloc or len(parts.path) < 2:
        raise WrongAddress(f"{url}: name the port, such as feig+serial:///dev/ttyUSB0")
    return unquote(parts.path)


def _chosen(
    url: str, options: Iterable[tuple[str, str]], known: Mapping[str, Callable[[str], object]]
) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name, value in options:
        if name not in known:
            raise WrongAddress(f"{url}: no option {name!r}; possible: {', '.join(known)}")
        if name in chosen:
            raise WrongAddress(f"{url}: option {name!r} stands there twice")
        try:
            chosen[name] = known[name](value)
        except ValueError as error:
            raise WrongAddress(f"{url}: option {name!r}: {error}") from error
    return chosen


def _speed(value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) == 0:
        raise ValueError(f"{value!r} is no speed such as 38400")
    return int(value)


def _parity(value: str) -> str:
    if value not in {"E", "N", "O"}:
        raise ValueError(f"{value!r} is none of E, N, O")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 60:
        raise ValueError(f"{value!r} is no number of seconds up to 60")
    return seconds


def _yes_or_no(value: str) -> bool:
    if value not in {"yes", "no"}:
        raise ValueError(f"{value!r} is neither yes nor no")
    return value == "yes"


_EVERYWHERE: Final[dict[str, Callable[[str], object]]] = {
    "timeout": _seconds,
    "advanced": _yes_or_no,
    "rf_reset": _yes_or_no,
}
_SERIAL: Final[dict[str, Callable[[str], object]]] = {"baud": _speed, "parity": _parity}
