"""A reader on a pseudo-terminal: a serial port of this machine, behind a symbolic link.

Pulled, the pseudo-terminal closes and the link goes: whoever holds the port sees it vanish, as with
a USB adapter. Plugged, a new pseudo-terminal stands behind the same link.
"""

import asyncio
import os
import termios
import tty
from contextlib import suppress
from pathlib import Path

from drivers.errors import ReaderLost
from drivers.interface import ByteLink

_CHUNK = 4096
_SPEEDS = slice(4, 6)
"""Where `termios` has the two speeds among its attributes."""


class PortBusy(OSError):
    """The address of a simulated reader is taken; the text says by what."""


class _Terminal:
    """The reader's side of one pseudo-terminal, as a `ByteLink`.

    The far side is held open too, so that hosts may come and go; a host clears its input when it
    opens the port, as on a real one.
    """

    def __init__(self) -> None:
        self._near, self._far = os.openpty()
        tty.setraw(self._far)
        os.set_blocking(self._near, False)
        self.device = os.ttyname(self._far)
        self._open = True
        self._waiting: set[asyncio.Future[None]] = set()

    async def send(self, data: bytes) -> None:
        while data:
            self._check()
            try:
                data = data[os.write(self._near, data) :]
            except BlockingIOError:
                await self._ready(write=True)

    async def receive(self) -> bytes:
        while True:
            self._check()
            try:
                data = os.read(self._near, _CHUNK)
            except BlockingIOError:
                await self._ready(write=False)
            else:
                _forget_speed(self._far)
                return data

    async def close(self) -> None:
        if self._open:
            self._open = False
            for future in self._waiting:
                if not future.done():
                    future.set_result(None)
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._near)
            loop.remove_writer(self._near)
            os.close(self._near)
            os.close(self._far)

    def _check(self) -> None:
        if not self._open:
            raise ReaderLost("the simulated port is pulled")

    async def _ready(self, *, write: bool) -> None:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.add(future)
        (loop.add_writer if write else loop.add_reader)(self._near, _wake, future)
        try:
            await future
        finally:
            self._waiting.discard(future)
            if self._open:
                (loop.remove_writer if write else loop.remove_reader)(self._near)


class PtyPort:
    """A serial port `link` -> /dev/pts/N. `open` it, then `next_host` gives its byte link."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self._terminal: _Terminal | None = None
        self._plugged = asyncio.Event()

    @property
    def address(self) -> str:
        """Where a host finds the port."""
        return str(self.link)

    async def open(self) -> None:
        """Make the port. Raise `PortBusy` when something that is no link stands at its path."""
        await self.plug()

    async def next_host(self) -> ByteLink:
        """The reader's side of the port; it serves every host until the port is pulled."""
        while self._terminal is None:
            await self._plugged.wait()
        return self._terminal

    async def pull(self) -> None:
        """Let the port vanish."""
        self._plugged.clear()
        if self._terminal:
            if self._is_ours(self._terminal):
                self.link.unlink()
            await self._terminal.close()
            self._terminal = None

    async def plug(self) -> None:
        """Let a new port appear behind the same link."""
        if self._terminal:
            return
        if self.link.exists() and not self.link.is_symlink():
            raise PortBusy(f"{self.link} is there and is no link: choose another --pty")
        terminal = _Terminal()
        try:
            _point(self.link, terminal.device)
        except OSError as error:
            await terminal.close()
            raise PortBusy(f"{self.link} cannot be made: {error.strerror}") from error
        self._terminal = terminal
        self._plugged.set()

    async def close(self) -> None:
        """Take the port away for good."""
        await self.pull()

    def _is_ours(self, terminal: _Terminal) -> bool:
        with suppress(OSError):
            return str(self.link.readlink()) == terminal.device
        return False


def _forget_speed(far: int) -> None:
    """Put the line to a speed that nobody uses; a pseudo-terminal sends at once all the same.

    A pseudo-terminal never takes a parity, and the C library calls that an error when a host asks
    for nothing else that is new: so leave the next host something to change.
    """
    attributes = termios.tcgetattr(far)
    if attributes[_SPEEDS] != [termios.B50, termios.B50]:
        attributes[_SPEEDS] = [termios.B50, termios.B50]
        termios.tcsetattr(far, termios.TCSANOW, attributes)


def _point(link: Path, device: str) -> None:
    """Let `link` point to `device`, replacing an older link in one step."""
    fresh = link.with_name(f".{link.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(device)
    fresh.replace(link)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
