"""From the address of a reader in the settings to an open reader.

feig+serial:///dev/ttyUSB0?baud=38400
bibliotheca+serial:///dev/serial/by-id/…
rl866+tcp://192.0.2.7:10001?timeout=2
pcsc:///ACS%20ACR1552U
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit

from drivers.bibliotheca.reader import BibliothecaReader
from drivers.errors import NoAnswer, WrongAddress
from drivers.feig.reader import FeigReader
from drivers.interface import ByteLink, Reader
from drivers.links.serial import SerialLink
from drivers.links.tcp import TcpLink
from drivers.pcsc.reader import PcscReader
from drivers.rl866.reader import Rl866Reader

Option = Callable[[str], object]

_PCSC_PATIENCE: Final = 2.0
"""Seconds: a reader may itself wait one for a tag that writes."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a reader is (`cable`: serial, tcp or pcsc) and how to speak to it.

    `path` is that of a serial port, or the name of a PC/SC reader: empty for the first.
    """

    family: str
    cable: str
    path: str = ""
    host: str = ""
    port: int = 0
    baud: int = 38400
    parity: str = "E"
    timeout: float = 1.0
    reversed_blocks: bool = False
    own: Mapping[str, object] = field(default_factory=dict)
    """Options that only this family has."""


async def open_reader(url: str) -> Reader:
    """Open the reader at `url`.

    Options: `timeout` (seconds for an answer), `reversed_blocks` (yes: the tags were written by a
    system that stores each block with its last byte first); on a serial line `baud` and `parity`
    (E, N, O). FEIG also: `advanced` (yes: advanced frames only), `rf_reset` (yes: reset the field
    before each inventory). Raise `WrongAddress` for an address that makes no sense, `ReaderLost` if
    there is nothing at it, `NoAnswer` if no such reader answers, `ReaderRefused` if this machine
    lacks what the reader needs.
    """
    address = parse(url)
    if address.cable == "pcsc":
        return await PcscReader.open(
            address.path, patience=address.timeout, reversed_blocks=address.reversed_blocks
        )
    family = FAMILIES[address.family]
    serial = address.cable == "serial"
    try:
        return await family.open(
            await _open_link(address),
            patience=address.timeout,
            turnaround=family.turnaround if serial else 0.0,
            reversed_blocks=address.reversed_blocks,
            **address.own,
        )
    except NoAnswer as error:
        what = "power, speed and parity" if serial else "that this is the reader's port"
        raise NoAnswer(f"{url}: no {family.name} reader answers ({error}): check {what}") from error


def parse(url: str) -> Address:
    """Read an address. Raise `WrongAddress` with one line that names what is possible."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
        options = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise WrongAddress(f"{url}: {error}; possible: {POSSIBLE}") from error
    if parts.scheme == "pcsc":
        if parts.netloc:
            raise WrongAddress(f"{url}: name the reader, such as pcsc:///{quote(parts.netloc)}")
        name = unquote(parts.path.removeprefix("/"))
        where = Address("pcsc", "pcsc", path=name, timeout=_PCSC_PATIENCE)
        return _with_options(where, _chosen(url, options, _EVERYWHERE))
    name, _, cable = parts.scheme.partition("+")
    family = FAMILIES.get(name)
    if family is None or cable not in {"serial", "tcp"}:
        raise WrongAddress(f"{url}: no such kind of reader; possible: {POSSIBLE}")
    if cable == "serial":
        path = _device(url, parts)
        where = Address(name, cable, path=path, baud=family.baud, parity=family.parity)
        return _with_options(where, _chosen(url, options, _EVERYWHERE | family.own | _SERIAL))
    if not host or not port or parts.path.strip("/"):
        raise WrongAddress(f"{url}: name host and port, such as {name}+tcp://host:10001")
    where = Address(name, cable, host=host, port=port)
    return _with_options(where, _chosen(url, options, _EVERYWHERE | family.own))


def _with_options(where: Address, chosen: dict[str, Any]) -> Address:
    own = {known: value for name, value in chosen.items() if (known := _OWN_NAMES.get(name))}
    common = {name: value for name, value in chosen.items() if name not in _OWN_NAMES}
    return replace(where, own=own, **common)


async def _open_link(address: Address) -> ByteLink:
    if address.cable == "serial":
        return await SerialLink.open(address.path, baud=address.baud, parity=address.parity)
    return await TcpLink.open(address.host, address.port)


def _device(url: str, parts: SplitResult) -> str:
    if parts.netloc or len(parts.path) < 2:
        raise WrongAddress(f"{url}: name the port, such as {parts.scheme}:///dev/ttyUSB0")
    return unquote(parts.path)


def _chosen(
    url: str, options: Iterable[tuple[str, str]], known: Mapping[str, Option]
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


_EVERYWHERE: Final[dict[str, Option]] = {"timeout": _seconds, "reversed_blocks": _yes_or_no}
_SERIAL: Final[dict[str, Option]] = {"baud": _speed, "parity": _parity}
_FEIG_ALONE: Final[dict[str, Option]] = {"advanced": _yes_or_no, "rf_reset": _yes_or_no}
_OWN_NAMES: Final = MappingProxyType({"advanced": "advanced", "rf_reset": "reset_field"})
"""Options of one family, as `open` of its reader calls them."""


@dataclass(frozen=True, slots=True)
class Family:
    """How readers of one family are spoken to.

    `turnaround`: seconds of rest on a serial line between an answer and the next question.
    """

    name: str
    open: Callable[..., Awaitable[Reader]]
    baud: int
    parity: str
    turnaround: float = 0.0
    own: dict[str, Option] = field(default_factory=dict)


FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {
        "feig": Family("FEIG", FeigReader.open, 38400, "E", 0.005, _FEIG_ALONE),
        "bibliotheca": Family("Bibliotheca", BibliothecaReader.open, 19200, "N"),
        "rl866": Family("RL866", Rl866Reader.open, 38400, "E"),
    }
)

POSSIBLE: Final = (
    "pcsc:///NAME, FAMILY+serial:///dev/ttyUSB0 or FAMILY+tcp://host:10001; "
    f"FAMILY one of {', '.join(FAMILIES)}"
)
