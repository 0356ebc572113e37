"""A serial port as a `ByteLink`: the only module that knows pyserial."""

import asyncio
import errno
import os
import termios
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import serial
from serial.tools.list_ports import comports

from drivers.errors import ReaderLost, WrongAddress

_CHUNK: Final = 4096


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port of this machine; `vendor` and `product` are USB identifiers, if any."""

    path: str
    description: str
    vendor: int | None
    product: int | None


def serial_ports() -> list[SerialPort]:
    """Find the serial ports of this machine."""
    return [SerialPort(one.device, one.description, one.vid, one.pid) for one in comports()]


class SerialLink:
    """An open serial port, in the hands of the running event loop."""

    def __init__(self, port: serial.Serial) -> None:
        """Take over an open, non-blocking port; use `open` to get one."""
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._incoming = asyncio.StreamReader()
        self._loop.add_reader(port.fileno(), self._bytes_arrived)

    @classmethod
    async def open(cls, path: str, *, baud: int = 38400, parity: str = "E") -> Self:
        """Open a port for ourselves alone: 8 data bits, `parity` E, N or O, 1 stop bit.

        Raise `ReaderLost` with what to do about it. Some adapters take their time to open, so
        that happens in a thread.
        """
        try:
            return cls(await asyncio.to_thread(_open, path, baud, parity))
        except ValueError as error:
            raise WrongAddress(f"{path}: the port cannot do this: {error}") from error
        except (OSError, termios.error) as error:  # serial.SerialException is an OSError
            raise ReaderLost(_complaint(path, error)) from error

    async def send(self, data: bytes) -> None:
        """Hand all of `data` to the line."""
        while data:
            try:
                data = data[os.write(self._port.fileno(), data) :]
            except BlockingIOError:
                await self._writable()
            except OSError as error:
                raise self._lost(error) from error

    async def receive(self) -> bytes:
        """Wait for bytes from the line: never empty. A cancelled wait loses none."""
        data = await self._incoming.read(_CHUNK)
        if not data:
            raise ReaderLost(f"{self._port.name}: the port is closed")
        return data

    async def close(self) -> None:
        """Let go of the port; closing twice is harmless."""
        if self._port.is_open:
            self._loop.remove_reader(self._port.fileno())
            with suppress(OSError):
                self._port.close()
            self._incoming.feed_eof()

    def _bytes_arrived(self) -> None:
        try:
            data = self._port.read(_CHUNK)
        except OSError as error:
            self._loop.remove_reader(self._port.fileno())
            self._incoming.set_exception(self._lost(error))
        else:
            self._incoming.feed_data(data)

    async def _writable(self) -> None:
        ready = asyncio.Event()
        descriptor = self._port.fileno()
        self._loop.add_writer(descriptor, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_writer(descriptor)

    def _lost(self, error: OSError) -> ReaderLost:
        return ReaderLost(f"{self._port.name}: the port is gone ({error}): check cable and power")


def _open(path: str, baud: int, parity: str) -> serial.Serial:
    if Path(path).resolve().is_relative_to("/dev/pts"):
        # A pseudo-terminal has no parity, and when opened again refuses to be asked for it.
        parity = serial.PARITY_NONE
    return serial.Serial(path, baudrate=baud, parity=parity, timeout=0, exclusive=True)


def _complaint(path: str, error: Exception) -> str:
    """Say in one line what is wrong with a port that does not open, and what to do."""
    match error.args[0] if error.args else None:
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return f"{path}: there is no such port: plug the reader in, or correct its address"
        case errno.EACCES | errno.EPERM:
            return f"{path}: not permitted: add this program's user to the group dialout"
        case errno.EBUSY | errno.EAGAIN:
            return f"{path}: another program holds the port: end it first"
        case _:
            return f"{path}: the port does not open: {error}"
