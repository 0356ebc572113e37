"""Opens the lines to what is not a reader: `…+serial:///dev/…?baud=9600`, `…+tcp://host:port`."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from drivers.interface import ByteLink
from drivers.links.serial import SerialLink
from drivers.links.tcp import TcpLink


class WrongLine(ValueError):
    """An address makes no sense: correct the settings."""


@dataclass(frozen=True, slots=True)
class LineAddress:
    """Where something is: a serial port (`path`), or a host and its TCP port."""

    path: str = ""
    baud: int = 9600
    host: str = ""
    port: int = 0

    async def open(self) -> ByteLink:
        """Open the line. Raises `drivers.errors.ReaderLost` with what to do about it."""
        if self.path:
            return await SerialLink.open(self.path, baud=self.baud, parity="N")
        return await TcpLink.open(self.host, self.port)


OpenLine = Callable[[], Awaitable[ByteLink]]

_FORM: Final = "write {0}+serial:///dev/serial/by-id/NAME?baud=9600 or {0}+tcp://HOST:PORT"


def parse_line(url: str, protocol: str) -> LineAddress:
    """Read the address of something that speaks `protocol`. Raises `WrongLine`."""
    form = _FORM.format(protocol)
    try:
        parts = urlsplit(url)
        port, options = parts.port, parse_qs(parts.query, strict_parsing=bool(parts.query))
        baud = int(options.pop("baud", ["9600"])[0])
    except ValueError as error:
        raise WrongLine(f"{url}: {error}: {form}") from error
    if options:
        raise WrongLine(f"{url}: there is no option {next(iter(options))!r}: {form}")
    if parts.scheme == f"{protocol}+serial" and not parts.netloc and len(parts.path) > 1:
        return LineAddress(path=unquote(parts.path), baud=baud)
    if parts.scheme == f"{protocol}+tcp" and parts.hostname and port:
        return LineAddress(host=parts.hostname, port=port)
    raise WrongLine(f"{url}: {form}")
