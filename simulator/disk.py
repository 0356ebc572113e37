"""A kiosk's disk as SQLite sees it: an apsw VFS that loses and tears what was not synced.

The files are real ones, so that SQLite's own locks and shared memory work as ever. Beside each of
them stands what the disk would hold if the power failed now. On a power cut every write since the
last sync has reached the disk whole, in part, or not at all, each by itself and as chance has it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import apsw

SECTOR = 512
"""What a disk writes at once, in bytes: a torn write ends at such a border."""

_Change = tuple[int, bytes] | int
"""A write (offset, data), or a new length."""


@dataclass(slots=True)
class Losses:
    """What the power cuts of a disk did to the writes that were not synced."""

    cuts: int = 0
    kept: int = 0
    lost: int = 0
    torn: int = 0


@dataclass(slots=True)
class _File:
    """What is safe on the disk, and what was written since."""

    safe: bytearray = field(default_factory=bytearray)
    pending: list[_Change] = field(default_factory=list)
    inode: int | None = None


class SimDisk(apsw.VFS):
    """One disk under the name that SQLite opens it by; `chance` decides what a power cut spares.

    `full` and `read_only` may be set while it is used; `refused` is told when that was felt.
    `die_after` counts writes and syncs down: at zero the power fails in that very call, and `died`
    is told.
    """

    def __init__(self, name: str, chance: random.Random) -> None:
        super().__init__(name, "")
        self.vfs_name = name
        self.full = False
        self.read_only = False
        self.die_after: int | None = None
        self.died: Callable[[], None] = lambda: None
        self.refused: Callable[[], None] = lambda: None
        self.losses = Losses()
        self.syncs = 0
        self._chance = chance
        self._files: dict[str, _File] = {}
        self._powered = True

    def xOpen(self, name: apsw.URIFilename | str | None, flags: list[int]) -> "_SimFile":  # noqa: N802 - apsw's name
        """Open a file of this disk."""
        self.touch()
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        if path in self._files and self._files[path].inode != _inode(path):
            del self._files[path]  # another file is called so now
        file = self._files.setdefault(path, _read(path))
        opened = _SimFile(self, path, flags, file)
        file.inode = _inode(path)
        return opened

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file: at once and for good."""
        self.touch(changes=True)
        super().xDelete(filename, syncdir)
        self._files.pop(filename, None)

    def touch(self, *, changes: bool = False) -> None:
        """Fail as the disk fails now; `changes`: the call would change what it holds."""
        if not self._powered:
            raise apsw.IOError("the power is off")
        if changes and self.read_only:
            self.refused()
            raise apsw.ReadOnlyError("the disk is read-only")
        if changes and self.die_after is not None:
            self.die_after -= 1
            if self.die_after < 0:
                self.power_off()
                self.died()
                raise apsw.IOError("the power fails")

    def scribble(self, path: str, offset: int, data: bytes) -> None:
        """Let what a file holds at an offset be spoiled. It may not be open."""
        with Path(path).open("r+b") as file:
            file.seek(offset)
            file.write(data)
        self._files.pop(path, None)

    def power_off(self) -> None:
        """Cut the power: from now on every call fails."""
        self._powered = False
        self.die_after = None

    def power_on(self) -> None:
        """Bring the disk back with what it happens to hold. No file of it may be open."""
        if not self._powered:
            self.losses.cuts += 1
        for path, file in self._files.items():
            if file.pending and file.inode == _inode(path):
                for change in file.pending:
                    self._survive(file.safe, change)
                file.pending.clear()
                Path(path).write_bytes(file.safe)
            Path(f"{path}-shm").unlink(missing_ok=True)
        self._powered = True

    def _survive(self, safe: bytearray, change: _Change) -> None:
        fate = self._chance.random()
        if fate < 0.4:
            self.losses.kept += 1
            _apply(safe, change)
        elif fate < 0.8 or isinstance(change, int):
            self.losses.lost += 1
        else:
            self.losses.torn += 1
            offset, data = change
            sectors = len(data) // SECTOR
            _apply(safe, (offset, data[: SECTOR * self._chance.randint(0, sectors)]))


class _SimFile(apsw.VFSFile):
    """An open file of a simulated disk."""

    def __init__(
        self,
        disk: SimDisk,
        path: str,
        flags: list[int],
        file: _File,
    ) -> None:
        super().__init__("", path, flags)
        self._disk = disk
        self._file = file

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._disk.touch(changes=True)
        if self._disk.full:
            self._disk.refused()
            raise apsw.FullError("the disk is full")
        super().xWrite(data, offset)
        self._file.pending.append((offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.touch(changes=True)
        super().xTruncate(newsize)
        self._file.pending.append(newsize)

    def xSync(self, flags: int) -> None:  # noqa: N802, ARG002
        """Make all that was written safe; the real disk below need not be bothered."""
        self._disk.touch(changes=True)
        self._disk.syncs += 1
        for change in self._file.pending:
            _apply(self._file.safe, change)
        self._file.pending.clear()

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.touch()
        return super().xRead(amount, offset)


def _inode(path: str) -> int | None:
    """Tell one file from another that had the same name."""
    file = Path(path)
    return file.stat().st_ino if file.exists() else None


def _read(path: str) -> _File:
    file = Path(path)
    return _File(bytearray(file.read_bytes()) if file.exists() else bytearray())


def _apply(content: bytearray, change: _Change) -> None:
    if isinstance(change, int):
        del content[change:]
        return
    offset, data = change
    if len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + len(data)] = data
